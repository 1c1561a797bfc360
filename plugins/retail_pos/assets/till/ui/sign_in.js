// Before one can sell: pairing the device, choosing who works here, and a manager's word.
import { Refused } from "../rules/exact.js";
import { FIRST } from "../chain.js";
import { pinIs } from "../pin.js";
import { dialog, h, keypad, show, toast, tried } from "./dom.js";

// Ask for a pairing code until the device has a key.
export function pairing(place, db, server) {
  return new Promise((resolve) => {
    const field = h("input.field.code", { type: "text", autocomplete: "off", autocapitalize: "characters", "aria-label": "Pairing code", autofocus: true, placeholder: "ABCD-EFGH", maxlength: "20" });
    const code = new URLSearchParams(location.hash.slice(1)).get("pair");
    if (code) field.value = code;
    const send = async (event) => {
      event.preventDefault();
      await tried(async () => {
        const paired = await server.ask("/pair", { method: "POST", body: { code: field.value, device: navigator.userAgent.slice(0, 200) } });
        await db.write(["meta"], async ({ meta }, asked) => {
          const head = await asked(meta.get("head"));
          meta.put({ key: paired.key, till: paired.till, title: paired.title, store: paired.store }, "device");
          if (!head) meta.put({ seq: paired.seq, hash: paired.hash || FIRST }, "head");
          const numbers = (await asked(meta.get("numbers"))) ?? {};
          const highest = (name) => Math.max(numbers[name] ?? 0, paired.numbers[name] ?? 0);
          meta.put({ receipt: highest("receipt"), training: highest("training") }, "numbers");
        });
        history.replaceState(null, "", location.pathname);
        resolve();
      });
    };
    show(place, h("main.gate", {}, h("form.card", { onsubmit: send }, h("h1", {}, "Make this device a till"), h("p.muted", {}, "A manager makes a pairing code under Point of sale, Tills. It holds for a quarter of an hour."), field, h("button.big.primary", { type: "submit" }, "Pair"))));
    field.focus();
  });
}

// Ask for the PIN of one of the operators; resolves with the operator.
export function askPin(title, operators, words = "", keep = false) {
  return dialog(title, (close) => {
    let chosen = operators.length === 1 ? operators[0] : null;
    let failures = 0;
    const body = h("div.stack");
    const choose = (operator) => {
      chosen = operator;
      draw();
    };
    const check = async (pin) => {
      if (await pinIs(pin, chosen.pin_hash)) return close(chosen);
      failures += 1;
      await new Promise((later) => setTimeout(later, Math.min(8000, 250 * 2 ** failures))); // guessing takes long
      toast("That is not the PIN.", "bad");
      draw();
    };
    const draw = () =>
      show(body, words && h("p.muted", {}, words),
        !chosen && h("div.people", {}, operators.map((each) => h("button.person", { type: "button", onclick: () => choose(each) }, h("span.initials", {}, initials(each.name)), each.name))),
        chosen && h("p.who", {}, chosen.name, operators.length > 1 && h("button.quiet", { type: "button", onclick: () => choose(null) }, "Somebody else")),
        chosen && keypad({ label: "PIN", secret: true, decimals: false, enter: check, button: "Sign in" }),
        !operators.length && h("p", {}, "Nobody can sign in yet: a manager adds operators under Point of sale."),
      );
    draw();
    return body;
  }, { keep });
}

export const initials = (name) => name.split(/\s+/).map((word) => word[0]).slice(0, 2).join("").toUpperCase();

// Let a manager say that something may pass; refuses where nobody does. Returns the manager's id.
export async function managers(till, what) {
  if (till.operator?.role === "manager") return till.operator.id;
  const found = await askPin("A manager’s PIN", till.settings.operators.filter((each) => each.role === "manager"), what);
  if (!found) throw new Refused("It needs a manager.");
  await till.event("override", what, found.id);
  return found.id;
}
