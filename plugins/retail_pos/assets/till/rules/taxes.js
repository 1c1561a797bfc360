// Taxes on the lines of a receipt, as domain/rules/taxes.py has them: in the price or on top, several on a line, rounded per line or document.
import { HUNDRED, MICRO, add, divide, fit, major, micro, minor, short, sum } from "./exact.js";

const SQUARED = MICRO * MICRO;

const keyOf = (tax) => `${tax.code}\u0000${micro(tax.rate)}\u0000${tax.kind ?? "percent"}`;

// Return the net amount of a line and each of its taxes, in minor units, exactly. A line is {amount, quantity, taxes}.
function exactTaxes(line, included, digits) {
  const rates = line.taxes.map((tax) => [micro(tax.rate), tax.kind ?? "percent"]);
  const of = (wanted) => sum(rates.filter(([, kind]) => kind === wanted).map(([rate]) => rate));
  const percent = of("percent");
  const division = of("division");
  const scale = 10n ** BigInt(digits);
  const fixed = of("fixed") * line.quantity * scale;
  const whole = line.amount * SQUARED;
  let net, gross;
  if (included) {
    gross = [whole - fixed, SQUARED];
    net = [gross[0] * (HUNDRED - division), SQUARED * (HUNDRED + percent)];
  } else {
    net = [whole, SQUARED];
    gross = [whole * (HUNDRED + percent), SQUARED * (HUNDRED - division)];
  }
  const found = rates.map(([rate, kind]) => {
    if (kind === "fixed") return [rate * line.quantity * scale, SQUARED];
    const base = kind === "percent" ? net : gross;
    return [base[0] * rate, base[1] * HUNDRED];
  });
  return { net, found };
}

function fitLines(lines, exact, rounded) {
  const places = new Map();
  lines.forEach((line, i) =>
    line.taxes.forEach((tax, k) => {
      const key = keyOf(tax);
      if (!places.has(key)) places.set(key, []);
      places.get(key).push([i, k]);
    }),
  );
  for (const at of places.values()) {
    const total = divide(...at.map(([i, k]) => exact[i].found[k]).reduce(add, [0n, 1n]));
    const fine = at.map(([i, k]) => divide(exact[i].found[k][0] * MICRO, exact[i].found[k][1]));
    fit(total, fine).forEach((share, at_) => (rounded[at[at_][0]][at[at_][1]] = share));
  }
}

function netOf(lines, exact, rounded, of, comeTo, included, per) {
  const amounts = sum(of.map((i) => lines[i].amount));
  if (!included) return amounts;
  if (per === "line") return amounts - sum(of.map((i) => sum(rounded[i])));
  if (of.every((i) => lines[i].taxes.length === 1)) return amounts - comeTo;
  return divide(...of.map((i) => exact[i].net).reduce(add, [0n, 1n]));
}

const inOrder = (left, right) => (left === right ? 0 : left < right ? -1 : 1);

export function byCodeAndRate(left, right) {
  return inOrder(left.code, right.code) || inOrder(micro(left.rate), micro(right.rate)) || inOrder(left.kind, right.kind);
}

// Return {totals, lines, onTop}: what all taxes come to, what each line's come to, and what prices without taxes leave to add.
export function tax(lines, { included, per, digits }) {
  const exact = lines.map((line) => exactTaxes(line, included, digits));
  const rounded = exact.map(({ found }) => found.map((each) => divide(...each)));
  if (per === "document") fitLines(lines, exact, rounded);
  const known = new Map();
  for (const line of lines) for (const each of line.taxes) known.set(keyOf(each), { ...each, kind: each.kind ?? "percent" });
  const totals = [...known.values()].sort(byCodeAndRate).map((each) => {
    const key = keyOf(each);
    const of = lines.map((_, i) => i).filter((i) => lines[i].taxes.some((other) => keyOf(other) === key));
    const comeTo = sum(of.flatMap((i) => rounded[i].filter((_, k) => keyOf(lines[i].taxes[k]) === key)));
    const net = netOf(lines, exact, rounded, of, comeTo, included, per);
    return { code: each.code, rate: short(micro(each.rate)), net: major(net, digits), tax: major(comeTo, digits), gross: major(net + comeTo, digits) };
  });
  return { totals, lines: rounded, onTop: included ? 0n : sum(rounded.map(sum)) };
}

// Add up the taxes of several parts of a receipt, such as what is sold and what comes back.
export function combine(digits, ...parts) {
  const found = new Map();
  for (const each of parts.flat()) {
    const key = `${each.code}\u0000${each.rate}`;
    const before = found.get(key);
    const plus = (name) => major(minor(before[name], digits) + minor(each[name], digits), digits);
    found.set(key, before ? { ...before, net: plus("net"), tax: plus("tax"), gross: plus("gross") } : { ...each });
  }
  return [...found.values()].sort(byCodeAndRate);
}
