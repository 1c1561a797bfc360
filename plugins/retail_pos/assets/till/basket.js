// The basket: what was scanned and changed by hand, kept on the device after each change, and its figures.
import { MICRO, abs, divide, major, micro, minor, scaled, short, sum } from "./rules/exact.js";
import { price } from "./rules/pricing.js";
import { combine } from "./rules/taxes.js";
import { takeBack } from "./rules/refunds.js";
import { priceOf } from "./book.js";

export const empty = (training = false) => ({ lines: [], returns: [], customer: null, coupons: [], note: "", training });

export const isEmpty = (basket) => !basket.lines.length && !basket.returns.length;

let keys = 0;
const newKey = () => `${Date.now().toString(36)}-${(keys += 1)}`;

// The quantity and price of what was scanned: weight and price barcodes say one or the other.
function measured(item, units, reading, digits) {
  const each = priceOf(item);
  if (reading?.grams) return { quantity: short(reading.grams * 1000n), unit_price: each };
  if (reading?.kilograms) return { quantity: short(scaledBy(...reading.kilograms)), unit_price: each };
  const asked = reading?.units ? reading.units : reading?.price ? minor(short(scaledBy(...reading.price)), digits) : null;
  if (asked === null) return { quantity: units, unit_price: each };
  const per = micro(each ?? "0");
  const scale = 10n ** BigInt(digits);
  if (per > 0n) {
    // as many as make the price on the label: to the gram where that is exact enough, else finer
    for (const step of [1000n, 1n]) {
      const quantity = divide(asked * MICRO * MICRO, per * scale * step) * step;
      if (divide(per * quantity * scale, MICRO * MICRO) === asked) return { quantity: short(quantity), unit_price: each };
    }
  }
  return { quantity: "1", unit_price: major(asked, digits) };
}

const scaledBy = (value, decimals) => value * 10n ** BigInt(6 - decimals);

// Put an item into the basket; the same one at the same price joins its line. Returns the line.
export function addItem(basket, item, settings, { units = "1", reading, scanned = "" } = {}) {
  const found = measured(item, units, reading, settings.digits);
  if (found.unit_price === undefined) return null;
  const whole = !reading?.grams && !reading?.units && !reading?.kilograms && !reading?.price;
  const same = whole && basket.lines.find((line) => line.item === item.id && line.whole && micro(line.quantity) > 0n && line.lot === (reading?.lot ?? "") && !line.list_price && !line.discount_percent && !line.discount_amount);
  if (same) {
    same.quantity = short(micro(same.quantity) + micro(units));
    same.unit_price = priceOf(item, same.quantity);
    return same;
  }
  const line = {
    key: newKey(),
    item: item.id,
    name: item.name,
    sku: item.sku,
    scanned,
    unit: item.unit,
    ...found,
    category: item.category,
    tags: item.tags,
    tax_category: item.tax_category,
    taxes: settings.taxes[item.tax_category] ?? settings.taxes[""] ?? [],
    whole,
    lot: reading?.lot ?? "",
    expires: reading?.expires ?? "",
  };
  basket.lines.push(line);
  return line;
}

// Put something without an item into the basket: an amount in a tax category, or a gift card that is sold.
export function addOpen(basket, settings, { name, amount, tax_category = "", stored_value = "" }) {
  const line = {
    key: newKey(), item: "", name, sku: "", scanned: "", unit: "", quantity: "1", unit_price: amount, category: "", tags: [], tax_category,
    taxes: stored_value ? [] : (settings.taxes[tax_category] ?? []), whole: true, lot: "", expires: "", stored_value,
  };
  basket.lines.push(line);
  return line;
}

const asked = (line) => ({
  item: line.item,
  category: line.category,
  tags: line.tags,
  quantity: line.quantity,
  unit_price: line.unit_price,
  taxes: line.taxes,
  discount_percent: line.discount_percent,
  discount_amount: line.discount_amount,
  stored_value: Boolean(line.stored_value),
});

const big = (left) => ({ quantity: BigInt(left.quantity), base: BigInt(left.base), discounts: left.discounts.map(BigInt), taxes: left.taxes.map(BigInt) });
export const small = (left) => ({ quantity: String(left.quantity), base: String(left.base), discounts: left.discounts.map(String), taxes: left.taxes.map(String) });

// What comes back with a returned line, as the mirror of its sale: a line of a receipt with its taxes, and what is left of the sale then.
export function mirrored(back, digits, included) {
  const [now, rest] = takeBack(big(back.left), micro(back.quantity));
  const amount = now.base - sum(now.discounts);
  const negative = (value) => major(-value, digits);
  const taxes = back.line.taxes.map((tax, k) => {
    const net = included ? amount - sum(now.taxes) : amount;
    return { code: tax.code, rate: tax.rate, kind: tax.kind ?? "percent", net: negative(net), tax: negative(now.taxes[k]), gross: negative(net + now.taxes[k]) };
  });
  const line = {
    ...back.line,
    quantity: short(-now.quantity),
    base: negative(now.base),
    amount: negative(amount),
    discounts: (back.line.discounts ?? []).map((each, k) => ({ ...each, amount: negative(now.discounts[k]) })),
    original: { receipt: back.receipt, position: back.position },
    reason: back.reason ?? "",
  };
  return { line, taxes, rest: small(rest), onTop: included ? 0n : sum(now.taxes) };
}

// Price the whole basket: {lines, returned, taxes, total, discount, units}; `total` is what is to be paid, below zero what goes back.
export function figures(basket, settings, local) {
  const { digits, taxes_included: included } = settings;
  const priced = price({
    lines: basket.lines.map(asked),
    digits,
    taxes_included: included,
    tax_per: settings.tax_per,
    promotions: settings.promotions,
    coupons: basket.coupons,
    discount_percent: basket.discount_percent,
    discount_amount: basket.discount_amount,
    day: local.day,
    time: local.time,
  });
  const returned = basket.returns.map((back) => mirrored(back, digits, included));
  const back = sum(returned.map(({ line, onTop }) => minor(line.amount, digits) - onTop));
  const total = minor(priced.total, digits) + back;
  const units = sum(basket.lines.map((line) => (line.whole ? abs(micro(line.quantity)) : MICRO)));
  return {
    lines: priced.lines,
    returned,
    taxes: returned.length ? combine(digits, priced.taxes, ...returned.map(({ taxes }) => taxes)).map(({ kind: _, ...total }) => total) : priced.taxes,
    total: major(total, digits),
    discount: priced.discount,
    count: Number(units / MICRO) + basket.returns.length,
  };
}

// How a sale's line is kept for returns: all of it is left.
export const leftOf = (line, priced, digits) => ({
  quantity: String(micro(line.quantity)),
  base: String(minor(priced.base, digits)),
  discounts: priced.discounts.map((each) => String(minor(each.amount, digits))),
  taxes: priced.taxes.map((each) => String(minor(each, digits))),
});

export const plainQuantity = (line) => short(scaled(line.quantity, 6));
