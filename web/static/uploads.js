/** Large files: sent by themselves, with a bar that shows how far they are. Without a script the form does the same, without the bar. */

function refuse(form, sentence) {
  const zone = form.querySelector("[data-drop]");
  const input = zone.querySelector("input");
  let place = form.querySelector("#upload-error");
  if (!place) {
    place = Object.assign(document.createElement("p"), { id: "upload-error", className: "wf-error" });
    place.setAttribute("role", "alert");
    zone.after(place);
  }
  place.textContent = sentence;
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", place.id);
}

function unit(bytes) {
  return `${new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 }).format(bytes / 1e6)} MB`;
}

function send(form, file, chosen) {
  const box = form.querySelector("[data-upload-progress]");
  const bar = box.querySelector("progress");
  const told = box.querySelector(".wf-progress-head span:last-child");
  const button = form.querySelector("[data-submit]");
  const request = new XMLHttpRequest();
  const rest = () => {
    box.hidden = true;
    button.removeAttribute("aria-busy");
  };
  request.open("PUT", `${form.dataset.upload}?${new URLSearchParams({ into: chosen, name: file.name })}`);
  request.setRequestHeader("x-csrftoken", form.elements._csrf_token.value);
  request.setRequestHeader("hx-request", "true");
  request.setRequestHeader("content-type", file.type || "application/octet-stream");
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    bar.max = event.total;
    bar.value = event.loaded;
    told.textContent = event.loaded < event.total ? `${unit(event.loaded)} of ${unit(event.total)}` : "Looking into it…";
    if (event.loaded === event.total) bar.removeAttribute("value");
  });
  request.addEventListener("load", () => {
    if (request.status === 201) {
      location.assign(JSON.parse(request.responseText).url);
      return;
    }
    rest();
    refuse(form, request.responseText && request.responseText.length < 1000 ? request.responseText : "The file was not taken in. Please try again.");
  });
  request.addEventListener("error", () => {
    rest();
    refuse(form, "The connection broke off before the file was there. Please try again.");
  });
  box.hidden = false;
  told.textContent = "";
  request.send(file);
}

/** Take over a form with `data-upload`: the address that takes the file's bytes. */
export function take(form) {
  form.addEventListener("submit", (event) => {
    const file = form.elements.file.files[0];
    const chosen = new FormData(form).get("into");
    if (!file || !chosen) return;
    event.preventDefault();
    if (file.size > Number(form.dataset.largest)) {
      refuse(form, `This file has ${unit(file.size)}; up to ${unit(Number(form.dataset.largest))} are taken.`);
      return;
    }
    form.querySelector("[data-submit]").setAttribute("aria-busy", "true");
    send(form, file, chosen);
  });
}
