// A quick check: a question, the choice, whether it was right and why. Without a connection the choice is kept, and the
// reason comes when it has been sent.

import * as api from "./api.js";
import { el, plural, show, tell } from "./dom.js";
import { newKey } from "./outbox.js";
import { NotKept } from "./store.js";

const PATIENCE = 4_000; // milliseconds until it is said that the reason comes later

export function checkView(app, lesson) {
  const body = el("div", { class: "check" });
  const close = () => dialog.close();
  const dialog = el("dialog", { class: "sheet", "aria-label": `Quick check: ${lesson.title}` }, el("button", { class: "close", "aria-label": "Close the quick check", onclick: close }, "✕"), body);
  dialog.addEventListener("close", () => {
    dialog.remove();
    app.refresh();
  });
  document.body.append(dialog);
  dialog.showModal();
  const told = [];
  ask(0);

  function ask(place) {
    const question = lesson.questions[place];
    if (!question) return end();
    const heading = el("h2", { tabindex: "-1" }, question.ask);
    const options = question.options.map((words, index) =>
      el("button", { class: "option", onclick: () => choose(place, index + 1, options) }, words),
    );
    show(body, el("p", { class: "quiet" }, `Question ${place + 1} of ${lesson.questions.length}`), heading, el("div", { class: "options" }, options), el("div", { class: "outcome" }));
    heading.focus();
  }

  async function choose(place, option, options) {
    const question = lesson.questions[place];
    for (const one of options) one.disabled = true;
    options[option - 1].classList.add("chosen");
    const outcome = body.querySelector(".outcome");
    show(outcome, el("p", {}, "Keeping your answer …"));
    const said = { lesson_id: lesson.lesson_id, lesson_version: lesson.version, question_id: question.question_id, option };
    const result = await given(app, said);
    told.push(result);
    if (result.status === "taken" || result.status === "duplicate") {
      options[option - 1].classList.add(result.right ? "right" : "wrong");
      tell(result.right ? "Right." : "Not right.");
    }
    const more = place + 1 < lesson.questions.length;
    const next = el("button", { class: "main", onclick: () => ask(place + 1) }, more ? "Next question" : "Finish");
    show(outcome, words(result, lesson), next);
    next.focus();
  }

  function end() {
    const marked = told.filter((one) => one.right === true || one.right === false);
    const later = told.filter((one) => one.status === "kept").length;
    const right = marked.filter((one) => one.right).length;
    const heading = el("h2", { tabindex: "-1" }, marked.length ? `${right} of ${marked.length} right` : "Kept on this phone");
    show(
      body,
      heading,
      later ? el("p", {}, `${plural(later, "answer")} will be marked when there is a connection. Nothing is lost until then.`) : null,
      marked.length > right ? el("p", {}, "What was not right comes back soon.") : null,
      el("button", { class: "main", onclick: close }, "Back to the lessons"),
    );
    heading.focus();
  }
}

function words(result, lesson) {
  switch (result.status) {
    case "kept":
      return el("p", { class: "kept" }, "Kept on this phone. Whether it is right, and why, is told once it is sent.");
    case "lost":
      return el("p", { class: "attention", role: "alert" }, result.problem);
    case "refused":
      return el("p", { class: "attention", role: "alert" }, `Not taken: ${result.problem?.detail ?? result.problem}`);
    default:
      return el(
        "div",
        {},
        el("p", { class: result.right ? "right" : "wrong" }, el("strong", {}, result.right ? "Right. " : "Not right. "), result.because ?? ""),
        result.marked_against && result.marked_against !== lesson.version ? el("p", { class: "quiet" }, `Marked against version ${result.marked_against} of the lesson, which you saw.`) : null,
      );
  }
}

// Keeps an answer and waits a little for its reason.
async function given(app, said) {
  try {
    const key = newKey();
    const settled = waitFor(app.outbox, key);
    await app.outbox.answer(said, key);
    navigator.storage?.persist?.();
    app.outbox.flush();
    const told = await settled;
    if (told.status !== "kept") await app.outbox.read(key); // it is shown here and now
    return told;
  } catch (error) {
    if (error instanceof NotKept) return sentAtOnce(app, said, error.full);
    throw error;
  }
}

function waitFor(outbox, key) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => finish({ status: "kept" }), PATIENCE);
    const settled = ({ detail }) => detail.key === key && finish(detail.told);
    const changed = () => ["unreachable", "signed out", "somebody else"].includes(outbox.state) && finish({ status: "kept" });
    function finish(told) {
      clearTimeout(timer);
      outbox.removeEventListener("settled", settled);
      outbox.removeEventListener("changed", later);
      resolve(told);
    }
    const later = () => queueMicrotask(changed);
    outbox.addEventListener("settled", settled);
    outbox.addEventListener("changed", later);
  });
}

// Where nothing can be kept: it is sent now, or the learner is told that it was not.
async function sentAtOnce(app, said, full) {
  const answer = { key: newKey(), ...said, answered_at: new Date().toISOString() };
  for (let time = 0; time < 3; time++) {
    try {
      return (await api.sendAnswers(app.person, [answer])).results[0];
    } catch (error) {
      if (error instanceof api.Refused) return { status: "refused", problem: error.message };
      if (!(error instanceof api.Unreachable)) break;
    }
  }
  const reason = full ? "There is no room left on this phone" : "This browser keeps nothing here";
  return { status: "lost", problem: `${reason}, and it could not be sent: this answer is NOT recorded. Answer again with a connection.` };
}
