// The editor is fetched when somebody is about to write.
import { asks } from "./ask.js";
import { on, word } from "./page.js";

let editor;
const mounted = new WeakSet();

on("focusin", "textarea[data-composer]", async (event, area) => {
  if (mounted.has(area)) return;
  mounted.add(area);
  try {
    editor ??= await import(document.body.dataset.composerSrc);
    if (area.isConnected) editor.mount(area);
  } catch {
    mounted.delete(area); // the plain field does
  }
});

// Enter in a field for a time means that time, not the form's first button.
on("keydown", ".plan input", (event, input) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  input.closest(".plan").querySelector("[value=own]").click();
});

// Asks when a file is spoken of but none is there.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const area = form.querySelector("textarea[data-composer]");
  if (!area || form.querySelector("input[name=upload]")) return;
  if ([...form.querySelectorAll("input[type=file]")].some((input) => input.files.length)) return;
  const words = word("fileword");
  if (words === "fileword" || !new RegExp(words, "iu").test(area.value.split("\n>")[0])) return;
  asks(event, word("nofile"));
}, true);
