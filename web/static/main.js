/** Everything a page may need; charts, uploads, sums and the arranging of widgets are fetched only where there are some. */

import "./shell.js";
import "./menus.js";
import "./dialogs.js";
import "./toasts.js";
import "./forms.js";
import "./early.js";
import "./files.js";
import "./combobox.js";
import "./search.js";
import "./palette.js";
import "./tables.js";
import "./keys.js";
import { enhance } from "./enhance.js";

enhance("[data-chart]", async (figure) => (await import("./charts.js")).draw(figure));
enhance("form[data-upload]", async (form) => (await import("./uploads.js")).take(form));
enhance("[data-sums]", async (grid) => (await import("./sums.js")).add(grid));
enhance("[data-board]", async (board) => (await import("./dashboard.js")).arrange(board));
enhance(".wf-tabs > [aria-current]", (tab) => {
  const tabs = tab.parentElement; // alone: scrollIntoView would move the page too
  tabs.scrollLeft = tab.offsetLeft - (tabs.clientWidth - tab.offsetWidth) / 2;
});
document.documentElement.dataset.ready = "";
