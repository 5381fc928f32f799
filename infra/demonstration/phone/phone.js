// One of the demonstration's phones: shows what it and the coach wrote, and sends what is typed, pressed or photographed.

const TRIES = ["What’s next?", "Quiz me", "2", "Explain this lesson", "How am I doing?", "I did 3 hours on site today", "Talk to my mentor", "STOP", "START", "Help", "I think the cable is live and I touched it", "What’s the weather?", "What shall I crack on with?"];
const chat = document.getElementById("chat");
const who = document.getElementById("who");
const text = document.getElementById("text");
const problem = document.getElementById("problem");
let shown = "";

function el(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

async function ask(path, said) {
  const options = said ? { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ who: who.value, ...said }) } : {};
  const answer = await fetch(path, options);
  const value = await answer.json();
  if (!answer.ok) throw new Error(value.error);
  return value;
}

async function send(path, said) {
  problem.textContent = "";
  try {
    await ask(path, said);
    await draw();
  } catch (error) {
    problem.textContent = error.message;
  }
}

function bubble(one, last) {
  const when = new Date(one.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const how = one.template ? ` · template, ${one.category.toLowerCase()}` : "";
  const made = el("div", { className: one.mine ? "said mine" : "said" }, one.text, el("small", {}, `${one.mine ? "You" : "Coach"}, ${when}${how}`));
  if (one.buttons.length) {
    const taps = one.buttons.map((tap) => el("button", { type: "button", disabled: !last, onclick: () => send("/press", { id: tap.id, title: tap.title, kind: one.kind }) }, tap.title));
    made.append(el("div", { className: "taps" }, ...taps));
  }
  return made;
}

async function draw() {
  const messages = await ask(`/messages?who=${encodeURIComponent(who.value)}`);
  const now = JSON.stringify([who.value, messages]);
  if (now === shown) return;
  shown = now;
  const lastOffer = messages.findLastIndex((one) => one.buttons.length);
  chat.replaceChildren(...messages.map((one, place) => bubble(one, place === lastOffer)));
  if (!messages.length) chat.append(el("p", {}, "Nothing yet. Write, or tap one of the sentences below."));
  window.scrollTo({ top: document.body.scrollHeight });
}

document.getElementById("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const said = text.value;
  text.value = "";
  send("/send", { text: said });
});
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    document.getElementById("form").requestSubmit();
  }
});
document.getElementById("photo").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  if (!file) return;
  const address = await new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.readAsDataURL(file);
  });
  await send("/photo", { photo: address.split(",")[1], caption: text.value });
  event.target.value = text.value = "";
});
who.addEventListener("change", draw);

const groups = new Map();
const { people, model } = await ask("/people");
const switched = document.getElementById("model");
document.getElementById("models").hidden = model === null;
switched.checked = model === true;
switched.addEventListener("change", () => send("/model", { on: switched.checked }));
for (const one of people) {
  if (!groups.has(one.role)) groups.set(one.role, who.appendChild(el("optgroup", { label: one.role === "mentor" ? "Mentors" : "Apprentices" })));
  groups.get(one.role).append(el("option", { value: one.phone }, `${one.name} (+${one.phone})`));
}
document.getElementById("tries").append(...TRIES.map((words) => el("button", { type: "button", className: "try", onclick: () => send("/send", { text: words }) }, words)));
await draw();
setInterval(() => draw().catch(() => {}), 1000);
