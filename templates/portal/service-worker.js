{% load static %}// The portal without a network: a page of the brand instead of the browser's own. Pages and data are
// never kept, for they belong to somebody; what is kept are the files that are the same for all.
const NAME = "portal-{{ brand.version }}-{{ LANGUAGE_CODE }}";
const OFFLINE = "{% url "portal:offline" %}";
const FILES = [
  OFFLINE,
  "{% url "tenants:theme" %}?v={{ brand.version }}",
  "{% static "portal/css/tokens.css" %}",
  "{% static "portal/css/base.css" %}",
  "{% static "portal/css/components.css" %}",
  "{% static "portal/css/site.css" %}",
  "{% static "portal/js/offline.js" %}",
{% if brand.logo_address %}  "{{ brand.logo_address }}",
{% endif %}];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter((name) => name !== NAME).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
  } else if (["style", "script", "image"].includes(request.destination)) {
    // The network first: a kept file only stands in for one that cannot be had.
    event.respondWith(fetch(request).catch(async (error) => {
      const kept = await caches.match(request, { ignoreSearch: true });
      if (kept) return kept;
      throw error;
    }));
  }
});

self.addEventListener("push", (event) => {
  const news = event.data?.json() ?? {};
  event.waitUntil(self.registration.showNotification(news.title ?? "{{ brand.name|escapejs }}", {
    body: news.text ?? "", icon: "{% url "portal:icon" 192 %}", data: { path: news.path ?? "/notices" },
  }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const address = new URL(event.notification.data.path, location.origin);
  if (address.origin === location.origin) event.waitUntil(self.clients.openWindow(address));
});
