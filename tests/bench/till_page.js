// What tests/bench/till.py does inside the page.

const frame = () =>
  new Promise((done) =>
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = done;
      port2.postMessage(0);
    }),
  );

const WORDS = ["Chocolate", "Crème", "Biscuit", "Oil", "Tea", "Soap", "Café", "Bread"];
const KINDS = ["Food > Chocolate", "Food > Snacks", "Drinks", "Household"];
const SESSION = {
  id: "s", day: "2026-01-01", opened_at: "2026-01-01T00:00:00.000Z", float: "0", cash: "0", tenders: {}, movements: {},
  receipts: 0, returns: 0, net: "0", discount: "0", taxes: {},
};
const SETTINGS = {
  till: "T1", title: "Till", business: "Shop", store: "Shop", address: "", phone: "", head: "", foot: "", timezone: "UTC",
  currency: "EUR", digits: 2, taxes_included: true, tax_per: "document", cash_step: "0", points_unit: "0", now: "",
  taxes: { "": [{ code: "A", title: "VAT 20 %", rate: "20", kind: "percent" }] },
  promotions: [
    { code: "THREE", title: "3 for 2", kind: "buy_n_pay_m", n: 3, m: 2, mixed: true, goods: { categories: ["Food"] } },
    { code: "TEN", title: "10 % off", kind: "percent_off", percent: "10", goods: { categories: ["Drinks"] } },
  ],
  operators: [{ id: "o", name: "Kim", role: "cashier", pin_hash: "" }],
  denominations: ["20", "10", "5"],
  in_store_codes: "21PPPPPWWWWWC",
};

// Put products on the device, and a till that is open; returns some of their codes.
export async function seed(count) {
  const { Db } = await import("/till/db.js");
  const { checkDigit } = await import("/till/barcodes.js");
  const db = await Db.open();
  const codes = [];
  const product = (n) => {
    const body = `400${String(n).padStart(9, "0")}`;
    const code = body + checkDigit(body);
    if (n % 97 === 0) codes.push(code);
    return {
      id: `00000000-0000-7000-8000-${String(n).padStart(12, "0")}`, sku: `P-${n}`, name: `${WORDS[n % 8]} ${WORDS[(n >> 3) % 8]} ${n}`, for_sale: true,
      unit: "pcs", category: KINDS[n % 4], tags: n % 3 ? ["organic"] : [], tax_category: "", barcodes: [[`0${code}`, "1"]],
      prices: [["0", `${n % 90}.${String(n % 100).padStart(2, "0")}`]],
    };
  };
  for (let first = 0; first < count; first += 10_000)
    await db.write(["items"], async ({ items }) => {
      for (let n = first; n < Math.min(count, first + 10_000); n += 1) items.put(product(n));
    });
  await db.keep("settings", { ...SETTINGS, count });
  await db.keep("device", { key: "k", till: "T1", title: "Till", store: "Shop" });
  await db.keep("operator", "o");
  await db.keep("session", SESSION);
  return codes;
}

async function timed(act) {
  await frame();
  const begun = performance.now();
  act();
  await frame();
  return performance.now() - begun;
}

const lines = () => document.querySelectorAll("#lines .line").length;

async function clear() {
  document.querySelector('[aria-label="Clear the basket"]').click();
  await frame();
  document.querySelector("dialog[open] .primary")?.click();
  while (lines()) await frame();
}

// Scan codes into baskets of up to 30 lines; returns the milliseconds until each line was on screen.
export async function scans(codes) {
  const field = document.getElementById("search");
  const times = [];
  for (const [n, code] of codes.entries()) {
    if (n % 30 === 0) await clear();
    const before = lines();
    times.push(
      await timed(() => {
        for (let end = 1; end <= code.length; end += 1) { // all that a scanner types, and what the till does at each key
          field.value = code.slice(0, end);
          field.dispatchEvent(new Event("input", { bubbles: true }));
        }
        field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
      }),
    );
    if (lines() !== before + 1) throw new Error(`no line for ${code}`);
  }
  return times;
}

export async function bare(count) {
  const list = document.body.appendChild(document.createElement("ul"));
  const times = [];
  for (let n = 0; n < count; n += 1) times.push(await timed(() => list.append(Object.assign(document.createElement("li"), { textContent: n }))));
  list.remove();
  return times;
}

export async function searches(texts) {
  const field = document.getElementById("search");
  const times = [];
  for (const text of texts)
    for (let end = 1; end <= text.length; end += 1) {
      field.value = text.slice(0, end);
      await frame();
      const begun = performance.now();
      field.dispatchEvent(new Event("input", { bubbles: true }));
      await new Promise((done) => setTimeout(done));
      await frame();
      times.push(performance.now() - begun);
    }
  return times;
}
