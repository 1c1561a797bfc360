/** What was typed before HTMX listened, or what the browser put back into a field, is answered as if it were typed now. */

document.addEventListener("htmx:load", ({ target }) => {
  for (const input of target.querySelectorAll("input[hx-trigger*=early]")) {
    if (input.value !== input.defaultValue) input.dispatchEvent(new Event("early"));
  }
});
