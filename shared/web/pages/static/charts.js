// Draws the charts of a page with uPlot: panels over one time axis, from the JSON beside each of them.
// Colours are the page's own tokens; shapes tell apart what colours tell apart. Nothing here decides.

const drawn = new Map();
const ON_PAPER = 2; // twice as many dots as on the screen
const DAYS = [1, 2, 4, 7, 14, 28, 56, 91, 182, 365].map((days) => days * 86400);
let paper = false;

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const TONES = { ink: "ink", accent: "accent", info: "info", warning: "warning", critical: "critical", good: "good" };
const colour = (tone) => token(TONES[tone] ?? "ink");

const SHAPES = {
  circle: (c, x, y, r) => c.arc(x, y, r, 0, 2 * Math.PI),
  square: (c, x, y, r) => c.rect(x - r, y - r, 2 * r, 2 * r),
  diamond: (c, x, y, r) => path(c, [[x, y - 1.3 * r], [x + 1.3 * r, y], [x, y + 1.3 * r], [x - 1.3 * r, y]]),
  triangle: (c, x, y, r) => path(c, [[x, y - 1.2 * r], [x + 1.2 * r, y + r], [x - 1.2 * r, y + r]]),
  cross: (c, x, y, r) => { c.moveTo(x - r, y - r); c.lineTo(x + r, y + r); c.moveTo(x + r, y - r); c.lineTo(x - r, y + r); },
};

function path(c, corners) {
  corners.forEach(([x, y], at) => (at ? c.lineTo(x, y) : c.moveTo(x, y)));
  c.closePath();
}

function sign(c, shape, x, y, r, tone) {
  c.beginPath();
  SHAPES[shape](c, x, y, r);
  c.strokeStyle = c.fillStyle = tone;
  c.lineWidth = r / 2;
  if (shape === "cross") c.stroke(); else c.fill();
}

// --- What one panel shows, in the order of its layers.

function drawBars(u, c, at, bars, unit) {
  const width = bars.low ? 1.5 * unit : 9 * unit;
  c.strokeStyle = c.fillStyle = colour(bars.tone);
  at.forEach((time, i) => {
    if (bars.high[i] == null) return;
    const x = u.valToPos(time, "x", true);
    const top = u.valToPos(bars.high[i], "y", true);
    const low = u.valToPos(bars.low ? bars.low[i] : 0, "y", true);
    c.fillRect(x - width, top, 2 * width, low - top);
    if (!bars.low) return;
    for (const [y, down] of [[top, 1], [low, -1]]) {
      c.beginPath();
      c.lineWidth = 2 * unit;
      c.moveTo(x - 6 * unit, y - 6 * unit * down); c.lineTo(x, y); c.lineTo(x + 6 * unit, y - 6 * unit * down);
      c.stroke();
    }
  });
}

function drawPoints(u, c, at, points, unit) {
  const tone = colour(points.tone);
  const places = at.map((time, i) => (points.values[i] == null ? null : [u.valToPos(time, "x", true), u.valToPos(points.values[i], "y", true)])).filter(Boolean);
  if (points.joined) {
    c.beginPath();
    c.strokeStyle = tone;
    c.lineWidth = 1.5 * unit;
    places.forEach(([x, y], i) => (i ? c.lineTo(x, y) : c.moveTo(x, y)));
    c.stroke();
  }
  for (const [x, y] of places) sign(c, points.shape, x, y, 4.5 * unit, tone);
}

function drawLimits(u, c, limits, unit) {
  const { left, width } = u.bbox;
  c.font = `${11 * unit}px system-ui, sans-serif`;
  c.textBaseline = "middle";
  c.textAlign = "left";
  let free = Infinity;
  for (const limit of limits.toSorted((a, b) => a.value - b.value)) {
    const y = u.valToPos(limit.value, "y", true);
    const place = (time, otherwise) => (time == null ? otherwise : Math.min(left + width, Math.max(left, u.valToPos(time, "x", true))));
    c.strokeStyle = c.fillStyle = colour(limit.tone);
    c.lineWidth = 1.25 * unit;
    c.setLineDash([6 * unit, 4 * unit]);
    c.beginPath();
    c.moveTo(place(limit.since, left), y);
    c.lineTo(place(limit.until, left + width), y);
    c.stroke();
    c.setLineDash([]);
    const line = Math.min(y, free - 12 * unit); // labels of near limits stand above each other
    c.fillText(`${limit.label} ${Math.round(limit.value)}`, left + width + 6 * unit, line);
    free = line;
  }
}

