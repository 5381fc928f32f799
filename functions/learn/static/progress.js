// Mastery, statement by statement: what stands, how sure that is, and what it rests on.

import * as api from "./api.js";
import { date, el, isCode, when } from "./dom.js";
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
    el("h2", {}, isCode(one.competency) ? el("span", { class: "code" }, one.competency) : null, " ", one.name),
    el("p", { class: "quiet" }, one.statement),
    el("p", { class: tone }, one.sentence),
    behind(one),
  );
}

const KINDS = { quick_check: "Quick check", photo: "Photo", voice: "Voice note", note: "Note", observation: "Seen at work", verification: "Verified by the employer" };

// What it rests on: the pieces that came in last, and how many there are beside them.
function behind(one) {
  const pieces = one.evidence ?? [];
  if (!pieces.length) return null;
  const more = one.more_evidence ? el("p", { class: "quiet" }, `And ${one.more_evidence} more${one.more_still ? ", and older ones" : ""}.`) : null;
  return el(
    "details",
    {},
    el("summary", {}, "What it rests on"),
    pieces.map((piece) => el("p", {}, `${told(piece)}, ${date(piece.on)}`)),
    more,
  );
}

function told(piece) {
  if (piece.kind === "quick_check") return `${KINDS.quick_check}: ${piece.lesson ?? ""}, ${piece.right} of ${piece.questions} right`;
  const how = piece.supervision === "supervised" ? ", supervised" : piece.supervision ? ", working alone" : "";
  return `${KINDS[piece.kind] ?? "Evidence"}${how}${piece.by ? `, by ${piece.by}` : ""}`;
}
