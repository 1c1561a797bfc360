// The promotions engine, as domain/rules/promotions.py has it: what holds, what each takes off, and the choice that is best for the customer.
import { HUNDRED, MICRO, divide, least, major, micro, minor, spread, sum } from "./exact.js";

const TRIED = 5; // promotions whose every order is tried

const isOrder = (promotion) => promotion.kind.startsWith("order_");
const inOrder = (left, right) => (left === right ? 0 : left < right ? -1 : 1);
const byCode = (left, right) => inOrder(left.code, right.code);
const ascending = (left, right) => left - right;
const worth = (saving) => sum([...saving.values()]);

export function matches(goods, line) {
  const { items = [], categories = [], tags = [] } = goods ?? {};
  if (!items.length && !categories.length && !tags.length) return true;
  const category = line.category ?? "";
  if (line.item && items.includes(line.item)) return true;
  return categories.some((each) => category === each || category.startsWith(`${each} > `)) || (line.tags ?? []).some((tag) => tags.includes(tag));
}

// ISO weekday of a day without a zone.
const weekday = (day) => String(new Date(`${day}T00:00:00Z`).getUTCDay() || 7);

export function holds(promotion, day, time, coupons) {
  const brought = coupons.map((each) => each.toUpperCase());
  if (promotion.coupon && !brought.includes(promotion.coupon.toUpperCase())) return false;
  if ((promotion.valid_from && day < promotion.valid_from) || (promotion.valid_to && day > promotion.valid_to)) return false;
  if (promotion.weekdays && !promotion.weekdays.includes(weekday(day))) return false;
  const begin = promotion.hours_from || "00:00";
  const end = promotion.hours_to || "24:00";
  return begin <= end ? begin <= time && time < end : time >= begin || time < end;
}

// Lines while they are priced: what is still asked for each (`amounts`), and why less (`discounts`).
export class Pricing {
  constructor(lines, digits, bases) {
    this.lines = lines;
    this.digits = digits;
    this.amounts = [...bases];
    this.discounts = bases.map(() => []);
    this.claimed = new Set();
    this.quantities = lines.map((line) => micro(line.quantity));
    this.prices = lines.map((line) => micro(line.unit_price));
  }

  openTo(goods) {
    return this.lines.map((_, i) => i).filter((i) => !this.lines[i].stored_value && this.quantities[i] > 0n && matches(goods, this.lines[i]));
  }

  units(i) {
    return this.quantities[i] / MICRO;
  }

  take(saving, promotion) {
    for (const i of [...saving.keys()].sort(ascending)) {
      const units = saving.get(i);
      if (units) {
        this.amounts[i] -= units;
        this.discounts[i].push({ source: "promotion", amount: major(units, this.digits), code: promotion.code, title: promotion.title, order: isOrder(promotion) });
      }
      if (!promotion.stacks && !isOrder(promotion)) this.claimed.add(i);
    }
  }
}

export function promote(pricing, basket) {
  const valid = (basket.promotions ?? []).filter((each) => holds(each, basket.day, basket.time ?? "12:00", basket.coupons ?? []));
  const priorities = [...new Set(valid.map((each) => each.priority ?? 0))].sort((left, right) => right - left);
  for (const priority of priorities) {
    const level = valid.filter((each) => (each.priority ?? 0) === priority && !isOrder(each)).sort(byCode);
    const exclusive = level.filter((each) => !each.stacks);
    for (const group of rivals(pricing, exclusive))
      for (const promotion of bestOrder(pricing, group)) pricing.take(saving(pricing, promotion, pricing.claimed), promotion);
    for (const promotion of level.filter((each) => each.stacks)) pricing.take(saving(pricing, promotion, new Set()), promotion);
  }
  const orders = valid.filter(isOrder).sort((left, right) => (right.priority ?? 0) - (left.priority ?? 0) || byCode(left, right));
  const rivalsOfOrder = orders.filter((each) => !each.stacks);
  takeBestOrder(pricing, rivalsOfOrder);
  for (const promotion of orders.filter((each) => each.stacks)) pricing.take(saving(pricing, promotion, new Set()), promotion);
}

function takeBestOrder(pricing, rivalsOfOrder) {
  let best = null;
  for (const promotion of rivalsOfOrder) {
    const found = saving(pricing, promotion, new Set());
    const total = worth(found);
    const same = best && (promotion.priority ?? 0) === (best.promotion.priority ?? 0);
    if (total && (!best || (same && total > best.total))) best = { total, promotion, found };
  }
  if (best) pricing.take(best.found, best.promotion);
}

// Promotions in groups that share lines, without those that save nothing.
function rivals(pricing, promotions) {
  let groups = [];
  for (const promotion of promotions) {
    if (!saving(pricing, promotion, pricing.claimed).size) continue;
    const reach = new Set(reached(pricing, promotion, pricing.claimed));
    const touches = (group) => [...group.reach].some((i) => reach.has(i));
    const together = groups.filter(touches);
    groups = groups.filter((group) => !touches(group));
    for (const group of together) group.reach.forEach((i) => reach.add(i));
    groups.push({ reach, promotions: [...together.flatMap((group) => group.promotions), promotion] });
  }
  return groups.map((group) => group.promotions.sort(byCode)).sort((left, right) => byCode(left[0], right[0]));
}

// All orders of a list, in the order of the places of its elements.
function* permutations(list) {
  if (list.length <= 1) yield list;
  else for (let i = 0; i < list.length; i += 1) for (const rest of permutations([...list.slice(0, i), ...list.slice(i + 1)])) yield [list[i], ...rest];
}

