// Receipts that this till knows: look at them, print them again, take goods back, void.
import { Refused, micro, minor, short } from "../rules/exact.js";
import { picture } from "../qr.js";
import { Offline } from "../sync.js";
import { askText, confirm, dialog, h, money, show, tenderTitle, toast, tried } from "./dom.js";
import { managers } from "./sign_in.js";

export const REASONS = ["Does not fit", "Not liked", "Damaged", "Wrong item", "Other"];

const SIGNATURE = [2, 6, 12, 18]; // places of the hash whose signs stand on a receipt in France: domain/fiscal.py

// What fiscal rules put on a receipt; those of other countries than France only the server knows.
function marks({ settings }, { hash, receipt }) {
  if (settings.fiscal !== "FR" || !hash) return [];
  return [["Signature", SIGNATURE.map((place) => hash[place]).join("")], ["Lignes", String(receipt.lines.length)], ["Logiciel", settings.software]];
}

// A receipt as it is printed, in the language of receipts; `copy` tells which copy it is, 0 for the first print.
export function paper(till, record, copy = 0) {
  const { settings } = till;
  const { words } = settings;
  const { receipt } = record;
  const row = (name, amount, kind = "") => h("tr", { class: kind }, h("td", {}, name), h("td", {}, amount));
  const titled = (type) => words[type] ?? tenderTitle(type, settings);
  const line = (each) => [
    h("tr", {}, h("td", {}, each.name, each.quantity !== "1" && h("small", {}, ` ${each.quantity} × ${money(each.unit_price, settings)}`)), h("td", {}, money(each.base, settings))),
    (each.discounts ?? []).map((off) => row(`${off.title || words.discount}${off.percent ? ` ${off.percent} %` : ""}`, money(off.amount.startsWith("-") ? off.amount.slice(1) : `-${off.amount}`, settings), "off")),
  ];
  const operator = settings.operators.find((each) => each.id === record.operator)?.name;
  return h("article.paper", {},
    ["training", "void", "return"].includes(receipt.kind) && h("p.training-mark", {}, words[receipt.kind], receipt.kind === "training" && h("br"), receipt.kind === "training" && words.not_a_receipt),
    copy > 0 && h("p.training-mark", {}, words.copy.replace("{number}", copy)),
    h("h3", {}, settings.business),
    h("p", {}, [settings.store !== settings.business && settings.store, settings.address, settings.phone, settings.tax_number && `${words.tax_number} ${settings.tax_number}`, settings.head].filter(Boolean).flatMap((each, i) => (i ? [h("br"), each] : [each]))),
    h("p", {}, `${words.number} ${receipt.reference}`, h("br"), new Date(record.made_at).toLocaleString([], { timeZone: settings.timezone, dateStyle: "short", timeStyle: "short" }), h("br"), `${words.till} ${settings.till}${operator ? ` · ${words.operator} ${operator}` : ""}`),
    h("table", {}, receipt.lines.map(line), row(words.total, money(receipt.total, settings), "sum"),
      minor(receipt.rounding ?? "0", till.digits) !== 0n && row(words.rounding, money(receipt.rounding, settings)),
      receipt.tenders.map((each) => [row(titled(each.type), money(each.given ?? each.amount, settings)), each.change && minor(each.change, till.digits) !== 0n && row(words.change, money(each.change, settings))]),
      receipt.taxes.map((tax) => row(`${words.tax} ${tax.rate} %: ${money(tax.net, settings)} +`, money(tax.tax, settings), "tax")),
      marks(till, record).map(([name, value]) => row(name, value, "tax"))),
    h("p", {}, settings.foot || words.thanks),
    settings.receipts && record.hash && receipt.kind !== "training" && [picture(settings.receipts + record.hash.slice(0, 32)), h("p", {}, h("small", {}, words.look))],
  );
}

