// Ctrl+K: one dialog that finds anything. GET data-palette-src?q=…&keys=…&recent=…
// answers options by group: links, and commands that press a control of the
// page. The tickets opened last are remembered in this browser by their numbers
// alone; what they are called is asked for anew.
import { arrive, on } from "./page.js";
import { pressed, pressKey } from "./key.js";

const kept = "okno-recent";
const most = 8;

function recent() {
  try {
    return JSON.parse(localStorage.getItem(kept)) || [];
  } catch {
    return [];
  }
}

function keep(numbers) {
  try {
    localStorage.setItem(kept, JSON.stringify(numbers.slice(0, most)));
  } catch {
    // Then nothing is remembered.
  }
}

const opened = () => document.querySelector(".pane-ticket[data-presence]")?.id.replace(/^ticket-/, "");

let timer, request, before;

function options(palette) {
  return [...palette.querySelectorAll("[role=option]")];
}

function choose(palette, at) {
  const input = palette.querySelector("input");
  const all = options(palette);
  all.forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
  if (!all[at]) return input.removeAttribute("aria-activedescendant");
  input.setAttribute("aria-activedescendant", all[at].id);
  const head = at === 0 && palette.querySelector(".menu-head");
  (head || all[at]).scrollIntoView({ block: "nearest" });
}

async function ask(palette) {
  request?.abort();
  request = new AbortController();
  const typed = palette.querySelector("input").value;
  const url = new URL(palette.dataset.paletteSrc, location.href);
  const here = opened();
  url.searchParams.set("q", typed);
  url.searchParams.set("keys", before);
  url.searchParams.set("recent", recent().filter((number) => number !== here).join());
  try {
    const response = await fetch(url, { signal: request.signal });
    if (!response.ok) return;
    const answer = new DOMParser().parseFromString(await response.text(), "text/html").body;
    const said = answer.querySelector("[data-said]");
    said.remove();
    palette.querySelector("[role=listbox]").replaceChildren(...answer.children);
    palette.querySelector("[data-palette-said]").textContent = said.textContent;
    choose(palette, 0);
  } catch {
    // Overtaken by the next letter, or no connection.
  }
}

function show(palette) {
  if (palette.open) return palette.querySelector("input").select();
  if (document.querySelector("dialog:modal")) return;
  document.querySelectorAll(":popover-open").forEach((menu) => menu.hidePopover());
  before = pressed().join("") + "?";
  const input = palette.querySelector("input");
  input.value = "";
  palette.showModal();
  input.focus();
  ask(palette);
}

function go(palette, option) {
  if (!option) return;
  const key = option.dataset.press;
  if (!key) return option.click();
  palette.close();
  pressKey(key);
}

// The page under the dialog is morphed now and then; the dialog's listeners are
// put on once.
const known = new WeakSet();
arrive(() => {
  const number = opened();
  if (number) keep([number, ...recent().filter((other) => other !== number)]);
  if (/Mac|iP/.test(navigator.platform)) document.querySelectorAll("[data-palette] kbd").forEach((keys) => keys.textContent = "⌘K");
  const palette = document.getElementById("palette");
  if (!palette || known.has(palette)) return;
  known.add(palette);
  palette.addEventListener("asked", () => show(palette));
  palette.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 60, palette);
  });
  palette.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const all = options(palette);
    const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && all.length) choose(palette, (at + step + all.length) % all.length);
    else if (event.key === "Enter" && event.target.matches("input")) go(palette, all[at]);
    else return;
    event.preventDefault();
  });
});

on("click", "[data-palette]", () => show(document.getElementById("palette")));
on("click", "#palette [data-press]", (event, option) => go(document.getElementById("palette"), option));
on("click", "#palette a", () => document.getElementById("palette").close());
on("submit", "form[action='/logout']", () => keep([]));
