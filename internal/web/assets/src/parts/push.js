// Lets this browser show notices while our pages are closed. It asks for leave
// only when the button is pressed.
import { arrive, on } from "./page.js";

const patience = 15e3; // a browser without a push service never answers
const able = () => "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

function say(box, name) {
  const text = box.querySelector(`[data-push-word="${name}"]`)?.innerHTML || "";
  box.querySelector("[data-push-said]").textContent = text;
  box.querySelector("[data-push-allow]").hidden = name === "unable" || name === "denied";
}

arrive((root) => {
  const box = root.querySelector("[data-push][hidden]");
  if (!box) return;
  box.hidden = false;
  if (!able()) say(box, "unable");
  else if (Notification.permission === "denied") say(box, "denied");
});

const post = (path, values) => fetch(path, { method: "POST", body: new URLSearchParams(values) });

function inTime(promise) {
  let timer;
  const late = new Promise((_, fail) => (timer = setTimeout(() => fail(new Error("late")), patience)));
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

async function subscribe(key) {
  await navigator.serviceWorker.register("/sw.js");
  const { pushManager } = await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: key };
  try {
    return await pushManager.subscribe(options);
  } catch (error) {
    // One made for a key that is no longer ours stands in the way.
    const former = await pushManager.getSubscription();
    if (!former) throw error;
    await former.unsubscribe();
    return pushManager.subscribe(options);
  }
}

async function allow(box) {
  say(box, "asking");
  if ((await Notification.requestPermission()) !== "granted") return say(box, "denied");
  const { endpoint, keys } = (await inTime(subscribe(box.dataset.push))).toJSON();
  const answer = await post("/push/browsers", { endpoint, ...keys });
  if (!answer.ok) throw new Error(answer.status);
  location.reload();
}

on("click", "[data-push-allow]", (_, button) => {
  const box = button.closest("[data-push]");
  button.disabled = true;
  allow(box).catch(() => say(box, "failed")).finally(() => (button.disabled = false));
});

// Whoever has signed in again goes on being told; a browser that was never
// allowed to, or is another's, is refused.
async function renew() {
  if (!able() || Notification.permission !== "granted" || !document.getElementById("bell") || sessionStorage.getItem("push")) return;
  sessionStorage.setItem("push", "renewed");
  const registration = await navigator.serviceWorker.getRegistration("/");
  const subscription = await registration?.pushManager.getSubscription();
  if (subscription) await post("/push/renewal", { endpoint: subscription.endpoint });
}
renew().catch(() => {}); // the next page tries again
