/** An input that steers a list below it: arrows move, Enter takes, focus stays in the input. */

let made = 0;

/** `list` holds the options that `selector` finds; `take` is called with the one chosen. */
export function steer(input, list, { selector = ".wf-item", take = (option) => option.click(), popup = list } = {}) {
  const id = (list.id ||= `wf-list-${++made}`);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", id);
  input.setAttribute("aria-expanded", "false");
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.getAttribute("aria-label") ?? "Choices");
  let active = null;

  const options = () => [...list.querySelectorAll(selector)].filter((option) => option.offsetParent !== null);

  function point(option) {
    active?.removeAttribute("data-active");
    active = option ?? null;
    if (!active) return input.removeAttribute("aria-activedescendant");
    active.dataset.active = "";
    active.id ||= `${id}-${++made}`;
    input.setAttribute("aria-activedescendant", active.id);
    active.scrollIntoView({ block: "nearest" });
  }

  /** To be called after the list has changed. */
  function refresh({ first = false } = {}) {
    const all = options();
    for (const option of all) {
      option.setAttribute("role", "option");
      option.tabIndex = -1;
      if (!option.hasAttribute("aria-selected")) option.setAttribute("aria-selected", "false");
    }
    input.setAttribute("aria-expanded", String(all.length > 0 && popup.offsetParent !== null));
    if (active && !active.isConnected) active = null;
    point(first ? all[0] : active && all.includes(active) ? active : null);
  }

  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const all = options();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && all.length) {
      event.preventDefault();
      const place = all.indexOf(active);
      point(all.at(place === -1 && step === -1 ? -1 : (place + step) % all.length));
    } else if (event.key === "Enter" && active?.isConnected && all.includes(active)) {
      event.preventDefault();
      event.stopPropagation();
      take(active, event);
    }
  });
  return { refresh, point, active: () => active };
}
