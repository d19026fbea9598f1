// Forms and small acts: once, copy, dialogs, what is wrong.
import { arrive, on, word } from "./page.js";
import { toast } from "./toast.js";

const sent = new WeakSet();

// A form is sent once; its buttons rest until the answer is there. They are
// switched off after the event, or the pressed one's value would be lost.
on("submit", "form[data-once]", (event, form) => {
  if (sent.has(form)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  sent.add(form);
  setTimeout(() => sent.has(form) && rest(form, true)); // the answer may have been faster
}, true);

function rest(form, yes) {
  if (!yes) sent.delete(form);
  for (const button of form.querySelectorAll("button:not([type=button])")) button.disabled = yes;
  form.toggleAttribute("aria-busy", yes);
}

// Before the answer is shown: a form that looks ready must be ready.
for (const end of ["htmx:before:swap", "htmx:finally:request"]) {
  document.addEventListener(end, (event) => {
    const form = event.detail.ctx?.sourceElement;
    if (form instanceof HTMLFormElement && sent.has(form)) rest(form, false);
  });
}
addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-once]").forEach((form) => rest(form, false));
});

on("click", "[data-copy]", async (event, element) => {
  event.preventDefault();
  try {
    await navigator.clipboard.writeText(element.dataset.copy);
    toast({ text: word("copied") });
  } catch {
    toast({ text: word("failed"), kind: "error" });
  }
});

on("change", "[data-submit]", (event, element) => element.form.requestSubmit());

// Browsers before 2025 know no command buttons.
if (!("command" in HTMLButtonElement.prototype)) {
  on("click", "button[command='show-modal'][commandfor]", (event, button) => {
    document.getElementById(button.getAttribute("commandfor"))?.showModal();
  });
}
// A press beside a dialog closes it.
document.addEventListener("click", (event) => {
  if (event.target instanceof HTMLDialogElement && event.target.open && event.target.matches(".modal")) event.target.close();
});

// What was said of a field that came back empty is done with once it holds
// something.
on("input", "[aria-invalid=true]", (event, field) => {
  if (field.defaultValue !== "" || !field.value.trim()) return;
  document.getElementById(field.getAttribute("aria-describedby")?.split(" ").find((id) => id.endsWith("-error")))?.remove();
  field.removeAttribute("aria-invalid");
  field.classList.remove("input-error", "textarea-error");
});

let pointed;
arrive((root) => {
  const wrong = root.querySelector("[data-focus]");
  if (wrong && wrong !== pointed) wrong.focus();
  pointed = wrong;
});
