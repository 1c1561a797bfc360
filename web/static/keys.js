/** The keyboard: `/` searches, `g` and a letter goes, `?` helps, j and k walk down a table, a button's own key presses it. */

import { isTyping } from "./enhance.js";
import { open } from "./dialogs.js";
import { fold } from "./shell.js";

const OFF = "weft.keys.off";
const root = document.documentElement;
let going = 0;

const isOn = () => localStorage.getItem(OFF) === null;
const visible = (element) => element.offsetParent !== null;

function stay() {
  clearTimeout(going);
  going = 0;
  delete root.dataset.going;
}

function go() {
  root.dataset.going = "";
  going = setTimeout(stay, 2000);
}

/** Move focus to the link of the next row, or the one before. */
function walk(step) {
  const links = [...document.querySelectorAll("main a[data-row]")].filter(visible);
  if (!links.length) return;
  const here = links.indexOf(document.activeElement.closest("tr")?.querySelector("a[data-row]"));
  const next = links[here === -1 ? (step > 0 ? 0 : links.length - 1) : Math.max(0, Math.min(here + step, links.length - 1))];
  next.focus({ preventScroll: true });
  next.closest("tr").scrollIntoView({ block: "nearest" });
}

function help() {
  const dialog = document.getElementById("wf-keys");
  if (!dialog) return;
  const section = document.getElementById("wf-keys-page");
  const own = [...document.querySelectorAll("main [data-key]")].filter(visible);
  section.hidden = !own.length;
  section.querySelector("dl").replaceChildren(...own.map((element) => {
    const line = document.createElement("div");
    const key = document.createElement("dd");
    key.append(Object.assign(document.createElement("kbd"), { textContent: element.dataset.key.toUpperCase() }));
    line.append(Object.assign(document.createElement("dt"), { textContent: element.dataset.command }), key);
    return line;
  }));
  open(dialog);
}

/** Press a button, or open a part of the page and go to its first field; closed again, the key leads back to its heading. */
function press(own) {
  own.click();
  if (own.localName !== "summary") return;
  const part = own.parentElement;
  (part.open && part.querySelector("input:not([type=hidden]), select, textarea") || own).focus();
}

const KEYS = {
  "/": () => document.getElementById("wf-search")?.focus(),
  "?": help,
  "[": fold,
  g: go,
  j: () => walk(1),
  k: () => walk(-1),
  x: () => document.activeElement.closest("tr")?.querySelector("[data-pick]")?.click(),
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape" && isTyping(event.target) && !event.target.closest("dialog, [popover]")) event.target.blur();
  if (isTyping(event.target) || !isOn() || document.querySelector("dialog[open]")) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (going) {
    const link = document.querySelector(`[data-go="${CSS.escape(key)}"]`);
    stay();
    if (link) {
      event.preventDefault();
      return link.click();
    }
  }
  const own = KEYS[key] ? null : [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(visible);
  if (!own && !KEYS[key]) return;
  event.preventDefault();
  if (own) press(own);
  else KEYS[key]();
});

const toggle = document.getElementById("wf-keys-on");
if (toggle) {
  toggle.checked = isOn();
  toggle.addEventListener("change", () => (toggle.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "")));
}
