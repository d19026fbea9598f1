// Short words on what was done: of the server's page, or of its HX-Trigger
// header as {"toast": {"text", "kind", "undo"}}.
import { arrive, icon, make, word } from "./page.js";

// How long a line stays, in ms: long enough to be read slowly. One that says
// what failed stays until it is sent away.
const stay = (line) => line.matches(".toast-error") ? Infinity
  : Math.max(line.querySelector("form, .toast-act") ? 10e3 : 6e3, 2e3 + 80 * line.textContent.length);
const alive = new Map(); // line -> its clock

function region() {
  let place = document.getElementById("toasts");
  if (!place) {
    place = make("div", { id: "toasts", className: "toasts", role: "status" });
    document.body.append(place);
  }
  return place;
}

// Time stands still while the reader is at the line (WCAG 2.2.1).
function live(line) {
  const clock = { left: stay(line), at: 0, timer: 0 };
  const stop = () => {
    clearTimeout(clock.timer);
    if (clock.at) clock.left -= Date.now() - clock.at;
    clock.at = 0;
  };
  const run = () => {
    stop();
    if (clock.left === Infinity || line.matches(":hover, :focus-within")) return;
    clock.at = Date.now();
    clock.timer = setTimeout(() => drop(line), Math.max(clock.left, 500));
  };
  alive.set(line, clock);
  line.addEventListener("pointerenter", stop);
  line.addEventListener("focusin", stop);
  line.addEventListener("pointerleave", run);
  line.addEventListener("focusout", run);
  run();
}

function drop(line) {
  clearTimeout(alive.get(line)?.timer);
  alive.delete(line);
  const reader = line.contains(document.activeElement);
  line.remove();
  if (reader) document.getElementById("main")?.focus({ preventScroll: true });
}

async function undo(line, url) {
  drop(line);
  try {
    const response = await fetch(url, { method: "POST", headers: { "HX-Request": "true", "HX-Request-Type": "partial" } });
    const to = response.headers.get("HX-Redirect");
    if (response.ok && to) return void location.assign(to);
    const said = JSON.parse(response.headers.get("HX-Trigger") || "{}").toast;
    if (said) toast(said);
    else if (!response.ok) toast({ text: word("failed"), kind: "error" });
  } catch {
    toast({ text: word("offline"), kind: "error" });
  }
  document.body.dispatchEvent(new CustomEvent("live-all"));
}

export function toast({ text, kind, undo: url }) {
  const line = make("div", { className: "toast-line" + (kind === "error" ? " toast-error" : "") }, make("span", { textContent: text }));
  if (url) {
    const act = make("button", { type: "button", className: "toast-act", textContent: word("undo") });
    act.addEventListener("click", () => undo(line, url));
    line.append(act);
  }
  finish(line);
  for (const same of alive.keys()) if (kind === "error" && same.textContent === line.textContent) drop(same);
  region().append(line);
  live(line);
}

function finish(line) {
  const close = make("button", { type: "button", className: "toast-x" }, icon("x"));
  close.setAttribute("aria-label", word("dismiss"));
  close.addEventListener("click", () => drop(line));
  line.append(close);
}

document.addEventListener("toast", (event) => toast(event.detail));

arrive(() => {
  const place = region();
  // A whole new page must not take away a chance to undo.
  for (const line of alive.keys()) if (!line.isConnected) place.append(line);
  for (const line of place.querySelectorAll("[data-toast]")) {
    if (alive.has(line)) continue;
    line.removeAttribute("data-toast");
    finish(line);
    live(line);
  }
});

// Refusals come as pages and fragments, or with a toast of their own; only what brings none of these is said here.
// What is fetched in the background is tried again anyway.
const background = (detail) => /\blive-/.test(detail.ctx?.sourceElement?.getAttribute("hx-trigger") || "");
document.addEventListener("htmx:error", (event) => {
  if (!background(event.detail)) toast({ text: word("offline"), kind: "error" });
});
document.addEventListener("htmx:response:error", (event) => {
  if (event.detail.ctx.response.status >= 500 && !event.detail.ctx.hx?.trigger && !background(event.detail)) toast({ text: word("failed"), kind: "error" });
});
