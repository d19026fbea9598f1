// Hears what changed and tells the page: "live-<number>" for a ticket,
// "live-list" for the lists, "live-all" when something may have been missed.
// All tabs of a browser share one stream: over HTTP/1.1 a seventh tab with a
// stream of its own would not even load.
const calm = 250; // milliseconds between two tellings of the same thing
const spread = 2000; // after trouble not everybody asks at once

export function listen() {
  if (!document.querySelector('[hx-trigger*="live-"]')) {
    // A page that shows nothing live may come to show some.
    document.body.addEventListener("htmx:after:swap", listen, { once: true });
    return;
  }
  connect((hint) => {
    if (hint.part === "all") {
      setTimeout(() => tell("live-all"), Math.random() * spread);
      return;
    }
    if (hint.part === "bell") tell("live-bell");
    if (hint.ticket) tell("live-" + hint.ticket);
    if (hint.part !== "presence") tell("live-list");
  });
}

const told = new Map();

// tell says it at once, and again after a while if it came again meanwhile.
function tell(name) {
  const state = told.get(name) ?? { timer: 0, again: false };
  told.set(name, state);
  if (state.timer) {
    state.again = true;
    return;
  }
  document.body.dispatchEvent(new CustomEvent(name));
  state.timer = setTimeout(() => {
    state.timer = 0;
    if (state.again) {
      state.again = false;
      tell(name);
    }
  }, calm);
}

function connect(hear) {
  const address = document.body.dataset.liveWorker;
  if (globalThis.SharedWorker) {
    // The address holds the version, so a new program has a worker of its own.
    const worker = new SharedWorker(address, { type: "module", name: address });
    worker.port.onmessage = (event) => hear(event.data);
    addEventListener("pagehide", () => worker.port.postMessage("bye"));
    addEventListener("pageshow", (event) => event.persisted && worker.port.postMessage("hello"));
    return;
  }
  if (navigator.locks && globalThis.BroadcastChannel) {
    lead(hear);
    return;
  }
  stream(hear);
}

// lead: one tab holds the stream and tells the others; when it closes, another
// takes over and has everyone look again.
function lead(hear) {
  const channel = new BroadcastChannel("okno-live");
  channel.onmessage = (event) => hear(event.data);
  navigator.locks.request("okno-live", () => new Promise(() => {
    const all = (hint) => {
      hear(hint);
      channel.postMessage(hint);
    };
    stream(all);
    all({ part: "all" });
  }));
}

// stream opens a stream and keeps it open.
export function stream(hear) {
  let lost = false;
  let pause = 1000;
  const open = () => {
    const source = new EventSource("/live");
    source.onopen = () => {
      pause = 1000;
      if (lost) hear({ part: "all" });
      lost = false;
    };
    source.addEventListener("hint", (event) => hear(JSON.parse(event.data)));
    source.onerror = () => {
      lost = true;
      if (source.readyState !== EventSource.CLOSED) return; // it tries by itself
      setTimeout(open, pause);
      pause = Math.min(pause * 2, 30000);
    };
    return source;
  };
  return open();
}
