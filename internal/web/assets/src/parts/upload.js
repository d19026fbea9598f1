// Files go up at once, with progress: picked, dropped or pasted. The form then
// names them by hidden fields "upload".
import { arrive, icon, make, on, word } from "./page.js";

const running = new WeakMap(); // form -> number of files on their way

const count = (form, by) => running.set(form, (running.get(form) || 0) + by);

// One after the other: the first file of a visitor without a session makes the
// one that all belong to.
let turn = Promise.resolve();
function inTurn(begin) {
  turn = turn.then(() => new Promise(begin));
}

const sizes = ["byte", "kilobyte", "megabyte", "gigabyte"];
function size(bytes) {
  let step = 0;
  while (bytes >= 1000 && step < sizes.length - 1) {
    bytes /= 1000;
    step++;
  }
  const words = new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: sizes[step], maximumFractionDigits: bytes < 10 && step ? 1 : 0 }).format(bytes);
  return words.replace("byte", "B").replace("kB", "KB").replace("кБ", "КБ"); // as the server writes them
}

function removal(tile, name, done) {
  const button = make("button", { type: "button", className: "file-x" }, icon("x"));
  button.setAttribute("aria-label", word("remove") + " " + name);
  button.addEventListener("click", () => {
    done?.();
    const field = tile.closest("[data-upload]");
    tile.remove();
    field?.querySelector("input[type=file]")?.focus();
  });
  return button;
}

function send(field, file) {
  const form = field.closest("form");
  const state = make("span", { className: "file-size", textContent: size(file.size) });
  const bar = make("progress", { className: "progress progress-primary file-bar", max: 1, value: 0 });
  bar.setAttribute("aria-label", word("uploading") + " " + file.name);
  const tile = make("li", { className: "file" },
    make("span", { className: "file-icon" }, icon(file.type.startsWith("image/") ? "photo" : "file")),
    make("span", { className: "file-words" }, make("span", { className: "file-name", textContent: file.name }), state), bar);
  const request = new XMLHttpRequest();
  let going = true;
  const end = () => {
    if (going) count(form, -1);
    going = false;
    bar.remove();
  };
  tile.append(removal(tile, file.name, () => { request.abort(); end(); }));
  field.querySelector("[data-files]").append(tile);
  const failed = (text) => {
    end();
    tile.classList.add("file-failed");
    state.className = "file-state";
    state.textContent = text;
  };
  request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; });
  request.addEventListener("error", () => failed(word("offline")));
  request.addEventListener("load", () => {
    let answer = {};
    try {
      answer = JSON.parse(request.responseText);
    } catch {
      // A proxy's own page says nothing to the reader.
    }
    if (request.status !== 201) return failed(answer.detail || answer.title || word("failed"));
    end();
    tile.append(make("input", { type: "hidden", name: "upload", value: answer.ref }));
    form.dispatchEvent(new CustomEvent("uploaded", { bubbles: true }));
  });
  count(form, 1);
  const body = new FormData();
  body.append("file", file, file.name);
  inTurn((next) => {
    if (!going) return next();
    request.addEventListener("loadend", next);
    request.open("POST", "/uploads");
    request.send(body);
  });
}

const sendAll = (field, files) => [...files].forEach((file) => send(field, file));

on("change", "[data-upload] input[type=file]", (event, input) => {
  sendAll(input.closest("[data-upload]"), input.files);
  input.value = "";
});

const fieldOf = (element) => element instanceof Element && element.closest("form")?.querySelector("[data-upload]");
const hasFiles = (data) => data && [...data.types].includes("Files");

document.addEventListener("dragover", (event) => {
  const field = hasFiles(event.dataTransfer) && fieldOf(event.target);
  document.querySelectorAll(".upload-over").forEach((other) => other !== field && other.classList.remove("upload-over"));
  if (!field) return;
  event.preventDefault();
  field.classList.add("upload-over");
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) document.querySelectorAll(".upload-over").forEach((field) => field.classList.remove("upload-over"));
});
document.addEventListener("drop", (event) => {
  const field = hasFiles(event.dataTransfer) && fieldOf(event.target);
  if (!field) return;
  event.preventDefault();
  field.classList.remove("upload-over");
  sendAll(field, event.dataTransfer.files);
});
// Office programs offer a picture of the copied text as well; text wins.
document.addEventListener("paste", (event) => {
  const data = event.clipboardData;
  const field = data?.files.length && ![...data.types].some((type) => type.startsWith("text/")) && fieldOf(event.target);
  if (!field) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  sendAll(field, data.files);
}, true);

// A form waits for its files and is sent then.
const waiting = new WeakSet();
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!running.get(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (waiting.has(form)) return;
  waiting.add(form);
  const by = event.submitter;
  form.addEventListener("uploaded", function again() {
    if (running.get(form)) return;
    form.removeEventListener("uploaded", again);
    waiting.delete(form);
    form.requestSubmit(by);
  });
}, true);
addEventListener("beforeunload", (event) => {
  if ([...document.forms].some((form) => running.get(form))) event.preventDefault();
});

// What came with the page gets the same button instead of its checkbox.
arrive((root) => {
  for (const keep of root.querySelectorAll("[data-file] > .file-keep")) {
    keep.replaceWith(removal(keep.parentElement, keep.parentElement.querySelector(".file-name").textContent));
  }
});
