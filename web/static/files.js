/** Drop zones: a file may be dropped on them, and they say what was chosen. */

import { enhance } from "./enhance.js";

function told(file) {
  const units = ["bytes", "kB", "MB", "GB"];
  const power = file.size ? Math.min(Math.floor(Math.log10(file.size) / 3), 3) : 0;
  return `${file.name} (${new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 }).format(file.size / 1000 ** power)} ${units[power]})`;
}

enhance("[data-drop]", (zone) => {
  const input = zone.querySelector("input");
  const output = zone.querySelector("output");
  const over = (yes) => zone.toggleAttribute("data-over", yes);
  // The input covers the zone, so the browser itself takes the files that are dropped.
  zone.addEventListener("dragenter", () => over(true));
  for (const type of ["dragleave", "drop"]) zone.addEventListener(type, () => over(false));
  input.addEventListener("change", () => {
    output.textContent = [...input.files].map(told).join(", ");
  });
});
