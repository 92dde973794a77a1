// What a page does beyond reading and submitting: it follows what happens, and can be worked by keyboard.

const root = document.documentElement;

// --- Live: the service says that something changed, the page reads itself again.

const LONGEST_SILENCE_MS = 15000;

function follow() {
  const region = document.querySelector("[data-follow]");
  if (!region || !window.EventSource) return;
  const stream = new EventSource("/live");
  const state = document.querySelector(".live-state");
  const say = (live, words) => {
    root.dataset.live = live;
    if (state && state.textContent !== words) state.textContent = words;
  };
  let waiting = null;
  let heard = Date.now();
  const lost = () => say("lost", state?.dataset.lost ?? "");
  const back = () => {
    heard = Date.now();
    if (!navigator.onLine) return;
    if (root.dataset.live !== "yes") document.body.dispatchEvent(new Event("changed"));
    say("yes", state?.dataset.yes ?? "");
  };
  stream.addEventListener("open", back);
  stream.addEventListener("error", lost);
  stream.addEventListener("changed", () => {
    back();
    clearTimeout(waiting);
    waiting = setTimeout(() => document.body.dispatchEvent(new Event("changed")), 60);
  });
  addEventListener("offline", lost);
  setInterval(() => { if (Date.now() - heard > LONGEST_SILENCE_MS) lost(); }, 1000);
  addEventListener("pagehide", () => stream.close());
}

// --- Ages and countdowns, counted from the service's clock and not from this machine's.

let read = { told: "", at: 0, by: 0, still: false };

function now() {
  const { now: told = "", still } = document.querySelector("#content")?.dataset ?? {};
  if (told !== read.told) read = { told, at: Date.parse(told), by: Date.now(), still: still !== undefined };
  return new Date(read.at + (read.still ? 0 : Date.now() - read.by));
}

function tick() {
  for (const element of document.querySelectorAll("[data-age]")) {
    const seconds = Math.max(0, (now() - Date.parse(element.dataset.age)) / 1000);
    element.textContent = span(seconds);
  }
  for (const element of document.querySelectorAll("[data-left]")) {
    const seconds = (Date.parse(element.dataset.left) - now()) / 1000;
    element.textContent = seconds > 0 ? clock(seconds) : (element.dataset.over ?? clock(0));
    element.classList.toggle("over", seconds <= 0);
    if (seconds <= -1) fellDue(element.dataset.left);
  }
  for (const element of document.querySelectorAll("[data-run]")) {
    element.textContent = clock((now() - Date.parse(element.dataset.run)) / 1000);
  }
}

// What has fallen due while somebody looks at it looks different then: the page reads itself again, once.

const fallenDue = new Set();

function fellDue(at) {
  if (fallenDue.has(at)) return;
  fallenDue.add(at);
  if (document.querySelector("[data-follow]")) document.body.dispatchEvent(new Event("changed"));
}

function span(seconds) {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 129600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86400)} d`;
}

function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

// --- Awake: where somebody is in care, the screen does not go dark.

let awake = null;

async function stayAwake() {
  const wanted = document.querySelector("[data-awake]") && document.visibilityState === "visible";
  if (!wanted) {
    awake?.release();
    awake = null;
  } else if (!awake) {
    try {
      awake = await navigator.wakeLock?.request("screen");
      awake?.addEventListener("release", () => { awake = null; });
    } catch { /* The device decides: a battery that is low says no. */ }
  }
}

// --- Keyboard: / searches, g and a letter goes, j and k move in lists, ? helps. Nothing is done by a key.

let going = false;

function pressed(event) {
  const typing = event.target.closest("input, select, textarea, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (going) {
    going = false;
    document.querySelector(`[data-go="${CSS.escape(event.key)}"]`)?.click();
    return;
  }
  if (event.key === "g") {
    going = true;
    setTimeout(() => { going = false; }, 1500);
  } else if (event.key === "/") {
    const search = document.querySelector("[type=search]");
    event.preventDefault();
    if (search) search.focus();
    else document.querySelector("[data-search]")?.click();
  } else if (event.key === "?") {
    document.querySelector("#keys")?.showModal();
  } else if (event.key === "j" || event.key === "k") {
    move(event.key === "j" ? 1 : -1);
  }
}

function move(by) {
  const links = [...document.querySelectorAll("main tbody tr a[href]:first-of-type")];
  if (links.length === 0) return;
  const at = links.indexOf(document.activeElement);
  const next = at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by;
  links[Math.min(links.length - 1, Math.max(0, next))].focus();
}

// --- What the rules answered stays in sight while the page around it follows.

let verdict = null;

function heldVerdict() {
  verdict = document.querySelector("main .answer");
}

function showVerdict() {
  if (!verdict || document.querySelector("main .answer")) return;
  const client = document.querySelector("main .client");
  if (client) client.after(verdict);
  else document.querySelector("main").prepend(verdict);
}

// --- Paper: who printed it, when and in which zone stands on every page, with its number.

function margins() {
  const said = document.querySelector(".printed");
  if (!said) return;
  const number = said.dataset.numbers.split(/({pages?})/).map((part) => ({ "{page}": "counter(page)", "{pages}": "counter(pages)" })[part] ?? JSON.stringify(part)).join(" ");
  const sheet = new CSSStyleSheet();
  const small = "font: 8pt system-ui, sans-serif; color: #444;";
  sheet.replaceSync(`@page { @bottom-left { content: ${JSON.stringify(said.textContent.trim())}; ${small} } @bottom-right { content: ${number}; ${small} } }`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets.filter((one) => one !== margins.sheet), sheet];
  margins.sheet = sheet;
  root.dataset.margins = "yes";
}

document.addEventListener("click", (event) => { if (event.target.closest("[data-prints]")) print(); });
addEventListener("beforeprint", margins);
margins();

document.addEventListener("keydown", pressed);
document.addEventListener("htmx:before:swap", heldVerdict);
document.addEventListener("htmx:after:swap", () => { showVerdict(); tick(); stayAwake(); });
document.addEventListener("visibilitychange", stayAwake);
document.querySelector(".summary")?.focus();
follow();
tick();
stayAwake();
setInterval(tick, 1000);
