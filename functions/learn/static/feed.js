// What's next and why: one lesson a screen, the next by a swipe up.

import { captions, isKept, keep, keepNext, poster, video as film } from "./clips.js";
import { checkView } from "./check.js";
import { el, plural, tell } from "./dom.js";

const REASONS = { safety: "Safety first", review: "Time to recall", gap: "Your largest gap", new: "New" };

export async function feedView(app) {
  if (!app.feed && app.problem) return blank("Your lessons cannot be shown", app.problem, again(app));
  if (!app.feed && !app.reached) {
    return blank("No connection", "Your lessons have not been opened on this phone yet.", again(app));
  }
  if (!app.feed) return blank("Sign in", "Your lessons are shown when you have signed in.", null);
  const { items } = app.feed;
  if (!items.length) {
    return blank("All done for now", "Nothing is due and nothing is open. Come back tomorrow, or look at your progress.", el("a", { class: "main", href: "/learn/#/progress" }, "My progress"));
  }
  const cards = items.map((lesson, place) => card(app, lesson, place, items.length));
  const feed = el("div", { class: "feed", role: "feed", "aria-label": "Your lessons", tabindex: "0" }, cards);
  whenIdle(() => keepNext(items));
  return feed;
}

function card(app, lesson, place, count) {
  const title = `lesson-${lesson.lesson_id}`;
  return el(
    "article",
    { class: "card", "aria-labelledby": title, "aria-posinset": String(place + 1), "aria-setsize": String(count), tabindex: "-1" },
    place === 0 ? head(app) : null,
    el("p", { class: "why" }, el("span", { class: lesson.hazard ? "chip hazard" : "chip" }, REASONS[lesson.reason] ?? "Next"), " ", sentence(lesson.why)),
    el("h2", { id: title }, lesson.title),
    clip(app, lesson),
    lesson.notice ? el("p", { class: "notice" }, lesson.notice) : null,
    el("div", { class: "acts" }, check(app, lesson), keeper(lesson)),
    place + 1 < count ? el("p", { class: "next", "aria-hidden": "true" }, "Swipe up for the next") : null,
  );
}

function head(app) {
  const { streak } = app.feed;
  if (!streak) return null;
  const days = streak.days ?? 0;
  const freezes = streak.freezes ?? 0;
  const kept = freezes ? ` · ${plural(freezes, "freeze")} in hand` : "";
  return el("p", { class: "streak" }, days ? `${plural(days, "day")} in a row${kept}` : `Start a row of days today${kept}`);
}

// A poster is fetched when its card is next: those of a whole feed would weigh as much as a film.
const near = new IntersectionObserver(
  (seen) => {
    for (const { isIntersecting, target } of seen) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      target.poster = target.dataset.poster;
    }
  },
  { rootMargin: "25%" },
);

function clip(app, lesson) {
  const script = el(
    "details",
    { class: "script" },
    el("summary", {}, "Read it instead"),
    (lesson.script ?? []).map((one) => el("p", {}, one.say ?? one)),
  );
  if (!lesson.clip) {
    script.open = true;
    return el("div", { class: "clip" }, script);
  }
  const video = el("video", { controls: true, playsinline: true, preload: "none", "data-poster": poster(lesson), "aria-label": `${lesson.title}, a clip of ${lesson.seconds ?? 90} seconds` });
  video.append(
    el("source", { src: film(lesson), type: "video/mp4" }),
    el("track", { kind: "captions", srclang: "en", label: "English", src: captions(lesson), default: true }),
  );
  if (video.dataset.poster) near.observe(video);
  const missing = el("p", { class: "missing", hidden: true }, "The clip is not on this phone, and there is no connection. Its words are below.");
  video.lastElementChild.previousElementSibling.addEventListener("error", () => {
    missing.hidden = false;
    script.open = true;
  });
  return el("div", { class: "clip" }, video, missing, script);
}

function check(app, lesson) {
  if (!lesson.questions?.length) return null;
  const open = () => checkView(app, lesson);
  return el("button", { class: "main", onclick: open }, `Quick check: ${plural(lesson.questions.length, "question")}`);
}

function keeper(lesson) {
  if (!lesson.clip || !("caches" in window)) return null;
  const button = el("button", { class: "quiet" }, "Keep for offline");
  const said = () => {
    button.textContent = "Kept for offline";
    button.disabled = true;
  };
  isKept(lesson).then((there) => there && said());
  button.addEventListener("click", async () => {
    button.textContent = "Keeping …";
    try {
      await keep(lesson);
      said();
      tell(`${lesson.title} is kept for offline.`);
    } catch {
      button.textContent = "Not kept: no connection or no room. Try again";
    }
  });
  return button;
}

function again(app) {
  return el("button", { class: "main", onclick: () => app.refresh().then(app.redraw) }, "Try again");
}

export function blank(title, words, action) {
  return el("section", { class: "blank" }, el("h1", {}, title), el("p", {}, words), action);
}

function whenIdle(work) {
  const later = window.requestIdleCallback ?? ((call) => setTimeout(call, 2_000));
  if (document.readyState === "complete") later(work);
  else addEventListener("load", () => later(work), { once: true });
}

// The chip says that it is about safety.
function sentence(why) {
  const words = why.replace(/^Safety: /, "");
  return words[0].toUpperCase() + words.slice(1);
}
