// A refund as the mirror of the sale, as domain/rules/refunds.py has it: each takes its share of what is left of the sale.
import { Refused, divide, least, most, spread, sum } from "./exact.js";

const amountOf = (left) => left.base - sum(left.discounts);

// Return [what comes back, what is left then] for a quantity of {quantity, base, discounts, taxes}: millionths and minor units.
export function takeBack(left, quantity) {
  if (!(quantity > 0n && quantity <= left.quantity)) throw new Refused("More would come back than was sold and not returned yet.");
  const share = (value) => divide(value * quantity, left.quantity);
  let back = { quantity, base: share(left.base), discounts: left.discounts.map(share), taxes: left.taxes.map(share) };
  if (amountOf(back) < 0n || amountOf(back) > amountOf(left)) {
    const wanted = back.base - least(most(amountOf(back), 0n), amountOf(left));
    back = { ...back, discounts: spread(wanted, left.discounts) };
  }
  const rest = {
    quantity: left.quantity - quantity,
    base: left.base - back.base,
    discounts: left.discounts.map((value, i) => value - back.discounts[i]),
    taxes: left.taxes.map((value, i) => value - back.taxes[i]),
  };
  return [back, rest];
}

// Split a refund over the tenders of a sale, by what is left of each; both positive. Of cash that was rounded, what it stood for counts.
export function giveBack(total, left) {
  if (total > sum(left)) throw new Refused("More would be given back than was paid and not given back yet.");
  return total ? spread(total, left) : left.map(() => 0n);
}

export function pointsBack(earned, { total, before, now }) {
  if (total <= 0n) return 0n;
  return (earned * (before + now)) / total - (earned * before) / total;
}
