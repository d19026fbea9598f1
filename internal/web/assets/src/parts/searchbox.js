// Offers how to go on while one types into an input with data-offers: GET its
// value?q=… answers {"offers": [{"text", "name", "hint"}],
// "said"}, where text is the whole line with the offer and said how many
// there are. Without scripts it is a plain field.
import { arrive, make } from "./page.js";

function box(input) {
  const list = make("div", { className: "suggest", role: "listbox", hidden: true, id: "offers-" + input.name });
  const said = make("span", { className: "sr-only", role: "status" });
  let offers = [], at = -1, timer, request;

  const close = () => {
    clearTimeout(timer);
    request?.abort();
    list.hidden = true;
    said.textContent = "";
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const draw = () => {
    if (!offers.length) return close();
    list.replaceChildren(...offers.map((offer, i) => {
      const item = make("div", { className: "menu-item", role: "option", id: `${list.id}-${i}` }, make("span", { textContent: offer.name }), make("span", { className: "quiet clip", textContent: offer.hint }));
      item.setAttribute("aria-selected", String(i === at));
      item.addEventListener("mousedown", (event) => {
        event.preventDefault();
        pick(i);
      });
      return item;
    }));
    const place = input.getBoundingClientRect();
    list.hidden = false;
    list.style.left = Math.max(8, Math.min(place.left, innerWidth - list.offsetWidth - 8)) + "px";
    list.style.top = place.bottom + 4 + "px";
    input.setAttribute("aria-expanded", "true");
    if (at < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", `${list.id}-${at}`);
    list.children[at].scrollIntoView({ block: "nearest" });
  };

  const ask = async () => {
    request?.abort();
    const own = (request = new AbortController());
    const typed = input.value;
    try {
      const url = new URL(input.dataset.offers, location.href);
      url.searchParams.set("q", typed);
      const response = await fetch(url, { signal: own.signal });
      if (!response.ok) return close();
      const answer = await response.json();
      if (input.value !== typed || document.activeElement !== input) return;
      offers = answer.offers;
      at = -1;
      draw();
      if (offers.length) said.textContent = answer.said;
    } catch {
      if (own === request) close(); // no connection; not overtaken by the next letter
    }
  };

  const pick = (i) => {
    input.value = offers[i].text;
    close();
    input.focus();
    ask();
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 120);
  });
  input.addEventListener("focus", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 120);
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      at = event.key === "ArrowDown" ? (at + 1) % offers.length : (at <= 0 ? offers.length : at) - 1;
      draw();
    } else if ((event.key === "Enter" || event.key === "Tab") && at >= 0) pick(at);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  return () => {
    if (input.nextElementSibling !== list) input.after(list, said);
    const is = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": String(!list.hidden), "aria-controls": list.id };
    for (const [name, value] of Object.entries(is)) if (input.getAttribute(name) !== value) input.setAttribute(name, value);
    list.setAttribute("aria-label", input.getAttribute("aria-label") || input.labels[0].textContent);
  };
}

// A page that is renewed around an input leaves it as the server made it.
const boxes = new WeakMap();
arrive((root) => {
  for (const input of root.querySelectorAll("input[data-offers]")) {
    if (!boxes.has(input)) boxes.set(input, box(input));
    boxes.get(input)();
  }
});
