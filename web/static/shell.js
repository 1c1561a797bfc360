/** The side bar folds, and the theme changes, at once and for good. */

import { on, remember } from "./enhance.js";

export function fold() {
  const shell = document.querySelector(".wf-shell");
  if (!shell) return;
  const folded = shell.dataset.side !== "folded";
  shell.dataset.side = folded ? "folded" : "open";
  for (const section of shell.querySelectorAll("details.wf-nav-section")) {
    // Icons have no headings to press: all of them show, and what was closed closes again with the words.
    if (folded) section.dataset.closed = section.open ? "" : "yes";
    section.open = folded || section.dataset.closed !== "yes";
  }
  for (const link of shell.querySelectorAll(".wf-nav a")) {
    link.title = folded ? link.querySelector("span").textContent : "";
  }
  remember("weft_side", shell.dataset.side);
}

export function choose(theme) {
  document.documentElement.dataset.bsTheme = theme;
  for (const button of document.querySelectorAll("[data-theme-form] button")) {
    button.toggleAttribute("aria-current", button.value === theme);
    if (button.value === theme) button.setAttribute("aria-current", "true");
  }
  remember("weft_theme", theme);
}

/** Note which section was opened or closed by hand, for the pages that follow. */
function press(section) {
  const kept = new Map((document.cookie.match(/(?:^|; )weft_nav=([^;]*)/)?.[1] ?? "").split(".").filter(Boolean).map((each) => [each.slice(1), each[0]]));
  kept.delete(section.dataset.section);
  kept.set(section.dataset.section, section.open ? "-" : "+"); // the press comes before the change
  remember("weft_nav", [...kept].slice(-30).map(([key, sign]) => sign + key).join("."));
}

on("click", ".wf-nav-title", (event, title) => press(title.parentElement));
on("click", "[data-fold]", fold);
on("submit", "[data-theme-form]", (event, form) => {
  event.preventDefault();
  choose(event.submitter.value);
  // Kept with the person too, so that the next page, and their next device, knows it.
  fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form, event.submitter)), redirect: "manual" });
});

// A link followed from the drawer of a narrow screen leaves it open when the page comes back from the cache.
addEventListener("pagehide", () => document.querySelector(".wf-side:popover-open")?.hidePopover());
