// Starts the till: exactly one tab of the device is it, it works on what it has, and nothing waits for the server.
import { Book } from "./book.js";
import { Chain, Overtaken } from "./chain.js";
import { Clock } from "./clock.js";
import { Db } from "./db.js";
import { Server, Sync } from "./sync.js";
import { Till } from "./till.js";
import { h, show, toast } from "./ui/dom.js";
import { printQueued } from "./ui/receipts.js";
import { Screen } from "./ui/sell.js";
import { pairing } from "./ui/sign_in.js";
import { listen } from "./ui/wedge.js";

const HOME = "/public/retail_pos/till";
const REFRESH = 5 * 60_000; // milliseconds between looks for new prices

const place = document.getElementById("till");
const say = (title, words, button, act) => show(place, h("main.gate", {}, h("div.card", {}, h("h1", {}, title), h("p.muted", {}, words), button && h("button.big.primary", { type: "button", onclick: act }, button))));

// Hold the lock of this device for as long as the tab lives; `stolen` is called when another tab takes it.
function locked(stolen, steal = false) {
  return new Promise((resolve) => {
    navigator.locks.request("weft-till", steal ? { steal: true } : { ifAvailable: true }, (lock) => {
      resolve(Boolean(lock));
      return lock ? new Promise(() => {}) : undefined;
    }).catch(stolen);
  });
}

// Have the service worker keep the page and all its files; resolves with whether the till starts without a connection.
async function keptOffline() {
  if (!("serviceWorker" in navigator)) return false;
  await navigator.serviceWorker.register(`${HOME}/worker.js`, { scope: HOME });
  const { active } = await navigator.serviceWorker.ready;
  const files = [...document.querySelectorAll("link[rel=modulepreload], link[rel=stylesheet], link[rel=preload], link[rel=icon]")].map((link) => link.href);
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (event) => resolve(event.data === "kept");
    active.postMessage({ keep: files }, [port2]);
  });
}

async function start(steal) {
  let sync;
  const lost = () => {
    sync?.stop();
    say("The till is open in another tab", "Only one tab of this device can be the till: so no sale is written twice.", "Take it over here", () => location.reload());
  };
  if (!(await locked(lost, steal))) {
    say("The till is open in another tab", "Only one tab of this device can be the till: so no sale is written twice.", "Take it over here", () => start(true));
    return;
  }
  const db = await Db.open();
  navigator.storage?.persist?.();
  const kept = await db.meta("clock", {});
  const clock = new Clock(kept.offset, kept.last);
  const server = new Server(clock);
  if (!(await db.meta("device"))) await pairing(place, db, server);
  const device = await db.meta("device");
  server.key = device.key;
  const book = new Book();
  sync = new Sync(db, server, book);

  let till = null;
  let screen = null;
  const take = (settings) => {
    book.setPatterns(settings.in_store_codes);
    if (till) till.settings = settings;
  };
  let settings = await db.meta("settings");
  if (!settings) {
    say("One moment", "The till fetches prices and products.");
    try {
      settings = await sync.refresh(take);
    } catch (wrong) {
      say("No connection", wrong.message, "Try again", () => location.reload());
      return;
    }
  } else {
    for (const item of await db.all("items")) book.add(item);
  }
  take(settings);
  const chain = new Chain(db, clock, device.till);
  chain.written = () => sync.kick();
  till = new Till(db, chain, clock, settings);
  await till.load();
  sync.idle = () => printQueued(till, sync);

  let offline = false;
  keptOffline().then((yes) => {
    offline = yes;
    document.documentElement.toggleAttribute("data-offline-ready", yes);
  }).catch((wrong) => console.error(wrong));
  const refresh = async () => {
    await sync.refresh(take);
    screen?.draw();
  };
  screen = new Screen(place, { till, book, sync, server, refresh, ready: () => offline });
  listen((text) => screen.scanned(text));
  addEventListener("unhandledrejection", (event) => {
    if (event.reason instanceof Overtaken) lost();
    else toast(event.reason?.message ?? "Something went wrong.", "bad");
  });
  await sync.start();
  till.prune().catch((wrong) => console.error(wrong));
  setInterval(() => refresh().catch(() => {}), REFRESH);
  if ((await db.meta("settings")).now !== settings.now || navigator.onLine) refresh().catch(() => {});
  screen.draw();
  document.documentElement.setAttribute("data-ready", "");
  if (!till.operator) await screen.signIn();
  screen.draw();
  screen.focus();
}

start(false).catch((wrong) => {
  console.error(wrong);
  say("The till cannot start", wrong.message, "Try again", () => location.reload());
});
