// Starts the till without a connection: the page and its files are kept as they were last fetched. Data is not its business.
const KEPT = "weft-till";
const HOME = "/public/retail_pos/till";
const PATIENCE = 3000; // milliseconds that a page may take before the kept one is shown

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// Keep these files and the page; those of an older build go.
async function keep(files) {
  const cache = await caches.open(KEPT);
  const wanted = new Set([...files, HOME].map((path) => new URL(path, self.location).href));
  for (const url of wanted) {
    if (url.endsWith(HOME) || !(await cache.match(url))) {
      const answer = await fetch(url, { cache: "no-cache" });
      if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
      await cache.put(url, answer);
    }
  }
  for (const request of await cache.keys()) if (!wanted.has(request.url)) await cache.delete(request);
}

self.addEventListener("message", (event) => {
  if (!event.data?.keep) return;
  event.waitUntil(keep(event.data.keep).then(() => event.ports[0].postMessage("kept"), () => event.ports[0].postMessage("not kept")));
});

async function page(request) {
  const kept = await caches.match(HOME);
  if (!kept) return fetch(request);
  const late = new Promise((resolve) => setTimeout(() => resolve(null), PATIENCE));
  const answer = await Promise.race([fetch(request).catch(() => null), late]);
  return answer?.ok ? answer : kept;
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname, origin } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate" && pathname === HOME) event.respondWith(page(request));
  else if (pathname.startsWith("/static/") || pathname.startsWith(`${HOME}/`)) event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
});
