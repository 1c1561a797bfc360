// What the menu holds: customer, price check, parked baskets, gift cards, open items, the camera, the status.
import { Refused, minor } from "../rules/exact.js";
import { addOpen } from "../basket.js";
import { priceOf } from "../book.js";
import { askNumber, askText, dialog, h, money, show, toast, tried } from "./dom.js";

export function chooseCustomer(till, server) {
  return dialog("Customer", (close) => {
    const list = h("div.list");
    let turn = 0;
    const pick = (customer) => tried(async () => {
      till.basket.customer = customer;
      await till.keepBasket();
      const known = (await till.db.meta("customers", [])).filter((each) => each.id !== customer?.id);
      if (customer) await till.db.keep("customers", [customer, ...known].slice(0, 300));
      close(true);
    });
    const draw = (found, words) => show(list, found.map((each) => h("button.item", { type: "button", onclick: () => pick(each) }, h("span", {}, h("strong", {}, each.name), h("small", {}, [each.phone, each.email].filter(Boolean).join(" · "))))), !found.length && h("p.muted", {}, words));
    const find = async () => {
      const mine = (turn += 1);
      const text = field.value.trim().toLowerCase();
      const known = (await till.db.meta("customers", [])).filter((each) => !text || `${each.name} ${each.phone} ${each.email}`.toLowerCase().includes(text));
      if (mine === turn) draw(known.slice(0, 20), "Nobody known on this till.");
      if (text.length < 2) return;
      try {
        const found = await server.ask(`/customers?q=${encodeURIComponent(text)}`, { patience: 4000 });
        if (mine === turn) draw(found, "Nobody is called so.");
      } catch { /* without a connection, those that this till knows */ }
    };
    const field = h("input.field", { type: "search", "aria-label": "Find a customer", placeholder: "Name, e-mail or telephone", autofocus: true, oninput: () => find() });
    find();
    return [field, list, till.basket.customer && h("button.big", { type: "button", onclick: () => pick(null) }, "Without a customer")];
  });
}

export function priceCheck(book, settings) {
  return dialog("Price check", () => {
    const place = h("div.list");
    const find = () => {
      const scanned = book.scan(field.value);
      const found = scanned.item ? [scanned.item] : book.search(field.value, 8);
      show(place, found.map((item) => h("div.item", {}, h("span", {}, h("strong", {}, item.name), h("small", {}, `${item.sku} ${item.category}`)), h("span.amount", {}, priceOf(item) ? money(priceOf(item), settings) : "no price"))));
    };
    const field = h("input.field", { type: "search", "aria-label": "Scan or type", placeholder: "Scan or type", autofocus: true, oninput: find });
    return [field, place];
  });
}

export const parked = (till) =>
  dialog("Parked", (close) => [
    !till.parked.length && h("p.muted", {}, "Nothing is parked."),
    h("div.list", {}, till.parked.map((each, i) => h("button.item", { type: "button", onclick: () => tried(async () => close((await till.recall(i), true))) }, h("span", {}, h("strong", {}, each.title), h("small", {}, `${each.basket.lines.length + each.basket.returns.length} lines · ${new Date(each.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}`))))),
  ]);

export async function sellGiftCard(till) {
  const number = await askText("Number of the gift card", { hint: "Scan or type it" });
  if (!number) return;
  const amount = await askNumber("Put on the card", { places: till.digits });
  if (!amount) return;
  if (minor(amount, till.digits) <= 0n) throw new Refused("Enter an amount above zero.");
  addOpen(till.basket, till.settings, { name: `Gift card ${number}`, amount, stored_value: number });
  await till.keepBasket();
}

export async function openItem(till) {
  const name = await askText("What is sold?", { hint: "Open item" });
  if (name === undefined) return;
  const amount = await askNumber("Price", { places: till.digits });
  if (!amount) return;
  if (minor(amount, till.digits) <= 0n) throw new Refused("Enter a price above zero.");
  const groups = Object.entries(till.settings.taxes);
  let category = "";
  if (groups.length > 1) category = await dialog("Which tax?", (close) => h("div.tiles.two", {}, groups.map(([key, taxes]) => h("button.tile", { type: "button", onclick: () => close(key) }, key || "Usual", h("small", {}, taxes.map((tax) => tax.title).join(", "))))));
  if (category === undefined) return;
  addOpen(till.basket, till.settings, { name: name || "Open item", amount, tax_category: category });
  await till.keepBasket();
}

// The camera as a scanner, where the browser can read barcodes.
export const hasCamera = () => "BarcodeDetector" in window && Boolean(navigator.mediaDevices?.getUserMedia);

export async function camera(scanned) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }).catch(() => null);
  if (!stream) return toast("The camera cannot be used.", "bad");
  const detector = new BarcodeDetector();
  let going = true;
  await dialog("Scan", () => {
    const video = h("video.camera", { autoplay: true, muted: true, playsInline: true });
    video.srcObject = stream;
    let before = "";
    const look = async () => {
      if (!going) return;
      const [found] = await detector.detect(video).catch(() => []);
      if (found && found.rawValue !== before) scanned((before = found.rawValue));
      setTimeout(look, 120);
    };
    look();
    return video;
  });
  going = false;
  for (const track of stream.getTracks()) track.stop();
}

export const status = (sync, book, ready) =>
  dialog("Status", () => {
    const { status: now } = sync;
    const row = (name, value) => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, value));
    return [
      h("div.report", {}, h("table", {},
        row("Connection", now.online ? "online" : "offline"),
        row("Waiting to be sent", String(now.waiting)),
        row("Last heard from the server", now.last ? new Date(now.last).toLocaleString() : "never"),
        row("Put aside for somebody to look at", String(now.parked)),
        row("Products on this device", String(book.size)),
        row("Works without a connection", ready() ? "yes" : "not yet"))),
      now.problem && h("p.bad", {}, now.problem),
      h("div.row.end", {}, h("button.big.primary", { type: "button", onclick: () => sync.kick() }, "Send now")),
    ];
  });
