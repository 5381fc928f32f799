// An invitation: what is asked for, and the learner's consent, before anything is recorded.

import { el } from "./dom.js";
import { blank } from "./feed.js";

export async function joinView(app) {
  if (!app.signedIn) {
    const next = encodeURIComponent(location.pathname);
    return blank("You are invited", "Sign in to see what you are invited to.", el("a", { class: "main", href: `/sign-in?next=${next}` }, "Sign in"));
  }
  return blank("You are signed in", "Your lessons are ready.", el("a", { class: "main", href: "/learn/" }, "Open my lessons"));
}
