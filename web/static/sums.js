/** A grid of amounts: sums run along, an empty row waits at the end, and `=` fills in what is missing. */

import { announce } from "./enhance.js";

/** Read an amount as people of many countries write it; nothing for what is none. */
function read(text) {
  const bare = text.replace(/[\s'’]/g, "");
  const sign = Math.max(bare.lastIndexOf(","), bare.lastIndexOf("."));
  const both = bare.includes(",") && bare.includes(".");
  // A comma before exactly three final digits is refused when it is sent; here it groups, so that nothing looks even by chance.
  const grouped = !both && ((bare.match(/[.,]/g) ?? []).length > 1 || /^[1-9]\d{0,2},\d{3}$/.test(bare));
  const whole = sign < 0 || grouped ? bare.replace(/[.,]/g, "") : bare.slice(0, sign).replace(/[.,]/g, "");
  const value = Number(sign < 0 || grouped ? whole : `${whole}.${bare.slice(sign + 1)}`);
  return Number.isFinite(value) ? value : 0;
}

/** Let `grid` (an element with `data-sums`) run its sums; its sides are inputs with `data-side="debit"` and `"credit"`. */
export function add(grid) {
  const places = Number(grid.dataset.places ?? 2);
  const shown = new Intl.NumberFormat(document.documentElement.lang || "en-GB", { minimumFractionDigits: places, maximumFractionDigits: places });
  const rows = grid.querySelector("[data-rows]");
  const inputs = (side, root = grid) => [...root.querySelectorAll(`input[data-side="${side}"]`)];
  const sum = (side) => Math.round(inputs(side).reduce((total, input) => total + read(input.value), 0) * 10 ** places) / 10 ** places;
  let even = null;

  function run() {
    const debit = sum("debit");
    const credit = sum("credit");
    const left = Math.round((debit - credit) * 10 ** places) / 10 ** places;
    for (const [name, value] of [["debit", debit], ["credit", credit], ["left", Math.abs(left)]]) {
      for (const output of grid.querySelectorAll(`[data-sum="${name}"]`)) output.textContent = shown.format(value);
    }
    const isEven = left === 0 && debit > 0;
    grid.dataset.even = isEven ? "yes" : "no";
    for (const word of grid.querySelectorAll("[data-sum-word]")) {
      word.textContent = left === 0 ? (debit ? "Balanced" : "Nothing entered yet") : left > 0 ? "Credit missing" : "Debit missing";
    }
    if (even !== null && even !== isEven) announce(isEven ? "The entry balances." : "The entry no longer balances.");
    even = isEven;
    return left;
  }

  function another() {
    const last = rows.lastElementChild;
    if (![...last.querySelectorAll("input")].some((input) => input.value)) return;
    const next = last.cloneNode(true);
    const place = rows.children.length;
    for (const input of next.querySelectorAll("input, select")) {
      const was = input.name;
      input.name = was.replace(/\.\d+\./, `.${place}.`);
      if (input.id) input.id = input.name.replaceAll(".", "-");
      if (input.ariaLabel) input.ariaLabel = input.ariaLabel.replace(/\d+/, place + 1);
      if (input.matches("input")) input.value = "";
      input.removeAttribute("aria-invalid");
      input.removeAttribute("aria-describedby");
    }
    for (const error of next.querySelectorAll(".wf-error")) error.remove();
    rows.append(next);
  }

  grid.addEventListener("input", (event) => {
    const side = event.target.dataset?.side;
    if (side && event.target.value) {
      const other = event.target.closest("tr").querySelector(`input[data-side="${side === "debit" ? "credit" : "debit"}"]`);
      if (other) other.value = "";
    }
    run();
    another();
  });
  grid.addEventListener("keydown", (event) => {
    const input = event.target;
    if (event.key === "=" && input.dataset?.side) {
      event.preventDefault();
      input.value = "";
      const left = run();
      const side = left > 0 ? "credit" : "debit";
      const wanted = input.closest("tr").querySelector(`input[data-side="${side}"]`);
      if (left) wanted.value = Math.abs(left).toFixed(places);
      wanted.focus();
      wanted.dispatchEvent(new Event("input", { bubbles: true }));
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && input.matches("input")) {
      event.preventDefault();  // Enter goes on as Tab does; Ctrl Enter sends the form
      const all = [...grid.querySelectorAll("input")].filter((each) => each.type !== "hidden");
      all[all.indexOf(input) + 1]?.focus();
    }
  });
  run();
}
