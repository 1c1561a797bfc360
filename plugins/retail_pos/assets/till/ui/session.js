// Opening, counting and closing the drawer, money in and out of it, and how the session stands.
import { Refused, major, minor, sum } from "../rules/exact.js";
import { askNumber, askText, dialog, h, money, show, taxTitle, tenderTitle, tried } from "./dom.js";

const MOVES = { pay_in: "Pay in", pay_out: "Pay out", drop: "Drop to the safe", pickup: "From the safe" };

// Count notes and coins: {amount, denominations}. `done` gets both.
function counting(settings, button, done, blindly = []) {
  const counts = new Map();
  const total = h("output.count-total", {}, money("0", settings));
  const add = () => {
    const units = sum([...counts].map(([note, count]) => minor(note, settings.digits) * BigInt(count)));
    total.textContent = money(major(units, settings.digits), settings);
    return major(units, settings.digits);
  };
  const rows = settings.denominations.map((note, at) => {
    const field = h("input.field.small", { type: "text", inputmode: "numeric", autocomplete: "off", "aria-label": `How many of ${note}`, autofocus: at === 0, placeholder: "0" });
    field.addEventListener("input", () => {
      const count = Number(field.value.replace(/\D/g, "").slice(0, 6));
      if (count) counts.set(note, count);
      else counts.delete(note);
      add();
    });
    return h("label.count", {}, h("span", {}, money(note, settings)), field);
  });
  return h("form.stack", { onsubmit: (event) => { event.preventDefault(); done(add(), Object.fromEntries(counts)); } }, ...blindly, h("div.counts", {}, rows), h("div.row.between.total", {}, h("span", {}, "Counted"), total), h("button.big.primary", { type: "submit" }, button));
}

export const openTill = (till) =>
  dialog("Open the till", (close) => [
    h("p.muted", {}, "Count what is in the drawer before the first sale."),
    counting(till.settings, "Open", (amount, denominations) => tried(async () => close((await till.open(amount, denominations), true)))),
  ]);

export const closeTill = (till) =>
  dialog("Count and close", (close) => [
    h("p.muted", {}, "Count what is in the drawer. What should be there is shown when you have counted."),
    counting(till.settings, "Close the till", (amount, denominations) =>
      tried(async () => {
        const expected = till.expected();
        const off = minor(amount, till.digits) - minor(expected, till.digits);
        const note = off ? await askText("Over or short", { words: `Expected ${money(expected, till.settings)}, counted ${money(amount, till.settings)}: ${money(major(off, till.digits), till.settings, { sign: true })}. What may be the reason?`, button: "Close the till", hint: "Optional" }) : "";
        if (note === undefined) return;
        close({ ...(await till.close(amount, denominations, note)), session: true });
      })),
  ]);

// One of the reasons that the business has for it; nothing for another one, which is typed.
function usual(till, kind, title) {
  const way = { pay_in: "in", pay_out: "out" }[kind];
  const known = (till.settings.cash_reasons ?? []).filter((each) => each.way === way);
  if (!known.length) return undefined;
  return dialog(title, (done) => h("div.tiles.two", {}, known.map((each) => h("button.tile", { type: "button", onclick: () => done(each.title) }, each.title)), h("button.tile", { type: "button", onclick: () => done() }, "Another reason")));
}

export const moveCash = (till) =>
  dialog("Cash in or out", (close) =>
    h("div.tiles.two", {}, Object.entries(MOVES).map(([kind, title]) =>
      h("button.tile", { type: "button", onclick: () => tried(async () => {
        const amount = await askNumber(title, { places: till.digits });
        if (!amount) return;
        const reason = (await usual(till, kind, title)) ?? (await askText(title, { words: "What for?", hint: "Cleaning supplies" }));
        if (!reason) throw new Refused("Say what it is for.");
        await till.cash(kind, amount, reason);
        close(true);
      }) }, title))));

// How the session stands: what the X report says.
export function xReport(till) {
  const { session, settings } = till;
  const row = (name, amount, strong) => h("tr", { class: strong ? "strong" : "" }, h("th", { scope: "row" }, name), h("td", {}, amount));
  return dialog("X report", () => {
    const body = h("div.report", { id: "report" });
    show(body, h("p.muted", {}, `${settings.store}, ${settings.title} (${settings.till}), open since ${new Date(session.opened_at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}`),
      h("table", {},
        row("Receipts", String(session.receipts)), row("of which returns", String(session.returns)), row("Turnover", money(session.net, settings), true), row("Discounts", money(session.discount, settings)),
        Object.entries(session.taxes).map(([tax, amount]) => row(taxTitle({ code: tax.split(" ")[0], rate: tax.split(" ")[1] }, settings), money(amount, settings))),
        Object.entries(session.tenders).map(([type, amount]) => row(tenderTitle(type, settings), money(amount, settings))),
        row("Float", money(session.float, settings)),
        Object.entries(session.movements).map(([kind, amount]) => row(MOVES[kind], money(amount, settings))),
        row("Cash that should be in the drawer", money(till.expected(), settings), true)),
      h("div.row.end", {}, h("button.big", { type: "button", onclick: () => window.print() }, "Print")));
    return body;
  });
}

