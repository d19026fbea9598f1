// What is typed and not sent yet is kept: in this browser (data-draft) for
// customers, on the server (data-draft-src) for agents.
import { ready } from "./ready.js";
import { word } from "./words.js";

const pause = 700; // milliseconds after the last key

export function drafts() {
  ready("textarea[data-draft]", (area) => keepHere(area, "draft:" + area.dataset.draft));
  ready("textarea[data-draft-src]", keepThere);
}

function keepHere(area, key) {
  if (!area.value) area.value = read(key) ?? "";
  area.addEventListener("input", () => write(key, area.value));
  // The draft goes once the server has taken the form: it then shows another
  // page, or this one without what was typed.
  area.form?.addEventListener("submit", () => write(key + ":sent", area.value));
  if (read(key + ":sent") && read(key + ":sent") === read(key) && !document.querySelector(".summary")) {
    area.value = area.defaultValue;
    write(key, "");
  }
  write(key + ":sent", "");
}

function read(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage is switched off
  }
}

function write(key, value) {
  try {
    if (value) localStorage.setItem(key, value);
    else localStorage.removeItem(key);
  } catch {
    // storage is full or switched off: the draft lives in the page only
  }
}

function keepThere(area) {
  let timer;
  let saved = area.value;
  const say = (name) => {
    const state = area.form?.querySelector("[data-draft-state]");
    if (state) state.textContent = word(name);
  };
  const save = async () => {
    const value = area.value;
    if (value === saved || !area.isConnected) return;
    say("saving");
    try {
      const answer = await fetch(area.dataset.draftSrc, { method: "PUT", body: new URLSearchParams({ text: value }), keepalive: value.length < 60000 });
      if (!answer.ok) throw new Error(answer.statusText);
      saved = value;
      say("saved");
    } catch {
      say(navigator.onLine ? "unsaved" : "offline");
      timer = setTimeout(save, 5000);
    }
  };
  area.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  });
  area.form?.addEventListener("submit", () => clearTimeout(timer));
  addEventListener("pagehide", save);
}
