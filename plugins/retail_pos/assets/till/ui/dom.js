// Small tools of the till's pages: elements, dialogs, toasts, keypads, money as people write it.
import { Refused, minor, plain, scaled } from "../rules/exact.js";

// Make an element: h("button.big", { onclick }, "Pay"). Falsy children are left out.
export function h(what, facts = {}, ...children) {
  const [tag, ...classes] = what.split(".");
  const made = document.createElement(tag || "div");
  if (classes.length) made.className = classes.join(" ");
  for (const [name, value] of Object.entries(facts)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "class") made.className += ` ${value}`;
    else if (name in made && typeof value !== "string") made[name] = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat(3).filter((child) => child !== undefined && child !== null && child !== false && child !== ""));
  return made;
}

export const show = (place, ...children) => place.replaceChildren(...children.flat(3).filter(Boolean));

const ICONS = {
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Zm5 11.5L21 21",
  menu: "M4 6h16M4 12h16M4 18h16",
  close: "M6 6l12 12M18 6 6 18",
  person: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM4 20c1-4 4-6 8-6s7 2 8 6",
  cloud: "M7 18a4 4 0 0 1-.6-8A6 6 0 0 1 18 8.5 4.8 4.8 0 0 1 17.500 18Z",
  away: "M3 3l18 18M7 18a4 4 0 0 1-.6-8M10 5.300A6 6 0 0 1 18 8.500 4.800 4.800 0 0 1 20.500 16",
  camera: "M4 8h3l2-3h6l2 3h3v11H4ZM12 10a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7Z",
  back: "M9 7 4 12l5 5M4 12h16",
  tag: "M4 4h8l8 8-8 8-8-8ZM8 8h.01",
  park: "M6 4v16M6 5h8a4 4 0 0 1 0 8H6",
  trash: "M5 7h14M10 4h4M7 7l1 13h8l1-13M10 11v5M14 11v5",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
};

export function icon(name) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  made.setAttribute("viewBox", "0 0 24 24");
  made.setAttribute("class", "icon");
  made.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  made.append(path);
  return made;
}

// Write an amount of plain decimals as people of the page's language do, without a detour over floats.
export function money(text, settings, { sign = false } = {}) {
  const units = minor(text, settings.digits);
  const format = formatOf(settings.currency, settings.digits);
  const written = format.format(plain(units < 0n ? -units : units, settings.digits));
  return units < 0n ? `−${written}` : sign ? `+${written}` : written;
}

const formats = new Map();
function formatOf(currency, digits) {
  if (!formats.has(currency))
    formats.set(currency, new Intl.NumberFormat(document.documentElement.lang || "en", { style: "currency", currency, minimumFractionDigits: digits, maximumFractionDigits: digits }));
  return formats.get(currency);
}

// What a tax is called, by its code and rate; the code where it is not known any more.
export function taxTitle(tax, settings) {
  const known = Object.values(settings.taxes).flat().find((each) => each.code === tax.code);
  const rate = `${tax.rate} %`;
  return known ? (known.title.includes("%") ? known.title : `${known.title} ${rate}`) : `${tax.code} ${rate}`;
}

const TENDERS = { cash: "Cash", card: "Card", gift_card: "Gift card", store_credit: "Store credit", loyalty: "Points" };

// What a way to pay is called: as every till does, or as the business does.
export const tenderTitle = (type, settings) => TENDERS[type] ?? (settings.tenders ?? []).find((each) => each.type === type)?.title ?? type.replaceAll("_", " ");

// Read an amount that was typed, with a comma or a point; refuses what is none.
export function typed(text, places) {
  const tidy = text.trim().replace(/\s/g, "").replace(",", ".");
  if (!/^-?\d*\.?\d*$/.test(tidy) || !/\d/.test(tidy)) throw new Refused("Enter a number, such as 12.50.");
  const value = tidy.replace(/^(-?)\./, "$10.").replace(/\.$/, "");
  scaled(value, places);
  return value;
}

