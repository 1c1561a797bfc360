/** Menus are native popovers; this places them in browsers that cannot, and lets arrow keys walk through them. */

import { on } from "./enhance.js";

const anchored = CSS.supports("position-area: block-end");
const items = (menu) => [...menu.querySelectorAll(".wf-item:not(:disabled)")].filter((item) => item.offsetParent !== null);

function place(menu, opener) {
  if (menu.matches(".wf-sheet") && innerWidth <= 640) return;
  const from = opener.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const left = menu.dataset.align === "end" ? from.right - width : from.left;
  const below = from.bottom + height + 8 < innerHeight || from.top < height;
  menu.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
  menu.style.top = `${below ? from.bottom : from.top - height - 8}px`;
}

document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!menu.matches?.(".wf-menu") || event.newState !== "open") return;
  const opener = document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`);
  if (!anchored && opener) place(menu, opener);
  const asked = menu.querySelector(".wf-ask input:not([type=hidden])");
  if (asked) asked.focus();
}, true);

on("keydown", ".wf-menu:popover-open", (event, menu) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || event.target.matches("input")) return;
  event.preventDefault();
  const all = items(menu);
  all.at((all.indexOf(document.activeElement) + step) % all.length)?.focus();
});

on("keydown", "[popovertarget]", (event, opener) => {
  if (event.key !== "ArrowDown") return;
  const menu = document.getElementById(opener.getAttribute("popovertarget"));
  if (!menu?.matches(".wf-menu")) return;
  event.preventDefault();
  if (!menu.matches(":popover-open")) opener.click();
  items(menu)[0]?.focus();
});

// What a menu's item opens lies above it, and an applied filter is done with: the menu goes, focus returns to its button.
on("click", ".wf-menu .wf-item", (event, item) => item.closest("[popover]").hidePopover());
on("submit", "[data-filters]", () => document.querySelector(".wf-menu:popover-open")?.hidePopover());
