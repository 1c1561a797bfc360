// What a scanner sent: a GTIN, a weight or price in an in-store code, GS1 data or a Digital Link, or a code of the shop's own.

export const FNC1 = "\u001d";
const DIGITS = /^[0-9]+$/;
const SYMBOLOGIES = new Set(["]C1", "]e0", "]e1", "]e2", "]d2", "]Q3", "]J1"]);

// The last digit that goes with those before it (GS1 General Specifications, section 7.9.1).
export function checkDigit(body) {
  let sum = 0;
  for (let at = body.length - 1, weight = 3; at >= 0; at -= 1, weight = 4 - weight) sum += Number(body[at]) * weight;
  return String((10 - (sum % 10)) % 10);
}

const right = (digits) => checkDigit(digits.slice(0, -1)) === digits.at(-1);
export const gtin14 = (digits) => digits.padStart(14, "0");
const invalid = (why, text) => ({ kind: "invalid", text, keys: [], why });

// Patterns such as "21PPPPPWWWWWC": prefix, digits of the item, grams (W) or minor units of a price (V), check digit.
export function patterns(text) {
  const found = [];
  for (const part of text.toUpperCase().split(/[\s,;]+/).filter(Boolean)) {
    const match = /^(2\d|02|04)(P{3,7})(W{4,6}|V{4,6})C$/.exec(part);
    if (match && part.length === 13) found.push({ prefix: match[1], item: match[2].length, value: match[3].length, weighs: match[3][0] === "W" });
  }
  return found;
}

function inStore(code, known) {
  const pattern = code.length === 13 && right(code) ? known.find((each) => code.startsWith(each.prefix)) : null;
  if (!pattern) return null;
  const item = code.slice(2, 2 + pattern.item);
  const value = code.slice(2 + pattern.item, 12);
  const body = `${pattern.prefix}${item}${"0".repeat(pattern.value)}`;
  const keys = [gtin14(code), gtin14(body + checkDigit(body)), gtin14(`${pattern.prefix}${item}`), item, `${pattern.prefix}${item}`];
  // in thousandths of a kilogram, or in minor units
  return { kind: pattern.weighs ? "weight" : "price", text: code, keys, [pattern.weighs ? "grams" : "units"]: BigInt(value) };
}

function expandUpcE(digits) {
  if (!/^[01]\d{7}$/.test(digits)) return null;
  const [system, body, last] = [digits[0], digits.slice(1, 7), digits[7]];
  const tail = body[5];
  let long;
  if ("012".includes(tail)) long = `${body.slice(0, 2)}${tail}0000${body.slice(2, 5)}`;
  else if (tail === "3") long = `${body.slice(0, 3)}00000${body.slice(3, 5)}`;
  else if (tail === "4") long = `${body.slice(0, 4)}00000${body[4]}`;
  else long = `${body.slice(0, 5)}0000${tail}`;
  const full = `${system}${long}${last}`;
  return right(full) ? full : null;
}

function number(code, known) {
  const ok = right(code);
  const thirteen = gtin14(code).slice(1);
  if (ok && code.length !== 8 && gtin14(code)[0] === "0" && /^(98[0-4]|99)/.test(thirteen))
    return { kind: "coupon", text: code, keys: [], why: "This is the code of a coupon or a refund receipt, not of a product." };
  const own = inStore(code, known);
  if (own) return own;
  const full = ok ? null : expandUpcE(code);
  if (full) return { kind: "gtin", text: code, keys: [gtin14(full), code] };
  if (!/[1-9]/.test(code)) return invalid("All zeros name no product.", code);
  if (!ok) return { ...invalid(`The check digit is wrong: the last digit should be ${checkDigit(code.slice(0, -1))}. Scan it again.`, code), keys: [code] };
  return { kind: "gtin", text: code, keys: [gtin14(code)] };
}

// How long an application identifier is, and its data where that has a fixed length (GS1 General Specifications, figure 7.8.5-2).
const FIXED = { "00": 18, "01": 14, "02": 14, "03": 14, "04": 16, 11: 6, 12: 6, 13: 6, 14: 6, 15: 6, 16: 6, 17: 6, 18: 6, 19: 6, 20: 2, 31: 6, 32: 6, 33: 6, 34: 6, 35: 6, 36: 6, 41: 13 };
const identifier = (data) => data.slice(0, /^(3[1-69]|43|7[0-2]|8[0-2])/.test(data) ? (/^71[0-9]/.test(data) ? 3 : 4) : /^(23|24|25|40|41|42)/.test(data) ? 3 : 2);

