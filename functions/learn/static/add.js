// Evidence of the work itself: a photo, a voice note, a note. It is on the phone's disk the moment it is taken.

import { el, isCode, show, tell } from "./dom.js";
import { NotKept } from "./store.js";

const MOST_BYTES = 25_000_000; // as the platform takes them

export async function addView(app) {
  const outcome = el("div", { class: "outcome", role: "status" });
  const photo = el("input", { type: "file", accept: "image/*", capture: "environment", id: "photo", class: "visually-hidden" });
  photo.addEventListener("change", () => photo.files[0] && taken(app, outcome, "photo", photo.files[0]).then(() => (photo.value = "")));
  const note = el("textarea", { id: "note", rows: "4", maxlength: "4000" });
  return el(
    "section",
    { class: "page", tabindex: "0" },
    el("h1", {}, "Add evidence"),
    el("p", { class: "quiet" }, "It is kept as you recorded it, with when and for what. No people's faces, no customers' names."),
    el("label", { for: "photo", class: "main" }, "Take a photo"),
    photo,
    recorder(app, outcome),
    el("label", { for: "note" }, "Or write a note"),
    note,
    el(
      "button",
      {
        class: "quiet",
        onclick: async () => {
          const text = note.value.trim();
          if (!text) return note.focus();
          await taken(app, outcome, "note", new Blob([text], { type: "text/plain; charset=utf-8" }));
          note.value = "";
        },
      },
      "Keep the note",
    ),
    outcome,
  );
}

// Kept first, described after: nothing is lost when the tab ends in between.
async function taken(app, outcome, kind, blob) {
  if (blob.size > MOST_BYTES) {
    return show(outcome, el("p", { class: "attention" }, `This has ${Math.ceil(blob.size / 1e6)} MB; at most 25 MB are taken. Take it again in a smaller size.`));
  }
  let key;
  try {
    key = await app.outbox.record(kind, blob);
  } catch (error) {
    if (!(error instanceof NotKept)) throw error;
    const reason = error.full ? "There is no room left on this phone" : "This browser keeps nothing here (a private tab does that)";
    return show(outcome, el("p", { class: "attention", role: "alert" }, `${reason}: it was NOT kept.`));
  }
  navigator.storage?.persist?.();
  app.outbox.flush(); // the platform hears what is here
  tell("Kept on this phone.");
  show(outcome, about(app, key, kind, () => show(outcome, el("p", {}, "Kept. It is sent as soon as there is a connection."))));
  outcome.scrollIntoView({ block: "start" }); // what is asked now stands below the fold of a phone
}

export function about(app, key, kind, done) {
  const caption = el("input", { id: `caption-${key}`, maxlength: "500", autocomplete: "off" });
  const picked = new Set();
  const names = app.feed?.competency_names ?? {};
  const codes = [...new Set([...Object.keys(names), ...(app.feed?.items ?? []).flatMap((lesson) => lesson.competencies ?? [])])].sort();
  const chips = codes.map((code) =>
    el(
      "button",
      {
        class: "pick",
        "aria-pressed": "false",
        onclick: ({ currentTarget }) => {
          const on = picked.has(code) ? !picked.delete(code) : Boolean(picked.add(code));
          currentTarget.setAttribute("aria-pressed", String(on));
        },
      },
      !names[code] || isCode(code) ? el("span", { class: "code" }, code) : null,
      names[code] ? ` ${names[code]}` : null,
    ),
  );
  return el(
    "div",
    { class: "about" },
    el("label", { for: caption.id }, `What does this ${kind === "voice" ? "voice note" : kind} show?`),
    caption,
    codes.length ? el("p", { id: `for-${key}` }, "It is about") : null,
    el("div", { class: "picks", role: "group", "aria-labelledby": codes.length ? `for-${key}` : null }, chips),
    el(
      "button",
      {
        class: "main",
        onclick: async () => {
          const said = { caption: caption.value.trim() || undefined, competencies: [...picked].join(",") || undefined };
          await app.outbox.release(key, Object.fromEntries(Object.entries(said).filter(([, value]) => value)));
          app.outbox.flush();
          done();
        },
      },
      "Send it",
    ),
    el(
      "button",
      {
        class: "quiet",
        onclick: async () => {
          if (!confirm("Throw it away? It cannot be brought back.")) return;
          await app.outbox.discard(key);
          done();
        },
      },
      "Throw it away",
    ),
  );
}

function recorder(app, outcome) {
  if (!navigator.mediaDevices?.getUserMedia || !window.MediaRecorder) return null;
  const button = el("button", { class: "quiet" }, "Record a voice note");
  let recording = null;
  button.addEventListener("click", async () => {
    if (recording) return recording.stop();
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      const parts = [];
      recording = new MediaRecorder(stream);
      const end = () => recording?.state === "recording" && recording.stop();
      const left = () => document.visibilityState === "hidden" && end();
      // Whoever goes elsewhere takes no button along that ends it: what was said until then is kept.
      addEventListener("hashchange", end);
      document.addEventListener("visibilitychange", left);
      recording.addEventListener("dataavailable", ({ data }) => data.size && parts.push(data));
      recording.addEventListener("stop", async () => {
        removeEventListener("hashchange", end);
        document.removeEventListener("visibilitychange", left);
        for (const track of stream.getTracks()) track.stop();
        const type = recording.mimeType;
        recording = null;
        button.textContent = "Record a voice note";
        await taken(app, outcome, "voice", new Blob(parts, { type }));
      });
      recording.start(1_000);
      button.textContent = "Stop, and keep it";
    } catch {
      show(outcome, el("p", { class: "attention", role: "alert" }, "The microphone is not allowed here. Allow it in the browser's settings for this site, then try again."));
    }
  });
  return button;
}
