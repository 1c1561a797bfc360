/** Tables: a row opens where its link leads, rows are chosen one by one, in stretches, or all at once. */

import { announce, enhance, on } from "./enhance.js";

let last = null;

const boxes = (listing) => [...listing.querySelectorAll("[data-pick]")];

function count(listing) {
  const all = boxes(listing);
  const chosen = all.filter((box) => box.checked).length;
  const head = listing.querySelector("[data-pick-all]");
  if (head) {
    head.checked = chosen > 0 && chosen === all.length;
    head.indeterminate = chosen > 0 && chosen < all.length;
  }
  const words = `${chosen} chosen`;
  const output = listing.querySelector("[data-pick-count]");
  if (output) output.textContent = words;
  announce(words);
}

on("click", "[data-pick]", (event, box) => {
  const listing = box.closest(".wf-listing");
  if (event.shiftKey && last?.isConnected) {
    const all = boxes(listing);
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    for (const between of all.slice(from, to + 1)) between.checked = box.checked;
  }
  last = box;
  count(listing);
});

on("change", "[data-pick-all]", (event, head) => {
  const listing = head.closest(".wf-listing");
  for (const box of boxes(listing)) box.checked = head.checked;
  count(listing);
});

on("click", "[data-pick-none]", (event, button) => {
  const listing = button.closest(".wf-listing");
  for (const box of boxes(listing)) box.checked = false;
  count(listing);
  listing.querySelector("[data-row]")?.focus();
});

on("click", "tr[data-href]", (event, row) => {
  if (event.target.closest("a, button, input, label, select, [popover]") || getSelection().toString()) return;
  if (event.ctrlKey || event.metaKey) open(row.dataset.href, "_blank", "noopener");
  else row.querySelector("[data-row]").click();
});

// A head can only stay in view where nothing scrolls sideways, which no style sheet can ask.
enhance("[data-sticky]", (scroll) => {
  const table = scroll.firstElementChild;
  new ResizeObserver(() => scroll.toggleAttribute("data-stuck", table.scrollWidth <= scroll.clientWidth && innerWidth > 640)).observe(scroll);
});

// Firefox keeps what was ticked when one comes back; the bar has to agree.
addEventListener("pageshow", () => document.querySelectorAll(".wf-listing:has([data-pick]:checked)").forEach(count));

/** What scrolls and holds nothing to focus is reached by the keyboard itself, or nobody without a mouse sees its end. */
const watching = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const scrolls = target.scrollWidth > target.clientWidth || target.scrollHeight > target.clientHeight;
    if (!scrolls || target.querySelector("a[href], button, input:not([type=hidden]), select, textarea")) target.removeAttribute("tabindex");
    else target.tabIndex = 0;
  }
});

enhance(".wf-scroll:not([tabindex])", (part) => watching.observe(part));
