// Letters stand in sandboxed frames; the page gives each the height it needs
// and hears the keys pressed in it.
import { ready } from "./ready.js";

const tallest = 20000; // pixels
const growths = 5; // a letter that grows with its frame would grow for ever

export function frames() {
  ready("iframe[data-message]", (frame) => {
    if (document.documentElement.dataset.theme === "dark" && frame.src.includes("theme=auto")) frame.src = frame.src.replace("theme=auto", "theme=dark");
    const fit = () => watch(frame);
    frame.addEventListener("load", fit);
    if (frame.contentDocument?.readyState === "complete") fit();
  });
}

function watch(frame) {
  const inside = frame.contentDocument;
  if (!inside?.documentElement) return;
  let times = 0;
  const fit = () => {
    const height = Math.min(Math.ceil(inside.documentElement.getBoundingClientRect().height) + 2, tallest);
    if (Math.abs(height - frame.clientHeight) > 1) frame.style.height = height + "px";
    if (++times > growths) observer.disconnect();
  };
  const observer = new ResizeObserver(fit);
  fit();
  observer.observe(inside.documentElement);
  inside.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    document.dispatchEvent(new KeyboardEvent("keydown", { key: event.key, bubbles: true, cancelable: true }));
  });
}
