// The focus is not lost with what had it: where a renewed page lacks that
// element, the nearest thing around it that can has the focus now.

let around = [];

document.addEventListener("htmx:before:swap", () => {
  around = [];
  for (let at = document.activeElement; at && at !== document.body; at = at.parentElement) {
    around.push(at);
    // A menu's next of kin is the button that opens it.
    const opener = at.popover && at.id && document.querySelector(`[popovertarget="${CSS.escape(at.id)}"]`);
    if (opener) around.push(opener);
  }
});

document.addEventListener("htmx:after:swap", () => {
  if (document.activeElement && document.activeElement !== document.body) return;
  around.find((element) => element.isConnected && element.checkVisibility() && element.matches("[tabindex], a[href], button:enabled, summary"))?.focus();
});
