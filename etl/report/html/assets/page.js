
// Draws the charts from the JSON that stands beside each canvas. The tables need no script.
"use strict";
(() => {
  const MAX_LABEL = 34;
  const charts = [];

  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const number = (value) => value.toLocaleString("en-US", { maximumFractionDigits: 6 });
  const shorten = (text, most) => {
    const characters = Array.from(text);
    return characters.length > most ? characters.slice(0, most - 1).join("") + "…" : text;
  };
  const dayOf = (date) => Date.parse(date + "T00:00:00Z") / 86400000;
  const dateOf = (day) => new Date(day * 86400000).toISOString().slice(0, 10);
  const isPrinted = () => document.documentElement.classList.contains("print");
  const isNarrow = () => window.innerWidth < 640 && !isPrinted();

  // Filled with the colours of the scheme each time that it changes.
  const paints = {
    stack: (chart) => chart.data.datasets.forEach((dataset) => {
      const own = dataset.type === "line" ? "--ink" : dataset.paint;
      dataset.backgroundColor = color(own);
      dataset.borderColor = color(own);
      dataset.pointBorderColor = color("--paper");
    }),
    burn: (chart) => chart.data.datasets.forEach((dataset) => {
      dataset.borderColor = color(dataset.paint);
      dataset.backgroundColor = color("--range");
    }),
  };
  paints.columns = paints.stack;
  paints.bars = paints.stack;

  const axis = (more) => ({
    grid: { color: color("--grid"), drawBorder: false, tickLength: 4 },
    ticks: { color: color("--soft"), maxRotation: 0, autoSkip: false, maxTicksLimit: isNarrow() ? 5 : 8, callback(value) { return number(value); } },
    ...more,
  });
  const label = (text) => ({ display: true, text, color: color("--soft") });

  const tooltip = {
    callbacks: {
      title: (items) => shorten(items[0].dataset.points ? dateOf(items[0].parsed.x) : items[0].label, 80),
      label: (item) => ` ${item.dataset.label}: ${number(item.chart.options.indexAxis === "y" ? item.parsed.x : item.parsed.y)}`,
    },
  };

  // A line of the chart is a line in the legend, a bar or an area a square.
  const generateLabels = (chart) => Chart.defaults.plugins.legend.labels.generateLabels(chart).map((item) => {
    const dataset = chart.data.datasets[item.datasetIndex];
    const isLine = (dataset.type || chart.config.type) === "line" && !dataset.fill;
    return { ...item, pointStyle: isLine ? "line" : "rect", lineWidth: isLine ? 2 : 0,
             fillStyle: dataset.backgroundColor, strokeStyle: isLine ? dataset.borderColor : dataset.backgroundColor };
  });

  const common = () => ({
    animation: false,
    maintainAspectRatio: false,
    interaction: { mode: "index", intersect: false },
    plugins: {
      legend: {
        align: "start",
        labels: { color: color("--ink"), usePointStyle: true, boxWidth: 22, boxHeight: 8, padding: 16, generateLabels },
      },
      tooltip,
    },
  });

  const kinds = {
    stack(figures) {
      // What was given back goes below zero: so far the axis reaches, and not to the next round number.
      const bars = figures.series.filter((series) => !series.line);
      const below = figures.labels.map((_, month) => bars.reduce((sum, bar) => sum + Math.min(0, bar.values[month]), 0));
      const tokens = axis({ stacked: true, title: label("tokens"), min: Math.min(0, ...below) * 1.2 });
      tokens.ticks.includeBounds = false;
      return {
        type: "bar",
        data: {
          labels: figures.labels,
          datasets: figures.series.map((series) => series.line
            ? { type: "line", label: series.name, data: series.values, borderWidth: 1.5, borderDash: [4, 3], pointRadius: 3.5, order: 0 }
            : { label: series.name, data: series.values, paint: `--c${series.color}`, maxBarThickness: 38, order: 1 }),
        },
        options: {
          ...common(),
          scales: { x: axis({ stacked: true, grid: { display: false }, ticks: { color: color("--soft"), maxRotation: 0, autoSkipPadding: 10 } }),
                    y: tokens },
        },
      };
    },
    columns(figures) {
      return {
        type: "bar",
        data: {
          labels: figures.labels,
          datasets: figures.series.map((series) => series.line
            ? { type: "line", label: series.name, data: series.values, yAxisID: series.second ? "second" : "y", borderWidth: 1.5, pointRadius: 3.5, order: 0 }
            : { label: series.name, data: series.values, paint: "--before", maxBarThickness: 38, order: 1 }),
        },
        options: {
          ...common(),
          scales: {
            x: axis({ grid: { display: false }, ticks: { color: color("--soft"), maxRotation: 0, autoSkipPadding: 10 } }),
            y: axis({ beginAtZero: true, title: label(figures.series[0].name.toLowerCase()) }),
            second: axis({ beginAtZero: true, position: "right", grid: { display: false }, title: label(figures.series[1].name.toLowerCase()) }),
          },
        },
      };
    },
    bars(figures) {
      const most = isNarrow() ? 18 : MAX_LABEL;
      const names = axis({ grid: { display: false } });
      names.ticks = { color: color("--ink"), autoSkip: false, callback(value) { return shorten(this.getLabelForValue(value), most); } };
      return {
        type: "bar",
        data: {
          labels: figures.labels,
          datasets: figures.series.map((series, index) => ({
            label: series.name, data: series.values, paint: index === 0 ? "--c1" : "--before", barPercentage: 0.86, categoryPercentage: 0.74,
          })),
        },
        options: { ...common(), indexAxis: "y", scales: { x: axis({ title: label("tokens") }), y: names } },
      };
    },
    burn(figures) {
      const first = dayOf(figures.lines[0].points[0][0]);
      const last = dayOf(figures.end);
      const months = axis({ type: "linear", min: first, max: last });
      months.afterBuildTicks = (scale) => {
        scale.ticks = [];
        for (let day = first; day <= last; day++)
          if (dateOf(day).endsWith("-01")) scale.ticks.push({ value: day });
      };
      months.ticks = { color: color("--soft"), maxRotation: 0, autoSkip: true, autoSkipPadding: 12, callback: (day) => dateOf(day).slice(0, 7) };
      const styles = {
        left: { paint: "--c1", borderWidth: 2 },
        pace: { paint: "--soft", borderWidth: 1.5, borderDash: [5, 4] },
        expected: { paint: "--c5", borderWidth: 2 },
        range: { paint: "--range", borderWidth: 0, fill: "shape", order: 9 },
      };
      return {
        type: "line",
        data: {
          datasets: figures.lines.map((line) => ({
            label: line.name, points: true, pointRadius: 0, pointHitRadius: 6, ...styles[line.role],
            data: line.points.map((point) => ({ x: dayOf(point[0]), y: point[1] })),
          })),
        },
        options: { ...common(), interaction: { mode: "nearest", axis: "x", intersect: false },
                   scales: { x: months, y: axis({ beginAtZero: true, title: label("tokens left") }) } },
      };
    },
  };

  const draw = (figure) => {
    const figures = JSON.parse(figure.querySelector("script").textContent);
    figure.hidden = false;
    figure.querySelector("div").style.height = "";
    if (figures.kind === "bars")
      figure.querySelector("div").style.height = `${figures.labels.length * (isPrinted() ? 21 : 30) + 90}px`;
    const config = kinds[figures.kind](figures);
    config.plugins = [{ id: "paint", beforeInit: paints[figures.kind] }];
    return new Chart(figure.querySelector("canvas"), config);
  };

  const redraw = () => {
    Chart.defaults.font.size = isPrinted() ? 10 : 12;
    charts.splice(0).forEach((chart) => chart.destroy());
    document.querySelectorAll("figure.chart").forEach((figure) => charts.push(draw(figure)));
  };

  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.devicePixelRatio = Math.max(2, window.devicePixelRatio);
  redraw();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  addEventListener("beforeprint", () => { document.documentElement.classList.add("print"); redraw(); });
  addEventListener("afterprint", () => { document.documentElement.classList.remove("print"); redraw(); });
})();
