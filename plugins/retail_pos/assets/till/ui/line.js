// Changing a line: quantity, discount, price; and the discount on the whole receipt.
import { Refused, divide, major, micro, minor } from "../rules/exact.js";
import { askNumber, askText, dialog, h, money, tried } from "./dom.js";
import { managers } from "./sign_in.js";

// Who let a discount pass: whoever sells, up to what everybody may give; else a manager.
async function checked(till, percent, what) {
  return percent > micro(till.settings.manual_discount_limit ?? "20") ? managers(till, what) : till.operator?.id;
}

export function editLine(till, line, changed) {
  const { settings, digits } = till;
  return dialog(line.name, (close) => {
    const act = (work) => () => tried(async () => { if ((await work()) === false) return; await changed(); close(); });
    const step = (by) => act(() => {
      const next = micro(line.quantity) + by;
      if (next <= 0n) throw new Refused("Take the line out instead.");
      line.quantity = major(next, 6).replace(/\.?0+$/, "");
    });
    return [
      h("p.muted", {}, [line.sku, line.category, line.lot && `Lot ${line.lot}`, line.expires && `until ${line.expires}`].filter(Boolean).join(" · ")),
      h("div.tiles.two", {},
        line.whole && !line.stored_value && micro(line.quantity) > 0n && h("button.tile", { type: "button", onclick: step(1_000_000n) }, "One more"),
        line.whole && !line.stored_value && micro(line.quantity) > 0n && h("button.tile", { type: "button", onclick: step(-1_000_000n) }, "One less"),
        !line.stored_value && micro(line.quantity) > 0n && h("button.tile", { type: "button", "data-do": "quantity", onclick: act(async () => {
          const text = await askNumber("Quantity", { value: line.quantity, places: 3 });
          if (!text) return false;
          if (micro(text) <= 0n) throw new Refused("Enter a quantity above zero.");
          line.quantity = text;
        }) }, "Quantity"),
        !line.stored_value && h("button.tile", { type: "button", "data-do": "percent", onclick: act(async () => {
          const text = await askNumber("Discount in percent", { value: line.discount_percent, places: 2 });
          if (!text) return false;
          if (micro(text) > 100_000_000n) throw new Refused("At most 100 %.");
          line.by = await checked(till, micro(text), `${text} % off ${line.name}`);
          Object.assign(line, { discount_percent: micro(text) ? text : undefined, discount_amount: undefined });
        }) }, "Discount %"),
        !line.stored_value && micro(line.quantity) > 0n && h("button.tile", { type: "button", onclick: act(async () => {
          const text = await askNumber("Discount as an amount", { value: line.discount_amount, places: digits });
          if (!text) return false;
          const base = divide(micro(line.unit_price) * micro(line.quantity) * 10n ** BigInt(digits), 10n ** 12n);
          if (minor(text, digits) > base) throw new Refused("That is more than it costs.");
          line.by = await checked(till, base ? (minor(text, digits) * 100_000_000n) / base : 0n, `${text} off ${line.name}`);
          Object.assign(line, { discount_amount: minor(text, digits) ? text : undefined, discount_percent: undefined });
        }) }, "Discount amount"),
        !line.stored_value && h("button.tile", { type: "button", onclick: act(async () => {
          const text = await askNumber("Another price", { value: line.unit_price, places: digits });
          if (!text) return false;
          await managers(till, `${line.name} at ${money(text, settings)}`);
          line.reason = (await askText("Why another price?", { hint: "Damaged package" })) || "Price changed";
          line.list_price ??= line.unit_price;
          line.unit_price = text;
        }) }, "Price"),
        !line.stored_value && micro(line.quantity) > 0n && h("button.tile", { type: "button", onclick: act(async () => {
          await managers(till, `${line.name} comes back without a receipt`);
          line.reason = await askText("Why does it come back?", { hint: "Does not fit" });
          if (!line.reason) throw new Refused("Say why it comes back.");
          line.quantity = `-${line.quantity}`;
        }) }, "Comes back, no receipt"),
        h("button.tile.bad", { type: "button", "data-do": "remove", onclick: act(async () => {
          till.basket.lines.splice(till.basket.lines.indexOf(line), 1);
          if (!till.basket.training) await till.event("line_removed", `${line.quantity} × ${line.name}`);
        }) }, "Take out")),
    ];
  });
}

export async function discountAll(till) {
  const { basket, digits } = till;
  const way = await dialog("Discount on the receipt", (close) => h("div.tiles.two", {}, h("button.tile", { type: "button", onclick: () => close("percent") }, "Percent"), h("button.tile", { type: "button", onclick: () => close("amount") }, "Amount"), h("button.tile", { type: "button", onclick: () => close("coupon") }, "Coupon code"), h("button.tile.bad", { type: "button", onclick: () => close("none") }, "Take away")));
  if (way === "none") Object.assign(basket, { discount_percent: undefined, discount_amount: undefined, by: undefined, coupons: [] });
  if (way === "coupon") {
    const code = await askText("Coupon code", { hint: "Scan or type it" });
    if (!code) return;
    const known = till.settings.promotions.some((each) => each.coupon && each.coupon.toUpperCase() === code.toUpperCase());
    if (!known) throw new Refused(`There is no coupon ${code}.`);
    if (!basket.coupons.includes(code.toUpperCase())) basket.coupons.push(code.toUpperCase());
  }
  if (way === "percent" || way === "amount") {
    const text = await askNumber("Discount on the receipt", { places: way === "percent" ? 2 : digits });
    if (!text) return;
    const total = minor(till.figures().total, digits);
    const percent = way === "percent" ? micro(text) : total > 0n ? (minor(text, digits) * 100_000_000n) / total : 0n;
    if (percent > 100_000_000n) throw new Refused("That is more than all of it.");
    basket.by = await checked(till, percent, `${text}${way === "percent" ? " %" : ""} off the receipt`);
    Object.assign(basket, { discount_percent: way === "percent" ? text : undefined, discount_amount: way === "amount" ? text : undefined });
  }
  await till.keepBasket();
}