function bestOrder(pricing, group) {
  if (group.length === 1) return group;
  if (group.length > TRIED) {
    const totals = new Map(group.map((each) => [each.code, worth(saving(pricing, each, pricing.claimed))]));
    return [...group].sort((left, right) => inOrder(totals.get(right.code), totals.get(left.code)) || byCode(left, right));
  }
  let best = group;
  let greatest = -1n;
  for (const order of permutations(group)) {
    const claimed = new Set(pricing.claimed);
    let total = 0n;
    for (const promotion of order) {
      const found = saving(pricing, promotion, claimed);
      for (const i of found.keys()) claimed.add(i);
      total += worth(found);
    }
    if (total > greatest) [best, greatest] = [order, total];
  }
  return best;
}

function reached(pricing, promotion, claimed) {
  const open = promotion.kind === "bundle" ? (promotion.parts ?? []).flatMap((part) => pricing.openTo(part.goods)) : pricing.openTo(promotion.goods);
  return [...new Set(open)].filter((i) => !claimed.has(i)).sort(ascending);
}

const SAVINGS = {
  percent_off: (pricing, places, promotion) => percentOff(pricing, places, micro(promotion.percent)),
  amount_off: amountOff,
  buy_n_pay_m: buyNPayM,
  tiered,
  bundle,
  order_percent: orderOff,
  order_amount: orderOff,
};

// Return what a promotion takes off the lines that are not claimed: a Map of places to minor units.
export function saving(pricing, promotion, claimed) {
  const places = reached(pricing, promotion, claimed);
  return places.length ? SAVINGS[promotion.kind](pricing, places, promotion) : new Map();
}

const some = (entries) => new Map(entries.filter(([, units]) => units));

const percentOff = (pricing, places, percent) => some(places.map((i) => [i, divide(pricing.amounts[i] * percent, HUNDRED)]));

function amountOff(pricing, places, promotion) {
  const each = minor(promotion.amount, pricing.digits);
  return some(places.map((i) => [i, least(divide(each * pricing.quantities[i], MICRO), pricing.amounts[i])]));
}

function buyNPayM(pricing, places, { n = 0, m = 0, mixed = false }) {
  const found = new Map();
  if (!(m >= 0 && m < n)) return found;
  const groups = new Map();
  for (const i of places) {
    const key = mixed ? "" : pricing.lines[i].item || `line ${i}`;
    groups.set(key, [...(groups.get(key) ?? []), i]);
  }
  for (const group of groups.values()) {
    const free = (sum(group.map((i) => pricing.units(i))) / BigInt(n)) * BigInt(n - m);
    if (free) cheapest(pricing, group, free).forEach((units, i) => found.set(i, units));
  }
  return found;
}

function cheapest(pricing, group, free) {
  const found = new Map(group.map((i) => [i, 0n]));
  let left = free;
  for (const i of [...group].sort((one, other) => inOrder(pricing.prices[one], pricing.prices[other]) || one - other)) {
    const units = least(left, pricing.units(i));
    found.set(i, divide(pricing.amounts[i] * units * MICRO, pricing.quantities[i]));
    left -= units;
  }
  return found;
}

function tiered(pricing, places, promotion) {
  const units = sum(places.map((i) => pricing.quantities[i]));
  const reachedTiers = (promotion.tiers ?? []).filter((tier) => BigInt(tier.quantity) * MICRO <= units);
  if (!reachedTiers.length) return new Map();
  const highest = reachedTiers.reduce((best, tier) => (tier.quantity > best.quantity ? tier : best));
  return percentOff(pricing, places, micro(highest.percent));
}

function bundle(pricing, places, promotion) {
  const left = new Map(places.map((i) => [i, pricing.units(i)]));
  const used = new Map(places.map((i) => [i, 0n]));
  let sets = 0n;
  for (let picked = oneSet(pricing, left, promotion); picked; picked = oneSet(pricing, left, promotion)) {
    sets += 1n;
    picked.forEach((units, i) => {
      left.set(i, left.get(i) - units);
      used.set(i, used.get(i) + units);
    });
  }
  const taken = places.filter((i) => used.get(i));
  const values = taken.map((i) => divide(pricing.amounts[i] * used.get(i) * MICRO, pricing.quantities[i]));
  const off = sum(values) - sets * minor(promotion.amount, pricing.digits);
  if (off <= 0n) return new Map();
  const shares = spread(off, values);
  return new Map(taken.map((i, at) => [i, shares[at]]));
}

function oneSet(pricing, left, promotion) {
  const free = new Map(left);
  const picked = new Map();
  for (const part of promotion.parts ?? []) {
    let wanted = BigInt(part.quantity ?? 1);
    const reach = pricing.openTo(part.goods).filter((i) => free.get(i));
    for (const i of reach.sort((one, other) => inOrder(pricing.prices[other], pricing.prices[one]) || one - other)) {
      const units = least(wanted, free.get(i));
      free.set(i, free.get(i) - units);
      picked.set(i, (picked.get(i) ?? 0n) + units);
      wanted -= units;
    }
    if (wanted > 0n) return null;
  }
  return [...picked.values()].some((units) => units) ? picked : null;
}

function orderOff(pricing, places, promotion) {
  const whole = sum(places.map((i) => pricing.amounts[i]));
  if (whole <= 0n || whole < minor(promotion.minimum ?? "0", pricing.digits)) return new Map();
  const percent = promotion.kind === "order_percent";
  const off = percent ? divide(whole * micro(promotion.percent), HUNDRED) : least(minor(promotion.amount, pricing.digits), whole);
  return share(pricing, places, off);
}

// Spread a discount on the receipt over its lines, in proportion to what is asked for each, by largest remainder.
export function share(pricing, places, off) {
  if (!off) return new Map();
  const shares = spread(off, places.map((i) => pricing.amounts[i]));
  return new Map(places.map((i, at) => [i, shares[at]]));
}
