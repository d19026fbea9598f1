// Toasts: what the server says in passing, read out politely, gone by
// themselves unless someone looks at them.
import { word } from "./words.js";

const shownFor = 8000;
const undoFor = 10000;

export function toast({ text, kind, undo }) {
  const line = document.createElement("div");
  line.className = kind === "error" ? "toast-line toast-error" : "toast-line";
  const words = document.createElement("span");
  words.textContent = text;
  line.append(words);
  if (undo) line.append(undoButton(undo, line));
  document.getElementById("toasts")?.append(line);
  leave(line, undo ? undoFor : shownFor);
}

function undoButton(address, line) {
  const button = document.createElement("button");
  button.className = "btn btn-sm btn-ghost";
  button.textContent = word("undo");
  button.addEventListener("click", () => {
    line.remove();
    globalThis.htmx?.ajax("POST", address, { target: "body", swap: "innerMorph" });
  });
  return button;
}

// leave takes the line away after its time, which stands still while it is
// pointed at or focused (WCAG 2.2.1).
function leave(line, time) {
  const close = document.createElement("button");
  close.className = "btn btn-sm btn-ghost btn-square toast-close";
  close.setAttribute("aria-label", word("dismiss"));
  close.textContent = "×";
  close.addEventListener("click", () => line.remove());
  line.append(close);
  let left = time;
  let since = Date.now();
  let timer = setTimeout(() => line.remove(), left);
  const hold = () => {
    clearTimeout(timer);
    left -= Date.now() - since;
  };
  const go = () => {
    clearTimeout(timer);
    since = Date.now();
    timer = setTimeout(() => line.remove(), Math.max(left, 1500));
  };
  line.addEventListener("mouseenter", hold);
  line.addEventListener("focusin", hold);
  line.addEventListener("mouseleave", go);
  line.addEventListener("focusout", go);
}

export function toasts() {
  document.body.addEventListener("toast", (event) => toast(event.detail));
  for (const line of document.querySelectorAll("#toasts [data-toast]")) leave(line, shownFor);
  // The network's own trouble: nothing came back at all.
  document.body.addEventListener("htmx:error", () => toast({ text: word(navigator.onLine ? "failed" : "offline"), kind: "error" }));
}
