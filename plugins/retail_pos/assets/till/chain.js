// The chain of records: each holds the hash of the one before, and is written with the chain's new end in one transaction.
import { uuid7 } from "./clock.js";

export const FIRST = "0".repeat(64);

// Canonical JSON (RFC 8785) of what a record can hold: texts, whole numbers, truths, lists and objects.
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value && typeof value === "object") {
    const names = Object.keys(value).filter((name) => value[name] !== undefined).sort();
    return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
  }
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw new Error("Records hold whole numbers alone.");
  return JSON.stringify(value);
}

// A copy without what cannot be written down: signs that are half of one, and the zero that no database keeps in a text.
export function clean(value) {
  if (typeof value === "string") return (value.toWellFormed?.() ?? value).replaceAll("\0", "");
  if (Array.isArray(value)) return value.map(clean);
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).filter(([, held]) => held !== undefined).map(([name, held]) => [name, clean(held)]));
  return value;
}

export async function digest(record) {
  const { hash: _, ...rest } = record;
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(canonical(rest)));
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Somebody else wrote to the chain: another tab took the till over.
export class Overtaken extends Error {}

export class Chain {
  constructor(db, clock, till) {
    this.db = db;
    this.clock = clock;
    this.till = till;
    this.queue = Promise.resolve();
    this.written = () => {};
  }

  // Write a record: `make(number)` returns what it holds besides its place, `more(stores, record)` what is kept in the same transaction.
  append(type, facts, { stores = [], more = async () => {} } = {}) {
    const turn = this.queue.then(() => this.#append(type, facts, stores, more));
    this.queue = turn.catch(() => {});
    return turn;
  }

  async #append(type, facts, stores, more) {
    const head = await this.db.meta("head", { seq: 0, hash: FIRST });
    const made = this.clock.now();
    const id = facts.id ?? uuid7(made.getTime());
    const record = {
      session: id, // of the record that opens one; all others say theirs
      ...clean(facts),
      id,
      till: this.till,
      seq: head.seq + 1,
      type,
      made_at: made.toISOString(),
      previous: head.hash,
    };
    record.hash = await digest(record);
    await this.db.write(["meta", "records", "outbox", ...stores], async (opened, asked) => {
      const held = (await asked(opened.meta.get("head"))) ?? { seq: 0, hash: FIRST };
      if (held.seq !== head.seq || held.hash !== head.hash) throw new Overtaken("Another tab of this device is the till now.");
      opened.records.add(record);
      opened.outbox.add({ seq: record.seq });
      opened.meta.put({ seq: record.seq, hash: record.hash }, "head");
      opened.meta.put({ offset: this.clock.offset, last: this.clock.last }, "clock");
      await more(opened, record, asked);
    });
    this.written(record);
    return record;
  }
}
