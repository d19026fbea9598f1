// Offers people after "@" and canned answers after "/" while one types:
// GET source?q=… answers [{"id", "name", "hint", "html"}].
import { make, word } from "./page.js";

export function suggest(editor, root, { mark, source }) {
  const pattern = new RegExp(`(?:^|\\s)\\${mark}([\\p{L}\\p{N}_-]{0,40})$`, "u");
  const list = make("div", { className: "suggest", role: "listbox", hidden: true, id: "suggest-" + mark.charCodeAt(0) });
  root.after(list);
  let offers = [], at = 0, asked = null, timer, request;

  const close = () => {
    clearTimeout(timer);
    request?.abort();
    list.hidden = true;
    asked = null;
    if (root.hasAttribute("aria-activedescendant")) root.removeAttribute("aria-activedescendant");
  };

  // What is typed after the mark, right before the caret.
  const query = () => {
    const range = editor.getSelection();
    if (!range?.collapsed || range.startContainer.nodeType !== Node.TEXT_NODE) return null;
    return range.startContainer.data.slice(0, range.startOffset).match(pattern)?.[1] ?? null;
  };

  const draw = () => {
    list.replaceChildren(...offers.map((offer, i) => {
      const item = make("div", { className: "menu-item", role: "option", id: `${list.id}-${i}` }, make("span", { textContent: offer.name }), make("span", { className: "quiet clip", textContent: offer.hint || "" }));
      item.setAttribute("aria-selected", String(i === at));
      item.addEventListener("mousedown", (event) => {
        event.preventDefault();
        pick(i);
      });
      return item;
    }));
    if (offers.length === 0) list.replaceChildren(make("p", { className: "menu-head", textContent: word("nothing") }));
    const active = offers.length ? `${list.id}-${at}` : "";
    if (active && root.getAttribute("aria-activedescendant") !== active) root.setAttribute("aria-activedescendant", active);
    const caret = editor.getSelection().getBoundingClientRect();
    list.hidden = false;
    const above = caret.top > innerHeight / 2;
    list.style.left = Math.max(8, Math.min(caret.left, innerWidth - list.offsetWidth - 8)) + "px";
    list.style.top = above ? "auto" : caret.bottom + 4 + "px";
    list.style.bottom = above ? innerHeight - caret.top + 4 + "px" : "auto";
  };

  const fetchOffers = async (typed) => {
    request?.abort();
    const own = (request = new AbortController());
    try {
      const url = new URL(source, location.href);
      url.searchParams.set("q", typed);
      const response = await fetch(url, { signal: own.signal });
      if (!response.ok) return close();
      offers = (await response.json()).slice(0, 8);
      at = 0;
      if (query() === typed) draw();
    } catch {
      if (own === request) close(); // no connection; not overtaken by the next letter
    }
  };

  const pick = (i) => {
    const typed = query();
    const offer = offers[i];
    if (typed === null || !offer) return close();
    const range = editor.getSelection();
    range.setStart(range.startContainer, range.startOffset - typed.length - 1);
    editor.setSelection(range);
    if (mark === "@") {
      const span = make("span", { textContent: "@" + offer.name });
      span.dataset.mention = offer.id;
      editor.insertHTML(span.outerHTML + "&nbsp;");
    } else {
      editor.insertHTML(offer.html);
    }
    close();
  };

  editor.addEventListener("input", () => {
    const typed = query();
    if (typed === null) return void (asked !== null && close());
    if (typed === asked) return;
    asked = typed;
    clearTimeout(timer);
    timer = setTimeout(fetchOffers, 120, typed);
  });
  root.addEventListener("blur", close);
  root.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      at = (at + (event.key === "ArrowDown" ? 1 : -1) + offers.length) % Math.max(offers.length, 1);
      draw();
    } else if ((event.key === "Enter" || event.key === "Tab") && offers.length) pick(at);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
}