export function toast(words, kind = "info") {
  const place = document.getElementById("toasts");
  const made = h("div.toast", { class: kind, role: kind === "bad" ? "alert" : "status" }, words);
  place.append(made);
  setTimeout(() => made.remove(), kind === "bad" ? 6000 : 3000);
}

// Do something, and tell the person why where it is refused.
export async function tried(work) {
  try {
    return await work();
  } catch (wrong) {
    if (!(wrong instanceof Refused)) console.error(wrong);
    toast(wrong.message, "bad");
    return undefined;
  }
}

// Open a dialog: `fill(close)` returns its content; resolves with what `close` is handed.
export function dialog(title, fill, { wide = false, keep = false, kind = "" } = {}) {
  return new Promise((resolve) => {
    const close = (value) => {
      made.close();
      made.remove();
      resolve(value);
    };
    const heading = h("h2", {}, title);
    const made = h("dialog.dialog", { class: `${wide ? "wide" : ""} ${kind}`, "aria-label": title },
      h("header", {}, heading, !keep && h("button.quiet", { type: "button", "aria-label": "Close", onclick: () => close() }, icon("close"))),
    );
    made.addEventListener("cancel", (event) => {
      event.preventDefault();
      if (!keep) close();
    });
    made.append(...[fill(close)].flat(3).filter(Boolean));
    document.body.append(made);
    made.showModal();
    made.querySelector("[autofocus]")?.focus();
  });
}

export function confirm(title, words, yes = "Yes") {
  return dialog(title, (close) => [
    h("p", {}, words),
    h("div.row.end", {}, h("button.big", { type: "button", onclick: () => close(false) }, "Cancel"), h("button.big.primary", { type: "button", autofocus: true, onclick: () => close(true) }, yes)),
  ]);
}

// A field with a keypad of big keys below it, for fingers; the keyboard types into it as well. `enter` gets the text.
export function keypad({ label, value = "", enter, secret = false, button = "OK", decimals = true, extra = [] }) {
  let fresh = value !== "";
  const field = h("input.pad-field", { type: secret ? "password" : "text", inputmode: "none", autocomplete: "off", "aria-label": label, autofocus: true });
  field.value = value;
  const press = (key) => {
    if (key === "⌫") field.value = field.value.slice(0, -1);
    else field.value = (fresh ? "" : field.value) + key;
    fresh = false;
    field.focus();
  };
  const key = (text) => h("button.key", { type: "button", onclick: () => press(text), "aria-label": text === "⌫" ? "Delete" : text }, text);
  field.addEventListener("beforeinput", () => {
    if (fresh) field.value = "";
    fresh = false;
  });
  const form = h("form.pad", { onsubmit: (event) => { event.preventDefault(); enter(field.value); } },
    field,
    ...extra,
    h("div.keys", {}, [..."789456123"].map(key), key(decimals ? "." : "00"), key("0"), key("⌫")),
    h("button.big.primary", { type: "submit" }, button),
  );
  form.field = field;
  return form;
}

// Ask for a number; resolves with its text, or nothing.
export const askNumber = (title, { value, places = 2, button, words } = {}) =>
  dialog(title, (close) => [
    words && h("p.muted", {}, words),
    keypad({ label: title, value, button, enter: (text) => tried(() => close(typed(text, places))) }),
  ]);

export const askText = (title, { value = "", button = "OK", words, hint = "" } = {}) =>
  dialog(title, (close) => {
    const field = h("input.field", { type: "text", "aria-label": title, autofocus: true, placeholder: hint, maxlength: "190" });
    field.value = value;
    return h("form.stack", { onsubmit: (event) => { event.preventDefault(); close(field.value.trim()); } }, words && h("p.muted", {}, words), field, h("div.row.end", {}, h("button.big.primary", { type: "submit" }, button)));
  });
