// Shows what was pushed, and opens its page when it is pressed. Nothing is kept, and no request of a page is seen.
"use strict";

self.addEventListener("push", (event) => {
  let told = {};
  try {
    told = event.data?.json() ?? {};
  } catch {
    // A browser that shows nothing for a message loses its permission: it is shown without words.
  }
  const shown = { body: told.body ?? "", tag: told.key ?? "augment", data: { link: told.link ?? "/notifications" } };
  event.waitUntil(self.registration.showNotification(told.title || "Augment Skills", shown));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const there = new URL(event.notification.data?.link ?? "/notifications", self.location.origin);
  if (there.origin !== self.location.origin) return;
  event.waitUntil(self.clients.openWindow(there.href));
});
