// What all parts share: the page's words, and being told of new elements.

let said;

// word is a text of the catalogue in the page's language.
export function word(name) {
  said ??= JSON.parse(document.getElementById("words")?.textContent || "{}");
  return said[name] || name;
}

const arrivals = [];

// arrive calls fn with the document now and with what is swapped in later.
export function arrive(fn) {
  arrivals.push(fn);
  fn(document);
}

document.addEventListener("htmx:after:swap", () => arrivals.forEach((fn) => fn(document)));

// on listens for an event on whatever matches the selector, now or later.
export function on(type, selector, fn, options) {
  document.addEventListener(type, (event) => {
    const found = event.target instanceof Element && event.target.closest(selector);
    if (found) fn(event, found);
  }, options);
}

// icon is a picture of the sprite that the page already uses.
export function icon(name) {
  const used = document.querySelector("svg.icon > use")?.getAttribute("href") || "";
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", used.split("#")[0] + "#" + name);
  svg.append(use);
  return svg;
}

// make is an element with properties and children.
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}
