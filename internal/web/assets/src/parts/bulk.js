// Choosing tickets in a list: "x" on a row, Shift for all in between. What is
// chosen stays so when the list is renewed.
import { arrive, on } from "./page.js";
import { letter, typing } from "./key.js";

const chosen = new Set();
const number = (box) => box.value.split(":")[0];
const boxes = () => [...document.querySelectorAll("#rows .row-check")];
let last; // the number that was chosen or given up last

function tell() {
  const bar = document.querySelector("[data-bulk]");
  if (!bar) return;
  const at = bar.querySelector("[data-bulk-count]");
  const words = chosen.size ? at.dataset.bulkCount + " " + chosen.size : "";
  if (at.textContent !== words) at.textContent = words;
}

function choose(box, yes, range) {
  const all = boxes();
  const from = range ? all.findIndex((other) => number(other) === last) : -1;
  const to = all.indexOf(box);
  const some = from < 0 ? [box] : all.slice(Math.min(from, to), Math.max(from, to) + 1);
  for (const one of some) {
    one.checked = yes;
    if (yes) chosen.add(number(one));
    else chosen.delete(number(one));
  }
  last = number(box);
  tell();
}

on("click", "#rows .row-check", (event, box) => choose(box, box.checked, event.shiftKey));

on("reset", "[data-bulk]", () => {
  chosen.clear();
  tell();
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || letter(event).toLowerCase() !== "x") return;
  if (document.body.dataset.shortcuts === "off" || typing(event.target) || document.querySelector("dialog:modal")) return;
  const item = document.activeElement?.closest?.(".row-item") ?? document.querySelector(".row-item:has(> a[aria-current])");
  const box = item?.querySelector(".row-check");
  if (!box) return;
  event.preventDefault();
  choose(box, !box.checked, event.shiftKey);
});

// A list that was renewed has its boxes as they were; a ticket that left it is
// chosen no longer.
arrive(() => {
  const all = boxes();
  for (const box of all) box.checked = chosen.has(number(box)) || box.checked;
  const here = all.filter((box) => box.checked).map(number);
  chosen.clear();
  here.forEach((n) => chosen.add(n));
  tell();
});
