// Keeps "5 minutes ago" true while the page stays open.

const minute = 60e3, hour = 60 * minute, day = 24 * hour;

function ago(then, now, words) {
  const past = now - then;
  const size = Math.abs(past);
  // The server says "just now" and dates in its own words.
  if (size < minute || size > 7 * day) return "";
  const [unit, length] = size < hour ? ["minute", minute] : size < day ? ["hour", hour] : ["day", day];
  return words.format(-Math.sign(past) * Math.floor(size / length), unit);
}

function refresh() {
  const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "always" });
  const now = Date.now();
  for (const time of document.querySelectorAll("time[data-ago]")) {
    const text = ago(Date.parse(time.dateTime), now, words);
    if (text && time.textContent !== text) time.textContent = text;
  }
}

setInterval(refresh, 30e3);
document.addEventListener("visibilitychange", () => document.hidden || refresh());
// A page out of the back-forward cache is as old as when it was left.
addEventListener("pageshow", (event) => event.persisted && refresh());
