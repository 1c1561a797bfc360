// What is to be paid, as domain/rules/payment.py has it: cash rounding of the cash part, change, and loyalty points. In minor units.
import { abs, divide, sum } from "./exact.js";

export const roundCash = (amount, step) => (step <= 1n ? amount : divide(amount, step) * step);

// Settle a total with tenders other than cash and the cash given: {open, cash, cashDue, rounding, change, paid}.
export function settle(total, others, given, step) {
  const rest = total - sum(others);
  const due = roundCash(rest, step);
  if (rest === 0n) return settled(0n, 0n, 0n, 0n, given);
  const covers = given !== 0n && (rest > 0n ? given >= due : given <= due);
  if (covers || (due === 0n && abs(rest) * 2n < step)) return settled(0n, due, due, due - rest, given - due);
  return settled(rest - given, given, roundCash(rest - given, step), 0n, 0n);
}

const settled = (open, cash, cashDue, rounding, change) => ({ open, cash, cashDue, rounding, change, paid: open === 0n });

export function points(total, unit, each = 1n) {
  if (unit <= 0n) return 0n;
  const found = (abs(total) / unit) * each;
  return total >= 0n ? found : -found;
}

// Sums of cash a customer is likely to hand over for what is due: the exact sum, then the next of each note and coin.
export function quickCash(due, notes) {
  if (due <= 0n) return [];
  const found = new Set([due]);
  for (const note of notes) found.add(((due + note - 1n) / note) * note);
  return [...found].sort((left, right) => (left < right ? -1 : 1)).slice(0, 6);
}
