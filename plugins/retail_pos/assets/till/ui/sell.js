// The screen one sells on: what is for sale on one side, the basket on the other, and the focus where the next thing is typed.
import { Refused, minor } from "../rules/exact.js";
import { FNC1 } from "../barcodes.js";
import { addItem, isEmpty } from "../basket.js";
import { priceOf } from "../book.js";
import { confirm, dialog, h, icon, money, show, taxTitle, toast, tried, askText } from "./dom.js";
import { camera, chooseCustomer, hasCamera, openItem, parked, priceCheck, sellGiftCard, status } from "./extras.js";
import { discountAll, editLine } from "./line.js";
import { done, pay } from "./pay.js";
import { openDrawer, print, receipts } from "./receipts.js";
import { closeTill, moveCash, openTill, xReport } from "./session.js";
import { askPin, initials, managers } from "./sign_in.js";

const TOUCH = matchMedia("(pointer: coarse)");

export class Screen {
  constructor(place, parts) {
    Object.assign(this, parts, { place });
    this.build();
    this.sync.changed = () => this.drawStatus();
  }

  build() {
    this.field = h("input.field.search", { type: "search", id: "search", autocomplete: "off", spellcheck: "false", placeholder: "Search or scan", "aria-label": "Search or scan", oninput: () => this.typing(), onkeydown: (event) => this.keyed(event) });
    this.state = h("button.chip.state", { type: "button", id: "status", onclick: () => status(this.sync, this.book, this.ready) });
    this.who = h("button.chip", { type: "button", id: "who", onclick: () => this.changeOperator() });
    this.training = h("div.training", { role: "status", hidden: true }, "TRAINING — nothing counts");
    this.goods = h("div.goods", { id: "goods", "aria-live": "off" });
    this.lines = h("ol.lines", { id: "lines" });
    this.sums = h("div.sums");
    this.customer = h("button.chip.customer", { type: "button", onclick: () => this.then(chooseCustomer(this.till, this.server)) });
    this.charge = h("button.charge", { type: "button", id: "pay", onclick: () => this.pay() });
    show(this.place,
      this.training,
      h("main.till", {},
        h("section.shop", { "aria-label": "Goods" },
          h("header.top", {}, h("button.quiet.menu", { type: "button", "aria-label": "Menu", id: "menu", onclick: () => this.menu() }, icon("menu")), h("h1.name", {}, this.till.settings.title), this.state, this.who),
          h("div.find", {}, icon("search"), this.field, hasCamera() && h("button.quiet", { type: "button", "aria-label": "Scan with the camera", onclick: () => camera((text) => this.scanned(text)) }, icon("camera"))),
          this.goods),
        h("section.basket", { "aria-label": "Basket" },
          h("header.top", {}, this.customer, h("button.quiet", { type: "button", "aria-label": "Discount on the receipt", onclick: () => this.then(tried(() => discountAll(this.till))) }, icon("tag")), h("button.quiet", { type: "button", "aria-label": "Park", id: "park", onclick: () => this.park() }, icon("park")), h("button.quiet", { type: "button", "aria-label": "Clear the basket", onclick: () => this.clear() }, icon("trash"))),
          this.lines, this.sums, this.charge)),
    );
    addEventListener("keydown", (event) => this.shortcut(event));
  }

  // After something that may have changed the basket.
  async then(work) {
    await work;
    this.draw();
    this.focus();
  }

  focus() {
    if (!document.querySelector("dialog[open]") && !TOUCH.matches) this.field.focus();
  }

  draw() {
    this.drawBasket();
    this.drawGoods();
    this.drawStatus();
  }

  drawStatus() {
    const { online, waiting, unpaired, problem } = this.sync.status;
    const words = unpaired ? "Not paired any more" : problem ? "Something is wrong" : online ? "Online" : "Offline";
    this.state.className = `chip state ${unpaired || problem ? "bad" : online ? "good" : "warn"}`;
    show(this.state, icon(online ? "cloud" : "away"), h("span", {}, words), waiting > 0 && h("b", { id: "waiting" }, `${waiting} to send`));
    show(this.who, h("span.initials", {}, this.till.operator ? initials(this.till.operator.name) : "?"), h("span.name", {}, this.till.operator?.name ?? "Nobody"));
    this.training.hidden = !this.till.basket.training;
    document.documentElement.classList.toggle("is-training", this.till.basket.training);
  }

