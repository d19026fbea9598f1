// Brings the editor once a text is begun; until then, and where it does not
// come, a plain text area does.
export function editors() {
  document.addEventListener("focusin", async (event) => {
    const area = event.target;
    if (!area.matches?.("textarea[data-composer]") || area.dataset.editing) return;
    area.dataset.editing = "yes";
    const { edit } = await import(document.body.dataset.composerSrc);
    edit(area);
  });
}
