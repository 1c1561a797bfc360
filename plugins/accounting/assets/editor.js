/** The lines of an invoice by keyboard: what the catalogue finds while one types, scans, rows that add themselves, Enter goes on. */

import { announce, enhance } from "../weft/enhance.js";
import { steer } from "../weft/listbox.js";

const PAUSE = 180;
const FILLED = { item: "id", unit: "unit", tax_category: "tax_category", kind: "kind", detail: "detail" };

enhance("[data-invoice-lines]", (table) => {
  const body = table.querySelector("tbody");
  const pattern = table.querySelector("template");
  const form = table.closest("form");
  const source = table.dataset.source;

  const field = (row, name) => row.querySelector(`[name$=".${name}"]`);
  const isEmpty = (row) => !["description", "unit_price", "account"].some((name) => field(row, name).value);
  const told = (input) => input.dispatchEvent(new Event("input", { bubbles: true }));

  function another() {
    const place = body.rows.length;
    const holder = document.createElement("template");
    holder.innerHTML = pattern.innerHTML.replaceAll("__PLACE__", place).replaceAll("__NUMBER__", place + 1);
    const row = holder.content.querySelector("tr");
    const last = body.rows[place - 1];
    if (last) {
      const before = [...last.querySelectorAll(".acc-taxes select")];
      row.querySelectorAll(".acc-taxes select").forEach((select, at) => { select.value = before[at]?.value ?? ""; });
    }
    body.append(row);
    ready(row);
    return row;
  }

  function included() {
    return form.querySelector('[name="included"][type="checkbox"]');
  }

  /** Put what was found into a row; the first price of a document says whether its prices hold tax. */
  function fill(row, found) {
    const switcher = included();
    const priced = [...body.rows].some((each) => each !== row && field(each, "unit_price").value);
    if (switcher && found.price && !priced) switcher.checked = found.price_included;
    field(row, "description").value = found.name;
    for (const [name, key] of Object.entries(FILLED)) field(row, name).value = found[key] ?? "";
    const price = switcher?.checked ? found.gross : found.net;
    if (price) field(row, "unit_price").value = price;
    announce(`${found.name}${price ? `, ${price}` : ""}`);
    told(field(row, "description"));
  }

  async function ask(parameters, signal) {
    const address = new URL(source, location.href);
    const typed = (name) => form.elements.namedItem(name)?.value ?? "";
    const asked = { day: typed("tax_day") || typed("issued"), currency: typed("currency"), party: typed("party"), position: typed("position") };
    for (const [name, value] of Object.entries(asked)) if (value) address.searchParams.set(name, value);
    for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
    const response = await fetch(address, { signal, headers: { Accept: "application/json" } });
    return response.ok ? (await response.json()).items : [];
  }

  function go(input, row) {
    const all = [...table.querySelectorAll("tbody input:not([type=hidden]), tbody select")].filter((each) => each.offsetParent);
    const next = all[all.indexOf(input) + 1];
    if (next) return next.focus();
    field(isEmpty(row) ? row : another(), "description").focus();
  }

  function ready(row) {
    const input = field(row, "description");
    const list = Object.assign(document.createElement("div"), { className: "wf-combo-list acc-found", popover: "manual" });
    input.after(list);
    let timer, request, found = [];

    const steering = steer(input, list, { selector: "[role=option]", take: (option) => choose(found[Number(option.dataset.at)]) });

    list.setAttribute("aria-label", "What the catalogue has");

    function close() {
      if (list.matches(":popover-open")) list.hidePopover();
      list.replaceChildren();
      steering.refresh();
    }

    function choose(item) {
      close();
      fill(row, item);
      field(row, "quantity").focus();
      field(row, "quantity").select();
    }

    async function look() {
      request?.abort();
      request = new AbortController();
      const query = input.value.trim();
      if (query.length < 2 || !source) return close();
      try {
        found = await ask({ q: query }, request.signal);
      } catch {
        return undefined;
      }
      if (!found.length || document.activeElement !== input) return close();
      list.replaceChildren(...found.map((item, at) => {
        const option = document.createElement("div");
        option.setAttribute("role", "option");
        option.dataset.at = at;
        option.append(item.name, Object.assign(document.createElement("small"), { textContent: [item.sku, item.shown].filter(Boolean).join(" · ") }));
        return option;
      }));
      if (!list.matches(":popover-open")) list.showPopover();
      const box = input.getBoundingClientRect();
      Object.assign(list.style, { left: `${box.left}px`, top: `${box.bottom + 4}px` });
      return steering.refresh();
    }

    /** A scanner types a code and presses Enter: the line is filled and the next one waits. */
    async function scan() {
      const code = input.value.trim();
      const [item] = code && source && !field(row, "item").value ? await ask({ scan: code }) : [];
      if (!item) return go(input, row);
      close();
      fill(row, item);
      if (item.quantity && item.quantity !== "1") field(row, "quantity").value = item.quantity;
      const next = row.nextElementSibling ?? another();
      return field(next, "description").focus();
    }

    input.addEventListener("input", (event) => {
      if (!event.isTrusted) return;
      field(row, "item").value = "";
      clearTimeout(timer);
      timer = setTimeout(look, PAUSE);
    });
    input.addEventListener("blur", () => setTimeout(close, 120));
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) choose(found[Number(option.dataset.at)]);
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && list.matches(":popover-open")) {
        event.preventDefault();
        event.stopPropagation();
        close();
      } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && !event.defaultPrevented) {
        event.preventDefault();
        event.stopPropagation();
        clearTimeout(timer);
        request?.abort();
        scan();
      }
    });
  }

  table.addEventListener("input", () => {
    if (!isEmpty(body.rows[body.rows.length - 1])) another();
  });
  table.addEventListener("keydown", (event) => {
    const input = event.target;
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && input.matches("input, select") && !event.defaultPrevented) {
      event.preventDefault(); // Enter goes on as Tab does; Ctrl Enter keeps the document
      go(input, input.closest("tr"));
    }
  });
  for (const row of body.rows) ready(row);
});
