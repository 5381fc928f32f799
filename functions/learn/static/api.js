// Asks the platform. Whatever it answers is told apart by what can be done about it.

export class Unreachable extends Error {} // no connection, or the platform is busy: send the same again
export class SignedOut extends Error {} // sign in; what waits stays
export class SomebodyElse extends Error {} // another learner is signed in
export class Refused extends Error {
  constructor(problem, status) {
    super(problem.detail ?? problem.title ?? "It was refused.");
    this.status = status;
    this.fields = (problem.errors ?? []).map((one) => one.field);
  }
}

const PATIENCE = 30_000; // milliseconds, and for what is large
const SLOWEST = 5; // bytes in a millisecond
const underWay = new Set();

// A request that was under way when the network changed may never hear of it. Sending the same again is safe.
export function drop() {
  for (const one of underWay) one.abort();
}

export let clockAhead = 0; // milliseconds that this phone's clock is ahead of the platform's

export async function ask(path, { person, method = "GET", body, type } = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE + (body?.byteLength ?? 0) / SLOWEST);
  underWay.add(stop);
  const headers = {};
  if (person && method !== "GET") headers["Augment-Learner"] = person;
  if (type) headers["Content-Type"] = type;
  try {
    return await read(await fetch(path, { method, headers, body, signal: stop.signal, credentials: "same-origin" }));
  } catch (error) {
    if (error instanceof SignedOut || error instanceof SomebodyElse || error instanceof Refused) throw error;
    throw new Unreachable(error.message); // none, cut off on the way, or a network that answers for others
  } finally {
    clearTimeout(timer);
    underWay.delete(stop);
  }
}

async function read(answer) {
  const date = Date.parse(answer.headers.get("Date") ?? "");
  if (date) clockAhead = Date.now() - date;
  if (answer.status === 401) throw new SignedOut();
  if (answer.status === 429 || answer.status >= 500) throw new Unreachable(`status ${answer.status}`);
  const value = await answer.json();
  if (answer.ok) return value;
  const refused = new Refused(value, answer.status);
  if (answer.status === 403 && refused.fields.includes("Augment-Learner")) throw new SomebodyElse();
  throw refused;
}

const API = "/learn/api/v1";

export const session = () => ask("/learn/session");
export const signOut = () => ask("/learn/sign-out", { method: "POST" });
export const invitation = (token, enter) =>
  ask("/learn/invitation", { method: "POST", type: "application/json", body: JSON.stringify({ token, enter }) });
export const consent = (person, employee, version, agreed) =>
  ask(`${API}/learning/enrolments/${encodeURIComponent(employee)}/consent`, {
    person,
    method: "POST",
    type: "application/json",
    body: JSON.stringify({ version, agreed }),
  });
export const coachAgreement = (employee) =>
  ask(`${API}/learning/enrolments/${encodeURIComponent(employee)}/coach-agreement`);
export const agreeToCoach = (person, employee, body) =>
  ask(`${API}/learning/enrolments/${encodeURIComponent(employee)}/coach-agreement`, {
    person,
    method: "POST",
    type: "application/json",
    body: JSON.stringify(body),
  });
export const enrolment = (employee) => ask(`${API}/learning/enrolments/${encodeURIComponent(employee)}`);
export const feed = () => ask(`${API}/learning/feed`);
export const mastery = () => ask(`${API}/learning/mastery`);

export const sendAnswers = (person, answers) =>
  ask(`${API}/learning/answers`, {
    person,
    method: "POST",
    type: "application/json",
    body: JSON.stringify({ answers }),
  });

export const phoneItems = (person, items, letGo) =>
  ask(`${API}/learning/phone-items`, {
    person,
    method: "POST",
    type: "application/json",
    body: JSON.stringify({ items, let_go: letGo }),
  });

export const sendEvidence = (person, said, bytes, type) =>
  ask(`${API}/evidence?${new URLSearchParams(said)}`, { person, method: "POST", type, body: bytes });
