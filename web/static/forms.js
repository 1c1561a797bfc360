/** Forms: saved with Ctrl Enter, sent once, warned about when left half-filled, focused where they are wrong. */

import { enhance, on } from "./enhance.js";

const clean = new WeakMap();
const picture = (form) => JSON.stringify([...new FormData(form)].map(([name, value]) => [name, value.name ?? value]));
let sent = false;

enhance("form[data-guard]", (form) => requestAnimationFrame(() => clean.set(form, picture(form))));

addEventListener("beforeunload", (event) => {
  const forms = [...document.querySelectorAll("form[data-guard]")];
  if (!sent && forms.some((form) => clean.has(form) && clean.get(form) !== picture(form))) event.preventDefault();
});

on("keydown", "form", (event, form) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("[data-submit]") ?? undefined);
});

document.addEventListener("submit", (event) => {
  const { submitter, target: form } = event;
  if (event.defaultPrevented || form.method === "dialog") return;
  if (form.matches("[data-guard]")) sent = true;
  if (!submitter || form.method === "get") return;
  if (submitter.getAttribute("aria-busy") === "true") {
    event.preventDefault();
    return;
  }
  // After the browser has read the form, so that the button's own name and value are still sent.
  setTimeout(() => submitter.setAttribute("aria-busy", "true"));
});

function rested() {
  sent = false;
  for (const button of document.querySelectorAll("button[aria-busy=true][type=submit]")) button.removeAttribute("aria-busy");
}
addEventListener("pageshow", rested);
document.addEventListener("htmx:afterRequest", rested);

function toFirstError(root) {
  const wrong = root.querySelector("[aria-invalid=true]");
  if (!wrong) return;
  (wrong.closest("[data-combo]")?.querySelector("input") ?? wrong).focus({ preventScroll: false });
}
enhance("form:has([aria-invalid=true])", (form) => {
  if (document.readyState !== "complete" && form.closest("main")?.querySelectorAll("form").length > 1) return;
  requestAnimationFrame(() => toFirstError(form));
});

// What is being mended no longer shouts; whether it is right now, the server says.
on("input", "[aria-invalid=true]", (event, input) => {
  input.removeAttribute("aria-invalid");
  input.closest(".wf-field")?.setAttribute("data-mended", "");
});

on("click", "[data-reveal]", (event, button) => {
  const input = document.getElementById(button.dataset.reveal);
  const shown = input.type === "password";
  input.type = shown ? "text" : "password";
  button.setAttribute("aria-pressed", String(shown));
});

on("click", "[data-copy]", async (event, button) => {
  await navigator.clipboard.writeText(button.dataset.copy);
  button.dataset.done = "";
  document.dispatchEvent(new CustomEvent("toast", { detail: { text: "Copied.", tone: "good" } }));
  setTimeout(() => delete button.dataset.done, 1500);
});
