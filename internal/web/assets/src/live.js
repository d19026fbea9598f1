// The shared worker: one stream of hints for all tabs of this browser.

const ports = new Set();
const replay = 5000; // milliseconds between a page's making and its listening
let recent = []; // {at, hint}
let stream, retry, pause = 2000;

const fresh = () => recent.filter((r) => Date.now() - r.at < replay);

function tell(hint) {
  recent = [...fresh(), { at: Date.now(), hint }];
  for (const port of ports) port.postMessage(hint);
}

function open() {
  clearTimeout(retry);
  stream = new EventSource("/live");
  let opened = false;
  stream.addEventListener("hint", (event) => tell(JSON.parse(event.data)));
  stream.onopen = () => {
    // What came while the stream was away is lost.
    if (opened || pause > 2000) tell({ part: "all" });
    opened = true;
    pause = 2000;
  };
  stream.onerror = () => {
    if (stream.readyState !== EventSource.CLOSED) return; // it comes back by itself
    pause = Math.min(pause * 2, 60e3);
    retry = setTimeout(() => ports.size && open(), pause * (0.5 + Math.random()));
  };
}

function join(port) {
  ports.add(port);
  // Another session may be in by now.
  if (!stream || stream.readyState === EventSource.CLOSED) open();
  for (const r of fresh()) port.postMessage(r.hint);
}

function leave(port) {
  ports.delete(port);
  if (ports.size > 0) return;
  clearTimeout(retry);
  stream?.close();
  stream = undefined;
}

onconnect = (event) => {
  const port = event.ports[0];
  port.onmessage = (message) => (message.data === "bye" ? leave(port) : join(port));
  join(port);
};
