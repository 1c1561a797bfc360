/** The search box of the top bar: what is found appears below it while one types. */

import { enhance } from "./enhance.js";
import { steer } from "./listbox.js";

enhance("[data-search]", (form) => {
  const input = form.querySelector("input");
  const found = form.querySelector(".wf-found");
  const list = steer(input, found, { popup: found });
  new MutationObserver(() => list.refresh()).observe(found, { childList: true });
  input.addEventListener("focus", () => list.refresh());
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (input.value) {
      input.value = "";
      found.replaceChildren();
    } else {
      input.blur();
    }
    event.preventDefault();
  });
  input.addEventListener("input", () => {
    if (!input.value.trim()) found.replaceChildren();
  });
  // A press on what was found must not take focus, and with it the panel, away before it counts.
  found.addEventListener("pointerdown", (event) => event.preventDefault());
});
