// The live half of the barcode tester: reads the code as the till does, at each key.
import { patterns, readScan } from "./till/barcodes.js";
import { plain } from "./till/rules/exact.js";

const KINDS = {
  gtin: "Number of a product (GTIN)",
  weight: "Label of a scale, with a weight",
  price: "Label of a scale, with a price",
  gs1: "GS1 data",
  link: "GS1 Digital Link",
  own: "A code of your own",
  coupon: "Coupon or refund receipt",
  sscc: "Parcel or pallet",
  invalid: "Not readable",
};

const code = document.querySelector('[name="code"]');
const known = document.querySelector('[name="patterns"]');
const place = document.getElementById("reading");

function facts(read) {
  const found = [["What it is", KINDS[read.kind]]];
  if (read.why) found.push(["Why", read.why]);
  if (read.keys.length) found.push(["Looked up as", read.keys.join(", ")]);
  if (read.grams !== undefined) found.push(["Weight", `${plain(read.grams, 3)} kg`]);
  if (read.kilograms) found.push(["Weight", `${plain(...read.kilograms)} kg`]);
  if (read.units !== undefined) found.push(["Price in the smallest coins", String(read.units)]);
  if (read.price) found.push(["Price", plain(...read.price)]);
  if (read.lot) found.push(["Lot or serial number", read.lot]);
  if (read.expires) found.push(["Until", read.expires]);
  return found;
}

function draw() {
  const wanted = known.value.split(/[\s,;]+/).filter(Boolean);
  const read = patterns(known.value);
  const shown = code.value.trim() ? facts(readScan(code.value, read)) : [];
  if (read.length !== wanted.length) shown.push(["Patterns", "One of them does not make 13 characters, or has other letters than P, W, V and C."]);
  place.replaceChildren(
    ...shown.map(([name, value]) => {
      const row = document.createElement("p");
      row.className = "mb-0";
      row.append(Object.assign(document.createElement("strong"), { textContent: `${name}: ` }), value);
      return row;
    }),
  );
}

for (const field of [code, known]) field.addEventListener("input", draw);
draw();
