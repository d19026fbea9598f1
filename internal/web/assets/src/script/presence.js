// Tells the others who looks at a ticket and who writes: a beat now and then,
// and a word when leaving.
const every = 15000; // milliseconds
const typing = 8000; // after the last key one still writes

let at = ""; // the address of the ticket that is looked at
let typed = 0;
let told = false; // whether it was said that one writes

export function presence() {
  const beat = () => {
    const place = document.querySelector("[data-presence]")?.dataset.presence ?? "";
    if (place !== at) {
      leave();
      at = place;
    }
    if (!at || document.hidden) return;
    told = Date.now() - typed < typing;
    fetch(at, { method: "POST", body: new URLSearchParams({ writing: told ? "1" : "0" }) }).catch(() => {}); // the next beat will do
  };
  setInterval(beat, every);
  beat();
  document.addEventListener("visibilitychange", beat);
  document.body.addEventListener("htmx:after:swap", () => {
    if ((document.querySelector("[data-presence]")?.dataset.presence ?? "") !== at) beat();
  });
  document.addEventListener("input", (event) => {
    if (!event.target.closest?.(".composer")) return;
    typed = Date.now();
    if (!told) beat();
  });
  addEventListener("pagehide", leave);
}

function leave() {
  if (at) fetch(at, { method: "DELETE", keepalive: true }).catch(() => {}); // it is missed after a while anyway
  at = "";
}
