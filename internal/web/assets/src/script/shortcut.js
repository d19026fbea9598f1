// Keys of one letter. They are off while something is typed, and for good
// where the person has switched them off (WCAG 2.1.4).
let going = 0; // when "g" was pressed

export function shortcuts() {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.body.dataset.shortcuts !== "on" || document.querySelector("dialog:modal")) return;
    const field = document.activeElement?.closest?.("input:not([type=checkbox],[type=radio]),textarea,select,[contenteditable=true]");
    if (field) {
      if (event.key === "Escape") field.blur();
      return;
    }
    if (handle(event.key)) event.preventDefault();
  });
}

// Keys are read by their place as well, so that they work on a Russian layout.
const latin = { "о": "j", "л": "k", "к": "r", "т": "n", "ф": "a", "ы": "s", "у": "e", "п": "g", "е": "t", "с": "c", "ь": "m", "г": "u", "щ": "o", "ц": "w", "р": "h", "в": "d", ".": "/", ",": "?" };

function handle(pressed) {
  const cyrillic = document.documentElement.lang === "ru" ? latin[pressed.toLowerCase()] : undefined;
  const key = cyrillic && !"./,?".includes(pressed) ? cyrillic : pressed;
  if (going && Date.now() - going < 1500) {
    going = 0;
    return press(`[data-go="${CSS.escape(key)}"]`);
  }
  switch (key) {
    case "g":
      going = Date.now();
      return true;
    case "?":
      document.getElementById("shortcuts")?.showModal();
      return true;
    case "j":
      return move(1);
    case "k":
      return move(-1);
  }
  return press(`[data-shortcut="${CSS.escape(key)}"]`);
}

function press(selector) {
  const found = [...document.querySelectorAll(selector)].find((element) => element.checkVisibility());
  if (!found) return false;
  if (found.matches("input,select,textarea")) found.focus();
  else {
    found.click();
    found.closest("details[open]")?.querySelector("textarea,[contenteditable=true]")?.focus();
  }
  return true;
}

// move goes to the next row of a list, or from the open one on.
function move(step) {
  const rows = [...document.querySelectorAll("[data-rows] a.row")];
  if (!rows.length) return false;
  let at = rows.indexOf(document.activeElement);
  if (at < 0) at = rows.findIndex((row) => row.getAttribute("aria-current"));
  const next = rows[Math.max(0, Math.min(rows.length - 1, at + step))];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}