// Ask the printer in the network, which is reached through the server; refuses with `Offline` where that is away or has not got it yet.
async function atPrinter(till, sync, id, again) {
  if ((await till.db.all("outbox")).length) await sync.kick();
  const record = await till.unsent().then((left) => left.find((each) => each.id === id));
  if (record) throw new Offline("The server does not have this receipt yet.");
  return sync.server.ask(`/receipts/${id}/print${again ? "?again=true" : ""}`, { method: "POST", patience: 8000 });
}

// Print a receipt: at the till's printer in the network, or by the browser. What was printed before is a copy, says so, and is written down.
export async function print(till, sync, record, copy = false) {
  const row = (await till.db.get("receipts", record.id)) ?? record;
  const number = Math.max(row.printed ?? 0, copy ? 1 : 0);
  const counted = async () => {
    if (row.left) await till.db.put("receipts", { ...row, printed: number + 1 });
    if (number) await till.event("printed", record.receipt.reference);
  };
  const own = (record.till ?? till.settings.till) === till.settings.till;
  if (till.settings.printer && own) {
    try {
      const told = await atPrinter(till, sync, record.id, number > 0);
      await counted();
      return toast(told.copy ? `Copy ${told.copy} is being printed.` : "The receipt is being printed.", "good");
    } catch (wrong) {
      const way = await dialog("Not at the printer", (close) => [
        h("p", {}, wrong instanceof Offline ? "The printer is reached through the server, and there is no connection." : wrong.message),
        h("div.row.fill", {}, h("button.big", { type: "button", onclick: () => close("later") }, "Print when it is back"), h("button.big.primary", { type: "button", autofocus: true, onclick: () => close("here") }, "Print on this device")),
      ]);
      if (way === "later") {
        await till.db.keep("prints", [...(await till.db.meta("prints", [])), { id: record.id, again: number > 0 }]);
        await counted();
        return toast("It is printed when the connection is back.");
      }
      if (way !== "here") return undefined;
    }
  }
  show(document.getElementById("paper"), paper(till, { ...record, hash: record.hash ?? row.hash }, number));
  await counted();
  window.print();
  return undefined;
}

// Print what waited for the connection.
export async function printQueued(till, sync) {
  for (let [next, ...rest] = await till.db.meta("prints", []); next; [next, ...rest] = rest) {
    try {
      await sync.server.ask(`/receipts/${next.id}/print${next.again ? "?again=true" : ""}`, { method: "POST", patience: 8000 });
    } catch (wrong) {
      if (wrong instanceof Offline) throw wrong;
      toast(wrong.message, "bad");
    }
    await till.db.keep("prints", rest);
  }
}

// Open the drawer, which hangs on the printer; nobody waits for it.
export function openDrawer(till, server) {
  if (!till.settings.printer) return;
  server.ask("/drawer", { method: "POST", patience: 6000 }).catch(() => toast("The drawer did not open: use its key.", "bad"));
}

// Fetch a receipt of another till, and what of it is left, so that goods of it can be taken back here.
async function fetched(till, server, reference) {
  const { record, left, voided } = await server.ask(`/receipt?reference=${encodeURIComponent(reference)}`, { patience: 8000 });
  const { id, session, made_at, operator, receipt, hash, till: of } = record;
  const touched = voided || Object.entries(left).some(([position, line]) => line.quantity !== String(micro(receipt.lines[position - 1].quantity)));
  const row = { id, reference: receipt.reference, session, made_at, operator, receipt, hash, till: of, left, voided, touched };
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
    h("div.scroll", {}, paper(till, row, Math.max(row.printed ?? 0, 1))),
    h("div.row.fill", {},
      h("button.big", { type: "button", onclick: () => tried(() => print(till, sync, row, true)) }, "Print a copy"),
      row.session === till.session?.id && !row.voided && h("button.big", { type: "button", onclick: () => tried(async () => {
        await managers(till, `Void ${row.reference}`);
        if (!(await confirm("Void the receipt?", `All of ${row.reference} is taken back with the same tenders.`, "Void"))) return;
        const record = await till.void(row.id);
        close(true);
        await print(till, sync, record);
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
