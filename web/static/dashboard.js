/** A person arranges the widgets of a board: by hand, or with the buttons of each; every change is sent at once. */

import { announce } from "./enhance.js";
import { toast } from "./toasts.js";

const FILE = new URL("../vendor/sortablejs/Sortable.min.js", import.meta.url).href;
let returning = ""; // the id of what takes focus when a card was hidden or shown, and the board came anew

let sent = Promise.resolve();

/** Changes go one after the other: each is made to what the one before has left. */
function send(board, fields) {
  sent = sent.then(() => post(board, fields));
}

async function post(board, fields) {
  const headers = { "content-type": "application/x-www-form-urlencoded", ...JSON.parse(document.body.getAttribute("hx-headers") || "{}") };
  const answer = await fetch(board.dataset.board, { method: "POST", headers, body: new URLSearchParams(fields) }).catch(() => null);
  if (!answer?.ok) toast({ text: "The new arrangement could not be saved. Reload the page, then try again.", tone: "bad" });
}

/** The cards in their order, those that are hidden last. */
function save(board) {
  const cards = [...board.children, ...document.querySelectorAll(".wf-tray [data-widget]")];
  send(board, cards.map((card) => ["order", card.dataset.widget]));
}

/** Move a card by one place; `step` is -1 or 1. */
function shift(board, widget, step) {
  const other = step < 0 ? widget.previousElementSibling : widget.nextElementSibling;
  const place = () => `${[...board.children].indexOf(widget) + 1} of ${board.children.length}`;
  if (!other) {
    announce(`It stays ${place()}`);
    return;
  }
  if (step < 0) other.before(widget);
  else other.after(widget);
  announce(`Now ${place()}`);
  save(board);
}

/** Give a card the next of the widths there are. */
function stretch(board, widget, step) {
  const spans = board.dataset.steps.split(" ").map(Number);
  const now = Number(widget.style.getPropertyValue("--span"));
  const next = step < 0 ? spans.filter((span) => span < now).at(-1) : spans.find((span) => span > now);
  if (!next) {
    announce(step < 0 ? "It cannot be narrower" : "It cannot be wider");
    return;
  }
  widget.style.setProperty("--span", next);
  announce(`${next} of 12 columns wide`);
  send(board, [[step < 0 ? "narrower" : "wider", widget.dataset.widget], ["quiet", "yes"]]);
}

const BUTTONS = { earlier: [shift, -1], later: [shift, 1], narrower: [stretch, -1], wider: [stretch, 1] };

/** Make a board arrangeable; without this, its buttons are forms that reload the page. */
export async function arrange(board) {
  if (!board.hasAttribute("data-arranging")) return;
  board.addEventListener("click", (event) => {
    const button = event.target.closest("button[form=arrange]");
    const [act, step] = BUTTONS[button?.name] ?? [];
    if (!act) return;
    event.preventDefault();
    act(board, button.closest("[data-widget]"), step);
    button.focus();
  });
  if (returning) document.getElementById(returning)?.focus();
  returning = "";
  if (!self.Sortable) await import(FILE);
  const animation = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 140;
  self.Sortable.create(board, { animation, ghostClass: "sortable-ghost", chosenClass: "sortable-chosen", filter: ".btn:not(.wf-widget-grip)", preventOnFilter: false, onEnd: () => save(board) });
}

addEventListener("click", (event) => {
  const button = event.target.closest("button[form=arrange]:is([name=hide], [name=show])");
  if (button) returning = `${button.name === "hide" ? "show" : "hide"}-${button.value}`;
}, true);
