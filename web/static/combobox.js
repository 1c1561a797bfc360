/** A select becomes a search: one choice or many, among its own options or among what an address finds. */

import { enhance } from "./enhance.js";
import { steer } from "./listbox.js";

const PAUSE = 180;

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** Options as {value, label, hint}, from the select itself or from a fragment of <option>. */
function read(options) {
  return [...options].filter((option) => option.value).map((option) => ({ value: option.value, label: option.textContent, hint: option.dataset.hint }));
}

async function fetched(source, query, signal) {
  const address = new URL(source, location.href);
  address.searchParams.set("q", query);
  const response = await fetch(address, { headers: { "HX-Request": "true" }, signal });
  if (!response.ok) throw new Error(String(response.status));
  const holder = make("template");
  holder.innerHTML = await response.text();
  return read(holder.content.querySelectorAll("option"));
}

enhance("[data-combo]", (combo) => {
  const select = combo.querySelector("select");
  const many = select.multiple;
  const source = combo.dataset.source;
  const own = read(select.options);
  const input = make("input", { type: "text", autocomplete: "off", spellcheck: false, placeholder: select.getAttribute("placeholder") ?? "" });
  const box = make("div", { className: "wf-combo-box" }, input, combo.querySelector(":scope > svg"));
  const list = make("div", { className: "wf-combo-list", hidden: true });
  let timer, request;

  const label = document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
  input.id = `${select.id}-search`;
  input.setAttribute("aria-label", label?.firstChild.textContent ?? select.name);
  for (const name of ["aria-describedby", "aria-invalid"]) if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
  input.disabled = select.disabled;
  label?.setAttribute("for", input.id);
  select.hidden = true;
  combo.append(box, list);

  const steering = steer(input, list, { selector: "[role=option]", take: (option) => choose(option.dataset.value, option.dataset.label) });
  const chosen = () => [...select.selectedOptions].filter((option) => option.value);

  function told() {
    select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function tags() {
    for (const tag of box.querySelectorAll(".wf-tag")) tag.remove();
    if (!many) return;
    for (const option of chosen()) {
      const away = make("button", { type: "button", textContent: "×" });
      away.setAttribute("aria-label", `Remove ${option.textContent}`);
      away.addEventListener("click", () => drop(option));
      input.before(make("span", { className: "wf-tag" }, option.textContent, away));
    }
  }

  function drop(option) {
    option.selected = false;
    tags();
    told();
    input.focus();
  }

  function close() {
    list.hidden = true;
    steering.refresh();
    if (!many) input.value = chosen()[0]?.textContent ?? "";
    else input.value = "";
  }

  function choose(value, words) {
    let option = [...select.options].find((each) => each.value === value);
    if (!option) select.append((option = make("option", { value, textContent: words })));
    option.selected = many ? !option.selected : true;
    tags();
    close();
    told();
  }

  function show(found) {
    const taken = new Set(chosen().map((option) => option.value));
    list.replaceChildren(...found.map(({ value, label: words, hint }) => {
      const option = make("div", {}, words, ...(hint ? [make("small", { textContent: hint })] : []));
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", String(taken.has(value)));
      Object.assign(option.dataset, { value, label: words });
      return option;
    }));
    if (!found.length) list.append(make("p", { textContent: "Nothing found." }));
    list.hidden = false;
    steering.refresh({ first: Boolean(input.value) });
  }

  async function look(query) {
    if (!source) return show(own.filter(({ label: words }) => words.toLowerCase().includes(query.toLowerCase())));
    request?.abort();
    request = new AbortController();
    try {
      show(await fetched(source, query, request.signal));
    } catch (problem) {
      if (problem.name !== "AbortError") list.replaceChildren(make("p", { textContent: "Cannot search just now." }));
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => look(input.value.trim()), source ? PAUSE : 0);
    if (!many && !input.value) {
      select.value = "";
      told();
    }
  });
  input.addEventListener("click", () => list.hidden && look(""));
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && list.hidden) look("");
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
    if (event.key === "Backspace" && many && !input.value && chosen().length) drop(chosen().at(-1));
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) choose(option.dataset.value, option.dataset.label);
  });
  box.addEventListener("click", (event) => event.target === box && input.focus());
  input.addEventListener("blur", close);
  tags();
  close();
});
