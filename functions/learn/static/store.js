// What the phone keeps: an IndexedDB that opens itself again when its connection is lost.
//
//   queue    {id, key, person, kind, at, body, state: "draft" | "waiting" | "refused", problem}: what is to be sent
//   media    {key, bytes, type}: what belongs to an entry of the queue
//   results  {key, person, ...}: what became of what was sent
//   seen     {name, ...}: the last answers of the platform, by person
//
// A transaction is over when its `done` is: only then may anybody be told that something is kept.

import { openDB } from "./idb.js";

const NAME = "augment-learn";
const VERSION = 1;
const OPENS_WITHIN = 8_000; // milliseconds; WebKit has hung here for good
const ENDS_WITHIN = 3_000; // WebKit has had transactions wait for good for one of a page that has gone
const WITH_MEDIA = 60_000; // what was recorded is large, and phones are slow
const TIMES = 3;

export class NotKept extends Error {
  constructor(cause) {
    super("nothing can be kept on this phone", { cause });
    this.name = "NotKept";
    this.full = cause?.name === "QuotaExceededError";
  }
}

let opening = null;

function open() {
  opening ??= opened().catch((error) => {
    opening = null;
    throw new NotKept(error);
  });
  return opening;
}

async function opened() {
  const database = openDB(NAME, VERSION, {
    upgrade(made) {
      const queue = made.createObjectStore("queue", { keyPath: "id", autoIncrement: true });
      queue.createIndex("key", "key", { unique: true });
      queue.createIndex("person", "person");
      made.createObjectStore("media", { keyPath: "key" });
      const results = made.createObjectStore("results", { keyPath: "key" });
      results.createIndex("person", "person");
      made.createObjectStore("seen", { keyPath: "name" });
    },
    blocking(_current, _blocked, event) {
      event.target.close();
      forget();
    },
    terminated: forget,
  });
  return within(OPENS_WITHIN, database);
}

async function within(milliseconds, awaited) {
  let timer;
  const late = new Promise((_, refuse) => {
    timer = setTimeout(() => refuse(new DOMException("no answer", "TimeoutError")), milliseconds);
  });
  return Promise.race([awaited, late]).finally(() => clearTimeout(timer));
}

function forget() {
  opening = null;
}

// Runs work(transaction) to its end; on a lost connection, or one that does not answer, opens anew and runs it again.
// Work only puts and deletes by key, so that twice is once. What does not fit is told as NotKept.
export async function transact(stores, mode, work) {
  for (let time = 1; ; time++) {
    const database = await open();
    let transaction;
    try {
      transaction = database.transaction(stores, mode, { durability: "strict" });
      return await within(stores.includes("media") ? WITH_MEDIA : ENDS_WITHIN, ended(transaction, work));
    } catch (error) {
      if (error.name === "QuotaExceededError") throw new NotKept(error);
      if (!(error instanceof DOMException) || error.name === "ConstraintError") throw error;
      if (time === TIMES) throw new NotKept(error);
      try {
        if (error.name === "TimeoutError") transaction.abort();
        database.close();
      } catch {
        // it was lost
      }
      forget();
    }
  }
}

async function ended(transaction, work) {
  transaction.done.catch(() => {}); // awaited below; a failure of work comes first
  const result = await work(transaction);
  await transaction.done;
  return result;
}

// Tells whether this browser keeps anything: private tabs and locked-down browsers refuse in many ways.
export async function keeps() {
  try {
    await transact(["seen"], "readwrite", (transaction) =>
      transaction.objectStore("seen").put({ name: "opened", at: Date.now() }),
    );
    return true;
  } catch {
    return false;
  }
}

export async function seen(name) {
  try {
    return (await transact(["seen"], "readonly", (one) => one.objectStore("seen").get(name)))?.value;
  } catch {
    return undefined;
  }
}

export async function see(name, value) {
  try {
    await transact(["seen"], "readwrite", (one) => one.objectStore("seen").put({ name, value }));
  } catch {
    // a convenience; what is to be sent never passes here
  }
}
