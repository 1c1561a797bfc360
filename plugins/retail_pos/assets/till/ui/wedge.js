// Scanners that type: keys that follow each other faster than fingers, and Enter at the end. Wherever the focus is, but for fields of text:
// those take what is typed into them, at any speed, and know themselves what Enter means.
import { FNC1 } from "../barcodes.js";

const FASTEST_FINGERS = 45; // milliseconds between keys
const SHORTEST = 4;

export function listen(scanned) {
  let keys = [];
  let last = 0;
  let field = null; // what stood in the focused field before the first key
  const forget = () => ([keys, field] = [[], null]);
  addEventListener("keydown", (event) => {
    const element = document.activeElement instanceof HTMLInputElement ? document.activeElement : null;
    if (element && !element.classList.contains("pad-field")) return;
    const now = event.timeStamp;
    const separator = event.ctrlKey && (event.key === "]" || event.key === "5");
    if (event.key === "Enter") {
      if (keys.length >= SHORTEST && now - last < FASTEST_FINGERS * 2) {
        event.preventDefault();
        event.stopImmediatePropagation();
        if (field) [field.element.value] = [field.value];
        const text = keys.join("");
        forget();
        scanned(text);
        return;
      }
      forget();
      return;
    }
    if (separator) event.preventDefault();
    else if (event.key.length !== 1 || event.ctrlKey || event.altKey || event.metaKey) return;
    if (now - last > FASTEST_FINGERS) {
      keys = [];
      field = element && { element, value: element.value };
    }
    keys.push(separator ? FNC1 : event.key);
    last = now;
  }, { capture: true });
}
