// The till: sessions, receipts and everything else that is written into the chain. It knows nothing of pages.
import { Refused, abs, major, minor, short, micro, sum } from "./rules/exact.js";
import { points, settle } from "./rules/payment.js";
import { empty, figures, isEmpty, leftOf, plainQuantity } from "./basket.js";

const plus = (left, right, digits) => major(minor(left ?? "0", digits) + minor(right, digits), digits);

export class Till {
  constructor(db, chain, clock, settings) {
    Object.assign(this, { db, chain, clock, settings });
    this.operator = null;
    this.session = null;
    this.basket = empty();
    this.parked = [];
  }

  // Bring back what was kept: a basket survives the death of its tab.
  async load() {
    this.session = await this.db.meta("session", null);
    this.basket = await this.db.meta("basket", empty());
    this.parked = await this.db.meta("parked", []);
    const operator = await this.db.meta("operator", null);
    this.operator = this.settings.operators.find((each) => each.id === operator) ?? null;
  }

  get digits() {
    return this.settings.digits;
  }

  get local() {
    return this.clock.local(this.settings.timezone);
  }

  figures() {
    return figures(this.basket, this.settings, this.local);
  }

  // The records that the server has not heard of.
  async unsent() {
    const waiting = await this.db.all("outbox");
    return Promise.all(waiting.map(({ seq }) => this.db.get("records", seq)));
  }

  async keepBasket() {
    await this.db.keep("basket", this.basket);
  }

  async signIn(operator) {
    this.operator = operator;
    await this.db.keep("operator", operator.id);
    await this.event("signed_in", operator.name);
  }

  async signOut() {
    await this.event("signed_out", this.operator?.name ?? "");
    this.operator = null;
    await this.db.keep("operator", null);
  }

