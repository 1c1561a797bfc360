/** Native dialogs: opened by a button, asked before something cannot be taken back, filled from a link at the side. */

import { on } from "./enhance.js";

export function open(dialog) {
  if (dialog && !dialog.open) dialog.showModal();
}

/** Ask a question; resolves to whether the answer was yes. */
export function ask(question, yes, calm) {
  const dialog = document.getElementById("wf-confirm");
  const button = dialog.querySelector("[value=yes]");
  dialog.querySelector("#wf-confirm-text").textContent = question;
  button.textContent = yes;
  button.className = calm ? "btn btn-primary" : "btn btn-danger";
  dialog.returnValue = "no";
  open(dialog);
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}

on("click", "[data-open]", (event, button) => {
  const dialog = document.getElementById(button.dataset.open);
  if (!dialog) return;
  event.preventDefault();
  open(dialog);
});

on("click", "[data-close]", (event, button) => button.closest("dialog")?.close("no"));

// In browsers without closedby, a press beside the dialog closes it too.
if (!("closedBy" in HTMLDialogElement.prototype)) {
  on("click", "dialog[closedby=any]", (event, dialog) => event.target === dialog && dialog.close("no"));
}

const answered = new WeakSet();
on("click", "[data-confirm]", async (event, element) => {
  if (answered.delete(element)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const label = element.textContent.trim();
  if (await ask(element.dataset.confirm, label || "Continue", element.dataset.confirmCalm !== undefined)) {
    answered.add(element);
    element.click();
  }
}, true);

on("click", "a[data-drawer]", (event, link) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || !window.htmx) return;
  event.preventDefault();
  const drawer = document.getElementById("wf-drawer");
  drawer.querySelector("#wf-drawer-title").textContent = link.textContent.trim();
  open(drawer);
  window.htmx.ajax("GET", link.href, { target: "#wf-drawer-body", swap: "innerHTML", select: link.dataset.drawer || ".wf-page" });
});

on("click", "[data-print]", (event) => {
  event.preventDefault();
  print();
});

for (const dialog of document.querySelectorAll("dialog[data-open-now]")) open(dialog);
