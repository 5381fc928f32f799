// Keeps clips for offline: all that a learner asks for, and the next three by itself on a good connection.

const CLIPS = "learn-clips";
const AHEAD = 3;

// A clip is named by its content, so it never changes below its address.
export const video = (lesson) => `/learn/clips/${lesson.clip.sha256}.mp4`;
export const captions = (lesson) => `/learn/clips/${lesson.clip.captions_sha256}.vtt`;
export const poster = (lesson) => (lesson.clip?.poster_sha256 ? `/learn/clips/${lesson.clip.poster_sha256}.jpg` : null);
export const addresses = (lesson) => (lesson.clip ? [video(lesson), captions(lesson), poster(lesson)].filter(Boolean) : []);

export async function isKept(lesson) {
  if (!("caches" in window) || !lesson.clip) return false;
  try {
    const cache = await caches.open(CLIPS);
    const found = await Promise.all(addresses(lesson).map((one) => cache.match(one, { ignoreVary: true })));
    return found.every(Boolean);
  } catch {
    return false; // a private tab
  }
}

// Raises where it cannot be fetched or has no room.
export async function keep(lesson) {
  const cache = await caches.open(CLIPS);
  for (const one of addresses(lesson)) {
    if (!(await cache.match(one, { ignoreVary: true }))) await cache.add(one);
  }
}

// Lets go of the clips of lessons that are in no feed any more.
export async function tidy(lessons) {
  if (!("caches" in window)) return;
  try {
    const wanted = new Set(lessons.flatMap(addresses).map((one) => new URL(one, location.origin).href));
    const cache = await caches.open(CLIPS);
    for (const request of await cache.keys()) if (!wanted.has(request.url)) await cache.delete(request);
  } catch {
    // a private tab
  }
}

export function isGoodConnection() {
  const known = navigator.connection;
  if (!known || known.saveData) return false; // Safari tells nothing: there it is asked for
  return known.effectiveType === "4g" && known.type !== "cellular" && (known.downlink ?? 0) >= 1.5;
}

export async function keepNext(lessons) {
  if (!("caches" in window) || !isGoodConnection()) return;
  for (const lesson of lessons.filter((one) => one.clip).slice(0, AHEAD)) {
    try {
      await keep(lesson);
    } catch {
      return;
    }
  }
}
