// Tells what the reader has before him, and counts in the tab's title what is
// new. A tab behind others is before nobody.
import { arrive } from "./page.js";

const told = new Map(); // address -> the message told last
const pause = 3000; // between two questions of a tab behind others

function tell() {
  if (document.hidden) return;
  for (const { dataset: { seen: url, upto } } of document.querySelectorAll("[data-seen]")) {
    if (told.get(url) === upto) continue;
    told.set(url, upto);
    fetch(url, { method: "POST", body: new URLSearchParams({ upto }) }).catch(() => told.delete(url));
  }
}

function count(n) {
  const title = document.title.replace(/^\(\d+\) /, "");
  const counted = n > 0 ? `(${n}) ${title}` : title;
  if (document.title !== counted) document.title = counted;
}

const mark = () => document.querySelector("[data-unread]");
const shown = () => count(Number(mark()?.dataset.unread || 0));

let asking;
async function ask() {
  asking = undefined;
  if (!document.hidden || !mark()) return;
  try {
    const answer = await fetch(mark().dataset.unreadSrc, { headers: { "HX-Request-Type": "partial" } });
    if (answer.ok && document.hidden) count(Number(await answer.json()));
  } catch {
    // The next hint asks again.
  }
}

arrive(() => {
  tell();
  if (!document.hidden) shown();
});
// A notice of a ticket that is before the reader is no news to him.
document.body.addEventListener("live-bell", () => {
  told.clear();
  tell();
});
document.addEventListener("behind", () => (asking ??= setTimeout(ask, pause)));
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  tell();
  shown();
});
