// Tells the page what changed, as events on its body: live-<number> for a
// ticket, live-list, live-bell, and live-all when anything may have.
// presence-<number> stands alone where the page listens for it.
import { feed } from "./feed.js";
import { arrive } from "./page.js";

const due = new Set();
const remembered = 60000; // ms; no page is waited for longer
const heard = []; // the hints of that time
const asked = new WeakMap(); // when a page was asked for, by request
const early = 1000; // ms; a link's page is asked for when the button goes down on it
let timer, whole;

function flush() {
  timer = clearTimeout(timer);
  // Fetched when it is looked at.
  if (document.hidden) return void document.dispatchEvent(new CustomEvent("behind"));
  const names = [...due];
  due.clear();
  if (names.includes("live-all")) return void tell("live-all");
  names.forEach(tell);
}
const tell = (name) => document.body.dispatchEvent(new CustomEvent(name));

function names({ ticket, part }) {
  if (part === "bell") return ["live-bell"];
  if (part === "presence") {
    const own = "presence-" + ticket;
    return [document.querySelector(`[hx-trigger*="${CSS.escape(own)}"]`) ? own : "live-" + ticket];
  }
  return ticket ? ["live-" + ticket, "live-list"] : ["live-list"];
}

function hear(hint) {
  heard.push({ hint, at: performance.now() });
  while (performance.now() - heard[0].at > remembered) heard.shift();
  plan(hint);
}

function plan(hint) {
  if (hint.part === "all") {
    // Every open page asks again: not all at the same moment. What is known
    // to have changed does not wait for that.
    whole ??= setTimeout(everything, Math.random() * (hint.within ?? 2000));
    return;
  }
  names(hint).forEach((name) => due.add(name));
  timer ??= setTimeout(flush, 100);
}

function everything() {
  whole = undefined;
  due.add("live-all");
  flush();
}

// A page may have been made before a change that was told while it was on its
// way, to the page before it.
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (ctx.target === document.body) asked.set(ctx, performance.now() - early);
});
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (asked.has(ctx)) heard.filter(({ at }) => at >= asked.get(ctx)).forEach(({ hint }) => plan(hint));
});

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && due.size) flush();
});
addEventListener("pageshow", (event) => event.persisted && hear({ part: "all" }));

// One connection serves all tabs: browsers allow but six to a host over
// HTTP/1.1, and each would count. Where there are no shared workers one of the
// tabs leads.
function connect({ liveWorker: url, made }) {
  if (!window.SharedWorker) return lead(made);
  const worker = new SharedWorker(url, { type: "module", name: url });
  const join = () => worker.port.postMessage({ made });
  worker.port.onmessage = ({ data }) => hear(data);
  join();
  addEventListener("pagehide", () => worker.port.postMessage({ bye: true }));
  addEventListener("pageshow", (event) => event.persisted && join());
}

function lead(made) {
  const channel = new BroadcastChannel("live");
  const stream = feed((hint) => {
    hear(hint);
    channel.postMessage({ hint });
  });
  channel.onmessage = ({ data }) => data.hint && hear(data.hint);
  channel.postMessage({ made });
  const follow = () => {
    stream.begin(made);
    channel.onmessage = ({ data }) => stream.begin(data.made).forEach((hint) => channel.postMessage({ hint }));
  };
  if (!navigator.locks) return follow();
  navigator.locks.request("live", () => new Promise(follow));
}

let connected = false;
arrive((root) => {
  if (connected || !root.querySelector("[hx-trigger*='live-'], [data-live]")) return;
  connected = true;
  connect(document.body.dataset);
});
