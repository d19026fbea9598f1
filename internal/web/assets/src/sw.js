// The service worker: shows notices that a push service brings, and opens the
// page that each is about. It keeps no pages.

const ours = (path) => {
  const url = new URL(path, self.location.origin);
  return url.origin === self.location.origin ? url.href : self.location.origin;
};

addEventListener("push", (event) => {
  const told = event.data?.json();
  if (!told) return;
  event.waitUntil(self.registration.showNotification(told.title, {
    body: told.body, tag: told.tag, renotify: true, icon: "/favicon.ico", data: ours(told.path),
  }));
});

async function open(url) {
  const windows = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = windows.find((w) => new URL(w.url).pathname === new URL(url).pathname);
  return there ? there.focus() : clients.openWindow(url);
}

addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data));
});
