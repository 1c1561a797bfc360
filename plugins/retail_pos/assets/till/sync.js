// What goes to the server and comes from it. Nothing waits for it: the till works on what it has.

const API = "/public/retail_pos/api";
const BATCH = 200;
const KEPT = ["applied", "duplicate", "parked", "conflict"]; // what the server has for good; whatever else it says, or does not say, goes again
const HOPELESS = 3; // records in a row that fail alone: then it is the server, and not they
const LONGEST = 60_000; // milliseconds between tries
const ASKED_AGAIN = 3_600_000; // milliseconds until the same end of the chain is believed once more

export class Unpaired extends Error {}
export class Offline extends Error {}
export class Failed extends Offline {} // the server is there, and stumbled over what was asked

export class Server {
  constructor(clock) {
    this.clock = clock;
    this.key = "";
  }

  async ask(path, { method = "GET", body, patience = 20_000 } = {}) {
    const headers = { accept: "application/json" };
    if (this.key) headers.authorization = `Bearer ${this.key}`;
    if (body) headers["content-type"] = "application/json";
    const sent = Date.now();
    let answer;
    try {
      const send = body ? JSON.stringify(body) : undefined;
      answer = await fetch(`${API}${path}`, { method, headers, body: send, cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(patience) });
    } catch {
      throw new Offline("There is no connection.");
    }
    this.clock.learn(Date.parse(answer.headers.get("date") ?? "") + 500, sent, Date.now()); // the header has whole seconds
    if (answer.status === 403 || answer.status === 401) throw new Unpaired(await told(answer));
    if (answer.status === 500) throw new Failed("The server cannot answer just now.");
    if (answer.status > 500 || answer.status === 429) throw new Offline("The server cannot answer just now.");
    if (!answer.ok) throw new Error(await told(answer));
    return answer.status === 204 ? null : answer.json();
  }
}

async function told(answer) {
  try {
    const body = await answer.json();
    return body.detail ?? body.title ?? `The server said ${answer.status}.`;
  } catch {
    return `The server said ${answer.status}.`;
  }
}

// Carries the outbox to the server, again and again until each record was heard, and keeps the book fresh.
export class Sync {
  constructor(db, server, book) {
    Object.assign(this, { db, server, book });
    this.status = { online: navigator.onLine, waiting: 0, last: null, problem: "", unpaired: false, parked: 0 };
    this.changed = () => {};
    this.idle = async () => {}; // what waited for the server to be there
    this.stopped = false;
    this.failures = 0;
    this.running = null;
    this.timer = null;
    this.asked = null;
    addEventListener("online", () => this.kick());
    addEventListener("offline", () => this.tell({ online: false }));
  }

  tell(facts) {
    Object.assign(this.status, facts);
    this.changed(this.status);
  }

  async start() {
    this.tell({ waiting: await this.db.count("outbox"), last: await this.db.meta("synced", null) });
    this.kick();
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  // Send what waits, now.
  kick() {
    this.failures = 0;
    return this.#go();
  }

  #go() {
    clearTimeout(this.timer);
    if (this.stopped) return Promise.resolve();
    this.again = true;
    this.running ??= this.#run().finally(() => (this.running = null));
    return this.running;
  }

  async #run() {
    while (this.again) {
      this.again = false;
      try {
        await this.#send();
        await this.idle();
        this.failures = 0;
        await this.db.keep("synced", Date.now());
        this.tell({ online: true, last: Date.now(), problem: "", unpaired: false });
      } catch (wrong) {
        this.failures += 1;
        const problem = wrong instanceof Offline ? "" : wrong.message;
        this.tell({ online: !(wrong instanceof Offline), problem, unpaired: wrong instanceof Unpaired, waiting: await this.db.count("outbox") });
      }
    }
    const wait = this.failures ? Math.min(LONGEST, 1000 * 2 ** Math.min(this.failures - 1, 6)) * (0.75 + Math.random() / 2) : LONGEST;
    if (!this.stopped) this.timer = setTimeout(() => this.#go(), wait);
  }

