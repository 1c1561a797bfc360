/** Ctrl K: the page's own commands, the navigation, and what global search finds, behind one input. */

import { open } from "./dialogs.js";
import { steer } from "./listbox.js";

const dialog = document.getElementById("wf-palette");

/** Everything that can be done from here, read off the page itself: who may not do a thing does not see it. */
function commands() {
  const groups = new Map([["On this page", []], ["Go to", []], ["Do", []]]);
  const visible = (element) => element.closest("main") === null || element.offsetParent !== null;
  for (const element of document.querySelectorAll("main [data-command]")) {
    if (visible(element)) groups.get("On this page").push([element.dataset.command, element, element.dataset.key]);
  }
  for (const link of document.querySelectorAll(".wf-nav a")) {
    groups.get("Go to").push([link.querySelector("span").textContent, link, link.dataset.go && `g ${link.dataset.go}`]);
  }
  for (const link of document.getElementById("wf-commands").content.querySelectorAll("a")) {
    groups.get("Do").push([link.textContent.trim(), link]);
  }
  for (const element of document.querySelectorAll(".wf-side [data-command], .wf-top [data-command]")) {
    groups.get("Do").push([element.dataset.command, element]);
  }
  return groups;
}

/** Whether the letters asked for appear in this order; words that begin with them come first. */
function score(text, asked) {
  const low = text.toLowerCase();
  if (low.startsWith(asked)) return 3;
  if (low.includes(` ${asked}`)) return 2;
  return low.includes(asked) ? 1 : 0;
}

function item([text, element, keys]) {
  const line = document.createElement(element.href ? "a" : "button");
  line.className = "wf-item";
  if (element.href) line.href = element.href;
  const icon = element.querySelector("svg")?.cloneNode(true);
  if (icon) icon.setAttribute("class", "wf-icon");
  const words = Object.assign(document.createElement("span"), { textContent: text });
  line.append(...[icon, words].filter(Boolean));
  for (const key of keys?.split(" ") ?? []) line.append(Object.assign(document.createElement("kbd"), { textContent: key.toUpperCase() }));
  if (!element.href) {
    line.addEventListener("click", () => {
      dialog.close();
      element.click();
    });
  }
  return line;
}

if (dialog) {
  const input = document.getElementById("wf-palette-input");
  const places = document.getElementById("wf-palette-commands");
  const records = document.getElementById("wf-palette-records");
  const list = steer(input, document.getElementById("wf-palette-list"));
  let all = new Map();

  const show = () => {
    const asked = input.value.trim().toLowerCase();
    const blocks = [];
    for (const [title, entries] of all) {
      const found = asked
        ? entries.map((entry) => [score(entry[0], asked), entry]).filter(([rank]) => rank).sort((a, b) => b[0] - a[0]).map(([, entry]) => entry)
        : entries;
      if (!found.length) continue;
      const id = `wf-palette-${blocks.length}`;
      const block = document.createElement("div");
      block.setAttribute("role", "group");
      block.setAttribute("aria-labelledby", id);
      block.append(Object.assign(document.createElement("div"), { textContent: title, id, className: "wf-found-title" }), ...found.map(item));
      blocks.push(block);
    }
    places.replaceChildren(...blocks);
    list.refresh({ first: true });
  };

  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    if (dialog.open) return dialog.close();
    all = commands();
    input.value = "";
    records.replaceChildren();
    open(dialog);
    show();
  });
  input.addEventListener("input", () => {
    if (!input.value.trim()) records.replaceChildren();
    show();
  });
  new MutationObserver(() => list.refresh({ first: !list.active() })).observe(records, { childList: true });
}
