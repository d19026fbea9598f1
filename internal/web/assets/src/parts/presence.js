// Says that the agent is looking at a ticket, and whether he is writing.
import { arrive } from "./page.js";

const every = 15e3, writingFor = 10e3;
let url = "", typed = 0, last = 0;

const writing = () => (Date.now() - typed < writingFor ? "1" : "0");

function beat() {
  if (!url || document.hidden) return;
  last = Date.now();
  // One that fails is made up for by the next.
  fetch(url, { method: "POST", body: new URLSearchParams({ writing: writing() }) }).catch(() => {});
}

function leave(from) {
  if (from) navigator.sendBeacon(from, new URLSearchParams({ left: "1" }));
}

arrive((root) => {
  const now = root.querySelector("[data-presence]")?.dataset.presence || "";
  if (now === url) return;
  leave(url);
  url = now;
  typed = 0;
  beat();
});
document.addEventListener("input", (event) => {
  if (!event.target.closest?.("[data-presence]") || !event.target.matches("textarea, [contenteditable]")) return;
  const first = writing() === "0";
  typed = Date.now();
  if (first || Date.now() - last > every / 2) beat();
});
setInterval(beat, every);
document.addEventListener("visibilitychange", beat);
addEventListener("pagehide", () => leave(url));
addEventListener("pageshow", (event) => event.persisted && beat());
