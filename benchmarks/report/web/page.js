"use strict";
// Draws what the page was given: charts of the chosen view, sources two at a time, the table of every
// cell. Nothing here computes a statistic or words a number: Python does (format.py). Text from outside is set
// as text (textContent), never as HTML.

const $ = (selector, within = document) => within.querySelector(selector);
const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
const make = (tag, text = "", attributes = {}) => {
  const element = document.createElement(tag);
  if (text !== "") element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
};
const unpacked = (element) => {
  const bytes = Uint8Array.from(atob(element.textContent), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")));
};

const count = (value) => value.toLocaleString("en");

// Light and dark, colours and markers ---------------------------------------------------------------

const dark = matchMedia("(prefers-color-scheme: dark)");
const PAPER = 660; // how wide a chart is on paper, in pixels
let printing = false;
const room = () => (dark.matches && !printing ? "dark" : "light");
const css = (name) => (printing ? { "--ink": "#000000", "--soft": "#444444", "--rule": "#cccccc" }[name]
  : getComputedStyle(document.documentElement).getPropertyValue(name).trim());
const faded = (colour) => `${colour}38`;

/** The outline of a marker in a box from -1 to 1, for the legend's buttons. */
function outline(symbol) {
  const turn = { "triangle-up": 0, "triangle-down": .5, "triangle-left": .75, "triangle-right": .25 }[symbol];
  const sides = { square: 4, diamond: 4, pentagon: 5, hexagon: 6, octagon: 8, "diamond-tall": 4 }[symbol] ?? 3;
  const at = (angle, reach, wide = 1) => `${(wide * reach * Math.sin(angle)).toFixed(2)},${(-reach * Math.cos(angle)).toFixed(2)}`;
  const ring = (n, from, reach, wide) => Array.from({ length: n }, (_, k) => at(2 * Math.PI * (k / n + from), reach(k), wide));
  if (symbol === "circle") return "M-.8,0a.8,.8 0 1,0 1.6,0a.8,.8 0 1,0 -1.6,0";
  const plus = "-.3,-.9 .3,-.9 .3,-.3 .9,-.3 .9,.3 .3,.3 .3,.9 -.3,.9 -.3,.3 -.9,.3 -.9,-.3 -.3,-.3";
  if (symbol === "cross") return `M${plus.replaceAll(" ", "L")}Z`;
  if (symbol === "x") return `M${plus.split(" ").map((pair) => pair.split(",").map(Number))
    .map(([x, y]) => `${(.71 * (x - y)).toFixed(2)},${(.71 * (x + y)).toFixed(2)}`).join("L")}Z`;
  if (symbol === "star") return `M${ring(10, 0, (k) => (k % 2 ? .4 : 1)).join("L")}Z`;
  const from = turn ?? (symbol === "square" ? 1 / 8 : symbol === "octagon" ? 1 / 16 : 0);
  return `M${ring(sides, from, () => .95, symbol === "diamond-tall" ? .6 : 1).join("L")}Z`;
}

// Charts -----------------------------------------------------------------------------------------------

const hidden = new Set();
const chosen = new Map(); // the further choice of each figure
let data, ready;

/** The error bars of a trace: across where it runs along m, else up and down. */
const bars = ({ along, less, more }, color) => ({ [along === "m" ? "error_x" : "error_y"]: { type: "data", symmetric: false,
  array: more, arrayminus: less, color, thickness: 1, width: 3 } });

const roles = {
  line: (look, trace) => ({ mode: "lines+markers", line: { color: look.colour, dash: look.dash, width: 2 },
    marker: { symbol: look.symbol, size: 8, color: look.colour },
    ...(trace.label && { mode: "lines+markers+text", textposition: "top right",
      text: trace.x.map((_, k) => (k === 1 ? trace.label : "")) }) }),
  band: (look) => ({ mode: "lines", fill: "toself", fillcolor: faded(look.colour), line: { width: 0 }, hoverinfo: "skip" }),
  bridge: (look) => ({ mode: "lines", line: { color: look.colour, dash: "dot", width: 1.5 }, hoverinfo: "skip" }),
  hollow: (look) => ({ mode: "markers",
    marker: { symbol: `${look.symbol}-open`, size: 9, color: look.colour, line: { width: 1.5 } } }),
  interval: (look, trace) => ({ ...roles.dots(look), ...bars(trace, look.colour) }),
  margin: () => ({ mode: "lines", fill: "toself", fillcolor: faded(css("--soft")), line: { width: 0 }, hoverinfo: "skip" }),
  dots: (look) => ({ mode: "markers", marker: { symbol: look.symbol, size: 9, color: look.colour } }),
  winner: (look, _, narrow) => ({ mode: narrow ? "markers" : "markers+text", textposition: "bottom center", textfont: { size: 11 },
    marker: { symbol: look.symbol, size: narrow ? 10 : 15, color: look.colour } }),
  tie: (look, trace, narrow, decade) => ({ mode: "markers", x: trace.x.map((x) => x * 10 ** ((trace.shift * (narrow ? 5 : 9)) / decade)),
    marker: { symbol: `${look.symbol}-open`, size: narrow ? 8 : 11, color: look.colour, line: { width: narrow ? 1.5 : 2 } } }),
  nothing: () => ({ mode: "markers", marker: { symbol: "x-thin-open", size: 9, color: css("--soft"), line: { width: 1.5 } } }),
  ink: (_, trace) => ({ mode: "lines+text", line: { color: faded(css("--ink")).replace("38", "70"), width: 5 },
    text: trace.x.map((_, k) => (k === 0 ? trace.label : "")), textposition: "top right", hoverinfo: "skip" }),
  edge: () => ({ mode: "lines+text", line: { color: css("--soft"), dash: "dot", width: 1.5 }, textposition: "top center", hoverinfo: "skip" }),
  crossover: (_, trace) => ({ mode: "markers", marker: { symbol: trace.along === "m" ? "line-ns-open" : "line-ew-open",
    size: 13, color: css("--ink"), line: { width: 2.5 } }, ...bars(trace, css("--soft")) }),
  lesson: () => ({ mode: "markers+text", textposition: "top center", textfont: { size: 10 },
    marker: { symbol: "line-ns-open", size: 20, color: css("--ink"), line: { width: 2.5 } } }),
};

/** A trace as Plotly takes it; `decade` is how many pixels wide a factor of ten is. */
function expanded(trace, narrow, decade) {
  const base = data.looks[trace.by];
  const look = base && { ...base, colour: base[room()] };
  const { role, by, hover, less, more, along, label, shift, ...rest } = trace;
  return { type: "scatter", showlegend: false, ...rest, ...(hover && { hovertext: hover, hoverinfo: "text" }),
    ...roles[role](look, trace, narrow, decade) };
}

const decadeOf = (axis, wide) => wide / Math.max(1, Math.log10(axis.at.at(-1) / axis.at[0]));
const coarse = () => matchMedia("(pointer: coarse)").matches;

function axis({ title, type, at, text, range }, narrow) {
  const kept = at.map((_, k) => k).filter((k) => !narrow || type !== "log" || at.length <= 4 || k % 2 === 0);
  return { type, title: { text: title, standoff: 8 }, gridcolor: css("--rule"), linecolor: css("--soft"), zeroline: false, automargin: true,
    fixedrange: coarse(), tickvals: kept.map((k) => at[k]), ticktext: kept.map((k) => text[k]), ...(range && { range }) };
}

const choiceKey = () => $$("#view select").map((select) => select.value).join("|");

function layout(chart, narrow) {
  const line = { type: "line", line: { color: css("--ink"), width: 1.5 } };
  const [across, up] = [chart.y.line, chart.x.line];
  const shapes = [across && { ...line, xref: "paper", x0: 0, x1: 1, y0: across, y1: across },
    up && { ...line, yref: "paper", y0: 0, y1: 1, x0: up, x1: up }].filter(Boolean);
  return { height: chart.height, ...(printing && { width: PAPER }), margin: { l: 60, r: 16, t: 16, b: 50 }, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    font: { color: css("--ink"), size: narrow ? 11 : 13, family: "system-ui, sans-serif" }, hovermode: "closest", showlegend: false,
    hoverlabel: { align: "left" }, dragmode: coarse() ? false : "zoom",
    xaxis: axis(chart.x, narrow), yaxis: axis(chart.y, narrow), shapes };
}

async function draw(figure) {
  const { follows, choices } = data.charts[figure.dataset.run][figure.dataset.chart];
  const charts = choices[follows ? choiceKey() : ""] ?? {};
  const names = Object.keys(charts);
  const [label, select] = [$(".choice", figure), $("select", figure)];
  const name = names.includes(chosen.get(figure)) ? chosen.get(figure) : names[0];
  select.replaceChildren(...names.map((option) => make("option", option, { value: option })));
  label.hidden = names.length < 2;
  const [plot, caption] = [$(".plot", figure), $("figcaption", figure)];
  if (name === undefined) {
    Plotly.purge(plot);
    caption.textContent = "This run has nothing of the kind for what is chosen.";
    plot.setAttribute("aria-label", caption.textContent);
    return;
  }
  select.value = name;
  const chart = charts[name];
  caption.textContent = chart.caption;
  plot.setAttribute("aria-label", chart.caption);
  const narrow = (printing ? PAPER : figure.clientWidth) < 520;
  const decade = decadeOf(chart.x, .8 * figure.clientWidth);
  const traces = chart.traces.filter((trace) => !hidden.has(trace.by)).map((trace) => expanded(trace, narrow, decade));
  await Plotly.react(plot, traces, layout(chart, narrow), { responsive: true, displaylogo: false, displayModeBar: false });
}

const drawAll = () => Promise.all($$("figure.chart").map(draw));

function legend() {
  $("#legend").replaceChildren(...data.implementations.map((name) => {
    const look = data.looks[name];
    const button = make("button", "", { type: "button", "aria-pressed": String(!hidden.has(name)) });
    const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    picture.setAttribute("viewBox", "-1.1 -1.1 2.2 2.2");
    picture.setAttribute("aria-hidden", "true");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", outline(look.symbol));
    path.setAttribute("fill", look[room()]);
    picture.append(path);
    button.append(picture, name);
    button.addEventListener("click", () => {
      if (!hidden.delete(name)) hidden.add(name);
      button.setAttribute("aria-pressed", String(!hidden.has(name)));
      drawAll();
    });
    return button;
  }));
}

// Sources ------------------------------------------------------------------------------------------------

function sources() {
  const templates = $$("template.source");
  const names = templates.map((template) => template.dataset.name);
  const wanted = ["python_loops", "numpy_vectorized"].map((name) => names.indexOf(name));
  $$(".side").forEach((side, k) => {
    const select = $("select", side);
    const show = () => {
      const template = templates[select.value];
      $(".shown", side).replaceChildren(...(template ? [template.content.cloneNode(true)] : []));
    };
    if (names.length) select.value = wanted[k] >= 0 ? wanted[k] : Math.min(k, names.length - 1);
    select.addEventListener("change", show);
    show();
  });
}

// Every cell ----------------------------------------------------------------------------------------------

const STEP = 100;
const state = { sort: null, falling: false, shown: STEP };
const columns = () => data.table.columns.filter((column) => column.shown);
const column = (name) => data.table.columns.find((candidate) => candidate.name === name);
const text = (name, row) => column(name).text[row];

function kept() {
  const filters = Object.fromEntries(new FormData($("#filters")));
  const words = filters.text.toLowerCase().replaceAll(",", "").split(/\s+/).filter(Boolean);
  const line = (row) => columns().map(({ text: texts }) => texts[row]).join(" ").toLowerCase().replaceAll(",", "");
  const rows = column("status").text.map((_, row) => row).filter((row) => ["implementation", "operation", "status"]
    .every((name) => !filters[name] || text(name, row) === filters[name]));
  const matching = words.length ? rows.filter((row) => { const all = line(row); return words.every((word) => all.includes(word)); }) : rows;
  if (state.sort === null) return matching;
  const { number, text: texts } = column(state.sort);
  const keys = number ?? texts;
  const missing = (row) => keys[row] === null || keys[row] === "";
  const compare = (a, b) => (state.falling ? -1 : 1) * (number ? keys[a] - keys[b] : keys[a].localeCompare(keys[b]));
  return matching.sort((a, b) => missing(a) - missing(b) || (missing(a) ? 0 : compare(a, b)) || a - b);
}

function table() {
  const rows = kept();
  $("#every thead tr").replaceChildren(...columns().map(({ name }) => {
    const sorted = state.sort === name ? (state.falling ? "descending" : "ascending") : "none";
    const heading = make("th", "", { scope: "col", "aria-sort": sorted });
    const button = make("button", name + { ascending: " ▲", descending: " ▼", none: "" }[sorted], { type: "button" });
    button.addEventListener("click", () => {
      state.falling = state.sort === name && !state.falling;
      state.sort = name;
      table();
      $$("#every thead button")[columns().findIndex((shown) => shown.name === name)].focus();
    });
    heading.append(button);
    return heading;
  }));
  $("#every tbody").replaceChildren(...rows.slice(0, state.shown).map(line));
  $("#count").textContent = `${count(rows.length)} of ${count(column("status").text.length)} rows`
    + (rows.length > state.shown ? `, of which ${count(state.shown)} are shown` : "");
  $("#more").hidden = rows.length <= state.shown;
}

function line(row) {
  const element = make("tr");
  element.append(...columns().map(({ name, number, text: texts }) => {
    const samples = name === "samples" && texts[row];
    const field = make("td", samples ? "" : texts[row], number ? { class: "number" } : {});
    if (samples) {
      const where = `${text("implementation", row)}, ${text("operation", row)} ${text("n_x", row)} × ${text("m", row)}`;
      const button = make("button", samples, { type: "button", "aria-expanded": "false", "aria-label": `${samples} samples of ${where}` });
      button.addEventListener("click", () => strip(element, button, row));
      field.append(button);
    }
    return field;
  }));
  return element;
}

// Samples ---------------------------------------------------------------------------------------------------

const strips = new Map(); // of each run, once asked for: the heads, and where each row's bytes begin
async function samplesOf(run) {
  if (!strips.has(run)) {
    const bytes = new Uint8Array(await unpacked($$("script.samples")[run]).arrayBuffer());
    const end = bytes.indexOf(10);
    const heads = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end)));
    let next = end + 1;
    const starts = heads.map(([, , rounds = []]) => { const at = next; next += rounds.reduce((sum, n) => sum + n, 0); return at; });
    strips.set(run, { heads, starts, bytes });
  }
  return strips.get(run);
}

