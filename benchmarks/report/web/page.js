"use strict";
// Draws what the page was given: charts of the chosen view, sources two at a time, the table of every
// cell. Nothing here computes a statistic or words a number: Python does (format.py). Text from outside is set
// as text (textContent), never as HTML.

const $ = (selector, within = document) => within.querySelector(selector);
const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};
const unpacked = (element) => {
  const bytes = Uint8Array.from(atob(element.textContent), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")));
};
const count = (value) => value.toLocaleString("en");

// Light and dark ---------------------------------------------------------------

const dark = matchMedia("(prefers-color-scheme: dark)");
const PAPER = 660; // how wide a chart is on paper, in pixels
let printing = false;
const room = () => (dark.matches && !printing ? "dark" : "light");
const css = (name) => (printing ? { "--ink": "#000000", "--soft": "#444444", "--rule": "#cccccc" }[name]
  : getComputedStyle(document.documentElement).getPropertyValue(name).trim());
const faded = (colour) => `${colour}38`;

// Charts -----------------------------------------------------------------------------------------------

const hidden = new Set();
let data;

const roles = {
  line: (look, trace) => ({ mode: "lines+markers", line: { color: look.colour, dash: look.dash, width: 2 },
    marker: { symbol: look.symbol, size: 8, color: look.colour },
    ...(trace.label && { mode: "lines+markers+text", textposition: "top right",
      text: trace.x.map((_, k) => (k === 1 ? trace.label : "")) }) }),
  band: (look) => ({ mode: "lines", fill: "toself", fillcolor: faded(look.colour), line: { width: 0 }, hoverinfo: "skip" }),
  bridge: (look) => ({ mode: "lines", line: { color: look.colour, dash: "dot", width: 1.5 }, hoverinfo: "skip" }),
  hollow: (look) => ({ mode: "markers",
    marker: { symbol: `${look.symbol}-open`, size: 9, color: look.colour, line: { width: 1.5 } } }),
  dots: (look) => ({ mode: "markers", marker: { symbol: look.symbol, size: 9, color: look.colour } }),
  winner: (look, _, narrow) => ({ mode: narrow ? "markers" : "markers+text", textposition: "bottom center", textfont: { size: 11 },
    marker: { symbol: look.symbol, size: narrow ? 10 : 15, color: look.colour } }),
  tie: (look, trace, narrow, decade) => ({ mode: "markers", x: trace.x.map((x) => x * 10 ** ((trace.shift * (narrow ? 5 : 9)) / decade)),
    marker: { symbol: `${look.symbol}-open`, size: narrow ? 8 : 11, color: look.colour, line: { width: narrow ? 1.5 : 2 } } }),
  nothing: (look) => ({ mode: "markers", marker: { symbol: "x-thin-open", size: 9, color: look.colour, line: { width: 1.5 } } }),
  ink: (_, trace) => ({ mode: "lines+text", line: { color: `${css("--ink")}70`, width: 5 },
    text: trace.x.map((_, k) => (k === 0 ? trace.label : "")), textposition: "top right", hoverinfo: "skip" }),
  edge: () => ({ mode: "lines+text", line: { color: css("--soft"), dash: "dot", width: 1.5 }, textposition: "top center", hoverinfo: "skip" }),
  crossover: (_, trace) => ({ mode: "markers", marker: { symbol: trace.along === "m" ? "line-ns-open" : "line-ew-open",
    size: 13, color: css("--ink"), line: { width: 2.5 } } }),
  bar: (look, { less, more }) => ({ type: "bar", orientation: "h", width: .7, marker: { color: look.colour },
    error_x: { array: more, arrayminus: less, color: css("--ink"), thickness: 2, width: 3 } }),
  beside: () => ({ mode: "text", textposition: "middle right", cliponaxis: false, hoverinfo: "skip" }),
  lesson: () => ({ mode: "markers+text", textposition: "top center", textfont: { size: 10 },
    marker: { symbol: "line-ns-open", size: 20, color: css("--ink"), line: { width: 2.5 } } }),
};

/** A trace as Plotly takes it; `decade` is how many pixels wide a factor of ten is. */
function expanded(trace, narrow, decade) {
  const colour = data.looks[trace.by]?.[room()] ?? css("--soft");
  const { role, by, hover, less, more, along, label, shift, ...rest } = trace;
  const bars = less && { array: more, arrayminus: less, color: colour, thickness: 1, width: 3 };
  return { ...rest, ...(hover && { hovertext: hover, hoverinfo: "text" }), ...(bars && { [along === "m" ? "error_x" : "error_y"]: bars }),
    ...roles[role]({ ...data.looks[by], colour }, trace, narrow, decade) };
}

const coarse = () => matchMedia("(pointer: coarse)").matches;

function axis({ title, type, at, text, range }, narrow) {
  const kept = at.map((_, k) => k).filter((k) => !narrow || type !== "log" || at.length <= 4 || k % 2 === 0);
  return { type, title: { text: title, standoff: 8 }, gridcolor: css("--rule"), linecolor: css("--soft"), zeroline: false, automargin: true,
    fixedrange: coarse(), tickvals: kept.map((k) => at[k]), ticktext: kept.map((k) => text[k]), ...(range && { range }) };
}

function layout(chart, narrow) {
  const line = { type: "line", line: { color: css("--ink"), width: 1.5 } };
  const [across, up] = [chart.y.line, chart.x.line];
  const shapes = [across && { ...line, xref: "paper", x0: 0, x1: 1, y0: across, y1: across },
    up && { ...line, yref: "paper", y0: 0, y1: 1, x0: up, x1: up }].filter(Boolean);
  return { height: chart.height, ...(printing && { width: PAPER }), margin: { l: 60, r: 16, t: 16, b: 50 }, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    font: { color: css("--ink"), size: narrow ? 11 : 13, family: "system-ui, sans-serif" }, showlegend: false,
    hoverlabel: { align: "left" }, dragmode: coarse() ? false : "zoom",
    xaxis: axis(chart.x, narrow), yaxis: { ...axis(chart.y, narrow), showgrid: !chart.traces?.some(({ role }) => role === "bar") }, shapes };
}

async function draw(figure) {
  const { follows, choices } = data.charts[figure.dataset.run][figure.dataset.chart];
  const setting = $$("#view select").map((select) => select.value).join("|");
  const charts = choices[follows ? setting : ""] ?? {};
  const names = Object.keys(charts);
  const name = names.includes(figure.dataset.chosen) ? figure.dataset.chosen : names[0];
  const chart = charts[name];
  const [select, plot, caption] = [$("select", figure), $(".plot", figure), $("figcaption", figure)];
  select.replaceChildren(...names.map((option) => make("option", { value: option }, option)));
  select.value = name;
  $(".choice", figure).hidden = names.length < 2;
  caption.textContent = chart?.caption ?? "This run has nothing of the kind for what is chosen.";
  plot.setAttribute("aria-label", caption.textContent);
  if (!chart) return Plotly.purge(plot);
  const narrow = (printing ? PAPER : figure.clientWidth) < 520;
  const decade = .8 * figure.clientWidth / Math.max(1, Math.log10(chart.x.at.at(-1) / chart.x.at[0]));
  const traces = chart.traces.filter((trace) => !hidden.has(trace.by)).map((trace) => expanded(trace, narrow, decade));
  await Plotly.react(plot, traces, layout(chart, narrow), { responsive: true, displayModeBar: false });
}

const drawAll = () => Promise.all($$("figure").map(draw));

function legend() {
  $$("#legend button").forEach((button) => button.addEventListener("click", () => {
    const name = button.textContent;
    if (!hidden.delete(name)) hidden.add(name);
    button.setAttribute("aria-pressed", String(!hidden.has(name)));
    drawAll();
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
  const plain = (words) => words.toLowerCase().replaceAll(",", "");
  const words = plain(filters.text).split(/\s+/).filter(Boolean);
  const rows = column("status").text.map((_, row) => row)
    .filter((row) => ["implementation", "operation", "status"].every((name) => [text(name, row), ""].includes(filters[name])))
    .filter((row) => words.every((word) => plain(columns().map((shown) => shown.text[row]).join(" ")).includes(word)));
  if (state.sort === null) return rows;
  const { number, text: texts } = column(state.sort);
  const keys = number ?? texts;
  const missing = (row) => keys[row] === null || keys[row] === "";
  const compare = (a, b) => (state.falling ? -1 : 1) * (number ? keys[a] - keys[b] : keys[a].localeCompare(keys[b]));
  return rows.sort((a, b) => missing(a) - missing(b) || (missing(a) ? 0 : compare(a, b)) || a - b);
}

function table() {
  const rows = kept();
  $("#every thead tr").replaceChildren(...columns().map(({ name }) => {
    const sorted = state.sort === name ? (state.falling ? "descending" : "ascending") : "none";
    const button = make("button", { type: "button" }, name + { ascending: " ▲", descending: " ▼", none: "" }[sorted]);
    button.addEventListener("click", () => {
      state.falling = state.sort === name && !state.falling;
      state.sort = name;
      table();
      $$("#every thead button")[columns().findIndex((shown) => shown.name === name)].focus();
    });
    return make("th", { scope: "col", "aria-sort": sorted }, button);
  }));
  $("#every tbody").replaceChildren(...rows.slice(0, state.shown).map(line));
  $("#count").textContent = `${count(rows.length)} of ${count(column("status").text.length)} rows`
    + (rows.length > state.shown ? `, of which ${count(state.shown)} are shown` : "");
  $("#more").hidden = rows.length <= state.shown;
}

/** Where a cell may go on a second line: a value before its interval and nowhere else, a name after an underscore. */
const breaking = (value) => (value.includes(" [") ? [value.replace(/ (?!\[)/g, "\u00a0")]
  : value.split(/(?<=_)/).flatMap((part) => [part, make("wbr")]).slice(0, -1));

function line(row) {
  const element = make("tr");
  element.append(...columns().map(({ name, number, text: texts }) => {
    const field = make("td", { "data-heading": name, ...(number && { class: "number" }) },
      ...breaking(texts[row]));
    if (name !== "samples" || !texts[row]) return field;
    const where = `${text("implementation", row)}, ${text("operation", row)} ${text("n_x", row)} × ${text("m", row)}`;
    const label = `${texts[row]} samples of ${where}`;
    const button = make("button", { type: "button", "aria-expanded": "false", "aria-label": label }, texts[row]);
    button.addEventListener("click", () => strip(element, button, row));
    field.replaceChildren(button);
    return field;
  }));
  return element;
}

// Samples ---------------------------------------------------------------------------------------------------

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/** A row's fastest and slowest call in ns, its samples in each process, the range in words, and a byte for each sample. */
async function samplesOf(row) {
  const run = data.table.starts.findLastIndex((start) => start <= row);
  const place = row - data.table.starts[run];
  const bytes = new Uint8Array(await unpacked($$("script.samples")[run]).arrayBuffer());
  const end = bytes.indexOf(10);
  const heads = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end)));
  const before = sum(heads.slice(0, place).flatMap(([, , samples = []]) => samples));
  return [...heads[place], bytes.subarray(end + 1 + before)];
}

/** Every sample of a row, process after process, under the row, the disturbed ones hollow; or put it away. */
async function strip(element, button, row) {
  const open = button.getAttribute("aria-expanded") === "true";
  button.setAttribute("aria-expanded", String(!open));
  if (open) return element.nextSibling.remove();
  const [low, high, samples, range, rest] = await samplesOf(row);
  const bytes = rest.subarray(0, sum(samples));
  const hollow = bytes.filter((byte) => byte > 127).length;
  const plot = make("div", { role: "img", "aria-label": `All samples: from ${range} a call, in ${samples.length} processes` });
  const note = make("p", { class: "note" }, `All ${count(bytes.length)} samples of ${text("implementation", row)}, `
    + `${samples.length === 1 ? "1 process" : `${samples.length} processes one after another`}, each in order from left to right. `
    + (hollow ? `Hollow: ${count(hollow)} disturbed. ` : "")
    + "Drawn to 1/127 of the height; samples.csv has the numbers.");
  const holder = make("div", { class: "strip" }, note, plot);
  element.after(make("tr", {}, make("td", { colspan: columns().length }, holder)));
  const look = data.looks[text("implementation", row)];
  const [x, y, opacity, symbol] = [[], [], [], []];
  samples.forEach((number, process) => {
    for (let k = 0; k < number; k += 1) {
      const byte = bytes[y.length];
      x.push(process + .1 + (.8 * (k + .5)) / number);
      y.push(1e-9 * low * (high / low) ** ((byte % 128) / 127)); // in seconds: Plotly writes their unit
      opacity.push(process % 2 ? .55 : 1);
      symbol.push(byte > 127 ? `${look.symbol}-open` : look.symbol);
    }
  });
  const every = Math.ceil(samples.length / 20);
  const processes = samples.map((_, k) => k).filter((k) => k % every === 0);
  const yaxis = { type: "log", gridcolor: css("--rule"), tickvals: [low, Math.sqrt(low * high), high].map((ns) => 1e-9 * ns), tickformat: ".3s", ticksuffix: "s", automargin: true };
  const bare = { type: "linear", at: processes.map((k) => k + .5), text: processes.map(String) };
  await Plotly.react(plot, [{ mode: "markers", x, y, hovertemplate: "%{y:.3s}s<extra></extra>",
    marker: { symbol, size: 6, color: look[room()], opacity } }],
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
    $(`#filters select[name=${name}]`).append(...options.map((option) => make("option", { value: option }, option)));
  }
  $("#view").addEventListener("change", drawAll);
  $$("form").forEach((form) => form.addEventListener("submit", (event) => event.preventDefault()));
  for (const event of ["input", "change"]) $("#filters").addEventListener(event, () => { state.shown = STEP; table(); });
  $("#more").addEventListener("click", () => { state.shown += STEP; table(); });
  $$("figure select").forEach((select) => select.addEventListener("change", () => {
    const figure = select.closest("figure");
    figure.dataset.chosen = select.value;
    draw(figure);
  }));
  dark.addEventListener("change", drawAll);
  let closed = []; // what is folded away on the screen is unfolded on paper
  const print = (onPaper) => {
    printing = onPaper;
    closed.forEach((details) => { details.open = onPaper; });
    drawAll();
  };
  addEventListener("beforeprint", () => {
    closed = $$("details:not([open])").filter((details) => !details.closest(".side"));
    print(true);
  });
  addEventListener("afterprint", () => print(false));
  table();
  await drawAll();
  document.documentElement.dataset.ready = "true";
}

begin().catch((error) => {
  const state = $("#state") ?? $("#view").appendChild(make("p", { id: "state", role: "status" }));
  state.textContent = `The charts could not be drawn (${error.message}); the tables, README.md and the CSV files beside this page have the figures.`;
  throw error;
});
