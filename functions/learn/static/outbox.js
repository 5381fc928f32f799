// What was answered and recorded, until the platform has it.
//
// An entry is on the phone's disk before anybody is told that it is kept, and leaves only when the platform said that
// it has it, or the learner threw it away. Its key makes sending it twice the same as once. Every entry is one person's;
// whoever else signs in here sends nothing of it. One tab at a time sends (Web Locks); without them the keys still hold.
// The platform is told what is held here, so that it can say what a cleared phone has lost, and what a restored one need
// not send again.
// There is no background sync on iOS: it is sent on opening, on coming back, and when there is a connection again.

import * as api from "./api.js";
import { NotKept, see, seen, transact } from "./store.js";

const BATCH = 50; // answers in one request
const FIRST_PAUSE = 4_000;
const LONGEST_PAUSE = 300_000; // milliseconds
const KEPT_RESULTS = 200;
const MOST_TOLD = 500; // items in one telling

export class Outbox extends EventTarget {
  #running = null;
  #again = false;
  #pause = FIRST_PAUSE;
  #timer = null;
  #told = null; // what was told of last, to tell nothing twice
  missing = []; // what was told of before, and is neither here nor with the platform
  state = "idle"; // "sending" | "unreachable" | "signed out" | "somebody else" | "idle"

  constructor(person = null) {
    super();
    this.person = person;
  }