function elements(data) {
  const found = {};
  let rest = data;
  while (rest) {
    if (rest[0] === FNC1) { rest = rest.slice(1); continue; }
    const ai = identifier(rest);
    const fixed = FIXED[ai.slice(0, 2)];
    const after = rest.slice(ai.length);
    const end = fixed ?? (after.indexOf(FNC1) + 1 || after.length + 1) - 1;
    const value = after.slice(0, end);
    if (!DIGITS.test(ai) || !value || (fixed && value.length < fixed) || (fixed && !DIGITS.test(value)) || found[ai] !== undefined) return null;
    found[ai] = value;
    rest = after.slice(end);
  }
  return found;
}

// A date of six digits as GS1 has it: the century nearest to this year's, and day 00 for the last of the month.
export function gs1Date(text, year = new Date().getFullYear()) {
  const short = Number(text.slice(0, 2));
  let full = Math.floor(year / 100) * 100 + short;
  if (short - (year % 100) >= 51) full -= 100;
  else if (short - (year % 100) <= -50) full += 100;
  const month = Number(text.slice(2, 4));
  const day = Number(text.slice(4, 6)) || new Date(Date.UTC(full, month, 0)).getUTCDate();
  const date = new Date(Date.UTC(full, month - 1, day));
  return date.getUTCMonth() === month - 1 ? date.toISOString().slice(0, 10) : "";
}

function message(data, kind) {
  const found = elements(data);
  const wrong = invalid("This looks like GS1 data, but does not follow its rules.", data);
  if (!found) return wrong;
  const gtin = found["01"] ?? found["02"];
  if (!gtin) return found["00"] ? { ...invalid("This is the number of a parcel or pallet (SSCC), not of a product.", data), kind: "sscc" } : wrong;
  if (!right(gtin)) return invalid(`The check digit of ${gtin} is wrong. Scan it again.`, data);
  const read = { kind, text: data, keys: [gtin], lot: found["10"] ?? found["21"] ?? "", expires: found["17"] ? gs1Date(found["17"]) : found["15"] ? gs1Date(found["15"]) : "", elements: found };
  const weight = Object.keys(found).find((ai) => /^310[0-5]$/.test(ai));
  if (weight) read.kilograms = [BigInt(found[weight]), Number(weight[3])]; // with so many decimals
  const price = Object.keys(found).find((ai) => /^392[0-9]$/.test(ai));
  if (price) read.price = [BigInt(found[price]), Number(price[3])];
  return read;
}

function link(address) {
  let url;
  try { url = new URL(address); } catch { return invalid("This address is no GS1 Digital Link: it names no product.", address); }
  const parts = url.pathname.split("/").filter(Boolean).map(decodeURIComponent);
  const at = parts.indexOf("01");
  if (at < 0 || !parts[at + 1]) return invalid("This web address is no GS1 Digital Link: it names no product.", address);
  const pairs = [];
  for (let i = at; i + 1 < parts.length; i += 2) pairs.push([parts[i], parts[i] === "01" ? gtin14(parts[i + 1]) : parts[i + 1]]);
  for (const [ai, value] of url.searchParams) if (DIGITS.test(ai)) pairs.push([ai, value]);
  return message(pairs.map(([ai, value]) => `${ai}${value}${FNC1}`).join(""), "link");
}

// Read what was scanned or typed: {kind, keys, why?, grams?, units?, kilograms?, price?, lot?, expires?}. It never throws.
export function readScan(text, known = []) {
  const sent = text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
  const symbology = sent.startsWith("]") ? sent.slice(0, 3) : "";
  const data = sent.slice(symbology.length);
  if (!data) return invalid("Nothing was scanned.", "");
  if (/^https?:\/\//i.test(data)) return link(data);
  if (SYMBOLOGIES.has(symbology) || data.includes(FNC1)) return message(data, "gs1");
  if (data.startsWith("(")) return message(data.replace(/\((\d{2,4})\)/g, (_, ai) => `${FNC1}${ai}`).replace(/^\u001d/, ""), "gs1");
  const code = /^[0-9][0-9 \-]*[0-9]$/.test(data) ? data.replace(/[ -]/g, "") : data;
  if (!DIGITS.test(code)) {
    if (/^0[12]\d{14}./.test(code) && right(code.slice(2, 16))) return message(code, "gs1");
    return { kind: "own", text: data, keys: [data.toUpperCase()] };
  }
  if ([8, 12, 13, 14].includes(code.length)) return number(code, known);
  if (code.length >= 16) {
    const read = message(code, "gs1");
    if (read.kind !== "invalid" || read.why.startsWith("The check digit")) return read;
  }
  return { ...invalid(`${code} has ${code.length} digits; a barcode has 8, 12, 13 or 14. Scan it again.`, code), kind: "own", keys: [code] };
}
