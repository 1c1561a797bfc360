// Exact arithmetic of a till in whole numbers (BigInt): amounts in minor units, quantities, prices and rates in millionths.
// The same as domain/rules/exact.py; a property test holds both equal.

export const MICRO = 1_000_000n;
export const HUNDRED = 100n * MICRO; // 100 %, in millionths of a percent

const PLAIN = /^(-?)(\d+)(?:\.(\d+))?$/;

// A refusal with a sentence for the person at the till.
export class Refused extends Error {}

export const abs = (value) => (value < 0n ? -value : value);
export const least = (left, right) => (left < right ? left : right);
export const most = (left, right) => (left > right ? left : right);
export const sum = (values) => values.reduce((total, each) => total + each, 0n);

// Read a plain decimal as a whole number of 10^-places; refuses one that is finer.
export function scaled(text, places) {
  const match = PLAIN.exec(text);
  if (!match) throw new Refused(`“${text}” is no number.`);
  const fraction = (match[3] ?? "").replace(/0+$/, "");
  if (fraction.length > places) throw new Refused(`${text} has more than ${places} decimals.`);
  const value = BigInt(match[2] + fraction.padEnd(places, "0"));
  return match[1] ? -value : value;
}

export const micro = (text) => scaled(text, 6);
export const minor = (text, digits) => scaled(text, digits);

// Write a whole number of 10^-places with exactly so many decimals.
export function plain(value, places) {
  const digits = abs(value).toString().padStart(places + 1, "0");
  const sign = value < 0n ? "-" : "";
  return places ? `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}` : `${sign}${digits}`;
}

export const major = (units, digits) => plain(units, digits);

// Write millionths without zeros at the end.
export const short = (value) => plain(value, 6).replace(/\.?0+$/, "");

// Divide and round to a whole number, half away from zero; the denominator is above zero.
export function divide(numerator, denominator) {
  const half = (2n * abs(numerator) + denominator) / (2n * denominator);
  return numerator < 0n ? -half : half;
}

// Add two fractions.
export function add(left, right) {
  if (left[1] === right[1]) return [left[0] + right[0], left[1]];
  return [left[0] * right[1] + right[0] * left[1], left[1] * right[1]];
}

const descending = (left, right) => (left === right ? 0 : left > right ? -1 : 1);

// Split a whole number in proportion to weights of zero or more, by largest remainder; of equal remainders the first comes first.
export function spread(total, weights) {
  const whole = sum(weights);
  if (total === 0n) return weights.map(() => 0n);
  if (whole <= 0n) throw new Refused("An amount can only be split over weights that do not add up to zero.");
  if (total < 0n) return spread(-total, weights).map((part) => -part);
  const parts = weights.map((weight) => (total * weight) / whole);
  const remainders = weights.map((weight) => (total * weight) % whole);
  const order = weights.map((_, i) => i).sort((i, k) => descending(remainders[i], remainders[k]) || i - k);
  const missing = Number(total - sum(parts));
  for (const i of order.slice(0, missing)) parts[i] += 1n;
  return parts;
}

const floor = (value) => (value >= 0n ? value / MICRO : -((-value + MICRO - 1n) / MICRO));

// Round numbers of millionths, of any sign, to whole numbers that add up to `total`, by largest remainder.
export function fit(total, exact) {
  const parts = exact.map(floor);
  const missing = total - sum(parts);
  const remainders = exact.map((value, i) => value - parts[i] * MICRO);
  const order = exact.map((_, i) => i).sort((i, k) => descending(remainders[i], remainders[k]) || i - k);
  for (let turn = 0; turn < Number(abs(missing)); turn += 1) parts[order[turn % order.length]] += missing > 0n ? 1n : -1n;
  return parts;
}
