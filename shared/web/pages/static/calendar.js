// A calendar to drag in, over the table that says the same. What is in the way is asked for while something
// is held over a place, by the form that a keyboard would use; the service decides, and nothing here does.

const region = document.querySelector("[data-calendar]");
const table = document.querySelector("[data-calendar-table]");
const panel = document.querySelector("[data-calendar-says]");
const words = panel?.dataset ?? {};

let calendar = null;
let held = null; // what is being dragged, and over which place: {id, key, answer, asking}
let waiting = null;
let undecided = null; // says no to what was let go somewhere and is still asked about
let lines = {}; // what is said of each booking besides when and who

const read = () => document.querySelector("[data-calendar-entries]").textContent;
const two = (number) => String(number).padStart(2, "0");
const wall = (date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;

function element(tag, text, className) {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

// --- The form: the same fields, the same routes, the same answers.

function fieldsOf(info) {
  const event = info.event, was = info.oldResource, is = info.newResource;
  const fields = { starts_at: wall(event.start) };
  if (was && is && was.id !== is.id) fields[event.extendedProps.parts[was.id]] = is.id;
  return fields;
}

async function send(path, fields, signal) {
  const body = new URLSearchParams({ ...fields, form_token: region.dataset.token, form_key: crypto.randomUUID() });
  const answer = await fetch(path, { method: "POST", body, signal });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return { answer, page };
}

async function preview(id, fields, signal) {
  try {
    const { answer, page } = await send(`/sessions/${id}/reschedule/preview`, fields, signal);
    const found = page.querySelector("[data-preview]") ?? page.querySelector(".summary");
    const reasons = [...page.querySelectorAll("main .clashes, main .blocks")];
    return { allowed: answer.ok && page.querySelector("[data-preview=allowed]") !== null, title: found?.querySelector("h2, strong")?.textContent ?? words.failed, reasons };
  } catch {
    return { allowed: false, title: words.failed, reasons: [] };
  }
}

// --- What the panel says.

function say(title, reasons = [], tone = "info", deeds = []) {
  panel.className = `card says ${tone}`;
  panel.replaceChildren(element("h2", title), ...reasons.map((one) => document.adoptNode(one)));
  if (deeds.length) {
    const row = element("div", "", "taps");
    row.append(...deeds);
    panel.append(row);
  }
}

const language = { en: "en-GB" }[document.documentElement.lang] ?? document.documentElement.lang; // the day before the month
const weekday = new Intl.DateTimeFormat(language, { weekday: "short", day: "numeric", month: "short" });
const where = (info) => `${info.event.title}: ${words.at} ${info.view.type === "resourceTimeGridDay" ? "" : `${weekday.format(info.event.start)}, `}${two(info.event.start.getHours())}:${two(info.event.start.getMinutes())}${info.newResource ? `, ${info.newResource.title}` : ""}`;

// --- Held over a place: ask, once it stays there for a moment. Only the place it is held over now counts.

const stands = (info) => info.event.start.getTime() === info.oldEvent.start.getTime() && info.oldResource?.id === info.newResource?.id;

function over(info) {
  const fields = fieldsOf(info), key = JSON.stringify(fields);
  if (held?.id === info.event.id && held.key === key) return true;
  undecided?.();
  letGo();
  const mine = held = { id: info.event.id, key, answer: null, asking: new AbortController() };
  if (stands(info)) panel.replaceChildren();
  else waiting = setTimeout(() => ask(mine, fields, where(info)), 150);
  return true;
}

function letGo() {
  clearTimeout(waiting);
  held?.asking.abort();
  held = null;
}

function ask(mine, fields, place) {
  mine.answer ??= preview(mine.id, fields, mine.asking.signal).then((told) => {
    if (held === mine) say(`${place}. ${told.title}`, told.reasons, told.allowed ? "info" : "warning");
    return told;
  });
  return mine.answer;
}

// --- Let go: taken back at once where something is in the way, else asked about.

async function dropped(info) {
  clearTimeout(waiting);
  if (stands(info)) {
    letGo();
    show();
    return;
  }
  const fields = fieldsOf(info), place = where(info);
  const mine = held ?? { id: info.event.id, asking: new AbortController() };
  held = mine;
  const told = await ask(mine, fields, place);
  if (held === mine) held = null;
  if (!told.allowed) {
    info.revert();
    return;
  }
  const yes = element("button", words.move, "first"), no = element("button", words.leave);
  const decided = new Promise((resolve) => {
    yes.addEventListener("click", () => resolve(true));
    no.addEventListener("click", () => resolve(false));
    undecided = () => resolve(false);
  });
  say(`${place}?`, [], "info", [yes, no]);
  yes.focus();
  const wanted = await decided;
  undecided = null;
  if (!wanted) {
    info.revert();
    if (!held) panel.replaceChildren();
    return;
  }
  await move(info, fields, place);
}

async function move(info, fields, place) {
  try {
    const { answer, page } = await send(`/sessions/${info.event.id}/reschedule`, fields);
    if (answer.ok && answer.redirected) {
      say(`${place}. ${words.moved}`);
      document.body.dispatchEvent(new Event("changed"));
      return;
    }
    info.revert();
    say(`${place}. ${page.querySelector(".summary strong")?.textContent ?? words.failed}`, [...page.querySelectorAll("main .clashes, main .blocks")], "warning");
  } catch {
    info.revert();
    say(`${place}. ${words.unsure}`, [], "warning");
  }
}

// --- The library's part.

function content(info) {
  if (info.event.display === "background") return { domNodes: [] };
  const made = element("div", "", "booked");
  if (lines[info.event.id]) made.dataset.id = info.event.id;
  made.append(element("span", info.event.extendedProps.when, "since"), element("strong", info.event.title || words.away), ...(lines[info.event.id] ?? []).map((line) => element("span", line)));
  return { domNodes: [made] };
}

function build(data) {
  calendar = EventCalendar.create(region, {
    view: data.view,
    date: data.date,
    locale: language,
    firstDay: 1,
    headerToolbar: { start: "", center: "", end: "" },
    allDaySlot: false,
    slotMinTime: data.since,
    slotMaxTime: data.until,
    slotDuration: "00:15",
    slotLabelInterval: "01:00",
    slotHeight: 22,
    slotLabelFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    dayHeaderFormat: { weekday: "short", day: "numeric", month: "short" },
    nowIndicator: false,
    views: { resourceTimelineMonth: { duration: { weeks: 1 }, slotDuration: { days: 1 } } },
    eventDurationEditable: false,
    eventLongPressDelay: 400,
    resources: data.resources,
    events: data.entries,
    eventOrder: (one, other) => one.start - other.start,
    eventContent: content,
    dragConstraint: over,
    eventDrop: dropped,
  });
}

function show() {
  const text = read();
  if (region.dataset.shown === text || held) return;
  const data = JSON.parse(text);
  lines = data.lines;
  if (calendar === null) build(data);
  else {
    calendar.setOption("resources", data.resources);
    calendar.setOption("events", data.entries);
  }
  region.dataset.shown = text;
}

if (region && table && panel) {
  table.open = false;
  let pressed = null;
  region.addEventListener("pointerdown", (event) => { pressed = [event.clientX, event.clientY]; });
  region.addEventListener("click", (event) => {
    const id = event.target.closest(".ec-event")?.querySelector("[data-id]")?.dataset.id;
    const still = pressed && Math.hypot(event.clientX - pressed[0], event.clientY - pressed[1]) < 5;
    if (id && still) location.assign(`/sessions/${id}`);
  });
  region.addEventListener("pointercancel", () => { letGo(); panel.replaceChildren(); });
  document.addEventListener("htmx:after:swap", show);
  show();
}
