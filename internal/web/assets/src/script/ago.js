// Keeps "5 minutes ago" true while a page stays open.
const minute = 60, hour = 3600, day = 86400;

export function agos() {
  const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "always" });
  setInterval(() => {
    for (const time of document.querySelectorAll("time[data-ago]")) {
      const past = (Date.now() - Date.parse(time.dateTime)) / 1000;
      if (past < minute || past > 7 * day) continue;
      time.textContent =
        past < hour ? words.format(-Math.floor(past / minute), "minute")
        : past < day ? words.format(-Math.floor(past / hour), "hour")
        : words.format(-Math.floor(past / day), "day");
    }
  }, minute * 1000);
}
