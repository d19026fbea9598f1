// Small native things: what asks for the eye gets the focus; dialogs and
// confirmations work in browsers that lack the attributes for them.
import { ready } from "./ready.js";

export function focus() {
  ready("[data-focus]", (element) => element.focus({ preventScroll: false }));
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[commandfor]");
    if (!button || "commandForElement" in HTMLButtonElement.prototype) return;
    const dialog = document.getElementById(button.getAttribute("commandfor"));
    if (button.getAttribute("command") === "show-modal") dialog?.showModal();
    else dialog?.close();
  });
  document.addEventListener("submit", (event) => {
    const question = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
    if (question && !confirm(question)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }, { capture: true });
  document.addEventListener("click", async (event) => {
    const copied = event.target.closest?.("[data-copy]");
    if (copied) await navigator.clipboard.writeText(copied.dataset.copy);
  });
}
