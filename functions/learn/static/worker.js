// Opens the app without a connection: its files, and the clips that are kept. What is anybody's own is never in here.
// @first and @build are written in by functions/learn/assets.py.

const FILES = "@first".split(" ");
const SHELL = "learn-shell @build";
const CLIPS = "learn-clips";

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(SHELL)
      .then((cache) => cache.addAll(["/learn/", ...FILES].map((path) => new Request(path, { cache: "no-cache" }))))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith("learn-shell") && name !== SHELL).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate" && (pathname === "/learn/" || pathname.startsWith("/learn/join/"))) {
    event.respondWith(kept(SHELL, "/learn/", request));
  } else if (pathname.startsWith("/learn/assets/")) {
    event.respondWith(kept(SHELL, request.url, request));
  } else if (pathname.startsWith("/learn/clips/")) {
    event.respondWith(clip(request));
  }
});

async function kept(name, key, request) {
  const found = await (await caches.open(name)).match(key);
  return found ?? fetch(request);
}

// Players ask for parts, and Safari plays nothing that does not answer with them.
async function clip(request) {
  const found = await (await caches.open(CLIPS)).match(request.url, { ignoreVary: true });
  if (!found) return fetch(request);
  const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers.get("Range") ?? "");
  if (!range) return found;
  const whole = await found.blob();
  const [, from, to] = range;
  const start = from ? Number(from) : Math.max(0, whole.size - Number(to));
  const end = from && to ? Math.min(Number(to), whole.size - 1) : whole.size - 1;
  if (start > end) {
    return new Response(null, { status: 416, headers: { "Content-Range": `bytes */${whole.size}` } });
  }
  return new Response(whole.slice(start, end + 1), {
    status: 206,
    headers: {
      "Content-Type": found.headers.get("Content-Type"),
      "Content-Length": end - start + 1,
      "Content-Range": `bytes ${start}-${end}/${whole.size}`,
      "Accept-Ranges": "bytes",
    },
  });
}
