// Progressive enhancement only: every page works without this file.
"use strict";

// A filter marked data-submit applies as soon as it changes; its button is then superfluous.
for (const form of document.querySelectorAll("form[data-submit]")) {
  form.addEventListener("change", () => form.requestSubmit());
  for (const button of form.querySelectorAll("[data-without-script]")) button.hidden = true;
}

// A navigation that is higher than the screen shows where one is.
document.querySelector("nav [aria-current]")?.scrollIntoView({ block: "nearest" });

// Times arrive in UTC; show them in the reader's own zone, named, and keep UTC in the tooltip.
const format = new Intl.DateTimeFormat(document.documentElement.lang, {
  day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short",
});
for (const time of document.querySelectorAll("time[data-local]")) {
  const at = new Date(time.dateTime);
  if (Number.isNaN(at.getTime())) continue;
  time.title = time.textContent.trim();
  time.textContent = format.format(at);
}

// Beside a score stand its levels: a press, or a level's letter in the field, sets the level's middle; + and - move it.
for (const part of document.querySelectorAll("[data-with-script]")) part.hidden = false;
for (const group of document.querySelectorAll("[data-levels]")) {
  const field = document.getElementById(group.dataset.levels);
  const unseen = document.getElementById(group.dataset.unseen);
  const said = group.querySelector("output");
  const byKey = new Map();
  const press = ({ dataset: { points, by } }) => {
    const now = Number(field.value.replace(",", ".")) || 0;
    field.value = points ?? Math.min(100, Math.max(0, now + Number(by)));
    unseen.checked = false;
    said.textContent = field.value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  for (const button of group.querySelectorAll("button")) {
    byKey.set(button.dataset.key, button);
    button.addEventListener("click", () => press(button));
  }
  field.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const key = event.key.toLowerCase();
    const button = byKey.get(key);
    if (!button && key !== "n") return;
    event.preventDefault();
    if (button) return press(button);
    unseen.checked = !unseen.checked;
    unseen.dispatchEvent(new Event("input", { bubbles: true }));
  });
  group.hidden = false;
}

// What was typed into a form marked data-draft outlives a session that ends: this tab keeps it, for this person only.
for (const form of document.querySelectorAll("form[data-draft]")) {
  const name = `draft ${form.dataset.draft} ${form.getAttribute("action")}`;
  const fields = [...form.elements].filter((one) => one.name && !["hidden", "submit"].includes(one.type));
  for (const [field, value] of Object.entries(JSON.parse(sessionStorage.getItem(name) ?? "{}"))) {
    const known = fields.find((one) => one.name === field);
    if (known?.type === "checkbox") known.checked = value;
    else if (known) known.value = value;
  }
  form.addEventListener("input", () => {
    const entered = fields.map((one) => [one.name, one.type === "checkbox" ? one.checked : one.value]);
    sessionStorage.setItem(name, JSON.stringify(Object.fromEntries(entered)));
  });
}
// While the demonstration fills, its pages ask every three seconds how far it is, and say once when it is complete.
const filled = document.querySelector("[data-filled]");
const asking = filled && setInterval(async () => {
  if (document.hidden) return;
  const answer = await fetch("/filling").catch(() => null);
  const what = answer?.ok ? await answer.text() : "";
  if (what) filled.textContent = what;
  if (!answer?.ok || what) return;
  clearInterval(asking);
  filled.parentElement.hidden = true;
  document.querySelector("[data-filled-all]").textContent = "The demonstration is complete: load the page again.";
}, 3000);

// Any other form that could not be sent, as when the session ends, is filled again, once, when its page is next shown.
const viewer = document.body.dataset.viewer;
const unsent = JSON.parse(sessionStorage.getItem("unsent") ?? "null");
const others = "form.fields[method=post]:not([data-draft]), form.columns[method=post]:not([data-draft])";
for (const form of viewer ? document.querySelectorAll(others) : []) {
  const named = [...form.elements].filter((one) => one.name && !["submit", "password"].includes(one.type));
  const about = named.filter((one) => one.type === "hidden" && !["token", "if_version"].includes(one.name));
  const name = [viewer, form.action, ...about.map((one) => one.value)].join(" ");
  const fields = named.filter((one) => one.type !== "hidden");
  const value = (one) => (one.type === "checkbox" ? "checked" : "value");
  if (unsent?.name === name) fields.forEach((one, index) => { one[value(one)] = unsent.entered[index] ?? one[value(one)]; });
  form.addEventListener("submit", () => {
    sessionStorage.setItem("unsent", JSON.stringify({ name, entered: fields.map((one) => one[value(one)]) }));
  });
}
if (viewer && !document.querySelector("[data-problem]")) sessionStorage.removeItem("unsent");
for (const form of document.querySelectorAll("form[action='/sign-out']")) {
  form.addEventListener("submit", () => sessionStorage.clear());
}
if (new URLSearchParams(location.search).has("done")) sessionStorage.clear();

// A second click must not send a form twice.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
