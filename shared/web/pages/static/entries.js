// One-tap entries that survive a lost network. Each waits in this browser, with the time at which it happened and its
// key, until the service says what became of it: ids, words of lists and times only, never what somebody wrote.

const SHELF = "careteam.entry.";
const PATIENCE_MS = 8000;
const AGAIN_MS = 3000;
const TWICE_MS = 700;
const list = document.querySelector("#entries");
const person = root.dataset.person ?? "";
const token = () => document.querySelector("input[name=form_token]")?.value ?? "";

// --- The shelf: a row for each entry, under its person and in the order of the taps. Tabs share it.

const named = (entry) => `${SHELF}${entry.person}.${String(entry.made).padStart(16, "0")}.${entry.key}`;
const keep = (entry) => localStorage.setItem(named(entry), JSON.stringify(entry));
const drop = (entry) => localStorage.removeItem(named(entry));

function entries() {
  const names = Object.keys(localStorage).filter((name) => name.startsWith(SHELF));
  return names.sort().map((name) => JSON.parse(localStorage.getItem(name))).filter(Boolean);
}

const mine = () => entries().filter((entry) => entry.person === person);
const due = (entry) => entry.state === "waiting" || (entry.state === "unknown" && !entry.asks);

// --- A tap becomes an entry.

let last = { what: "", at: -TWICE_MS };
let fresh = null; // The tap whose answer somebody is looking for at this very moment.

function tapped(event) {
  const form = event.target.closest("form[data-entry]");
  if (!form) return;
  event.preventDefault();
  const fields = [...new FormData(form, event.submitter)].filter(([name]) => !name.startsWith("form_"));
  const body = Object.fromEntries(fields);
  const what = form.dataset.entry + JSON.stringify(body);
  if (what === last.what && event.timeStamp - last.at < TWICE_MS) return;
  last = { what, at: event.timeStamp };
  if (mine().some((entry) => entry.what === what && entry.state !== "refused")) return send();
  const at = now().toISOString();
  const key = crypto.randomUUID();
  if (form.dataset.at) body[form.dataset.at] = at;
  fresh = { key, form, fields };
  keep({
    person, what, body, at, made: Date.now(), key, path: form.dataset.entry,
    page: location.pathname, label: form.dataset.says || event.submitter.textContent.trim(),
    grave: event.submitter.classList.contains("grave"), asks: !form.dataset.at, state: "waiting",
  });
  send();
}

// --- They are sent in order, by one tab at a time, each again under its key until there is an answer.

let sending = false;

async function send() {
  show();
  if (sending) return;
  sending = true;
  try {
    await navigator.locks.request("careteam.entries", async () => {
      for (let entry; (entry = mine().find(due)) && await answered(entry););
    });
  } finally {
    sending = false;
    show();
  }
}

