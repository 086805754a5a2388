/**
 * Coefficients and three criteria over the penalty, under one marker.
 *
 * @typedef {import("../page/state.js").Scene} Scene
 * @typedef {import("../page/state.js").Fields} Fields
 * @typedef {import("../numbers/criteria.js").Path} Path
 */

import { brief } from "../own/columns.js";
import { firstRows, tableOf } from "../own/tables.js";
import { dataFields, fieldsNow, pasteBox, withData } from "../page/data_choice.js";
import { controls, digits, element } from "../page/controls.js";
import { pathOf, plotIn, repeat, set, svgElement } from "../page/svg.js";
import { best, path } from "../numbers/criteria.js";
import { drawnRows, rowsOf } from "./plane_rows.js";

const [LOW, HIGH, COUNT] = [0.01, 1e5, 141];
const PENALTIES = Array.from({ length: COUNT }, (_, i) => LOW * (HIGH / LOW) ** (i / (COUNT - 1)));
const PATIENTS = 442;
const TOY = { rows: 200, correlation: 0.7 };

/** @type {Fields} */
const fields = {
  alpha: { kind: "number", label: "Penalty α", value: 1, low: LOW, high: HIGH, log: true },
  rows: { kind: "number", label: "Rows, the first ones", value: 60, low: 20, high: PATIENTS, whole: true, by: { toy: { value: 12, low: 4, high: TOY.rows }, own: { value: 2000, low: 3, high: 2000 } } },
  noise_sd: { kind: "number", label: "Noise sd σ", value: 54, low: 10, high: 200, log: true, by: { toy: { value: 1, low: 0.1, high: 10 }, own: { value: 0.7, low: 0.02, high: 5, unit: "sd" } } },
  ...dataFields("diabetes", { diabetes: "diabetes: ten columns", toy: "drawn rows: two columns" }),
};

/** @type {Record<"evidence" | "loo" | "gcv", {name: string, unit: string, most: number, loss: (path: Path) => number[]}>} */
const CRITERIA = {
  evidence: { name: "evidence", unit: "nats of log evidence below the best", most: 10, loss: (each) => above(each.log_evidence.map((value) => -value)) },
  loo: { name: "leave-one-out", unit: "% above the least error", most: 20, loss: (each) => percent(each.loo_error) },
  gcv: { name: "GCV", unit: "% above the least GCV", most: 20, loss: (each) => percent(each.gcv) },
};

/** @type {import("../main.js").View} */
export const penalty = {
  title: "The penalty",
  idea: "Evidence, leave-one-out and GCV each choose a penalty, and each is flat around its choice: the digits of α matter little.",
  fields,
  mount,
};

/**
 * Make the view.
 * @type {import("../main.js").View["mount"]}
 */
function mount(box, data, change, redraw) {
  const side = element("div", { class: "controls" });
  const main = element("div", {});
  box.append(element("div", { class: "columns" }, side, main));
  const show = controls(side, fields, (name, value) => change(name === "data" ? withData(fields, value) : { [name]: value }));
  const paste = pasteBox(side, fields, data, change);
  const drawn = drawnRows();
  const tableFor = (/** @type {string} */ key) => (key === "toy" ? { ...rowsOf(drawn, TOY), names: ["x₁", "x₂"], target: "y", unit: 1 } : tableOf(key, data));
  const panel = (/** @type {string} */ title, /** @type {number} */ ratio) => {
    const figure = element("div", { class: "plot across" });
    main.append(element("h3", {}, title), figure);
    const plot = plotIn(figure, { ratio, role: "img", label: `${title} over the penalty α` }, redraw);
    const layers = ["curves", "names", "best", "marker"].map((name) => svgElement("g", { class: name }));
    plot.marks.append(...layers);
    let held = false;
    const move = (/** @type {PointerEvent} */ event) => {
      const alpha = Number(plot.valueAt(event)[0].toPrecision(3));
      change({ alpha: Math.min(HIGH, Math.max(LOW, alpha)) });
    };
    plot.svg.addEventListener("pointerdown", (event) => {
      held = true;
      plot.svg.setPointerCapture(event.pointerId);
      move(event);
    });
    plot.svg.addEventListener("pointermove", (event) => held && move(event));
    for (const end of ["pointerup", "pointercancel"]) plot.svg.addEventListener(end, () => (held = false));
    return { plot, layers };
  };
  const coefficients = panel("Coefficients", 0.4);
  const key = element("p", { class: "note" }, "Columns are in units of their sds over the rows that are used. A dot marks the choice of a criterion. The marker may be dragged in each plot.");
  const criteria = Object.entries(CRITERIA).map(([by, criterion]) => ({ by: /** @type {keyof typeof CRITERIA} */ (by), criterion, ...panel(`Chosen by ${criterion.name}`, 0.21) }));
  main.append(key);

  let [known, own] = ["", data.own];
  let found = /** @type {Path} */ ({});
  let table = tableFor("diabetes");
  let rows = firstRows(table, PATIENTS);
  return (scene) => {
    const problem = `${scene.data} ${scene.rows} ${scene.noise_sd}`;
    if (problem !== known || own !== data.own) {
      [known, own, table] = [problem, data.own, tableFor(scene.data)];
      rows = firstRows(table, scene.rows);
      found = path({ ...rows, noise_sd: scene.noise_sd * table.unit, penalties: PENALTIES });
    }
    const { target, unit } = table;
    const names = table.names.map((name) => brief(name, 18));
    show(scene, fieldsNow(fields, scene, table.y.length));
    paste(scene);
    const noise_sd = scene.noise_sd * unit;
    const here = path({ ...rows, noise_sd, penalties: [scene.alpha] });
    const sizes = found.coef.flat();
    const room = 0.1 * (Math.max(...sizes) - Math.min(...sizes));
    const axes = { x: /** @type {[number, number]} */ ([LOW, HIGH]), log_x: true, x_label: "penalty α" };
    drawCoefficients(coefficients, { ...axes, y: [Math.min(...sizes) - room, Math.max(...sizes) + room], y_label: "coefficient" }, { found, here, names, alpha: scene.alpha });
    const choices = criteria.map(({ by, criterion, plot, layers: [curves, , dot, marker] }) => {
      plot.frame({ ...axes, y: [-0.05 * criterion.most, criterion.most], y_label: by === "evidence" ? "nats below" : "% above" });
      const losses = criterion.loss(found);
      repeat(curves, "path", [{ class: by, d: pathOf(PENALTIES.map((alpha, i) => [plot.x(alpha), plot.y(Math.min(losses[i], 5 * criterion.most))])) }]);
      const chosen = best(found, by);
      repeat(dot, "circle", [{ cx: plot.x(chosen).toFixed(1), cy: plot.y(0).toFixed(1), r: 6 }]);
      markerAt(marker, plot, scene.alpha);
      return { by, chosen, cost: costAt(losses, scene.alpha), criterion };
    });
    return words({ alpha: scene.alpha, rows: rows.y.length, noise_sd, names, target }, here, choices);
  };
}

