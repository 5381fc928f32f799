// Puts the parts together: who is signed in, what the phone keeps, which part is shown.

import * as api from "./api.js";
import { addView } from "./add.js";
import { banners } from "./banners.js";
import { tidy } from "./clips.js";
import { el, show, tell } from "./dom.js";
import { feedView } from "./feed.js";
import { joinView } from "./join.js";
import { Outbox } from "./outbox.js";
import { phoneView } from "./phone.js";
import { progressView } from "./progress.js";
import { keeps, see, seen } from "./store.js";

const WAYS = [
  { name: "", words: "Lessons", view: feedView },
  { name: "progress", words: "Progress", view: progressView },
  { name: "add", words: "Add", view: addView },
  { name: "phone", words: "On this phone", view: phoneView },
];
const SECOND_LOOK = 2_000; // milliseconds: what was asked while somebody was signing in may have been answered for before
const tabs = "BroadcastChannel" in window ? new BroadcastChannel("augment-learn") : null;
// Only the latest drawing shows its part: an earlier one that came late would take away what somebody has begun there.
let turn = 0;
let moving = false; // to another part: its name is told once it is there
const place = document.getElementById("place");
const bar = document.getElementById("bar");
const ways = document.getElementById("ways");

export const app = {
  outbox: new Outbox(),
  person: null, // what stands for the learner on this phone
  name: "",
  employee: null, // the learner's id, while signed in
  asks: false, // an agreement is asked for
  signedIn: null, // not known before the platform has said so
  reached: true, // the platform answered the last time
  keeps: true, // this browser keeps what it is given
  feed: null,
  feedOf: null, // when it was fetched, if that was not now
  redraw,
  refresh,
};

addEventListener("hashchange", () => draw({ moved: true }));
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && app.person && refresh());
// Nothing else would say that there is a connection again. Later, because the outbox first drops what is under way.
addEventListener("online", () => app.person && setTimeout(refresh));
app.outbox.addEventListener("changed", () => {
  tabs?.postMessage("changed");
  drawAround();
  if (part() === "phone") draw({ unasked: true });
});
tabs?.addEventListener("message", () => drawAround());

await begin();

async function begin() {
  if ("serviceWorker" in navigator) {
    navigator.serviceWorker.register("/learn/worker.js", { scope: "/learn/" }).catch(() => {}); // told by app.keeps
  }
  const asked = [api.session(), location.pathname === "/learn/" ? api.feed() : Promise.reject(new Error("later"))];
  for (const one of asked) one.catch(() => {});
  const last = await seen("last");
  if (last) {
    await take(last);
    await draw();
  }
  await recognise(asked[0], last);
  if (app.signedIn) await taken(asked[1]);
  app.keeps = await keeps();
  await draw({ unasked: true });
  place.removeAttribute("aria-busy");
  lookForConsent();
  if (app.person) await app.outbox.start();
  if (app.person && app.reached && !app.signedIn) setTimeout(refresh, SECOND_LOOK);
}

// Who was invited and has not agreed yet, or to a former text, is asked, whichever way they came in.
async function lookForConsent() {
  if (!app.signedIn || !app.employee || location.pathname !== "/learn/") return;
  try {
    const { consents, consent_text } = await api.enrolment(app.employee);
    const last = consents.at(-1);
    app.asksAnew = Boolean(last?.agreed) && last.version !== consent_text.version;
    app.asks = !last?.agreed || app.asksAnew;
    if (app.asks) await drawAround();
  } catch {
    // nobody invited them, or there is no connection: nothing is asked
  }
}

async function recognise(asked, last) {
  try {
    const session = await asked;
    app.reached = true;
    app.signedIn = session.signed_in;
    if (session.signed_in && session.learner !== last?.learner) await take(session);
    if (session.signed_in) {
      app.employee = session.employee_id;
      await see("last", { learner: session.learner, name: session.name });
    }
  } catch (error) {
    app.reached = !(error instanceof api.Unreachable);
  }
}

async function take({ learner, name }) {
  Object.assign(app, { person: learner, name });
  app.outbox.person = learner;
  const kept = await seen(`feed of ${learner}`);
  app.feed = kept?.feed ?? null;
  app.feedOf = kept?.at ?? null;
}

async function taken(asked) {
  try {
    app.feed = await asked;
    app.feedOf = null;
    app.problem = null;
    app.reached = true;
    await see(`feed of ${app.person}`, { feed: app.feed, at: Date.now() });
    tidy(app.feed.items);
  } catch (error) {
    if (error instanceof api.SignedOut) app.signedIn = false;
    else if (error instanceof api.Refused) app.problem = error.message;
    else app.reached = false;
  }
}

async function refresh() {
  await recognise(api.session(), { learner: app.person });
  if (app.signedIn) {
    await taken(api.feed());
    app.outbox.flush();
  }
  await drawAround();
  if (location.hash.length < 2 && place.firstElementChild?.scrollTop < 10) await draw();
}

// What somebody has begun to write or to watch while the platform was asked stays as it is.
function begun() {
  const written = [...place.querySelectorAll("textarea, input")].some((one) => one.value);
  const writing = place.contains(document.activeElement) && document.activeElement.matches("textarea, input");
  return written || writing || [...place.querySelectorAll("video")].some((one) => !one.paused);
}

async function redraw() {
  await draw();
}

// moved: to another part; unasked: only where nobody has begun anything, nor has by the time that it is ready
async function draw({ moved = false, unasked = false } = {}) {
  const waits = () => unasked && !moving && begun();
  if (waits()) return drawAround();
  const own = ++turn;
  moving ||= moved;
  await drawAround();
  const way = WAYS.find((one) => one.name === part()) ?? WAYS[0];
  const shown = isJoining() ? await joinView(app) : app.person ? await way.view(app) : signIn();
  if (own !== turn || waits()) return;
  show(place, shown);
  document.title = app.person ? `${way.words} · Learn` : "Learn";
  if (moving) {
    moving = false;
    place.focus({ preventScroll: true });
    tell(way.words);
  }
}

async function drawAround() {
  const { own, others } = await app.outbox.entries().catch(() => ({ own: [], others: [] }));
  ways.hidden = !app.person || isJoining();
  show(
    ways,
    WAYS.map((way) =>
      el(
        "a",
        { href: `/learn/#/${way.name}`, "aria-current": way.name === part() ? "page" : null },
        way.words,
        way.name === "phone" && own.length ? el("span", { class: "count" }, String(own.length)) : null,
      ),
    ),
  );
  show(bar, banners(app, own, others));
  navigator.setAppBadge?.(own.length).catch(() => {});
}

function part() {
  return location.hash.replace(/^#\/?/, "").split("/")[0];
}

function isJoining() {
  return location.pathname.startsWith("/learn/join/") || location.hash === "#/join";
}

function signIn() {
  const here = encodeURIComponent(location.pathname);
  if (!app.reached) {
    return el(
      "section",
      { class: "blank" },
      el("h1", {}, "No connection"),
      el("p", {}, "Nobody is signed in on this phone yet, and signing in needs a connection."),
      el("button", { class: "main", onclick: () => location.reload() }, "Try again"),
    );
  }
  return el(
    "section",
    { class: "blank" },
    el("h1", {}, "Learn"),
    el("p", {}, "Lessons of 90 seconds, with the reason why each is next. They work without a connection, too."),
    el("a", { class: "main", href: `/sign-in?next=${here}` }, "Sign in"),
  );
}

