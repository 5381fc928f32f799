// Mastery, statement by statement: what stands, how sure that is, and what it rests on.

import * as api from "./api.js";
import { el, when } from "./dom.js";
import { blank } from "./feed.js";
import { see, seen } from "./store.js";

export async function progressView(app) {
  const name = `mastery of ${app.person}`;
  let told;
  let at = null;
  try {
    told = await api.mastery();
    await see(name, { told, at: Date.now() });
  } catch (error) {
    const kept = await seen(name);
    if (!kept) return blank("My progress", error instanceof api.Refused ? error.message : "It is shown when there is a connection.", null);
    ({ told, at } = kept);
  }
  return el(
    "section",
    { class: "page", tabindex: "0" },
    el("h1", {}, "My progress"),
    told.scores_open_at ? el("p", { class: "quiet" }, `A score opens on ${when(told.scores_open_at)}.`) : null,
    at ? el("p", { class: "quiet" }, `As of ${when(at)}.`) : null,
    el("ul", { class: "rows" }, told.items.map(row)),
  );
}

function row(one) {
  const tone = one.attained === "not_safe" ? "attention" : null;
  return el(
    "li",
    {},
    el("h2", {}, el("span", { class: "code" }, one.competency), " ", one.name),
    el("p", { class: "quiet" }, one.statement),
    el("p", { class: tone }, one.sentence),
  );
}
