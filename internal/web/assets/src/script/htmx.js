// htmx as the pages use it: nothing is evaluated, and morphing leaves alone
// what a person has opened.
import htmx from "htmx.org/dist/htmx.esm.js";

globalThis.htmx = htmx;

// Whether a dialog or details is open is the person's doing; the server's
// answer does not know of it. (A dialog that loses "open" while it is modal
// leaves the page inert.)
htmx.registerExtension("keep-open", {
  htmx_before_morph_attr: (element, detail) => !(detail.attrName === "open" && element.matches("dialog,details")),
});

export default htmx;
