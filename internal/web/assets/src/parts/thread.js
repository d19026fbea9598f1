// The dialogue opens at its end and stays there while the reader is there. It
// is renewed alone, so the boxes below learn from it which version was seen.
import { arrive } from "./page.js";

let shown = "", pinned = true;

const pane = () => {
  const thread = document.querySelector(".pane-ticket .thread");
  return thread?.closest(".pane-scroll") || thread;
};
const down = () => {
  const scroller = pane();
  if (scroller && pinned) scroller.scrollTop = scroller.scrollHeight;
};

document.addEventListener("scroll", (event) => {
  const scroller = event.target;
  if (scroller === pane()) pinned = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;
}, true);
document.addEventListener("fitted", down);
addEventListener("resize", down);

arrive(() => {
  if (location.pathname + location.search !== shown) {
    shown = location.pathname + location.search;
    pinned = !location.hash;
  }
  down();
  const seen = document.querySelector(".thread[data-version]")?.dataset.version;
  if (seen) document.querySelectorAll(".composer-form [name=version]").forEach((field) => (field.value = seen));
});
