// The editor's tools: one stop of the Tab key, arrows within.
import { icon, make, word } from "./page.js";

const tools = [
  { name: "bold", tag: "B", act: (editor, is) => (is ? editor.removeBold() : editor.bold()) },
  { name: "italic", tag: "I", act: (editor, is) => (is ? editor.removeItalic() : editor.italic()) },
  { name: "link", tag: "A" },
  { name: "list", tag: "UL", act: (editor, is) => (is ? editor.removeList() : editor.makeUnorderedList()) },
  { name: "numbers", icon: "list-numbers", tag: "OL", act: (editor, is) => (is ? editor.removeList() : editor.makeOrderedList()) },
  { name: "quote", tag: "BLOCKQUOTE", act: (editor, is) => (is ? editor.decreaseQuoteLevel() : editor.increaseQuoteLevel()) },
  { name: "code", tag: "CODE", act: (editor) => editor.toggleCode() },
];

export function toolbar(editor, root, area) {
  const bar = make("div", { className: "toolbar", role: "toolbar" });
  bar.setAttribute("aria-label", word("formatting"));
  const buttons = tools.map((tool, i) => {
    const button = make("button", { type: "button", className: "tool", title: word(tool.name), tabIndex: i ? -1 : 0 }, icon(tool.icon || tool.name));
    button.setAttribute("aria-label", word(tool.name));
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => {
      if (tool.name === "link") return ask(editor, bar);
      tool.act(editor, button.getAttribute("aria-pressed") === "true");
      editor.focus();
    });
    return button;
  });
  bar.append(...buttons);
  // A press must not take the selection away.
  bar.addEventListener("mousedown", (event) => event.target.closest(".tool") && event.preventDefault());
  bar.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = buttons.indexOf(document.activeElement);
    if (!by || at < 0) return;
    event.preventDefault();
    const next = buttons[(at + by + buttons.length) % buttons.length];
    buttons.forEach((button) => (button.tabIndex = button === next ? 0 : -1));
    next.focus();
  });
  const show = () => tools.forEach((tool, i) => {
    const is = String(editor.hasFormat(tool.tag));
    if (buttons[i].getAttribute("aria-pressed") !== is) buttons[i].setAttribute("aria-pressed", is);
  });
  for (const type of ["pathChange", "select", "cursor", "input"]) editor.addEventListener(type, show);
  const files = area.closest("form")?.querySelector(".upload");
  if (files) files.before(bar);
  else root.after(bar);
}

// The address of a link is asked for in the bar itself.
function ask(editor, bar) {
  if (editor.hasFormat("A")) {
    editor.removeLink();
    return editor.focus();
  }
  bar.querySelector(".link-ask")?.remove();
  const input = make("input", { type: "url", className: "input", placeholder: "https://" });
  input.setAttribute("aria-label", word("linkaddress"));
  const add = make("button", { type: "button", className: "btn btn-sm", textContent: word("link") });
  const box = make("div", { className: "link-ask" }, input, add);
  const end = (yes) => {
    const address = input.value.trim();
    box.remove();
    editor.focus();
    if (yes && address) editor.makeLink(/^(https?:|mailto:|tel:)/i.test(address) ? address : "https://" + address);
  };
  add.addEventListener("click", () => end(true));
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    end(event.key === "Enter");
  });
  bar.append(box);
  input.focus();
}
