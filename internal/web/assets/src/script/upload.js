// Files go up as soon as they are chosen, dropped or pasted, with progress;
// the form then carries their names. One after another: the first answer may
// bring the session that the others belong to.
import { ready } from "./ready.js";
import { toast } from "./toast.js";
import { word } from "./words.js";

export function uploads() {
  ready("[data-upload]", begin);
}

function begin(field) {
  const input = field.querySelector("input[type=file]");
  const list = field.querySelector("[data-files]");
  const form = input.form;
  let line = Promise.resolve();
  let waiting = 0;
  const add = (files) => {
    for (const file of files) {
      const tile = new Tile(file, list);
      waiting++;
      line = line.then(() => tile.send(input.name)).finally(() => waiting--);
    }
  };
  input.addEventListener("change", () => {
    add([...input.files]);
    input.value = "";
  });
  const zone = form ?? field;
  zone.addEventListener("dragover", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    zone.classList.add("drop");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("drop"));
  zone.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    zone.classList.remove("drop");
    add(event.dataTransfer.files);
  });
  zone.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    add(files);
  });
  // A form sent while files are on their way waits for them.
  form?.addEventListener("submit", (event) => {
    if (!waiting) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    toast({ text: word("uploading") });
    const pressed = event.submitter;
    line.then(() => form.requestSubmit(pressed));
  }, { capture: true });
}

class Tile {
  constructor(file, list) {
    this.file = file;
    this.item = document.createElement("li");
    this.item.className = "file";
    this.item.dataset.file = "";
    this.name = document.createElement("span");
    this.name.className = "file-name";
    this.name.textContent = file.name || "file";
    this.state = document.createElement("progress");
    this.state.className = "progress";
    this.state.max = 1;
    this.state.value = 0;
    this.state.setAttribute("aria-label", word("uploading") + ": " + this.name.textContent);
    this.remove = document.createElement("button");
    this.remove.type = "button";
    this.remove.className = "btn btn-sm btn-ghost btn-square";
    this.remove.textContent = "×";
    this.remove.setAttribute("aria-label", word("remove") + ": " + this.name.textContent);
    this.remove.addEventListener("click", () => {
      this.gone = true;
      this.request?.abort();
      this.item.remove();
    });
    this.item.append(this.name, this.state, this.remove);
    list.append(this.item);
  }

  // send never fails: what went wrong stands on the tile, and the form goes
  // without that file.
  send(fieldName) {
    if (this.gone) return Promise.resolve();
    return new Promise((resolve) => {
      const request = (this.request = new XMLHttpRequest());
      request.upload.onprogress = (event) => (this.state.value = event.loaded / event.total);
      request.onload = () => {
        if (request.status === 201) this.taken(JSON.parse(request.responseText));
        else this.refused(request);
        resolve();
      };
      request.onerror = () => {
        this.fail(word(navigator.onLine ? "failed" : "offline"));
        resolve();
      };
      request.onabort = resolve;
      request.open("POST", "/uploads");
      request.setRequestHeader("Accept", "application/json");
      const body = new FormData();
      body.append("file", this.file, this.file.name || "file");
      request.send(body);
    });
  }

  taken(file) {
    const hidden = document.createElement("input");
    hidden.type = "hidden";
    hidden.name = "upload";
    hidden.value = file.ref;
    this.state.remove();
    this.item.append(hidden);
    if (file.image) {
      const thumb = new Image(48, 48);
      thumb.className = "file-thumb";
      thumb.alt = "";
      thumb.src = `/files/${file.ref}/thumb`;
      this.item.prepend(thumb);
    }
  }

  refused(request) {
    let text = word("failed");
    try {
      const problem = JSON.parse(request.responseText);
      text = problem.detail || problem.title || text;
    } catch {
      // a proxy's own page: our words must do
    }
    this.fail(text);
  }

  fail(text) {
    this.state.remove();
    const words = document.createElement("span");
    words.className = "file-error";
    words.textContent = text;
    this.name.after(words);
    this.item.classList.add("file-refused");
  }
}
