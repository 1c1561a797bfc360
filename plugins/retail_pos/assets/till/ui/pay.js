// Payment: tenders until nothing is left, cash with its change, and the other way round for what goes back.
import { Refused, abs, least, major, minor, sum } from "../rules/exact.js";
import { quickCash } from "../rules/payment.js";
import { Offline } from "../sync.js";
import { giveBack } from "../rules/refunds.js";
import { picture } from "../qr.js";
import { askText, dialog, h, keypad, money, show, tenderTitle, tried, typed } from "./dom.js";

// How a refund goes back by itself: over the tenders of its sale, by what is left of them.
async function asPaid(till, total) {
  const [back] = till.basket.returns;
  if (!back || till.basket.lines.length || till.basket.returns.some((each) => each.receipt !== back.receipt)) return [];
  const { receipt } = await till.db.get("receipts", back.receipt);
  const rounding = minor(receipt.rounding, till.digits);
  const paid = receipt.tenders.map((each) => abs(minor(each.amount, till.digits) - (each.type === "cash" ? rounding : 0n)));
  if (sum(paid) < -total) return [];
  const shares = giveBack(-total, paid);
  return receipt.tenders.map((each, i) => ({ type: each.type, amount: major(-shares[i], till.digits), reference: each.reference ?? "" })).filter((each) => minor(each.amount, till.digits));
}

// What a gift card or store credit may pay: {most, offline}. What was taken on this till since the server heard of it counts, and what pays
// for this basket already; where the server cannot be asked there is a limit for each card.
async function payable(till, server, tenders, kind, number) {
  const waiting = (await till.unsent()).flatMap((record) => (record.receipt?.kind === "training" ? [] : (record.receipt?.tenders ?? [])));
  const taken = sum([...waiting, ...tenders].filter((each) => each.type === kind && each.reference === number).map((each) => minor(each.amount, till.digits)));
  try {
    const query = new URLSearchParams({ kind, number });
    return { most: minor((await server.ask(`/balance?${query}`, { patience: 4000 })).balance, till.digits) - taken, offline: false };
  } catch (wrong) {
    if (!(wrong instanceof Offline)) throw new Refused(wrong.message);
    return { most: minor(till.settings.offline_limit ?? "0", till.digits) - taken, offline: true };
  }
}

