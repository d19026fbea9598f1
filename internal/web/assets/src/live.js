// The one stream of all tabs of this browser (a SharedWorker).
const ports = new Set();
let source = null;
let pause = 1000;
let lost = false;
let timer = 0;

onconnect = (event) => {
  const port = event.ports[0];
  port.onmessage = (message) => {
    if (message.data === "bye") ports.delete(port);
    else ports.add(port);
    keep();
  };
  ports.add(port);
  keep();
};

// keep opens the stream while anyone listens, and closes it after the last.
function keep() {
  clearTimeout(timer);
  if (!ports.size) {
    source?.close();
    source = null;
    return;
  }
  if (source && source.readyState !== EventSource.CLOSED) return;
  source = new EventSource("/live");
  source.onopen = () => {
    pause = 1000;
    if (lost) tell({ part: "all" });
    lost = false;
  };
  source.addEventListener("hint", (event) => tell(JSON.parse(event.data)));
  source.onerror = () => {
    lost = true;
    if (source.readyState !== EventSource.CLOSED) return; // it tries by itself
    timer = setTimeout(keep, pause);
    pause = Math.min(pause * 2, 30000);
  };
}

function tell(hint) {
  for (const port of ports) port.postMessage(hint);
}
