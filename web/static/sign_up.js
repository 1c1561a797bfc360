/** New people: the time zone their clock says, and what a new password is worth while they type it. */

import { enhance } from "./enhance.js";

enhance("form[data-time-zone]", (form) => {
  const select = form.querySelector("[name=timezone]");
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  // Only before anything was sent: what a person has chosen stays.
  if (select && !form.querySelector("[aria-invalid=true], [name=business][value]:not([value=''])") && [...select.options].some((option) => option.value === zone)) {
    select.value = zone;
  }
});

const WORDS = ["", "Too short, or too easily guessed", "Fair: another word would make it good", "Good", "Excellent"];
const ROWS = ["abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"];

/** How many characters somebody who guesses would have to guess: repetitions and runs along a row of keys count once. */
function guesses(text) {
  let count = 0;
  for (let at = 0; at < text.length; at += 1) {
    const pair = text.slice(at - 1, at + 1).toLowerCase();
    const runs = pair.length === 2 && (pair[0] === pair[1] || ROWS.some((row) => row.includes(pair) || [...row].reverse().join("").includes(pair)));
    count += runs ? 0.25 : 1;
  }
  return Math.min(count, new Set(text.toLowerCase()).size * 2);
}

function level(text) {
  const own = guesses(text);
  if (text.length < 12 || own < 8) return 1;
  if (own < 13) return 2;
  return own < 18 ? 3 : 4;
}

enhance("[data-strength]", (input) => {
  const bar = document.getElementById(input.dataset.strength);
  const show = () => {
    bar.hidden = !input.value;
    bar.dataset.level = input.value ? String(level(input.value)) : "0";
    bar.querySelector("output").textContent = WORDS[Number(bar.dataset.level)];
  };
  input.addEventListener("input", show);
  show();
});
