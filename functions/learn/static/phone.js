// What this phone holds: what waits, what was not taken and why, what became of what was sent, and signing out.

import * as api from "./api.js";
import { about } from "./add.js";
import { named } from "./banners.js";
import { el, when } from "./dom.js";
import { see } from "./store.js";

export async function phoneView(app) {
  const { own } = await app.outbox.entries().catch(() => ({ own: [] }));
  const results = await app.outbox.results().catch(() => []);
  const news = results.filter((one) => !one.read).sort((a, b) => b.settled - a.settled);
  const persisted = await navigator.storage?.persisted?.().catch(() => false);
  return el(
    "section",
    { class: "page", tabindex: "0" },
    el("h1", {}, "On this phone"),
    el("p", {}, own.length ? `${named(own)} here and not with the platform yet.` : "Everything that you did is with the platform."),
    el("ul", { class: "rows" }, own.map((one) => entryRow(app, one))),
    news.length ? el("h2", {}, "What became of the rest") : null,
    el("ul", { class: "rows" }, news.map((one) => resultRow(app, one))),
    news.length ? el("button", { class: "quiet", onclick: () => app.outbox.read(...news.map((one) => one.key)).then(app.redraw) }, "I have seen this") : null,
    el("p", { class: "quiet" }, persisted ? "The browser has agreed to keep what is here." : "The browser may clear what is here when space is short, or when the app is not opened for a week: open it once with a connection to send what waits."),
    el("p", { class: "quiet" }, `Signed in as ${app.name}.`),
    el("a", { class: "quiet", href: "/me" }, "My profile and settings"),
    el("button", { class: "quiet", onclick: () => leave(app, own) }, "Sign out"),
  );
}

function entryRow(app, one) {
  const what = one.kind === "answer" ? `An answer to “${titled(app, one.body.lesson_id)}”` : { photo: "A photo", voice: "A voice note", note: "A note" }[one.body.kind] ?? "A record";
  const discard = async () => {
    if (!confirm("Throw it away? It cannot be brought back.")) return;
    await app.outbox.discard(one.key);
    app.redraw();
  };
  const again = async () => {
    await app.outbox.again(one.key);
    app.outbox.flush().then(app.redraw);
  };
  return el(
    "li",
    {},
    el("p", {}, el("strong", {}, what), ` of ${when(one.at)}`),
    one.state === "refused" ? el("p", { class: "attention" }, `Not taken: ${one.problem}`) : null,
    one.state === "refused" ? el("button", { class: "quiet", onclick: again }, "Try again") : null,
    one.state === "refused" ? el("button", { class: "quiet", onclick: discard }, "Throw it away") : null,
    one.state === "draft" ? about(app, one.key, one.body.kind, () => app.redraw()) : null,
  );
}

function resultRow(app, one) {
  return el("li", {}, one.kind === "answer" ? answered(app, one) : el("p", {}, "Your evidence has arrived."));
}

function answered(app, one) {
  const now = app.feed?.items.find((lesson) => lesson.lesson_id === one.body.lesson_id)?.version;
  const against = one.marked_against ?? one.body.lesson_version;
  return el(
    "div",
    {},
    el("p", {}, el("strong", { class: one.right ? "right" : "wrong" }, one.right ? "Right. " : "Not right. "), titled(app, one.body.lesson_id), ". ", one.because ?? ""),
    now && now !== against ? el("p", { class: "quiet" }, `Marked against version ${against}, which you saw; the lesson is at version ${now} now.`) : null,
  );
}

const titled = (app, id) => app.feed?.items.find((lesson) => lesson.lesson_id === id)?.title ?? id.replaceAll("_", " ");

async function leave(app, own) {
  const stays = own.length ? ` ${named(own)} not sent, and stays here until you sign in again.` : "";
  if (!confirm(`Sign out?${stays}`)) return;
  try {
    await api.signOut();
  } catch {
    return alert("Signing out needs a connection.");
  }
  await see("last", undefined);
  await see(`feed of ${app.person}`, undefined);
  await see(`mastery of ${app.person}`, undefined);
  location.assign("/learn/");
}