function drawMarks(u, c, marks, unit, named) {
  const { left, top, width, height } = u.bbox;
  for (const mark of marks) {
    const x = u.valToPos(mark.at, "x", true);
    if (x < left || x > left + width) continue;
    c.strokeStyle = c.fillStyle = colour(mark.tone);
    c.lineWidth = 1.25 * unit;
    c.setLineDash([2 * unit, 3 * unit]);
    c.beginPath();
    c.moveTo(x, top);
    c.lineTo(x, top + height);
    c.stroke();
    c.setLineDash([]);
    if (!named) continue;
    sign(c, mark.shape, x, top - 9 * unit, 5 * unit, colour(mark.tone));
    c.font = `${11 * unit}px system-ui, sans-serif`;
    c.textBaseline = "middle";
    c.textAlign = x > left + width - 120 * unit ? "right" : "left";
    c.fillText(mark.label, x + (c.textAlign === "left" ? 9 : -9) * unit, top - 9 * unit);
  }
}

// --- Scales and axes are the library's.

function span(chart) {
  const times = [...chart.at, ...chart.marks.map((mark) => mark.at)];
  const first = Math.min(...times), last = Math.max(...times);
  const room = Math.max((last - first) * 0.05, chart.by_day ? 43200 : 600);
  return [first - room, last + room];
}

function heights(panel) {
  const values = [panel.floor, panel.ceiling, ...panel.limits.map((one) => one.value), ...(panel.bars?.high ?? []), ...(panel.bars?.low ?? []), ...panel.points.flatMap((one) => one.values)];
  const known = values.filter((one) => one != null);
  const low = Math.min(...known), high = Math.max(...known);
  const room = Math.max((high - low) * 0.08, 1);
  return [panel.floor ?? low - room, panel.ceiling ?? high + room];
}

function plot(place, chart, panel, first, last, width, k) {
  const zone = document.documentElement.dataset.zone || "UTC";
  const when = new Intl.DateTimeFormat(document.documentElement.lang, chart.by_day
    ? { timeZone: zone, day: "numeric", month: "short" } : { timeZone: zone, hour: "2-digit", minute: "2-digit", hour12: false });
  const font = `${12 * k}px system-ui, sans-serif`;
  const axis = { stroke: token("ink-soft"), font, grid: { stroke: token("line"), width: k }, ticks: { stroke: token("line-strong"), width: k, size: 5 * k } };
  const options = {
    width: width * k,
    height: panel.height * k,
    padding: [first ? 22 * k : 10 * k, (panel.limits.length ? 128 : 16) * k, last ? 0 : 4 * k, 0],
    cursor: { show: false },
    legend: { show: false },
    scales: { x: { time: true, range: () => span(chart) }, y: { range: () => heights(panel) } },
    axes: [
      { ...axis, show: last, ...(chart.by_day ? { incrs: DAYS } : {}), size: 34 * k, space: (chart.by_day ? 70 : 60) * k, values: (_u, ticks) => ticks.map((tick) => when.format(tick * 1000)) },
      { ...axis, size: 58 * k, space: 28 * k, label: panel.unit, labelSize: 20 * k, labelFont: font, labelGap: 0 },
    ],
    series: [{}, { show: true, paths: () => null, points: { show: false } }],
    hooks: { draw: [(u) => {
      const unit = k * devicePixelRatio, c = u.ctx;
      c.save();
      drawLimits(u, c, panel.limits, unit);
      drawMarks(u, c, chart.marks, unit, first);
      if (panel.bars) drawBars(u, c, chart.at, panel.bars, unit);
      for (const points of panel.points) drawPoints(u, c, chart.at, points, unit);
      c.restore();
    }] },
  };
  return new uPlot(options, [chart.at, chart.at.map(() => null)], place);
}

function draw(figure, always) {
  const text = figure.querySelector("script").textContent;
  const place = figure.querySelector(".plot");
  const width = paper ? 660 : Math.floor(place.clientWidth);
  const known = drawn.get(place);
  if (!width || (!always && known && known.text === text && known.width === width)) return;
  known?.plots.forEach((one) => one.destroy());
  const k = paper ? ON_PAPER : 1;
  place.style.zoom = String(1 / k);
  const chart = JSON.parse(text);
  const end = chart.panels.length - 1;
  const plots = chart.panels.map((panel, i) => plot(place, chart, panel, i === 0, i === end, width, k));
  drawn.set(place, { text, width, plots });
  place.dataset.drawn = String(chart.at.length);
}

const drawAll = (always = false) => document.querySelectorAll("[data-chart]").forEach((one) => draw(one, always));

function toPaper(yes) {
  if (paper === yes) return;
  paper = yes;
  drawAll(true);
}

document.addEventListener("htmx:after:swap", () => drawAll());
addEventListener("resize", () => drawAll());
addEventListener("beforeprint", () => toPaper(true));
addEventListener("afterprint", () => toPaper(false));
matchMedia("print").addEventListener("change", (event) => toPaper(event.matches));
drawAll();