  // Words are looked for at once, digits when they pause: a scanner types thirteen of them, and nobody wants to see what each finds.
  typing() {
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.drawGoods(), /^[0-9]+$/.test(this.field.value) ? 120 : 0);
  }

  drawGoods() {
    clearTimeout(this.pause);
    const text = this.field.value.trim();
    const { settings, session } = this.till;
    if (!session) {
      show(this.goods, h("div.blank", {}, h("h2", {}, "The till is closed"), h("p.muted", {}, "Count the drawer to begin the day."), h("button.big.primary", { type: "button", id: "open", onclick: () => this.then(openTill(this.till)) }, "Open the till")));
      return;
    }
    const found = text ? this.book.search(text) : this.book.some();
    show(this.goods, h("div.tiles.wares", {}, found.map((item) => h("button.ware", { type: "button", onclick: () => this.add(item) }, h("span", {}, item.name), h("b", {}, priceOf(item) ? money(priceOf(item), settings) : "no price")))),
      text && !found.length && h("p.muted.blank", {}, `Nothing is called “${text}”.`));
    this.goods.classList.toggle("searching", Boolean(text));
  }

  drawBasket() {
    const { till } = this;
    const { basket, settings } = till;
    const found = this.figures();
    const digits = settings.digits;
    show(this.customer, icon("person"), h("span", {}, basket.customer?.name ?? "Customer"));
    const row = (name, detail, amount, offs, act, kind) => h("li", {}, h("button.line", { type: "button", class: kind, onclick: act, disabled: !act }, h("span.what", {}, h("strong", {}, name), detail && h("small", {}, detail), offs.map((each) => h("small.off", {}, `${each.title || "Discount"}${each.percent ? ` ${each.percent} %` : ""} ${money(`-${each.amount}`.replace("--", ""), settings)}`))), h("span.amount", {}, money(amount, settings))));
    const sold = basket.lines.map((line, i) => {
      const detail = [line.quantity !== "1" && `${line.quantity}${line.unit && !line.whole ? ` ${line.unit}` : ""} × ${money(line.unit_price, settings)}`, line.lot && `lot ${line.lot}`, line.expires && `until ${line.expires}`].filter(Boolean).join(" · ");
      return row(line.name, detail, found.lines[i].amount, found.lines[i].discounts, () => this.then(editLine(till, line, () => till.keepBasket())), line.key === this.fresh ? "fresh" : "");
    });
    const back = found.returned.map(({ line }, i) => row(line.name, `${line.quantity} back from ${basket.returns[i].reference}`, line.amount, [], () => this.then(this.dropReturn(i)), "back"));
    show(this.lines, sold, back, isEmpty(basket) && h("li.nothing", {}, till.session ? "Scan or choose the first thing." : ""));
    this.lines.scrollTop = this.lines.scrollHeight;
    const total = minor(found.total, digits);
    show(this.sums,
      minor(found.discount, digits) !== 0n && h("div.row.between", {}, h("span", {}, "Discounts"), h("span", {}, money(`-${found.discount}`.replace("--", ""), settings))),
      found.taxes.filter((tax) => minor(tax.tax, digits)).map((tax) => h("div.row.between.muted", {}, h("span", {}, `${settings.taxes_included ? "of which " : ""}${taxTitle(tax, settings)}`), h("span", {}, money(tax.tax, settings)))));
    show(this.charge, h("span", {}, total < 0n ? "Give back" : "Pay"), h("output", { id: "total" }, money(total < 0n ? found.total.slice(1) : found.total, settings)));
    this.charge.disabled = isEmpty(basket) || !till.session;
  }

  // The figures, or those without the discounts that no longer fit since lines were taken out.
  figures() {
    try {
      return this.till.figures();
    } catch (wrong) {
      if (!(wrong instanceof Refused)) throw wrong;
      toast(wrong.message, "bad");
      Object.assign(this.till.basket, { discount_amount: undefined });
      for (const line of this.till.basket.lines) line.discount_amount = undefined;
      return this.till.figures();
    }
  }

  async dropReturn(i) {
    if (await confirm("Not coming back after all?", "The line is taken out of the basket.", "Take out")) {
      this.till.basket.returns.splice(i, 1);
      await this.till.keepBasket();
    }
  }

  keyed(event) {
    if (event.ctrlKey && (event.key === "]" || event.key === "5")) { // how scanners type the separator of GS1 data
      event.preventDefault();
      this.field.setRangeText(FNC1, this.field.selectionStart, this.field.selectionEnd, "end");
      return;
    }
    if (event.key === "Enter") {
      event.preventDefault();
      const text = this.field.value.trim();
      if (text) this.entered(text);
      else if (!isEmpty(this.till.basket)) this.pay();
    } else if (event.key === "Escape") {
      this.field.value = "";
      this.drawGoods();
    }
  }

  // A code, or the first thing that the words find.
  entered(text) {
    const { item } = this.book.scan(text);
    if (item) return this.scanned(text);
    const [code] = /[0-9]{8,14}$/.exec(text) ?? []; // scanned while words stood in the field
    if (code && code !== text && this.book.scan(code).item) return this.scanned(code);
    const [first] = this.book.search(text, 1);
    if (first && !/^[0-9]{8,}$/.test(text)) return this.add(first);
    return this.scanned(text);
  }

  scanned(text) {
    const open = document.querySelector("dialog[open] input:not([type=password])");
    if (open && !open.classList.contains("pad-field")) {
      open.value = text;
      open.dispatchEvent(new Event("input", { bubbles: true }));
      return;
    }
    document.querySelector("dialog.done[open] .primary")?.click(); // the next customer's first thing
    if (document.querySelector("dialog[open]")) return;
    const { item, units, reading } = this.book.scan(text);
    if (!item) return this.missed(reading.why || `${text} is not in the book.`);
    this.add(item, { units, reading, scanned: text });
  }

  missed(words) {
    toast(words, "bad");
    this.field.select();
  }

  add(item, how = {}) {
    if (!this.till.session) return this.missed("Open the till first.");
    const line = addItem(this.till.basket, item, this.till.settings, how);
    if (!line) return this.missed(`${item.name} has no price.`);
    this.fresh = line.key;
    clearTimeout(this.pause);
    const searched = this.goods.classList.contains("searching");
    this.field.value = "";
    this.drawBasket();
    if (searched) this.drawGoods();
    this.focus();
    this.till.keepBasket().catch((wrong) => toast(wrong.message, "bad"));
  }

  async pay() {
    if (!this.till.session) return;
    await tried(async () => {
      const record = await pay(this.till, this.server);
      this.draw();
      if (!record) return;
      if (record.receipt.kind !== "training" && record.receipt.tenders.some((each) => each.type === "cash")) openDrawer(this.till, this.server);
      await done(this.till, record, (each) => tried(() => print(this.till, this.sync, each)));
    });
    this.draw();
    this.focus();
  }

  park() {
    return this.then(tried(async () => {
      if (isEmpty(this.till.basket)) return void (await parked(this.till));
      const title = await askText("Park as", { hint: "Name or table", button: "Park" });
      if (title !== undefined) await this.till.park(title);
    }));
  }

  async clear() {
    if (!isEmpty(this.till.basket) && (await confirm("Clear the basket?", "Everything in it is taken out.", "Clear"))) await this.till.clear();
    this.draw();
    this.focus();
  }

  async changeOperator() {
    await this.till.signOut();
    await this.signIn();
    this.draw();
    this.focus();
  }

  async signIn() {
    const chosen = await askPin("Who is working?", this.till.settings.operators, "", true);
    if (chosen) await this.till.signIn(chosen);
  }

  menu() {
    const { till } = this;
    const open = Boolean(till.session);
    const act = (work) => async (close) => {
      close();
      await this.then(tried(work));
    };
    const entries = [
      open && ["Receipts and returns", act(() => receipts(till, this.sync))],
      open && ["Parked", act(() => parked(till))],
      ["Price check", act(() => priceCheck(this.book, till.settings))],
      open && ["Sell a gift card", act(() => sellGiftCard(till))],
      open && ["Open item", act(() => openItem(till))],
      open && ["Open the drawer", act(async () => { await managers(till, "Open the drawer"); const why = await askText("Why is the drawer opened?", { hint: "Change" }); if (!why) return; await till.event("no_sale", why); openDrawer(till, this.server); })],
      open && ["Cash in or out", act(() => moveCash(till))],
      open && ["X report", act(() => xReport(till))],
      open && [till.basket.training ? "End training" : "Training", act(() => till.train(!till.basket.training))],
      open && ["Count and close", act(async () => { if (await closeTill(till)) toast("The till is closed.", "good"); })],
      ["Refresh prices", act(async () => { await this.refresh(); toast("Prices are fresh.", "good"); })],
      ["Status", act(() => status(this.sync, this.book, this.ready))],
    ].filter(Boolean);
    return dialog("Menu", (close) => h("div.tiles.two", {}, entries.map(([title, work]) => h("button.tile", { type: "button", onclick: () => work(close) }, title))));
  }

  shortcut(event) {
    if (document.querySelector("dialog[open]")) return;
    const acts = { F2: () => this.pay(), F4: () => this.park(), F6: () => this.then(chooseCustomer(this.till, this.server)), F9: () => this.menu(), "/": () => this.field.focus() };
    const act = acts[event.key];
    if (!act || (event.key === "/" && document.activeElement === this.field)) return;
    event.preventDefault();
    act();
  }
}