// Take payment for the basket; resolves with the record of the receipt, or nothing where it was called off.
export async function pay(till, server) {
  const { settings } = till;
  const found = till.figures();
  const total = minor(found.total, till.digits);
  const suggested = total < 0n ? await asPaid(till, total) : [];
  return dialog(total < 0n ? "Give back" : "Payment", (close) => {
    const tenders = [];
    const body = h("div.pay");
    const add = (tender) => tried(async () => {
      const settled = till.settled(found.total, [...tenders, tender]);
      if (tender.type !== "cash" && settled.open && (total < 0n ? settled.open > 0n : settled.open < 0n)) throw new Refused("That is more than what is left.");
      tenders.push(tender);
      if (settled.paid) close(await till.sell(tenders));
      else draw();
    });
    const rest = () => till.settled(found.total, tenders);
    const other = async (type) => tried(async () => {
      const open = rest().open;
      let reference = "";
      let offline = false;
      if (type === "gift_card") reference = await askText("Number of the gift card", { hint: "Scan or type it" });
      else if (type === "store_credit") reference = till.basket.customer?.id ?? (await askText("Number of the credit", { hint: total < 0n ? "Choose a customer first, or give it a number" : "Scan or type it" }));
      const stored = type === "gift_card" || type === "store_credit";
      if (stored && !reference) throw new Refused("Say which one.");
      let most = abs(open);
      if (stored && total > 0n) {
        const held = await payable(till, server, tenders, type, reference);
        offline = held.offline;
        if (held.most <= 0n) throw new Refused(offline ? "Without a connection no more can be taken from it." : "There is nothing left on it.");
        if (held.most < most) most = held.most;
      }
      const amount = await part(type, most);
      if (amount) await add({ type, amount, ...(reference ? { reference } : {}), ...(offline ? { offline: true } : {}) });
    });
    // Points pay whole points, those that the server says the customer has; without a connection they pay nothing.
    const withPoints = () => tried(async () => {
      const value = minor(settings.points_value, till.digits);
      const { balance: held } = await server.ask(`/points?customer=${till.basket.customer.id}`, { patience: 4000 });
      const waiting = sum((await till.unsent()).filter((record) => record.receipt?.customer === till.basket.customer.id).map((record) => BigInt(record.receipt.points?.spent ?? 0)));
      const used = BigInt(tenders.filter((each) => each.type === "loyalty").length);
      const most = least((BigInt(held.split(".")[0]) - waiting) * value, rest().open);
      if (used || most < value) throw new Refused(used ? "Points are on it already." : `There are ${held.split(".")[0]} points: too few.`);
      const amount = await part("loyalty", (most / value) * value);
      if (!amount) return;
      const whole = (minor(amount, till.digits) / value) * value;
      if (!whole) throw new Refused(`One point pays ${money(settings.points_value, settings)}.`);
      await add({ type: "loyalty", amount: major(whole, till.digits), reference: till.basket.customer.id });
    });
    const part = (type, open) =>
      dialog(tenderTitle(type, settings), (done) => keypad({ label: "Amount", value: major(abs(open), till.digits), button: total < 0n ? "Give back" : "Take", enter: (text) => tried(() => {
        const units = minor(typed(text, till.digits), till.digits);
        if (units <= 0n || units > abs(open)) throw new Refused(`From ${money(major(1n, till.digits), settings)} to ${money(major(abs(open), till.digits), settings)}.`);
        done(major(total < 0n ? -units : units, till.digits));
      }) }));
    const draw = () => {
      const settled = rest();
      const back = total < 0n;
      const due = abs(settled.cashDue || settled.open);
      const cash = (units) => add({ type: "cash", amount: major(back ? -units : units, till.digits) });
      const notes = settings.denominations.map((note) => minor(note, till.digits)).filter((note) => note >= 10n ** BigInt(till.digits) * 5n);
      show(body,
        h("div.due", {}, h("span", {}, back ? "To give back" : "To pay"), h("output", { id: "due" }, money(major(abs(settled.open), till.digits), settings))),
        tenders.length > 0 && h("ul.tenders", {}, tenders.map((each, i) => h("li", {}, tenderTitle(each.type, settings), h("span", {}, money(each.amount, settings)), h("button.quiet", { type: "button", "aria-label": "Take it away", onclick: () => (tenders.splice(i, 1), draw()) }, "×")))),
        suggested.length > 0 && !tenders.length && h("button.big.primary", { type: "button", onclick: () => tried(async () => { tenders.push(...suggested); if (rest().paid || rest().cashDue === 0n) close(await till.sell(tenders)); else draw(); }) }, `As it was paid: ${suggested.map((each) => `${tenderTitle(each.type, settings)} ${money(each.amount.replace("-", ""), settings)}`).join(", ")}`),
        h("div.quick", {}, (back ? [due] : quickCash(due, notes)).map((units, i) => h("button.tile.cash", { type: "button", autofocus: i === 0, onclick: () => cash(units) }, h("small", {}, i === 0 ? "Cash, exact" : "Cash"), money(major(units, till.digits), settings)))),
        h("div.pay-ways", {},
          h("button.big", { type: "button", onclick: () => dialog("Cash given", (done) => keypad({ label: "Cash given", value: major(due, till.digits), button: "Take", enter: (text) => tried(() => { const value = minor(typed(text, till.digits), till.digits); if (value <= 0n) throw new Refused("Enter an amount above zero."); done(); return cash(value); }) })) }, "Other cash"),
          h("button.big", { type: "button", "data-tender": "card", onclick: () => other("card") }, "Card"),
          h("button.big", { type: "button", "data-tender": "gift_card", onclick: () => other("gift_card") }, "Gift card"),
          h("button.big", { type: "button", "data-tender": "store_credit", onclick: () => other("store_credit") }, "Store credit"),
          (settings.tenders ?? []).map((each) => h("button.big", { type: "button", "data-tender": each.type, onclick: () => other(each.type) }, each.title)),
          !back && till.basket.customer && minor(settings.points_value ?? "0", till.digits) > 0n && h("button.big", { type: "button", "data-tender": "loyalty", onclick: withPoints }, "Points")),
      );
      body.querySelector("[autofocus]")?.focus();
    };
    if (total === 0n) return h("div.pay", {}, h("p", {}, "Nothing is to be paid."), h("button.big.primary", { type: "button", autofocus: true, onclick: () => tried(async () => close(await till.sell([]))) }, "Finish"));
    draw();
    return body;
  }, { wide: true });
}

// What is shown when a sale is done: the change, large, and what to do with the receipt.
export function done(till, record, print) {
  const { settings } = till;
  const { receipt } = record;
  const change = receipt.tenders.find((each) => each.change && minor(each.change, till.digits))?.change;
  return dialog(receipt.kind === "training" ? "Training: done" : "Done", (close) => [
    h("div.due.change", {}, h("span", {}, change ? "Change" : minor(receipt.total, till.digits) < 0n ? "Given back" : "Paid"), h("output", { id: "change" }, money(change ?? receipt.total.replace("-", ""), settings))),
    settings.receipts && receipt.kind !== "training" && h("div.scan", {}, picture(settings.receipts + record.hash.slice(0, 32))),
    h("p.muted.center", {}, receipt.reference),
    h("div.row.fill", {}, h("button.big", { type: "button", onclick: () => print(record) }, "Print"), h("button.big.primary", { type: "button", autofocus: true, onclick: () => close() }, "Next customer")),
  ], { kind: "done" });
}