/**
 * Draw the coefficients, with names at the marker's side where there is room.
 * @param {{plot: import("../page/svg.js").Plot, layers: SVGGElement[]}} panel
 * @param {import("../page/svg.js").Axes} axes
 * @param {{found: Path, here: Path, names: string[], alpha: number}} values
 */
function drawCoefficients({ plot, layers: [curves, labels, dots, marker] }, axes, { found, here, names, alpha }) {
  plot.frame(axes);
  repeat(curves, "path", names.map((_, j) => ({ class: `c${j % 5}${j < 5 ? "" : " dashed"}`, d: pathOf(PENALTIES.map((each, i) => [plot.x(each), plot.y(found.coef[i][j])])) })));
  repeat(dots, "circle", here.coef[0].map((value) => ({ cx: plot.x(alpha).toFixed(1), cy: plot.y(value).toFixed(1), r: 3.5 })));
  const order = names.map((_, j) => j).sort((a, b) => found.coef[0][b] - found.coef[0][a]);
  let above = -Infinity;
  const heights = Array(names.length).fill(0);
  for (const j of order) heights[j] = above = Math.max(above + 13, plot.y(found.coef[0][j]) - 3);
  const nodes = repeat(labels, "text", names.map((_, j) => ({ x: plot.x(LOW) + 4 + 30 * (order.indexOf(j) % 2), y: heights[j].toFixed(1) })));
  nodes.forEach((node, j) => {
    if (node.textContent !== names[j]) node.textContent = names[j];
  });
  markerAt(marker, plot, alpha);
}

/**
 * Draw the marker.
 * @param {SVGGElement} layer
 * @param {import("../page/svg.js").Plot} plot
 * @param {number} alpha
 */
function markerAt(layer, plot, alpha) {
  const x = plot.x(alpha).toFixed(1);
  const [line] = repeat(layer, "line", [{ x1: x, x2: x }]);
  set(line, { y1: 0, y2: Number(plot.svg.getAttribute("height")) });
}

/**
 * Return values less the least of them.
 * @param {number[]} values
 */
function above(values) {
  const least = Math.min(...values);
  return values.map((value) => value - least);
}

/**
 * Return the percentage by which values lie above the least of them.
 * @param {number[]} values
 */
function percent(values) {
  const least = Math.min(...values);
  return values.map((value) => 100 * (value / least - 1));
}

/**
 * Return a loss at a penalty, on a straight line between those of the path.
 * @param {number[]} losses
 * @param {number} alpha
 */
function costAt(losses, alpha) {
  const place = ((COUNT - 1) * Math.log(alpha / LOW)) / Math.log(HIGH / LOW);
  const i = Math.min(COUNT - 2, Math.max(0, Math.floor(place)));
  return losses[i] + (place - i) * (losses[i + 1] - losses[i]);
}

/**
 * Return the scene in words.
 * @param {Scene} scene
 * @param {Path} here
 * @param {{by: string, chosen: number, cost: number, criterion: {name: string, unit: string}}[]} choices
 */
function words({ alpha, rows, noise_sd, names, target }, here, choices) {
  const tau = noise_sd / Math.sqrt(alpha);
  return [
    `On ${rows} rows of ${target} the penalty α = ${digits(alpha)} stands for a prior sd of ${digits(tau)}; it leaves ${digits(here.degrees_of_freedom[0])} of ${names.length} degrees of freedom.`,
    ...choices.map(({ criterion, chosen, cost }) => `${criterion.name[0].toUpperCase()}${criterion.name.slice(1)} chooses α = ${digits(chosen)}; the marker is ${digits(cost)} ${criterion.unit}.`),
  ].join(" ");
}
