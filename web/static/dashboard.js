/** A person puts the widgets of a board in order: by hand, or with the two buttons of each; the order is sent at once. */

import { announce } from "./enhance.js";
import { toast } from "./toasts.js";

const FILE = new URL("../vendor/sortablejs/Sortable.min.js", import.meta.url).href;

/** Make a board arrangeable; without this, its buttons are forms that reload the page. */
export function arrange(board) {
  const starter = document.querySelector(`[data-arrange="${CSS.escape(board.id)}"]`);
  const icons = starter?.querySelector("svg");
  let sortable;

  async function save() {
    const order = [...board.children].map((widget) => widget.dataset.widget);
    const headers = { "content-type": "application/x-www-form-urlencoded", ...JSON.parse(document.body.getAttribute("hx-headers") || "{}") };
    const body = new URLSearchParams(order.map((key) => ["order", key]));
    const answer = await fetch(board.dataset.board, { method: "POST", headers, body }).catch(() => null);
    if (!answer?.ok) toast({ text: "The new order could not be saved. Try again.", tone: "bad" });
  }

  async function mode(yes) {
    board.toggleAttribute("data-arranging", yes);
    const words = starter.querySelector("span");
    words.textContent = yes ? "Done" : "Arrange";
    starter.classList.toggle("btn-primary", yes);
    icons?.toggleAttribute("hidden", yes);
    starter.setAttribute("aria-pressed", String(yes));
    if (yes) announce("Arranging. Each widget has buttons to move it.");
    if (!self.Sortable) await import(FILE);
    sortable ??= self.Sortable.create(board, { animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 140, ghostClass: "sortable-ghost", chosenClass: "sortable-chosen", filter: ".btn:not(.wf-widget-grip)", preventOnFilter: false, onEnd: save });
    sortable.option("disabled", !yes);
  }

  starter?.setAttribute("role", "button");
  starter?.addEventListener("click", (event) => {
    event.preventDefault();
    mode(!board.hasAttribute("data-arranging"));
  });

  board.addEventListener("click", (event) => {
    const button = event.target.closest("[name=earlier], [name=later]");
    if (!button) return;
    event.preventDefault();
    const widget = button.closest("[data-widget]");
    const other = button.name === "earlier" ? widget.previousElementSibling : widget.nextElementSibling;
    if (!other) return;
    if (button.name === "earlier") other.before(widget);
    else other.after(widget);
    button.focus();
    announce(`Now ${[...board.children].indexOf(widget) + 1} of ${board.children.length}`);
    save();
  });

  if (starter && board.hasAttribute("data-arranging")) mode(true);
}
