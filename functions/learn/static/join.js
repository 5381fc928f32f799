// An invitation: who it is for comes in by its link, reads what is kept of them, and agrees or not, before anything else.

import * as api from "./api.js";
import { date, el, show, when } from "./dom.js";
import { blank } from "./feed.js";

const STANDINGS = {
  used: "This link has been used. Sign in as you do otherwise, or ask whoever runs your training for another.",
  too_old: "This link is too old, or a newer one was sent. Ask whoever runs your training for another.",
  unknown: "This is no link of ours. Open the one in your mail again, whole.",
};

export async function joinView(app) {
  const token = /^\/learn\/join\/(.+)$/.exec(location.pathname)?.[1];
  if (app.asksCoach) return coach(app);
  if (app.signedIn) return asked(app);
  if (!token) return blank("You are invited", "Sign in to read what you are invited to.", signIn());
  let standing;
  try {
    ({ standing } = await api.invitation(decodeURIComponent(token), false));
  } catch {
    return blank("No connection", "An invitation is opened with a connection.", el("button", { class: "main", onclick: () => location.reload() }, "Try again"));
  }
  if (standing !== "open") return blank("You cannot come in by this link", STANDINGS[standing], signIn());
  return blank("You are invited to learn", "The link is yours alone and works once: open it on the phone that you will learn with.", enter(app, token));
}

const signIn = () => el("a", { class: "main", href: `/sign-in?next=${encodeURIComponent("/learn/")}` }, "Sign in");

function enter(app, token) {
  const outcome = el("p", { class: "attention", role: "alert" });
  const come = async () => {
    try {
      await api.invitation(decodeURIComponent(token), true);
      location.reload(); // anew, as who has come in
    } catch (error) {
      outcome.textContent = error.message || "There is no connection. Try again.";
    }
  };
  return el("div", { class: "about" }, el("button", { class: "main", onclick: come }, "Come in"), outcome);
}

async function asked(app) {
  let enrolment;
  try {
    enrolment = await api.enrolment(app.employee);
  } catch (error) {
    const words = error instanceof api.Refused ? "You are signed in, and nobody has invited you under this name." : "What is kept of you is shown with a connection.";
    return blank("Your invitation", words, lessons());
  }
  const last = enrolment.consents.at(-1);
  const outcome = el("p", { class: "attention", role: "alert" });
  const say = async (agreed) => {
    try {
      await api.consent(app.person, app.employee, enrolment.consent_text.version, agreed);
      app.asks = !agreed;
      app.asksCoach = agreed;
      if (agreed) await again(app);
      if (agreed) return show(document.getElementById("place"), await coach(app));
      show(outcome.parentElement, el("p", {}, "Noted: you have not agreed. You may change your mind here."), lessons());
    } catch (error) {
      outcome.textContent = error instanceof api.Refused ? error.message : "There is no connection. Try again.";
    }
  };
  return el(
    "section",
    { class: "page", tabindex: "0" },
    el("h1", {}, `Welcome, ${enrolment.name}`),
    el("p", {}, `You learn by the standard ${enrolment.standard.replace("@", ", version ")}.`, enrolment.gateway_on ? ` Everything is to be known by ${date(enrolment.gateway_on)}.` : null),
    el("h2", {}, "What is kept while you learn"),
    enrolment.consent_text.text.split("\n").filter(Boolean).map((words) => el("p", {}, words)),
    last ? el("p", { class: "quiet" }, `${last.agreed ? "You agreed" : "You did not agree"}${last.version === enrolment.consent_text.version ? "" : " to a former text"} on ${when(last.at)}.`) : null,
    el("div", { class: "about" }, el("button", { class: "main", onclick: () => say(true) }, "I agree"), el("button", { class: "quiet", onclick: () => say(false) }, "I do not agree"), outcome),
  );
}

// What was not taken in while they had not agreed is sent once more.
async function again(app) {
  for (const one of (await app.outbox.entries()).own) if (one.state === "refused") await app.outbox.again(one.key);
}

// Asked once somebody has agreed to learn; learning goes on without it.
async function coach(app) {
  let view;
  try {
    view = await api.coachAgreement(app.employee);
  } catch {
    return blank("You are in", "Lessons begin here.", lessons());
  }
  if (!view.connected && !view.agreed) {
    location.assign("/learn/"); // nobody would write
    return blank("You are in", "Lessons begin here.", lessons());
  }
  const phone = el("input", { type: "tel", id: "phone", autocomplete: "tel", placeholder: "+44 7700 900123", value: view.phones[0] ? `+${view.phones[0]}` : "" });
  const outcome = el("p", { class: "attention", role: "alert" });
  const say = async (agreed) => {
    try {
      await api.agreeToCoach(app.person, app.employee, { agreed, version: view.text.version, phone: agreed ? phone.value : null });
      location.assign("/learn/");
    } catch (error) {
      outcome.textContent = error instanceof api.Refused ? error.message : "There is no connection. Try again.";
      phone.focus();
    }
  };
  return el(
    "section",
    { class: "page", tabindex: "0" },
    el("h1", {}, "A coach on WhatsApp?"),
    el("p", {}, view.text.text),
    el("label", { for: "phone" }, "Your number, with the country’s code"),
    phone,
    el("div", { class: "about" }, el("button", { class: "main", onclick: () => say(true) }, "Yes, write to me"), el("button", { class: "quiet", onclick: () => (view.agreed ? say(false) : location.assign("/learn/")) }, view.agreed ? "No more messages" : "Not now"), outcome),
  );
}

const lessons = () => el("a", { class: "main", href: "/learn/" }, "To my lessons");