/** Whether the next one may follow. */
async function answered(entry) {
  if (!navigator.onLine) {
    fresh = null;
    if (entry.asks) keep({ ...entry, state: "unsent" });
    return entry.asks;
  }
  let answer;
  let said = null;
  try {
    answer = await fetch(entry.path, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": entry.key, "x-form-token": token() },
      body: JSON.stringify(entry.body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    said = await answer.json();
  } catch {
    fresh = null;
    keep({ ...entry, state: "unknown" });
    return false;
  }
  const unproven = said.type === "urn:careteam:problem:unproven";
  if (answer.ok) {
    drop(entry);
    document.body.dispatchEvent(new Event("changed"));
  } else if (answer.status === 401 || (answer.status === 403 && entry.door !== token())) {
    keep({ ...entry, state: "waiting", door: answer.status === 403 ? token() : undefined, shut: true });
    return false;
  } else if (!unproven && (answer.status >= 500 || answer.status === 429)) {
    keep({ ...entry, state: "unknown" });
    return false;
  } else if (fresh?.key === entry.key && fresh.form.isConnected) {
    onPage(entry);
    return false;
  } else {
    const why = (said.refusals ?? []).map((one) => one.sentence ?? one.slug);
    keep({ ...entry, state: "refused", why: why.length ? why : [said.detail ?? said.title] });
  }
  return true;
}

/** What is refused at once is shown with every reason and its receipt, as a page: nothing was recorded, so it may be
    asked again as a form. */
function onPage(entry) {
  drop(entry);
  const { form, fields } = fresh;
  for (const [name, value] of fields) {
    if (form.querySelector(`input[name="${CSS.escape(name)}"]`)) continue;
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  HTMLFormElement.prototype.submit.call(form);
}

// --- What waits is in sight, on every page of the service, until somebody has seen how it ended.

let drawn = "";

function show() {
  if (!list) return;
  const here = mine();
  const others = entries().length - here.length;
  const waiting = here.filter((entry) => entry.state !== "refused");
  const drawing = JSON.stringify([here, others]);
  if (drawing === drawn) return;
  drawn = drawing;
  const said = list.dataset;
  list.hidden = here.length + others === 0;
  list.querySelector(".count").textContent = waiting.length === 1 ? said.one : said.many.replace("{n}", waiting.length);
  list.querySelector(".count").hidden = waiting.length === 0;
  list.querySelector("ul").replaceChildren(...here.map(row));
  list.querySelector(".others").textContent = others ? said.others.replace("{n}", others) : "";
  const grave = here.find((entry) => entry.state === "refused") ?? waiting.find((entry) => entry.grave);
  const alarm = list.querySelector("[role=alert]");
  const cry = grave ? `${grave.label}: ${state(grave)}` : "";
  if (alarm.textContent !== cry) alarm.textContent = cry;
  mark(waiting);
}

function mark(waiting) {
  for (const form of document.querySelectorAll("form[data-entry]")) {
    const open = waiting.some((entry) => entry.path === form.dataset.entry && entry.grave);
    const button = form.querySelector("button.grave");
    if (button && open) button.dataset.state = list.dataset.waiting;
    else if (button) delete button.dataset.state;
  }
}

function state(entry) {
  if (entry.state === "refused") return list.dataset.refused.replace("{why}", entry.why.join(" "));
  if (entry.shut && entry.state === "waiting") return list.dataset.door;
  return list.dataset[entry.state === "unknown" && entry.asks ? "asked" : entry.state];
}

function row(entry) {
  const made = list.querySelector("template").content.cloneNode(true).firstElementChild;
  const tone = entry.state === "refused" || entry.grave ? "critical" : "warning";
  made.classList.add(tone);
  made.querySelector(`[data-sign=${tone}]`).removeAttribute("hidden");
  const line = made.querySelector("a");
  line.textContent = `${entry.label}, ${told.format(new Date(entry.at))}`;
  line.href = entry.page;
  made.querySelector(".state").textContent = state(entry);
  const [again, leave] = made.querySelectorAll("button");
  again.hidden = !entry.asks || due(entry) || entry.state === "refused";
  leave.hidden = entry.state !== "refused" && !(entry.asks && !due(entry));
  again.addEventListener("click", () => { keep({ ...entry, state: "waiting" }); send(); });
  leave.addEventListener("click", () => { drop(entry); show(); });
  return made;
}

const told = new Intl.DateTimeFormat(root.lang, { hour: "2-digit", minute: "2-digit", timeZone: root.dataset.zone, hour12: false });

if (list) {
  // Whoever closed the page while an answer was awaited does not know what became of it.
  for (const entry of mine()) if (entry.asks && entry.state === "waiting") keep({ ...entry, state: "unknown" });
  document.addEventListener("submit", tapped);
  addEventListener("online", send);
  addEventListener("storage", show);
  document.addEventListener("htmx:after:swap", () => { drawn = ""; show(); });
  setInterval(() => { if (mine().some(due)) send(); }, AGAIN_MS);
  send();
}
