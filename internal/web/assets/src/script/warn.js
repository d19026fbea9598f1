// Asks before an answer leaves that speaks of a file and has none.
import { word } from "./words.js";

export function warnings() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches(".composer-answer form")) return;
    const text = form.querySelector("textarea")?.value ?? "";
    const spoken = new RegExp(word("fileword"), "iu").test(text.split(/\n>/)[0]);
    if (spoken && !form.querySelector('input[name="upload"]') && !confirm(word("nofile"))) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }, { capture: true });
}
