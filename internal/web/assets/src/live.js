// The shared worker: one stream of hints for all tabs of this browser.
import { feed } from "./parts/feed.js";

const ports = new Set();
const stream = feed((hint) => ports.forEach((port) => port.postMessage(hint)));

function join(port, made) {
  ports.add(port);
  stream.begin(made).forEach((hint) => port.postMessage(hint));
}

function leave(port) {
  ports.delete(port);
  if (!ports.size) stream.end();
}

onconnect = (event) => {
  const port = event.ports[0];
  port.onmessage = ({ data }) => (data.bye ? leave(port) : join(port, data.made));
};
