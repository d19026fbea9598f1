// The editor of answers and notes: Squire over the page's own textarea, which
// stays what is read without scripts. The form sends both, the text under the
// field's name and the HTML as "html"; the server makes it harmless again.
import Squire from "squire-rte";
import { clean } from "./parts/clean.js";
import { make } from "./parts/page.js";
import { toolbar } from "./parts/toolbar.js";
import { suggest } from "./parts/suggest.js";

const escaped = (text) => text.replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c]);
// HTML keeps no space at a line's edge or after another one: somebody may just be between two words.
const kept = (line) => line.replace(/^ | (?= |$)/g, "\u00a0");
const blocks = (text) => text.split("\n").map((line) => `<div>${escaped(kept(line)) || "<br>"}</div>`).join("");
// Squire holds the caret's place in empty elements with a space of no width.
const plain = (root) => root.innerText.replace(/\u200b/g, "").replace(/\u00a0/g, " ").replace(/\n{3,}/g, "\n\n").trimEnd();

export function mount(area) {
  const root = make("div", { className: "editor prose" });
  for (const [name, value] of Object.entries({
    role: "textbox", "aria-multiline": "true", "aria-label": area.getAttribute("aria-label") || area.labels?.[0]?.textContent.trim() || "",
    "aria-describedby": area.getAttribute("aria-describedby") || "", "data-placeholder": area.placeholder,
  })) if (value) root.setAttribute(name, value);
  const focused = document.activeElement === area;
  area.after(root);
  area.hidden = true;

  const editor = new Squire(root, { blockTag: "DIV", sanitizeToDOMFragment: clean, didError: (error) => console.error(error) });
  editor._imageResizer?.destroy(); // it writes style attributes
  // Tab leaves the editor, as it leaves any field.
  editor.setKeyHandler("Tab", null);
  editor.setKeyHandler("Shift-Tab", null);
  editor.setHTML(area.dataset.html || blocks(area.value));

  // Squire watches the root's attributes: set one only when it differs, or it
  // answers itself for ever.
  const empty = () => {
    const is = root.textContent === "" && !root.querySelector("img, li, blockquote");
    if (root.classList.contains("editor-empty") !== is) root.classList.toggle("editor-empty", is);
  };
  empty();
  editor.addEventListener("input", () => {
    empty();
    const text = plain(root);
    if (text === area.value) return;
    area.value = text;
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
  area.form?.addEventListener("formdata", (event) => {
    if (!root.isConnected) return;
    const text = plain(root);
    event.formData.set(area.name, text);
    event.formData.set("html", text || root.querySelector("img") ? editor.getHTML() : "");
  });
  root.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      area.form?.requestSubmit(area.form.querySelector("button.btn-primary, button:not([type=button])"));
    }
  }, true);
  toolbar(editor, root, area);
  if (area.dataset.mentionSrc) suggest(editor, root, { mark: "@", source: area.dataset.mentionSrc });
  if (area.dataset.cannedSrc) suggest(editor, root, { mark: "/", source: area.dataset.cannedSrc });
  if (focused) {
    editor.moveCursorToEnd();
    editor.focus();
  }
}
