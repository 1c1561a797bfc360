/** Sentences that come and go: from a response's HX-Trigger header, from a request that failed, from the page itself. */

import { on } from "./enhance.js";

const REST = 6000;
const SENTENCES = {
  401: "You have been signed out. Sign in again, then repeat this.",
  402: "This business is paused, so nothing can be changed.",
  403: "Your role does not allow this.",
  404: "That is no longer there. Reload the page to see what is.",
  409: "Somebody else changed this meanwhile. Reload the page to see it.",
  413: "That file is too large.",
  429: "That was a bit fast. Try again in a moment.",
};

function leave(toast) {
  toast.remove();
  const region = document.getElementById("wf-toasts");
  if (!region.children.length && region.matches(":popover-open")) region.hidePopover();
}

function rest(toast) {
  if (toast.dataset.tone === "bad") return;
  let timer;
  const start = () => (timer = setTimeout(() => leave(toast), REST));
  const stop = () => clearTimeout(timer);
  for (const type of ["pointerenter", "focusin"]) toast.addEventListener(type, stop);
  for (const type of ["pointerleave", "focusout"]) toast.addEventListener(type, start);
  start();
}

/** Show a sentence; one that is bad stays until it is dismissed. */
export function toast({ text, tone = "neutral", action }) {
  if (!text) return;
  const region = document.getElementById("wf-toasts");
  const mould = document.getElementById(`wf-toast-${tone}`) ?? document.getElementById("wf-toast-neutral");
  const element = mould.content.firstElementChild.cloneNode(true);
  const words = element.querySelector("p");
  words.textContent = text;
  if (action) words.append(" ", Object.assign(document.createElement("a"), { href: action.href, textContent: action.label }));
  if (region.matches(":popover-open")) region.hidePopover();
  region.append(element);
  region.showPopover(); // shown anew, so that it lies above a dialog
  rest(element);
}

/** What went wrong, in words: the problem's own sentence if it brought one. */
function sentence(xhr) {
  const type = xhr.getResponseHeader("content-type") ?? "";
  if (type.includes("json")) {
    try {
      const problem = JSON.parse(xhr.responseText);
      if (problem.detail || problem.title) return problem.detail || problem.title;
    } catch {
      // not the JSON it says it is: fall through to a sentence of our own
    }
  }
  return SENTENCES[xhr.status] ?? "Something broke on our side, and nothing was saved. We have been told.";
}

on("click", "[data-dismiss]", (event, button) => leave(button.closest("[data-toast]")));
on("click", "[data-toast-text]", (event, { dataset }) => toast({ text: dataset.toastText, tone: dataset.toastTone }));
document.addEventListener("toast", ({ detail }) => toast(detail.text ? detail : { text: detail.value }));
document.addEventListener("htmx:responseError", ({ detail }) => toast({ text: sentence(detail.xhr), tone: "bad" }));
document.addEventListener("htmx:sendError", () => toast({ text: "The server cannot be reached. Check the network, then try again.", tone: "bad" }));
document.addEventListener("htmx:timeout", () => toast({ text: "That took too long. Try again.", tone: "bad" }));

// 409 and 422 are put into the page as forms; one that is not HTML is only told about.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const type = detail.xhr.getResponseHeader("content-type") ?? "";
  if (detail.xhr.status >= 400 && detail.shouldSwap && !type.includes("html")) {
    detail.shouldSwap = false;
    toast({ text: sentence(detail.xhr), tone: "bad" });
  }
});

for (const element of document.querySelectorAll("#wf-toasts [data-toast]")) rest(element);
