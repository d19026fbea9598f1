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

// What comes for a page that another has followed meanwhile is dropped: a part
// of one ticket would stand in the next one's page. Of two pages asked for, the
// later is shown.
const askedAt = new WeakMap(); // by request: the address that it was sent from
let lastPage;
const address = () => location.pathname + location.search;
const isPage = ({ target, request }) => target === document.body && request.method === "GET";

htmx.registerExtension("one-page", {
  htmx_before_request(element, { ctx }) {
    askedAt.set(ctx, address());
    if (isPage(ctx)) lastPage = ctx;
  },
  htmx_before_swap: (element, { ctx }) => (ctx.target === document.body ? !isPage(ctx) || ctx === lastPage : askedAt.get(ctx) === address()),
});

export default htmx;
