// Answers with a page of its own when the server cannot be reached. Nothing else is kept: a call
// needs the network, and a page older than the server would be of no use.
const CACHE = "tincan-offline-1";
const KEPT = ["/offline.html", "/offline.css", "/icon.svg"];

addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(KEPT)));
  skipWaiting();
});

addEventListener("activate", (event) => {
  event.waitUntil(tidyUp());
});

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate") event.respondWith(navigate(event));
  else if (KEPT.includes(new URL(request.url).pathname)) event.respondWith(fetchOrKept(request));
});

async function tidyUp() {
  for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
  // With it the worker costs a visit no time: the page is asked for while the worker starts.
  await registration.navigationPreload?.enable();
  await clients.claim();
}

async function navigate(event) {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch {
    return (await caches.match("/offline.html")) ?? Response.error();
  }
}

async function fetchOrKept(request) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(request)) ?? Response.error();
  }
}
