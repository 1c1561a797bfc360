// Receipts that this till knows: look at them, print them again, take goods back, void.
import { Refused, micro, minor, short } from "../rules/exact.js";
import { askText, confirm, dialog, h, money, show, taxTitle, tried } from "./dom.js";
import { TENDERS } from "./pay.js";
import { managers } from "./sign_in.js";

export const REASONS = ["Does not fit", "Not liked", "Damaged", "Wrong item", "Other"];

// A receipt as it is printed.
export function paper(till, record, copy = false) {
  const { settings } = till;
  const { receipt } = record;
  const line = (each) => [
    h("tr", {}, h("td", {}, each.name, each.quantity !== "1" && h("small", {}, ` ${each.quantity} × ${money(each.unit_price, settings)}`)), h("td", {}, money(each.base, settings))),
    (each.discounts ?? []).map((off) => h("tr.off", {}, h("td", {}, off.title || "Discount", off.percent ? ` ${off.percent} %` : ""), h("td", {}, money(off.amount.startsWith("-") ? off.amount.slice(1) : `-${off.amount}`, settings)))),
  ];
  return h("article.paper", {},
    receipt.kind === "training" && h("p.training-mark", {}, "TRAINING — NOT A RECEIPT"),
    receipt.kind === "void" && h("p.training-mark", {}, "VOID"),
    h("h3", {}, settings.business), h("p", {}, settings.store !== settings.business && settings.store, settings.address && h("br"), settings.address), settings.head && h("p", {}, settings.head),
    h("p", {}, receipt.reference, copy && " · copy", h("br"), new Date(record.made_at).toLocaleString()),
    h("table", {}, receipt.lines.map(line), h("tr.sum", {}, h("td", {}, "Total"), h("td", {}, money(receipt.total, settings))),
      minor(receipt.rounding ?? "0", till.digits) !== 0n && h("tr", {}, h("td", {}, "Rounding"), h("td", {}, money(receipt.rounding, settings))),
      receipt.tenders.map((each) => [h("tr", {}, h("td", {}, TENDERS[each.type] ?? each.type), h("td", {}, money(each.given ?? each.amount, settings))), each.change && minor(each.change, till.digits) !== 0n && h("tr", {}, h("td", {}, "Change"), h("td", {}, money(each.change, settings)))]),
      receipt.taxes.map((tax) => h("tr.tax", {}, h("td", {}, `${taxTitle(tax, settings)} of ${money(tax.net, settings)}`), h("td", {}, money(tax.tax, settings))))),
    settings.foot && h("p", {}, settings.foot),
  );
}

export async function print(till, record, copy = false) {
  show(document.getElementById("paper"), paper(till, record, copy));
  if (copy) await till.event("printed", record.receipt.reference);
  window.print();
}

// Fetch a receipt of another till, and what of it is left, so that goods of it can be taken back here.
async function fetched(till, server, reference) {
  const { record, left, voided } = await server.ask(`/receipt?reference=${encodeURIComponent(reference)}`, { patience: 8000 });
  const { id, session, made_at, operator, receipt } = record;
  const touched = voided || Object.entries(left).some(([position, line]) => line.quantity !== String(micro(receipt.lines[position - 1].quantity)));
  const row = { id, reference: receipt.reference, session, made_at, operator, receipt, left, voided, touched };
  await till.db.put("receipts", row);
  return row;
}

// The receipt as the server knows it, where it knows all that happened here: goods of it may have come back to another till.
async function newest(till, row, sync) {
  if (!sync.status.online || sync.status.waiting || row.receipt.kind === "training") return row;
  return fetched(till, sync.server, row.reference).catch(() => row);
}