  // A record leaves the outbox when the server says that it has it, and never else. One that it stumbles over keeps no other from arriving.
  async #send() {
    const left = new Map(); // number → why it has to wait for the next time
    let size = BATCH;
    let taken = 0;
    for (;;) {
      const outbox = await this.db.all("outbox");
      this.tell({ waiting: outbox.length });
      const waiting = outbox.filter(({ seq }) => !left.has(seq)).slice(0, size);
      if (!waiting.length) {
        if (left.size) throw new Error([...left.values()].pop());
        if (await this.#missed(await this.server.ask("/state"))) continue;
        return;
      }
      const found = await Promise.all(waiting.map(({ seq }) => this.db.get("records", seq)));
      waiting.forEach(({ seq }, i) => found[i] ?? left.set(seq, `Record ${seq} is not on this device any more: tell whoever looks after your tills.`));
      const records = found.filter(Boolean);
      if (!records.length) continue;
      let answer;
      try {
        answer = await this.server.ask("/records", { method: "POST", body: { records }, patience: 60_000 });
      } catch (wrong) {
        if (wrong instanceof Unpaired || (wrong instanceof Offline && !(wrong instanceof Failed))) throw wrong;
        if (records.length > 1) {
          size = Math.ceil(records.length / 2);
          continue;
        }
        left.set(records[0].seq, wrong.message);
        if (!taken && left.size >= HOPELESS) throw wrong;
        continue;
      }
      size = Math.min(BATCH, size * 2);
      const told = new Map((answer.results ?? []).map((result) => [result.id, result]));
      const gone = records.filter(({ id }) => KEPT.includes(told.get(id)?.state));
      await this.db.write(["outbox"], async ({ outbox: held }) => gone.forEach(({ seq }) => held.delete(seq)));
      for (const { id, seq } of records) if (!KEPT.includes(told.get(id)?.state)) left.set(seq, told.get(id)?.reason || "The server did not take what was sent.");
      taken += gone.length;
      const odd = gone.filter(({ id }) => ["parked", "conflict"].includes(told.get(id).state)).length;
      this.tell({ parked: this.status.parked + odd });
    }
  }

  // The server has less than it was told of, such as after it was set back to an earlier day: what is still here goes once more.
  async #missed({ seq, last_seq: last }) {
    const { seq: head } = await this.db.meta("head", { seq: 0 });
    if (last >= head && seq >= last) return false;
    // Once an hour for each end of the chain: a hole that nobody can fill any more must not send everything behind it again and again.
    const patient = this.asked?.seq === seq && Date.now() - this.asked.at < ASKED_AGAIN;
    return this.db.write(["records", "outbox"], async ({ records, outbox }, asked) => {
      const [numbers, waiting] = await Promise.all([asked(records.getAllKeys(IDBKeyRange.lowerBound(seq, true))), asked(outbox.getAllKeys())]);
      const held = new Set(waiting);
      const missed = numbers.filter((number) => !held.has(number));
      if (!missed.length) return waiting.length > 0; // made since: it goes anyhow
      if (patient) return false;
      this.asked = { seq, at: Date.now() };
      for (const number of missed) outbox.put({ seq: number });
      return true;
    });
  }

  // Fetch the settings, and the book or what changed in it.
  async refresh(settings) {
    const fresh = await this.server.ask("/settings");
    await this.db.keep("settings", fresh);
    settings(fresh);
    let since = await this.db.meta("since", null);
    since = await this.#fetch(since);
    if (this.book.size !== since.count && since.asked) since = await this.#fetch(null);
    await this.db.keep("since", since.since);
    return fresh;
  }

  async #fetch(asked) {
    let after = null;
    let since = null;
    let count = 0;
    if (!asked) {
      await this.db.write(["items"], async ({ items }) => items.clear());
      this.book.clear();
    }
    do {
      const query = new URLSearchParams();
      if (asked) query.set("since", asked);
      if (after) query.set("after", after);
      const part = await this.server.ask(`/book?${query}`, { patience: 60_000 });
      since ??= part.since;
      await this.db.write(["items"], async ({ items }) => part.items.forEach((item) => (item.for_sale ? items.put(item) : items.delete(item.id))));
      part.items.forEach((item) => this.book.add(item));
      ({ after, count } = part);
    } while (after);
    return { since, count, asked };
  }
}
