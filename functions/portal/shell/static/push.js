// Turns push notifications on in this browser. The browser is asked with a press, and never before.
"use strict";

const form = document.querySelector("form[data-push]");
const said = form.querySelector("[data-said]");
const able = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
form.hidden = !able;
document.querySelector("[data-unable]").hidden = able;

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));

async function working(registration) {
  if (registration.active) return registration;
  const coming = registration.installing ?? registration.waiting;
  await new Promise((done, failed) => coming.addEventListener("statechange", () => {
    if (coming.state === "activated") done();
    if (coming.state === "redundant") failed(new Error("redundant"));
  }));
  return registration;
}

async function subscribed(key) {
  const registration = await working(await navigator.serviceWorker.register(form.dataset.worker));
  const known = await registration.pushManager.getSubscription();
  const theirs = known && new Uint8Array(known.options.applicationServerKey ?? []);
  if (theirs && theirs.toString() !== key.toString()) await known.unsubscribe();
  return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

function named() {
  const system = navigator.userAgentData?.platform || navigator.platform || "";
  const brands = navigator.userAgentData?.brands.filter(({ brand }) => !/not.?a.?brand|chromium/i.test(brand)) ?? [];
  const browser = brands[0]?.brand ?? (/(Firefox|Edg|Chrome|Safari)/.exec(navigator.userAgent) ?? ["A browser"])[0];
  return (system ? `${browser}, ${system}` : browser).slice(0, 60);
}

form.addEventListener("submit", async (event) => {
  if (form.elements.endpoint.value) return;
  event.preventDefault();
  delete form.dataset.sent; // it is not: portal.js has marked it
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    if (await Notification.requestPermission() !== "granted") {
      said.textContent = "The browser does not allow it. Allow notifications of this site in its settings, then press again.";
      return;
    }
    const { endpoint, keys } = (await subscribed(bytes(form.dataset.push))).toJSON();
    Object.assign(form.elements.p256dh, { value: keys.p256dh });
    Object.assign(form.elements.auth, { value: keys.auth });
    Object.assign(form.elements.device_name, { value: named() });
    form.elements.endpoint.value = endpoint;
    button.disabled = false;
    form.requestSubmit(button);
  } catch {
    said.textContent = "The browser’s push service did not answer. Try again later.";
  } finally {
    button.disabled = false;
  }
});
