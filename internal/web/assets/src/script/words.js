// The texts that scripts say, in the reader's language.
let texts;

export function word(name) {
  texts ??= JSON.parse(document.getElementById("words")?.textContent || "{}");
  return texts[name] ?? name;
}
