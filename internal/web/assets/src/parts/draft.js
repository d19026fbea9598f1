// What is being written survives a reload, a lost session and a crash: kept in
// this browser (data-draft), or at the server with this browser as reserve
// (data-draft-src).
import { arrive, make, word } from "./page.js";

const prefix = "okno-draft:";
const keepDays = 30;
const wait = 700;
const timers = new WeakMap();
const seen = new WeakSet();
const atServer = new WeakMap(); // area -> its text there

const source = (area) => area.dataset.draftSrc || "";
const key = (area) => prefix + (area.dataset.draft || source(area));

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null; // storage is off, or holds what is not ours
  }
}
function write(name, value) {
  try {
    if (value) localStorage.setItem(name, JSON.stringify(value));
    else localStorage.removeItem(name);
    return true;
  } catch {
    return false; // storage is off or full
  }
}

function say(area, name) {
  const form = area.form;
  if (!form) return;
  let place = form.querySelector("[data-draft-state]");
  if (!place) {
    place = make("p", { className: "draft-state", role: "status" });
    place.dataset.draftState = "";
    (area.closest(".field") || area).append(place);
  }
  const text = name ? word(name) : "";
  if (place.textContent !== text) place.textContent = text;
}

async function save(area) {
  timers.delete(area);
  const text = area.value;
  const kept = write(key(area), text ? { text, at: Date.now(), over: atServer.get(area) ?? area.defaultValue } : null);
  if (!source(area)) return say(area, text && kept ? "saved" : "");
  say(area, "saving");
  try {
    const response = await fetch(source(area), { method: "PUT", redirect: "manual", body: new URLSearchParams({ text }), keepalive: text.length < 2e4 });
    if (!response.ok) return say(area, kept ? "kept" : "unsaved"); // it is read-only, or he is signed out
    atServer.set(area, text);
    if (area.value !== text) return;
    write(key(area), null);
    say(area, text ? "saved" : "");
  } catch {
    say(area, kept ? "offline" : "unsaved");
  }
}

document.addEventListener("input", (event) => {
  const area = event.target;
  if (!(area instanceof HTMLTextAreaElement) || !area.matches("[data-draft], [data-draft-src]")) return;
  clearTimeout(timers.get(area));
  timers.set(area, setTimeout(save, wait, area));
});
function flush() {
  for (const area of document.querySelectorAll("textarea")) {
    if (!timers.has(area)) continue;
    clearTimeout(timers.get(area));
    save(area);
  }
}
document.addEventListener("visibilitychange", () => document.hidden && flush());
addEventListener("pagehide", flush);

// A draft is done with when what was sent is seen to have arrived, not when it
// is sent: the answer may be a page to sign in.
document.addEventListener("submit", (event) => {
  if (event.target.matches("[action='/logout']")) forget(() => true);
  for (const area of event.target.querySelectorAll("[data-draft], [data-draft-src]")) {
    clearTimeout(timers.get(area));
    timers.delete(area);
    if (area.value) write(key(area), { text: area.value, at: Date.now(), sent: true });
  }
});

const bare = (text) => text.replace(/\s+/g, "");
function arrived(draft) {
  if (document.querySelector("input[type=password]")) return false;
  return bare(document.getElementById("thread")?.textContent || "").includes(bare(draft.text).slice(0, 200));
}

// What this browser alone has is shown where the server has nothing, or still
// what it was written over: anything else was written later, elsewhere.
function settle(area) {
  if (seen.has(area)) return;
  seen.add(area);
  const draft = read(key(area));
  if (!draft || (area.value && bare(area.value) !== bare(draft.over || ""))) return;
  if (draft.sent && arrived(draft)) return write(key(area), null);
  delete area.dataset.html; // the same text as the server has it, formatted
  area.value = draft.text;
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

function forget(which) {
  try {
    for (const name of Object.keys(localStorage)) {
      if (name.startsWith(prefix) && which(read(name), name)) localStorage.removeItem(name);
    }
  } catch {
    // Storage is off: there is nothing to forget.
  }
}
forget((draft) => !draft || Date.now() - draft.at > keepDays * 864e5);

arrive((root) => {
  root.querySelectorAll("textarea:is([data-draft], [data-draft-src])").forEach(settle);
  // A form that is gone after it was sent has done its work, unless the page
  // asks to sign in first.
  if (document.querySelector("input[type=password]")) return;
  const here = new Set([...document.querySelectorAll("textarea:is([data-draft], [data-draft-src])")].map(key));
  forget((draft, name) => draft?.sent && !here.has(name));
});
