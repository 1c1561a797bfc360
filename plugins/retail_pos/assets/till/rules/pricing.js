// From a basket to its figures, as domain/rules/pricing.py has it: base, manual discounts, promotions, discounts on the receipt, taxes, total.
import { HUNDRED, MICRO, Refused, abs, divide, major, micro, minor, sum } from "./exact.js";
import { Pricing, promote, share } from "./promotions.js";
import { tax } from "./taxes.js";

export const baseOf = (line, digits) => divide(micro(line.unit_price) * micro(line.quantity) * 10n ** BigInt(digits), MICRO * MICRO);

const given = (value) => value !== undefined && value !== null;

function percentOf(text) {
  const value = micro(text);
  if (value < 0n || value > HUNDRED) throw new Refused("A discount is from 0 to 100 percent.");
  return value;
}

// Take the manual discount off a line; on goods that come back without a receipt it has their sign.
function byHand(pricing, i, line) {
  if (line.stored_value) return;
  const whole = pricing.amounts[i];
  let off = 0n;
  if (given(line.discount_percent)) off = divide(whole * percentOf(line.discount_percent), HUNDRED);
  else if (given(line.discount_amount)) {
    off = minor(line.discount_amount, pricing.digits);
    if (off * whole < 0n || abs(off) > abs(whole)) throw new Refused("A discount is greater than the price it is taken off.");
  }
  if (!off) return;
  pricing.amounts[i] -= off;
  pricing.discounts[i].push(manual(off, pricing.digits, line.discount_percent, false));
}

function manual(off, digits, percent, order) {
  return { source: "manual", amount: major(off, digits), order, ...(given(percent) ? { percent } : {}) };
}

function wholeReceiptByHand(pricing, basket) {
  const places = basket.lines.map((_, i) => i).filter((i) => !basket.lines[i].stored_value && pricing.amounts[i] > 0n);
  const whole = sum(places.map((i) => pricing.amounts[i]));
  let off;
  if (given(basket.discount_percent)) off = divide(whole * percentOf(basket.discount_percent), HUNDRED);
  else if (given(basket.discount_amount)) {
    off = minor(basket.discount_amount, pricing.digits);
    if (off < 0n || off > whole) throw new Refused("The discount is greater than the receipt.");
  } else return;
  for (const [i, units] of share(pricing, places, off)) {
    if (!units) continue;
    pricing.amounts[i] -= units;
    pricing.discounts[i].push(manual(units, pricing.digits, basket.discount_percent, true));
  }
}

// Price a basket of plain objects; all figures in it and in the answer are texts of plain decimals.
export function price(basket) {
  const digits = basket.digits ?? 2;
  const bases = basket.lines.map((line) => baseOf(line, digits));
  const pricing = new Pricing(basket.lines, digits, bases);
  basket.lines.forEach((line, i) => byHand(pricing, i, line));
  promote(pricing, basket);
  wholeReceiptByHand(pricing, basket);
  const taxed = basket.lines.map((line, i) => ({ amount: pricing.amounts[i], quantity: pricing.quantities[i], taxes: line.stored_value ? [] : (line.taxes ?? []) }));
  const taxation = tax(taxed, { included: basket.taxes_included ?? true, per: basket.tax_per ?? "document", digits });
  const lines = bases.map((base, i) => ({
    base: major(base, digits),
    amount: major(pricing.amounts[i], digits),
    discounts: pricing.discounts[i],
    taxes: taxation.lines[i].map((each) => major(each, digits)),
  }));
  const asked = sum(pricing.amounts);
  return { lines, taxes: taxation.totals, total: major(asked + taxation.onTop, digits), discount: major(sum(bases) - asked, digits) };
}
