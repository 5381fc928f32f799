// What a learner should know whatever part is shown, each in one sentence with what to do about it.

import { clockAhead } from "./api.js";
import { el, plural, when } from "./dom.js";

const A_DAY = 86_400_000;
const CLOCK_OFF = 300_000; // milliseconds

export function banners(app, own, others) {
  const waiting = own.filter((one) => one.state === "waiting");
  const drafts = own.filter((one) => one.state === "draft");
  const refused = own.filter((one) => one.state === "refused");
  const told = [];
  const say = (words, action, tone = "") =>
    told.push(el("p", { class: `banner ${tone}` }, el("span", {}, words), action ? [" ", action] : null));
  const signIn = el("a", { href: `/sign-in?next=${encodeURIComponent("/learn/")}` }, "Sign in");
  if (!app.keeps) {
    say("This browser keeps nothing here (a private tab does that). What you answer is sent at once, and needs a connection.", null, "attention");
  }
  if (app.asks) say(app.asksAnew ? "What is kept of you is said in new words." : "You are invited to learn here.", el("a", { href: "/learn/#/join" }, "Read what is kept, and answer"), "attention");
  if (app.person && app.reached && app.signedIn === false) say(`Your sign-in has ended. ${kept(waiting)}`, signIn, "attention");
  else if (!app.reached) say(`No connection. ${kept(waiting)}`);
  else if (waiting.length) {
    const button = el("button", { class: "link", onclick: () => app.outbox.flush() }, "Send now");
    say(app.outbox.state === "sending" ? "Sending what waits …" : `${named(waiting)} not sent yet.`, button);
  }
  if (waiting.some((one) => Date.now() - Date.parse(one.at) > A_DAY)) {
    say("Some of it has waited for over a day. A phone may clear what a site keeps that is not opened for a week.", null, "attention");
  }
  if (drafts.length) say(`${named(drafts)} recorded and not sent.`, el("a", { href: "/learn/#/phone" }, "Finish"), "attention");
  if (refused.length) say(`${named(refused)} not taken.`, el("a", { href: "/learn/#/phone" }, "See why"), "attention");
  const { missing } = app.outbox;
  if (missing.length) {
    const known = el("button", { class: "link", onclick: () => app.outbox.giveUp(missing.map((one) => one.key)) }, "I know");
    say(`${recorded(missing)} kept on a phone of yours and never arrived. If it was this one, its browser has cleared it: do it again. If it was another, open it there with a connection.`, known, "attention");
  }
  if (others.length) say(`${named(others)} waiting here until somebody else signs in again, and never sent as yours.`);
  if (Math.abs(clockAhead) > CLOCK_OFF) {
    const off = Math.abs(clockAhead) > A_DAY ? plural(Math.round(Math.abs(clockAhead) / A_DAY), "day") : plural(Math.round(Math.abs(clockAhead) / 60_000), "minute");
    say(`This phone's clock is ${off} ${clockAhead > 0 ? "ahead" : "behind"}. Times are kept as it says, with when they arrived.`);
  }
  if (app.feedOf) say(`As of ${when(app.feedOf)}.`);
  return told;
}

// Of up to three, which; of more, how many.
function recorded(missing) {
  const words = { answer: "an answer", photo: "a photo", voice: "a voice note", note: "a note" };
  const all = missing.length > 3 ? [plural(missing.length, "item")] : missing.map((one) => `${words[one.kind]} of ${when(one.made_at)}`);
  const said = all.join(" and ");
  return `${said[0].toUpperCase()}${said.slice(1)} ${missing.length === 1 ? "was" : "were"}`;
}

const kept = (waiting) => (waiting.length ? `${named(waiting)} kept on this phone.` : "");

export function named(entries) {
  const answers = entries.filter((one) => one.kind === "answer").length;
  const records = entries.filter((one) => one.kind !== "answer");
  const words = [];
  if (answers) words.push(plural(answers, "answer"));
  for (const [kind, one, many] of [["photo", "photo", "photos"], ["voice", "voice note", "voice notes"], ["note", "note", "notes"]]) {
    const count = records.filter((record) => record.body.kind === kind).length;
    if (count) words.push(plural(count, one, many));
  }
  const count = entries.length;
  return `${words.join(" and ") || plural(count, "item")} ${count === 1 ? "is" : "are"}`;
}
