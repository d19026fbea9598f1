// What is pasted, made harmless and plain before it enters the page.
import DOMPurify from "dompurify";

const rules = {
  ALLOWED_TAGS: ["a", "b", "blockquote", "br", "code", "div", "em", "i", "img", "li", "ol", "p", "pre", "s", "span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "u", "ul"],
  ALLOWED_ATTR: ["href", "src", "alt", "width", "height", "colspan", "rowspan", "data-mention", "data-cid"],
  ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|tel:|\/files\/)/i,
  // The expression above is asked about every other attribute as well.
  ADD_URI_SAFE_ATTR: ["width", "height", "colspan", "rowspan", "data-cid", "data-mention"],
  RETURN_DOM_FRAGMENT: true,
};

// The policy reports style attributes even where nothing shows them, so they
// go first; DOMPurify stays the guard.
const noise = /(<[^<>]*?)\s(?:style|on\w+)\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)/gi;

// Pictures of elsewhere would tell their owner who pastes.
DOMPurify.addHook("afterSanitizeAttributes", (node) => {
  if (node.nodeName === "IMG" && !node.getAttribute("src")?.startsWith("/files/")) node.remove();
});

export function clean(html) {
  html = html.match(/<!--StartFragment-->([\s\S]*?)<!--EndFragment-->/)?.[1] ?? html; // Word's wrapping
  for (let before; before !== html; ) {
    before = html;
    html = html.replace(noise, "$1");
  }
  return document.importNode(DOMPurify.sanitize(html, rules), true);
}