/** Every sample of a row, process after process, round after round, under the row; or put it away. */
async function strip(element, button, row) {
  const open = button.getAttribute("aria-expanded") === "true";
  button.setAttribute("aria-expanded", String(!open));
  if (open) return element.nextSibling.remove();
  const run = data.table.starts.findLastIndex((start) => start <= row);
  const { heads, starts, bytes } = await samplesOf(run);
  const place = row - data.table.starts[run];
  const [low, high, rounds, range] = heads[place];
  const field = make("td", "", { colspan: columns().length });
  const holder = make("div", "", { class: "strip" });
  const plot = make("div", "", { role: "img", "aria-label": `All samples: from ${range} a call, in ${rounds.length} processes` });
  holder.append(make("p", `All ${count(rounds.reduce((sum, n) => sum + n, 0))} samples of ${text("implementation", row)}, `
    + `${rounds.length === 1 ? "1 process," : `${rounds.length} processes one after another,`} their rounds from left to right; drawn to 1/255 of the height, samples.csv has the numbers.`, { class: "note" }), plot);
  field.append(holder);
  const under = make("tr");
  under.append(field);
  element.after(under);
  const [x, y, shades] = [[], [], []];
  let at = starts[place];
  rounds.forEach((number, process) => {
    for (let round = 0; round < number; round += 1, at += 1) {
      x.push(process + .1 + (.8 * (round + .5)) / number);
      y.push(1e-9 * low * (high / low) ** (bytes[at] / 255)); // in seconds: Plotly writes their unit
      shades.push(process % 2);
    }
  });
  const look = data.looks[text("implementation", row)];
  const every = Math.ceil(rounds.length / 20);
  const processes = rounds.map((_, k) => k).filter((k) => k % every === 0);
  const yaxis = { type: "log", gridcolor: css("--rule"), tickvals: [low, Math.sqrt(low * high), high].map((ns) => 1e-9 * ns), tickformat: ".3s", ticksuffix: "s", automargin: true };
  const bare = { type: "linear", at: processes.map((k) => k + .5), text: processes.map(String) };
  await Plotly.react(plot, [{ type: "scatter", mode: "markers", x, y, hovertemplate: "%{y:.3s}s<extra></extra>",
    marker: { symbol: look.symbol, size: 6, color: look[room()], opacity: shades.map((odd) => (odd ? .55 : 1)) } }],
  { ...layout({ height: 220, x: { ...bare, title: "process" }, y: bare }, false), yaxis }, { responsive: true, displayModeBar: false });
}

