// Shortcuts. Single letters only where the reader has not switched them off
// (WCAG 2.1.4), and never while he types.
import { on } from "./page.js";

let going = 0; // when "g" was pressed

// The letter of the key, also on a Cyrillic keyboard.
export function letter(event) {
  if (/^[\x21-\x7e]$/.test(event.key) && !/^[.,]$/.test(event.key)) return event.key;
  if (event.code === "Slash") return event.shiftKey ? "?" : "/";
  if (event.code?.startsWith("Key")) return event.code.slice(3).toLowerCase();
  return event.key;
}

export const typing = (element) => element instanceof Element && element.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable=true]");
const visible = (element) => element.checkVisibility?.() ?? element.offsetParent !== null;
const first = (selector) => [...document.querySelectorAll(selector)].find(visible);

// pressed are the shortcuts that the page has a control for.
export const pressed = () => [...document.querySelectorAll("[data-shortcut]")].filter(visible).map((element) => element.dataset.shortcut);

// pressKey does what a shortcut does.
export function pressKey(name) {
  if (name === "?") return document.getElementById("shortcuts").showModal();
  const element = first(`[data-shortcut="${CSS.escape(name)}"]`);
  if (element) press(element);
}

function press(element) {
  if (element.matches("input, textarea, select")) {
    element.focus();
    element.select?.();
    return;
  }
  if (element.matches("summary")) {
    const box = element.parentElement;
    if (!box.open) element.click();
    box.querySelector(".editor, textarea:not([hidden])")?.focus();
    return;
  }
  const menu = element.popoverTargetElement;
  if (menu || element.matches("label")) element.focus(); // a menu gives the focus back to whom it had it from
  element.click();
  if (menu?.matches(":popover-open")) menu.querySelector(".menu-item")?.focus();
}

// leave is where the keys are the page's again: the tab of the box that was
// typed in, else the page.
function leave(field) {
  (field.closest("details")?.querySelector("summary") ?? document.getElementById("main"))?.focus({ preventScroll: true });
}

function move(by) {
  const rows = [...document.querySelectorAll("[data-rows] a.row, [data-rows] [data-row]")].filter(visible);
  if (rows.length === 0) return;
  let at = rows.indexOf(document.activeElement.closest?.("a.row, [data-row]"));
  if (at < 0) {
    at = rows.findIndex((row) => row.hasAttribute("aria-current"));
    if (at < 0) at = by > 0 ? -1 : rows.length;
  }
  const next = rows[Math.min(Math.max(at + by, 0), rows.length - 1)];
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  const name = letter(event);
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && name === "k") {
    const palette = document.getElementById("palette");
    if (!palette) return;
    event.preventDefault();
    palette.dispatchEvent(new CustomEvent("asked"));
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape" && typing(event.target) && !event.target.closest("dialog, :popover-open")) return void leave(event.target);
  if (document.body.dataset.shortcuts === "off" || typing(event.target) || document.querySelector("dialog:modal")) return;
  const goes = Date.now() - going < 2000;
  going = 0;
  if (goes) {
    const link = first(`[data-go="${CSS.escape(name)}"]`);
    if (!link) return;
    event.preventDefault();
    return void link.click();
  }
  if (name === "g") return void (going = Date.now());
  if (name === "j" || name === "k") {
    event.preventDefault();
    return move(name === "j" ? 1 : -1);
  }
  if (name !== "?" && !first(`[data-shortcut="${CSS.escape(name)}"]`)) return;
  event.preventDefault();
  pressKey(name);
});

// Arrows move within a menu.
on("keydown", ".menu-pop", (event, menu) => {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by || typing(event.target)) return;
  event.preventDefault();
  const items = [...menu.querySelectorAll(".menu-item")];
  items[(items.indexOf(document.activeElement) + by + items.length) % items.length]?.focus();
});
