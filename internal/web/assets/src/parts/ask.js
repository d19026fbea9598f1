// A question before a form is sent, in the house's own dialog: the button that
// was pressed stands in it again.
import { make, on, word } from "./page.js";

const answered = new WeakSet(); // forms on their way

// asks stops a form until the reader has said yes; false: he has.
export function asks(event, question) {
  const form = event.target, pressed = event.submitter;
  if (answered.delete(form)) return false;
  event.preventDefault();
  event.stopImmediatePropagation();
  const no = make("button", { type: "submit", className: "btn btn-sm", value: "", textContent: word("cancel"), autofocus: true });
  const yes = make("button", { type: "submit", className: "btn btn-sm btn-primary", value: "yes", textContent: pressed?.textContent.trim() || word("yes") });
  const words = make("p", { id: "asked", textContent: question });
  const dialog = make("dialog", { className: "modal modal-ask" },
    make("div", { className: "modal-box" }, words, make("form", { method: "dialog", className: "modal-answers" }, no, yes)));
  dialog.setAttribute("aria-labelledby", words.id);
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (dialog.returnValue !== "yes" || !form.isConnected) return void pressed?.focus();
    answered.add(form);
    form.requestSubmit(pressed?.isConnected ? pressed : undefined);
    answered.delete(form); // it was not valid, and nothing was asked
  });
  document.body.append(dialog);
  dialog.showModal();
  return true;
}

on("submit", "form[data-confirm]", (event, form) => asks(event, form.dataset.confirm), true);