  #place() {
    if (!this.session) throw new Refused("Open the till first.");
    return { session: this.session.id, business_date: this.session.day, operator: this.operator?.id ?? null };
  }

  // Write down what happened besides sales; without a session there is no place for it.
  async event(kind, about = "", by = undefined) {
    if (!this.session) return;
    await this.chain.append("event", { ...this.#place(), event: { kind, about: about.slice(0, 200), by } });
  }

  // Sessions

  async open(float, denominations = {}) {
    if (this.session) throw new Refused("The till is open already.");
    const { day } = this.local;
    const facts = { business_date: day, operator: this.operator?.id ?? null, open: { float, currency: this.settings.currency, denominations } };
    await this.chain.append("open", facts, {
      more: async ({ meta }, record) => {
        this.session = { id: record.id, day, opened_at: record.made_at, float, cash: "0", tenders: {}, movements: {}, receipts: 0, returns: 0, net: "0", discount: "0", taxes: {} };
        meta.put(this.session, "session");
      },
    });
    await this.event("started", this.operator?.name ?? "");
  }

  // What should be in the drawer: float, cash taken less change, and what was put in or taken out.
  expected() {
    const { digits } = this;
    const moved = Object.values(this.session.movements).reduce((total, each) => plus(total, each, digits), "0");
    return plus(plus(this.session.float, this.session.tenders.cash ?? "0", digits), moved, digits);
  }

  async cash(kind, amount, reason) {
    const units = minor(amount, this.digits);
    if (units <= 0n) throw new Refused("Enter an amount above zero.");
    const signed = major(kind === "pay_in" || kind === "pickup" ? units : -units, this.digits);
    await this.chain.append("cash", { ...this.#place(), cash: { kind, amount: signed, reason } }, {
      more: async ({ meta }) => {
        this.session.movements[kind] = plus(this.session.movements[kind], signed, this.digits);
        meta.put(this.session, "session");
      },
    });
  }

  async close(counted, denominations, note = "") {
    if (!isEmpty(this.basket)) throw new Refused("There is something in the basket: sell it, park it or clear it first.");
    const { session } = this;
    const count = { counted, expected: this.expected(), denominations, totals: session.tenders, receipts: session.receipts, note };
    await this.chain.append("count", { ...this.#place(), count }, { more: async ({ meta }) => void meta.put(null, "session") });
    this.session = null;
    return count;
  }

  // Receipts

  // Where payment stands with these tenders: those other than cash, and the cash that was given.
  settled(total, tenders) {
    const units = (each) => minor(each.amount, this.digits);
    const others = tenders.filter((each) => each.type !== "cash").map(units);
    const cash = sum(tenders.filter((each) => each.type === "cash").map(units));
    return settle(minor(total, this.digits), others, cash, minor(this.settings.cash_step, this.digits));
  }

  // Sell what is in the basket. `tenders` are {type, amount, reference, offline}; for cash `amount` is what was given.
  async sell(tenders) {
    const { digits, settings, basket } = this;
    if (isEmpty(basket)) throw new Refused("The basket is empty.");
    const found = this.figures();
    const settled = this.settled(found.total, tenders);
    if (!settled.paid) throw new Refused(`${major(settled.open, digits)} has still to be paid.`);
    const lines = this.#lines(found);
    const paid = tenders.filter((each) => each.type !== "cash").map((each) => ({ ...each }));
    if (settled.cash || settled.change) {
      const given = sum(tenders.filter((each) => each.type === "cash").map((each) => minor(each.amount, digits)));
      paid.push({ type: "cash", amount: major(settled.cash, digits), given: major(given, digits), change: major(settled.change, digits) });
    }
    const total = minor(found.total, digits);
    const goods = sum(lines.filter((line) => !line.stored_value).map((line) => minor(line.amount, digits)));
    const earned = basket.customer ? Number(points(settings.taxes_included ? goods : total, minor(settings.points_unit, digits))) : 0;
    const value = minor(settings.points_value ?? "0", digits);
    const spent = value ? Number(sum(tenders.filter((each) => each.type === "loyalty").map((each) => minor(each.amount, digits))) / value) : 0;
    const kind = basket.training ? "training" : basket.lines.some((line) => micro(line.quantity) > 0n) ? "sale" : "return";
    const receipt = {
      kind,
      ...(await this.#number(basket.training)),
      currency: settings.currency,
      taxes_included: settings.taxes_included,
      tax_per: settings.tax_per,
      lines,
      taxes: found.taxes,
      tenders: paid,
      total: found.total,
      rounding: major(settled.rounding, digits),
      customer: basket.customer?.id,
      coupons: basket.coupons.length ? basket.coupons : undefined,
      points: earned || spent ? { earned, spent } : undefined,
      book: settings.now,
      note: basket.note || undefined,
    };
    return this.#write(receipt, found, basket.returns);
  }

  #lines(found) {
    const sold = this.basket.lines.map((line, i) => this.#line(line, found.lines[i]));
    const back = found.returned.map(({ line }) => line);
    return [...sold, ...back].map((line, i) => ({ ...line, position: i + 1 }));
  }

  #line(line, priced) {
    const told = {
      name: line.name.slice(0, 200),
      quantity: plainQuantity(line),
      unit_price: line.unit_price,
      base: priced.base,
      amount: priced.amount,
      tax_category: line.tax_category,
    };
    for (const name of ["item", "sku", "scanned", "unit", "category", "lot", "expires", "reason", "stored_value", "list_price"]) if (line[name]) told[name] = line[name];
    if (!line.stored_value && line.taxes.length) told.taxes = line.taxes.map(({ code, rate, kind }) => ({ code, rate, kind: kind ?? "percent" }));
    if (priced.discounts.length) told.discounts = priced.discounts.map((each) => (each.source === "manual" && (line.by || this.basket.by) ? { ...each, by: each.order ? this.basket.by : line.by } : each));
    return told;
  }

  async #number(training) {
    const held = await this.db.meta("numbers", { receipt: 0, training: 0 });
    const number = held[training ? "training" : "receipt"] + 1;
    return { number, reference: `${this.settings.till}-${training ? "TRAINING-" : ""}${String(number).padStart(6, "0")}` };
  }

  async #write(receipt, found, returns) {
    const { digits } = this;
    const training = receipt.kind === "training";
    const record = await this.chain.append("receipt", { ...this.#place(), receipt }, {
      stores: ["receipts"],
      more: async ({ meta, receipts }, written, asked) => {
        const numbers = (await asked(meta.get("numbers"))) ?? { receipt: 0, training: 0 };
        meta.put({ ...numbers, [training ? "training" : "receipt"]: receipt.number }, "numbers");
        if (!training) {
          for (const [i, back] of returns.entries()) {
            const original = await asked(receipts.get(back.receipt));
            original.left[back.position] = found.returned[i].rest;
            original.touched = true;
            receipts.put(original);
          }
          const left = {};
          found.lines.forEach((priced, i) => {
            const line = receipt.lines[i];
            if (!line.stored_value && micro(line.quantity) > 0n) left[i + 1] = leftOf(receipt.lines[i], priced, digits);
          });
          receipts.put({ id: written.id, reference: receipt.reference, session: written.session, made_at: written.made_at, hash: written.hash, receipt, left, operator: written.operator });
          this.#count(receipt, found);
          meta.put(this.session, "session");
        }
        meta.put(empty(this.basket.training), "basket");
      },
    });
    this.basket = empty(this.basket.training);
    return record;
  }

  #count(receipt, found) {
    const { session, digits } = this;
    session.receipts += 1;
    if (receipt.kind === "return") session.returns += 1;
    for (const tender of receipt.tenders) session.tenders[tender.type] = plus(session.tenders[tender.type], tender.amount, digits);
    for (const tax of receipt.taxes) session.taxes[`${tax.code} ${tax.rate}`] = plus(session.taxes[`${tax.code} ${tax.rate}`], tax.tax, digits);
    session.net = plus(session.net, receipt.total, digits);
    session.discount = plus(session.discount, found.discount ?? "0", digits);
  }

  // Take back all of a receipt of this session, with the same tenders.
  async void(id) {
    const row = await this.db.get("receipts", id);
    if (!row || row.session !== this.session?.id) throw new Refused("Only a receipt of this session can be voided; take the goods back instead.");
    if (row.voided) throw new Refused("It is void already.");
    if (row.touched || row.receipt.kind !== "sale" || row.receipt.lines.some((line) => line.original)) throw new Refused("Goods came back on it: it cannot be voided.");
    const minus = (value) => (value === undefined ? undefined : major(-minor(value, this.digits), this.digits));
    const sold = row.receipt;
    const lines = sold.lines.map((line) => ({
      ...line,
      quantity: short(-micro(line.quantity)),
      base: minus(line.base),
      amount: minus(line.amount),
      ...(line.discounts ? { discounts: line.discounts.map((each) => ({ ...each, amount: minus(each.amount) })) } : {}),
      original: { receipt: id, position: line.position },
    }));
    const receipt = {
      ...sold,
      ...(await this.#number(false)),
      kind: "void",
      lines,
      taxes: sold.taxes.map((tax) => ({ ...tax, net: minus(tax.net), tax: minus(tax.tax), gross: minus(tax.gross) })),
      tenders: sold.tenders.map(({ given: _, change: __, ...tender }) => ({ ...tender, amount: minus(tender.amount) })),
      total: minus(sold.total),
      rounding: minus(sold.rounding),
      points: sold.points ? { earned: -(sold.points.earned ?? 0), spent: -(sold.points.spent ?? 0) } : undefined,
      voids: id,
    };
    const record = await this.chain.append("receipt", { ...this.#place(), receipt }, {
      stores: ["receipts"],
      more: async ({ meta, receipts }, written, asked) => {
        const numbers = (await asked(meta.get("numbers"))) ?? { receipt: 0, training: 0 };
        meta.put({ ...numbers, receipt: receipt.number }, "numbers");
        receipts.put({ ...row, voided: true });
        receipts.put({ id: written.id, reference: receipt.reference, session: written.session, made_at: written.made_at, hash: written.hash, receipt, left: {}, voided: true, operator: written.operator });
        this.#count(receipt, {});
        meta.put(this.session, "session");
      },
    });
    return record;
  }

  // Put goods of a known receipt into the basket as coming back.
  takeBack(row, position, quantity, reason) {
    if (row.voided || row.receipt.kind === "void") throw new Refused("This receipt is void.");
    const line = row.receipt.lines[position - 1];
    const left = row.left[position];
    const already = this.basket.returns.find((back) => back.receipt === row.id && back.position === position);
    if (!left || abs(BigInt(left.quantity)) < micro(quantity)) throw new Refused("More would come back than was sold and not returned yet.");
    const { position: _, base: __, amount: ___, original: ____, ...kept } = line;
    const back = { receipt: row.id, reference: row.reference, position, quantity, left, line: { taxes: [], ...kept, discounts: line.discounts ?? [] }, reason };
    if (already) Object.assign(already, back);
    else this.basket.returns.push(back);
  }

  // Forget what the server has long heard of: records after 40 days, receipts after 100, too late to take goods back from memory.
  async prune() {
    const days = (count) => new Date(this.clock.now().getTime() - count * 86_400_000).toISOString();
    const waiting = new Set((await this.db.all("outbox")).map(({ seq }) => seq));
    const old = (await this.db.all("records", null, 5000)).filter((record) => record.made_at < days(40) && !waiting.has(record.seq));
    const gone = (await this.db.all("receipts")).filter((row) => row.made_at < days(100));
    if (!old.length && !gone.length) return;
    await this.db.write(["records", "receipts"], async ({ records, receipts }) => {
      for (const record of old) records.delete(record.seq);
      for (const row of gone) receipts.delete(row.id);
    });
  }

  // Park and recall

  async park(title) {
    if (isEmpty(this.basket)) throw new Refused("There is nothing to park.");
    this.parked.push({ title: title || this.local.time, basket: this.basket, at: Date.now() });
    this.basket = empty(this.basket.training);
    await this.#keepBoth();
  }

  async recall(index) {
    const [taken] = this.parked.splice(index, 1);
    if (!isEmpty(this.basket)) this.parked.push({ title: this.local.time, basket: this.basket, at: Date.now() });
    this.basket = taken.basket;
    await this.#keepBoth();
  }

  #keepBoth() {
    return this.db.write(["meta"], async ({ meta }) => {
      meta.put(this.parked, "parked");
      meta.put(this.basket, "basket");
    });
  }

  async clear() {
    const { basket } = this;
    const had = !isEmpty(basket);
    const told = had ? `${basket.lines.length + basket.returns.length} lines` : "";
    this.basket = empty(basket.training);
    await this.keepBasket();
    if (had && !basket.training) await this.event("abandoned", told);
  }

  async train(on) {
    if (!isEmpty(this.basket)) throw new Refused("Finish or clear the basket first.");
    await this.event(on ? "training_on" : "training_off");
    this.basket = empty(on);
    await this.keepBasket();
  }
}
