/** How a module gets at what is on the page now, and at what HTMX brings later. */

/** Call `act` for each element that matches, once in its life. */
export function enhance(selector, act) {
  const seen = new WeakSet();
  const look = (root) => {
    const found = root.matches?.(selector) ? [root] : [];
    for (const element of [...found, ...root.querySelectorAll(selector)]) {
      if (!seen.has(element)) {
        seen.add(element);
        act(element);
      }
    }
  };
  look(document.body);
  document.addEventListener("htmx:load", (event) => look(event.target));
}

/** Answer an event wherever it happens inside an element that matches. */
export function on(type, selector, act, capture = false) {
  document.addEventListener(type, (event) => {
    const element = event.target.closest?.(selector);
    if (element) act(event, element);
  }, capture);
}

/** Whether keys pressed now are meant as text. */
export function isTyping(target) {
  return target.isContentEditable || target.matches?.("textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit])");
}

/** A cookie of this host that holds a preference, for a year. */
export function remember(name, value) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax${secure}`;
}

/** Say a sentence to a screen reader only. */
export function announce(sentence) {
  let voice = document.getElementById("wf-voice");
  if (!voice) {
    voice = Object.assign(document.createElement("div"), { id: "wf-voice", className: "wf-hidden", role: "status" });
    document.body.append(voice);
  }
  voice.textContent = sentence;
}
