/** Charts: a small description in the page becomes a drawing in the page's own colours; the table below it stays for everybody else. */

const FILE = new URL("../vendor/echarts/dist/echarts.common.min.js", import.meta.url).href;
const charts = new Map();

/** A custom property as a colour that a canvas understands, under the theme of now. */
function colour(name) {
  const probe = document.createElement("i");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  pen.fillStyle = getComputedStyle(probe).color;
  pen.fillRect(0, 0, 1, 1);
  probe.remove();
  const [red, green, blue] = pen.getImageData(0, 0, 1, 1).data;
  return `rgb(${red}, ${green}, ${blue})`;
}

function writer({ format, currency }, short) {
  const language = document.documentElement.lang || "en";
  const style = { money: { style: "currency", currency: currency ?? "EUR" }, percent: { style: "percent", maximumFractionDigits: 1 } }[format] ?? {};
  const compact = short ? { notation: "compact", maximumFractionDigits: 1, minimumFractionDigits: 0 } : {};
  return new Intl.NumberFormat(language, { ...style, ...compact }).format;
}

const escaped = (text) => Object.assign(document.createElement("i"), { textContent: text }).innerHTML;

function tip(look, full) {
  const line = (mark, name, value) => `<div style="display:flex;gap:8px;align-items:center"><i style="width:8px;height:8px;border-radius:2px;background:${mark}"></i>${escaped(name)}<b style="margin-inline-start:auto;padding-inline-start:16px;font-variant-numeric:tabular-nums">${escaped(full(value))}</b></div>`;
  return {
    backgroundColor: look.raised, borderColor: look.strong, borderWidth: 1, padding: [6, 10], confine: true,
    textStyle: { color: look.ink, fontFamily: look.font, fontSize: 12 },
    extraCssText: "border-radius:8px;box-shadow:0 8px 24px rgb(0 0 0 / 12%)",
    formatter: (points) => Array.isArray(points)
      ? `<div style="margin-bottom:2px;opacity:.8">${escaped(points[0].axisValueLabel)}</div>` + points.map((point) => line(point.color, point.seriesName, point.value)).join("")
      : line(points.color, points.name, points.value),
  };
}

function donut(spec, look, full) {
  const [only] = spec.series;
  return {
    color: look.series,
    tooltip: { trigger: "item", ...tip(look, full) },
    series: [{
      type: "pie", radius: ["62%", "88%"], padAngle: 1.5, itemStyle: { borderRadius: 3 }, label: { show: false }, emphasis: { scaleSize: 3 },
      data: spec.labels.map((name, place) => ({ name, value: only.values[place] })),
    }],
  };
}

function axes(spec, look, full, brief, wide) {
  const bars = spec.kind !== "line";
  const last = spec.series.length - 1;
  const few = bars && spec.labels.length <= 8; // then each is told: on several lines, or aslant where there is no room for that
  const room = Math.floor((wide - 60) / spec.labels.length) - 6;
  const told = room < 44 ? { rotate: 35, width: 84, overflow: "truncate" } : { width: room, overflow: "break", lineHeight: 13 };
  return {
    color: look.series,
    grid: { top: 12, right: 4, bottom: 4, left: 0, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    tooltip: { trigger: "axis", axisPointer: { type: bars ? "shadow" : "line", lineStyle: { color: look.strong }, shadowStyle: { color: look.hover } }, ...tip(look, full) },
    xAxis: {
      type: "category", data: spec.labels, boundaryGap: bars, axisTick: { show: false }, axisLine: { lineStyle: { color: look.line } },
      axisLabel: { color: look.faint, fontFamily: look.font, fontSize: 11, hideOverlap: true, margin: 10, ...(few ? { interval: 0, ...told } : {}) },
    },
    yAxis: {
      type: "value", splitNumber: 4, splitLine: { lineStyle: { color: look.line } },
      axisLabel: { color: look.faint, fontFamily: look.font, fontSize: 11, formatter: brief },
    },
    series: spec.series.map(({ name, values }, place) => bars
      ? { name, type: "bar", data: values, barMaxWidth: 22, stack: spec.kind === "stacked" ? "all" : undefined, itemStyle: { borderRadius: spec.kind === "stacked" && place < last ? 0 : [3, 3, 0, 0] } }
      : { name, type: "line", data: values, symbol: "circle", symbolSize: 5, showSymbol: false, lineStyle: { width: 2 }, areaStyle: spec.series.length === 1 ? { opacity: 0.1 } : undefined, emphasis: { focus: "none" } }),
  };
}

function option(spec, wide) {
  const look = {
    series: [1, 2, 3, 4, 5, 6].map((place) => colour(`--series-${place}`)),
    ink: colour("--ink"), faint: colour("--ink-2"), line: colour("--line"), strong: colour("--line-strong"), raised: colour("--raised"), hover: "rgb(128 128 128 / 10%)",
    font: getComputedStyle(document.body).fontFamily,
  };
  const full = writer(spec, false);
  const body = spec.kind === "donut" ? donut(spec, look, full) : axes(spec, look, full, writer(spec, true), wide);
  return { animation: !matchMedia("(prefers-reduced-motion: reduce)").matches, animationDuration: 300, ...body };
}

/** Draw one figure, and keep it in step with its width and with the theme. */
export async function draw(figure) {
  const canvas = figure.querySelector(".wf-chart-canvas");
  const spec = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
  if (!self.echarts) await import(FILE);
  const chart = self.echarts.init(canvas, null, { renderer: "canvas" });
  chart.setOption(option(spec, canvas.clientWidth));
  charts.set(chart, { figure, spec });
  new ResizeObserver(() => {
    chart.resize();
    chart.setOption(option(spec, canvas.clientWidth), true); // names below bars take the room there is now
  }).observe(canvas);
}

function redraw() {
  for (const [chart, { figure, spec }] of charts) {
    if (figure.isConnected) {
      chart.setOption(option(spec, chart.getWidth()), true);
    } else {
      chart.dispose();
      charts.delete(chart);
    }
  }
}

new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
document.addEventListener("htmx:afterSettle", redraw);
