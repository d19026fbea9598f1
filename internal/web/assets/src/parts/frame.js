// Messages in their sandboxed frames are as high as what they say, and pass
// the keys on that are the page's.
import { arrive } from "./page.js";

const highest = 20000; // pixels
const changes = 8; // after which a frame that grows by its own growing is left alone
const passed = new Set(["j", "k", "Escape"]);
const begun = new WeakSet();

function fit(frame) {
  const inside = frame.contentDocument;
  if (!inside?.body || inside.URL === "about:blank") return;
  let times = 0, last = 0;
  const measure = () => {
    const height = Math.min(Math.ceil(inside.documentElement.getBoundingClientRect().height), highest);
    if (!height || Math.abs(height - last) < 2) return;
    last = height;
    frame.style.height = height + "px";
    frame.dispatchEvent(new CustomEvent("fitted", { bubbles: true }));
    if (++times === changes) watch.disconnect();
  };
  const watch = new ResizeObserver(measure);
  watch.observe(inside.documentElement);
  measure();
  inside.addEventListener("keydown", (event) => {
    if (passed.has(event.key)) frame.dispatchEvent(new KeyboardEvent("keydown", { key: event.key, code: event.code, bubbles: true }));
  });
}

arrive((root) => {
  for (const frame of root.querySelectorAll("iframe[data-message]")) {
    if (begun.has(frame)) continue;
    begun.add(frame);
    frame.addEventListener("load", () => fit(frame));
    // The frame may have been ready before this script.
    if (frame.contentDocument?.readyState === "complete") fit(frame);
  }
});
