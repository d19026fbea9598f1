// Tells the page what changed, as events on its body: live-<number> for a
// ticket, live-list, live-bell, and live-all when anything may have.
// presence-<number> stands alone where the page listens for it.
import { arrive } from "./page.js";

const due = new Set();
let timer;

function flush() {
  timer = undefined;
  if (document.hidden) return; // fetched when it is looked at
  const names = [...due];
  due.clear();
  if (names.includes("live-all")) return void tell("live-all");
  names.forEach(tell);
}
const tell = (name) => document.body.dispatchEvent(new CustomEvent(name));

function names({ ticket, part }) {
  if (part === "all") return ["live-all"];
  if (part === "bell") return ["live-bell"];
  if (part === "presence") {
    const own = "presence-" + ticket;
    return [document.querySelector(`[hx-trigger*="${CSS.escape(own)}"]`) ? own : "live-" + ticket];
  }
  return ticket ? ["live-" + ticket, "live-list"] : ["live-list"];
}

function hear(hint) {
  names(hint).forEach((name) => due.add(name));
  // After "all" every open page asks again: not all at the same moment.
  timer ??= setTimeout(flush, hint.part === "all" ? Math.random() * 2000 : 100);
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && due.size) flush();
});
addEventListener("pageshow", (event) => event.persisted && hear({ part: "all" }));

// One connection serves all tabs: browsers allow but six to a host over
// HTTP/1.1, and each would count.
function connect(url) {
  if (window.SharedWorker) {
    const worker = new SharedWorker(url, { type: "module", name: url });
    worker.port.onmessage = (event) => hear(event.data);
    addEventListener("pagehide", () => worker.port.postMessage("bye"));
    addEventListener("pageshow", (event) => event.persisted && worker.port.postMessage("hello"));
    return;
  }
  if (!navigator.locks) return listen(hear);
  const channel = new BroadcastChannel("live");
  channel.onmessage = (event) => hear(event.data);
  navigator.locks.request("live", () => new Promise(() => {
    hear({ part: "all" }); // what came while nobody led is lost
    listen((hint) => {
      hear(hint);
      channel.postMessage(hint);
    });
  }));
}

function listen(tellAll) {
  const stream = new EventSource("/live");
  stream.addEventListener("hint", (event) => tellAll(JSON.parse(event.data)));
  let opened = false;
  stream.onopen = () => {
    if (opened) tellAll({ part: "all" });
    opened = true;
  };
  // A refusal ends the stream for good; the session may be there again later.
  stream.onerror = () => {
    if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 30e3 + Math.random() * 15e3, tellAll);
  };
}

let connected = false;
arrive((root) => {
  if (connected || !root.querySelector("[hx-trigger*='live-'], [data-live]")) return;
  connected = true;
  connect(document.body.dataset.liveWorker);
});