  start() {
    const now = () => this.flush();
    addEventListener("offline", api.drop);
    addEventListener("online", () => {
      api.drop();
      now();
    });
    addEventListener("pageshow", now);
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && now());
    return now();
  }

  // Keeps an answer; resolves when it is on the disk. Raises NotKept.
  async answer(body, key = newKey()) {
    await this.#put({ key, kind: "answer", state: "waiting", body });
    return key;
  }

  // Keeps what was recorded at once, before anything is asked about it. Raises NotKept.
  async record(kind, blob, body = {}, key = newKey()) {
    const bytes = await blob.arrayBuffer();
    const sha256 = crypto.subtle && hex(await crypto.subtle.digest("SHA-256", bytes)); // https and localhost only
    const type = blob.type || "application/octet-stream";
    const entry = { key, kind: "evidence", state: "draft", body: { kind, ...body, sha256 } };
    await this.#put(entry, { key, bytes, type });
    return key;
  }

  // A recorded draft is to be sent, with what is said about it.
  async release(key, body = {}) {
    await this.#change(key, (entry) => ({ ...entry, state: "waiting", body: { ...entry.body, ...body } }));
  }

  // What was refused is tried again, or thrown away by who kept it.
  async again(key) {
    await this.#change(key, (entry) => ({ ...entry, state: "waiting", problem: undefined }));
  }

  async discard(key) {
    await this.#letGo([key]);
    await transact(["queue", "media"], "readwrite", async (one) => {
      const id = await one.objectStore("queue").index("key").getKey(key);
      if (id !== undefined) await one.objectStore("queue").delete(id);
      await one.objectStore("media").delete(key);
    });
    this.#changed();
    this.flush(); // so that nobody looks for it
  }

  // The learner knows that these are lost.
  async giveUp(keys) {
    await this.#letGo(keys);
    this.missing = this.missing.filter((one) => !keys.includes(one.key));
    this.#changed();
    return this.flush();
  }

  async entries() {
    const all = await transact(["queue"], "readonly", (one) => one.objectStore("queue").getAll());
    return { own: all.filter((one) => one.person === this.person), others: all.filter((one) => one.person !== this.person) };
  }

  async media(key) {
    return transact(["media"], "readonly", (one) => one.objectStore("media").get(key));
  }

  async results() {
    return transact(["results"], "readonly", (one) => one.objectStore("results").index("person").getAll(this.person));
  }

  async read(...keys) {
    await transact(["results"], "readwrite", async (one) => {
      for (const key of keys) {
        const found = await one.objectStore("results").get(key);
        if (found) await one.objectStore("results").put({ ...found, read: true });
      }
    });
    this.#changed();
  }

  // Sends what waits; several calls at once are one, and what is put meanwhile is sent as well.
  flush() {
    this.#again = true;
    this.#running ??= this.#alone().finally(() => {
      this.#running = null;
      if (this.#again) return this.flush();
    });
    return this.#running;
  }

  async #alone() {
    this.#again = false;
    try {
      await (navigator.locks ? navigator.locks.request("augment-outbox", () => this.#both()) : this.#both());
      clearTimeout(this.#timer); // nothing is left to try again
      this.#pause = FIRST_PAUSE;
      this.#say("idle");
    } catch (error) {
      this.#stopped(error);
    }
  }

  #stopped(error) {
    if (error instanceof api.SignedOut) return this.#say("signed out");
    if (error instanceof api.SomebodyElse) return this.#say("somebody else");
    if (error instanceof NotKept) return this.#say("idle");
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), this.#pause);
    this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE);
    this.#say("unreachable");
  }

  // On opening what is held is compared first: what has arrived is not sent again. What stays here is told of.
  async #both() {
    if (!this.person) return;
    if (this.#told === null) await this.#compare();
    await this.#drain();
    await this.#compare();
  }

  async #compare() {
    const { person } = this;
    const { own } = await this.entries();
    const items = own.slice(-MOST_TOLD).map((one) => ({ key: one.key, kind: one.kind === "answer" ? "answer" : one.body.kind, made_at: one.at }));
    const name = `let go by ${person}`;
    const letGo = ((await seen(name)) ?? []).slice(-MOST_TOLD);
    const telling = JSON.stringify([person, items.map((one) => one.key), letGo]);
    if (telling === this.#told) return;
    let told;
    try {
      told = await api.phoneItems(person, items, letGo);
    } catch (error) {
      if (error instanceof api.Refused || error instanceof api.Unreachable) return; // it holds up nothing; the next time
      throw error;
    }
    this.#told = JSON.stringify([person, items.map((one) => one.key), []]);
    if (letGo.length) await see(name, ((await seen(name)) ?? []).filter((key) => !letGo.includes(key)));
    if (person !== this.person) return;
    this.missing = told.missing;
    const there = new Map(told.arrived.map((one) => [one.key, one.sha256]));
    const same = own.filter((one) => one.kind === "evidence" && there.has(one.key) && there.get(one.key) === one.body.sha256);
    if (same.length) await this.#settle(same.map((one) => [one, { status: "duplicate", sha256: one.body.sha256 }]));
    this.#changed();
  }

  async #letGo(keys) {
    const name = `let go by ${this.person}`;
    await see(name, [...new Set([...((await seen(name)) ?? []), ...keys])]);
  }

  async #drain() {
    for (;;) {
      const waiting = (await this.entries()).own.filter((one) => one.state === "waiting");
      if (!waiting.length) return;
      this.#say("sending");
      const answers = waiting.filter((one) => one.kind === "answer").slice(0, BATCH);
      if (answers.length) await this.#answers(answers);
      else await this.#evidence(waiting[0]);
    }
  }

  async #answers(entries) {
    let told;
    try {
      const said = entries.map((one) => ({ key: one.key, ...one.body, answered_at: one.at }));
      told = (await api.sendAnswers(this.person, said)).results;
    } catch (error) {
      if (!(error instanceof api.Refused)) throw error;
      if (entries.length > 1) {
        // One bad entry holds up no other.
        for (const one of entries) await this.#answers([one]);
        return;
      }
      told = [{ key: entries[0].key, status: "refused", problem: error.message }];
    }
    const known = new Map(told.map((one) => [one.key, one]));
    const missing = entries.filter((one) => !known.has(one.key));
    await this.#settle(entries.filter((one) => known.has(one.key)).map((one) => [one, known.get(one.key)]));
    if (missing.length) throw new api.Unreachable(`${missing.length} answers were not told of`);
  }

  async #evidence(entry) {
    const media = await this.media(entry.key);
    const { sha256 } = entry.body;
    const query = { key: entry.key, captured_at: entry.at, bytes: media?.bytes.byteLength ?? 0, ...entry.body };
    if (!sha256) delete query.sha256;
    let told;
    try {
      told = await api.sendEvidence(this.person, query, media?.bytes ?? new ArrayBuffer(0), media?.type);
    } catch (error) {
      if (!(error instanceof api.Refused)) throw error;
      told = { status: "refused", problem: error.message };
    }
    if (told.status !== "refused" && sha256 && told.sha256 !== sha256) {
      told = { status: "refused", problem: "it arrived with other content than was sent" };
    }
    await this.#settle([[entry, told]]);
  }

  // In one transaction: what was taken leaves the queue for the results; what was refused stays, with the reason.
  async #settle(pairs) {
    await transact(["queue", "media", "results"], "readwrite", async (one) => {
      const queue = one.objectStore("queue");
      for (const [entry, told] of pairs) {
        const present = await queue.get(entry.id);
        if (!present || present.key !== entry.key) continue; // another tab was faster
        if (told.status === "refused") {
          await queue.put({ ...present, state: "refused", problem: reason(told) });
          continue;
        }
        const result = { ...told, key: entry.key, person: entry.person, kind: entry.kind, at: entry.at, body: entry.body };
        await one.objectStore("results").put({ ...result, settled: Date.now(), read: false });
        await one.objectStore("media").delete(entry.key);
        await queue.delete(entry.id);
      }
      await prune(one.objectStore("results"), pairs[0][0].person);
    });
    for (const [entry, told] of pairs) {
      this.dispatchEvent(new CustomEvent("settled", { detail: { key: entry.key, entry, told } }));
    }
    this.#changed();
  }

  async #put(entry, media) {
    await transact(["queue", "media"], "readwrite", async (one) => {
      const known = await one.objectStore("queue").index("key").getKey(entry.key);
      if (known !== undefined) return; // run again after a lost connection
      await one.objectStore("queue").put({ ...entry, person: this.person, at: new Date().toISOString() });
      if (media) await one.objectStore("media").put(media);
    });
    this.#changed();
  }

  async #change(key, changed) {
    await transact(["queue"], "readwrite", async (one) => {
      const found = await one.objectStore("queue").index("key").get(key);
      if (found) await one.objectStore("queue").put(changed(found));
    });
    this.#changed();
  }

  #say(state) {
    this.state = state;
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("changed"));
  }
}

const reason = (told) => told.problem?.detail ?? told.problem ?? "It was refused.";

async function prune(results, person) {
  const all = await results.index("person").getAll(person);
  const read = all.filter((one) => one.read).sort((a, b) => a.settled - b.settled);
  for (const one of read.slice(0, Math.max(0, all.length - KEPT_RESULTS))) await results.delete(one.key);
}

const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

// A random UUID, on plain http as well, where browsers have no randomUUID.
export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const digits = hex(crypto.getRandomValues(new Uint8Array(16)).buffer);
  return digits.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-a$4-$5");
}
