// What is for sale: kept in IndexedDB, found in memory. 100,000 items are found by code at once, and by words as one types.
import { micro } from "./rules/exact.js";
import { patterns, readScan } from "./barcodes.js";

// Small letters without marks: "Crème" is found by "creme".
export const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export class Book {
  constructor() {
    this.clear();
    this.patterns = [];
  }

  clear() {
    this.items = []; // holes where one was taken out
    this.hay = [];
    this.places = new Map(); // id → place
    this.codes = new Map(); // barcode key or SKU → [place, units]
    this.size = 0;
  }

  setPatterns(text) {
    this.patterns = patterns(text ?? "");
  }

  add(item) {
    this.remove(item.id);
    if (!item.for_sale) return;
    const place = this.items.push(item) - 1;
    this.hay.push(folded(`${item.name} ${item.sku} ${item.barcodes.map(([key]) => key).join(" ")}`));
    this.places.set(item.id, place);
    if (item.sku) this.codes.set(item.sku.toUpperCase(), [place, "1"]);
    for (const [key, units] of item.barcodes) this.codes.set(key, [place, units]);
    this.size += 1;
  }

  remove(id) {
    const place = this.places.get(id);
    if (place === undefined) return;
    const item = this.items[place];
    for (const key of [item.sku.toUpperCase(), ...item.barcodes.map(([code]) => code)]) if (this.codes.get(key)?.[0] === place) this.codes.delete(key);
    this.items[place] = undefined;
    this.hay[place] = "";
    this.places.delete(id);
    this.size -= 1;
  }

  get(id) {
    return this.items[this.places.get(id)];
  }

  // What a scan means: {item, units, reading}, or {reading} with `reading.why` or nothing found.
  scan(text) {
    const reading = readScan(text, this.patterns);
    if (reading.kind === "coupon" || reading.kind === "sscc") return { reading };
    for (const key of reading.keys) {
      const found = this.codes.get(key);
      if (found) return { item: this.items[found[0]], units: found[1], reading };
    }
    const own = this.codes.get(text.trim().toUpperCase());
    return own ? { item: this.items[own[0]], units: own[1], reading: { ...reading, why: undefined } } : { reading };
  }

  // Items that hold all words, those that begin with the first one in front.
  search(text, limit = 24) {
    const words = folded(text).split(/\s+/).filter(Boolean);
    if (!words.length) return [];
    const rarest = [...words].sort((one, other) => other.length - one.length); // long words are in fewest names
    const first = [];
    const others = [];
    for (let place = 0; place < this.hay.length && first.length < limit; place += 1) {
      const hay = this.hay[place];
      if (!hay || !rarest.every((word) => hay.includes(word))) continue;
      if (hay.startsWith(words[0])) first.push(this.items[place]);
      else if (others.length < limit) others.push(this.items[place]);
    }
    return [...first, ...others].slice(0, limit);
  }

  some(limit = 24) {
    return this.items.filter(Boolean).slice(0, limit);
  }
}

// The price of an item for a quantity, in text; nothing where there is none.
export function priceOf(item, quantity = "1") {
  const wanted = micro(quantity);
  let found;
  for (const [least, amount] of item.prices) if (micro(least) <= (wanted < 0n ? -wanted : wanted)) found = amount;
  return found ?? item.prices[0]?.[1];
}