export async function receipts(till, sync) {
  const rows = (await till.db.all("receipts")).sort((one, other) => (one.made_at < other.made_at ? 1 : -1));
  return dialog("Receipts", (close) => {
    const list = h("div.list");
    const draw = (text) => {
      const words = text.trim().toLowerCase();
      const found = rows.filter((row) => !words || row.reference.toLowerCase().includes(words) || row.receipt.lines.some((line) => line.name.toLowerCase().includes(words))).slice(0, 60);
      show(list, found.map((row) => h("button.item", { type: "button", onclick: () => tried(async () => { if (await one(till, row, sync)) close(true); }) }, h("span", {}, h("strong", {}, row.reference), h("small", {}, `${new Date(row.made_at).toLocaleString()} · ${row.receipt.lines.length} lines`)), row.voided && h("em", {}, "void"), h("span.amount", {}, money(row.receipt.total, till.settings)))), !found.length && h("div.stack", {}, h("p.muted", {}, "No such receipt is on this till."), words.length > 3 && h("button.big", { type: "button", onclick: () => tried(async () => { if (await one(till, await fetched(till, sync.server, words), sync)) close(true); }) }, `Look for ${words.toUpperCase()} on all tills`)));
    };
    const field = h("input.field", { type: "search", "aria-label": "Find a receipt", placeholder: "Number or goods", autofocus: true, oninput: () => draw(field.value) });
    draw("");
    return [field, list];
  }, { wide: true });
}

// One receipt; resolves with true where goods of it were put into the basket.
function one(till, row, sync) {
  return dialog(row.reference, (close) => [
    h("div.scroll", {}, paper(till, { ...row, receipt: row.receipt }, true)),
    h("div.row.fill", {},
      h("button.big", { type: "button", onclick: () => print(till, row, true) }, "Print a copy"),
      row.session === till.session?.id && !row.voided && h("button.big", { type: "button", onclick: () => tried(async () => {
        await managers(till, `Void ${row.reference}`);
        if (!(await confirm("Void the receipt?", `All of ${row.reference} is taken back with the same tenders.`, "Void"))) return;
        const record = await till.void(row.id);
        close(true);
        await print(till, record);
      }) }, "Void"),
      !row.voided && row.receipt.kind !== "void" && h("button.big.primary", { type: "button", onclick: () => tried(async () => { if (await back(till, await newest(till, row, sync))) close(true); }) }, "Take goods back")),
  ], { wide: true });
}

// Choose what comes back of a receipt, and why.
function back(till, row) {
  return dialog(`What comes back of ${row.reference}?`, (close) => {
    const wanted = new Map();
    const body = h("div.stack");
    let reason = "";
    const lines = row.receipt.lines.filter((line) => row.left[line.position] && BigInt(row.left[line.position].quantity) > 0n);
    const draw = () =>
      show(body,
        h("div.list", {}, lines.map((line) => {
          const left = short(BigInt(row.left[line.position].quantity));
          const now = wanted.get(line.position) ?? "0";
          const step = (by) => { const next = micro(now) + by * 1_000_000n; wanted.set(line.position, short(next < 0n ? 0n : next > micro(left) ? micro(left) : next)); draw(); };
          return h("div.item", {}, h("span", {}, line.name, h("small", {}, `${left} of ${line.quantity} left to return`)),
            left.includes(".") ? h("button.big", { type: "button", "aria-pressed": String(now !== "0"), onclick: () => { wanted.set(line.position, now === "0" ? left : "0"); draw(); } }, now === "0" ? "Take back" : `${now} back`)
              : h("div.stepper", {}, h("button", { type: "button", "aria-label": `One ${line.name} less`, onclick: () => step(-1n) }, "−"), h("output", {}, now), h("button", { type: "button", "aria-label": `One ${line.name} more`, onclick: () => step(1n) }, "+")));
        })),
        !lines.length && h("p", {}, "Everything on it came back already."),
        h("div.chips", {}, REASONS.map((each) => h("button.chip", { type: "button", "aria-pressed": String(reason === each), onclick: () => { reason = each; draw(); } }, each))),
        h("div.row.end", {}, h("button.big.primary", { type: "button", onclick: () => tried(async () => {
          const chosen = [...wanted].filter(([, quantity]) => quantity !== "0");
          if (!chosen.length) throw new Refused("Choose what comes back.");
          if (!reason) throw new Refused("Choose why it comes back.");
          const why = reason === "Other" ? await askText("Why does it come back?") : reason;
          if (!why) throw new Refused("Say why it comes back.");
          for (const [position, quantity] of chosen) till.takeBack(row, position, quantity, why);
          await till.keepBasket();
          close(true);
        }) }, "Put into the basket")));
    draw();
    return body;
  }, { wide: true });
}
