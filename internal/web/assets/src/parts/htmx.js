// htmx extensions expect a global.
import htmx from "htmx.org/dist/htmx.esm.js";

globalThis.htmx = htmx;

// Styles in attributes are set by scripts alone, the policy allows no other;
// a morph must not take them away.
htmx.config.morphIgnore = [...(htmx.config.morphIgnore || []), "style"];

// What the reader opened stays open when the page around it is renewed; a
// dialog that lost "open" would leave the page dead.
htmx.registerExtension("keep-open", {
  htmx_before_morph_attr: (element, detail) => !(detail.attrName === "open" && element.matches("dialog, details")),
});

export default htmx;