// Begin -----------------------------------------------------------------------------------------------------

async function begin() {
  sources();
  const script = make("script");
  script.textContent = await unpacked($("#plotly")).text();
  document.head.append(script);
  data = await unpacked($("#payload")).json();
  $("#state").remove();
  legend();
  for (const name of ["implementation", "operation", "status"]) {
    const options = [...new Set(column(name).text)].sort();
    $(`#filters select[name=${name}]`).append(...options.map((option) => make("option", option, { value: option })));
  }
  $("#view").addEventListener("change", drawAll);
  $("#view").addEventListener("submit", (event) => event.preventDefault());
  $("#filters").addEventListener("submit", (event) => event.preventDefault());
  for (const event of ["input", "change"]) $("#filters").addEventListener(event, () => { state.shown = STEP; table(); });
  $("#more").addEventListener("click", () => { state.shown += STEP; table(); });
  $$("figure.chart .choice select").forEach((select) => select.addEventListener("change", () => {
    const figure = select.closest("figure");
    chosen.set(figure, select.value);
    draw(figure);
  }));
  const again = () => { legend(); return drawAll(); };
  dark.addEventListener("change", again);
  let closed = []; // what is folded away on the screen is unfolded on paper
  addEventListener("beforeprint", () => {
    closed = $$("details:not([open])").filter((details) => !details.closest(".side"));
    closed.forEach((details) => { details.open = true; });
    printing = true;
    again();
  });
  addEventListener("afterprint", () => {
    closed.forEach((details) => { details.open = false; });
    printing = false;
    again();
  });
  table();
  await drawAll();
  document.documentElement.dataset.ready = "true";
}

begin().catch((error) => {
  const state = $("#state") ?? $("#view").appendChild(make("p", "", { id: "state", role: "status" }));
  state.textContent = `The charts could not be drawn (${error.message}); the tables, README.md and the CSV files beside this page have the figures.`;
  throw error;
});
