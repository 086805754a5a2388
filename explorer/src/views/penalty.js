/**
 * Coefficients, three criteria and the posterior of the penalty, under one marker.
 *
 * @typedef {import("../page/state.js").Scene} Scene
 * @typedef {import("../page/state.js").Fields} Fields
 * @typedef {import("../page/state.js").NumberField} NumberField
 * @typedef {import("../page/svg.js").Plot} Plot
 * @typedef {import("../numbers/criteria.js").Path} Path
 * @typedef {import("./penalty_numbers.js").Hierarchy} Hierarchy
 * @typedef {import("./penalty_numbers.js").Problem} Problem
 * @typedef {ReturnType<typeof pathOfScene>["criteria"]} Criteria
 * @typedef {{plot: Plot, layers: Record<string, SVGGElement>}} Panel
 */

import { brief } from "../own/columns.js";
import { firstRows, tableOf } from "../own/tables.js";
import { dataFields, fieldsNow, pasteBox, withData } from "../page/data_choice.js";
import { controls, digits, element } from "../page/controls.js";
import { pathOf, plotIn, repeat, set, svgElement } from "../page/svg.js";
import { pathIn } from "../numbers/criteria.js";
import { CRITERIA, HIGH, LOW, PENALTIES, hierarchyOf, pathOfScene, problemOf, valueAt } from "./penalty_numbers.js";
import { drawnRows, rowsOf } from "./plane_rows.js";

const PATIENTS = 442;
const TOY = { rows: 200, correlation: 0.7 };
const AXES = { x: /** @type {[number, number]} */ ([LOW, HIGH]), log_x: true, x_label: "penalty α" };

/** @type {Fields} */
const fields = {
  alpha: { kind: "number", label: "Penalty α", value: 1, low: LOW, high: HIGH, log: true },
  rows: { kind: "number", label: "Rows, the first ones", value: 60, low: 20, high: PATIENTS, whole: true, by: { toy: { value: 12, low: 4, high: TOY.rows }, own: { value: 2000, low: 3, high: 2000 } } },
  noise: { kind: "choice", label: "The noise sd σ is", value: "known", options: { known: "known", unknown: "unknown" } },
  noise_sd: { kind: "number", label: "Noise sd σ", value: 54, low: 10, high: 200, log: true, by: { toy: { value: 1, low: 0.1, high: 10 }, own: { value: 0.7, low: 0.02, high: 5, unit: "sd" } } },
  ...dataFields("diabetes", { diabetes: "diabetes: ten columns", toy: "drawn rows: two columns" }),
};

/** @type {import("../main.js").View} */
export const penalty = {
  title: "The penalty",
  idea: "Evidence, leave-one-out and GCV each choose a penalty; the posterior of α says how little the data tell of it.",
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
  const move = (/** @type {number} */ alpha) => change({ alpha: Math.min(HIGH, Math.max(LOW, Number(alpha.toPrecision(3)))) });
  const panel = (/** @type {string} */ title, /** @type {number} */ ratio) => panelIn(main, title, ratio, { move, redraw });
  const coefficients = panel("Coefficients", 0.4);
  const chosen = Object.values(CRITERIA).map(({ name }) => panel(`Chosen by ${name}`, 0.21));
  const posterior = panel("Posterior density of log₁₀ α", 0.25);
  const priors = element("p", { class: "note" });
  main.append(
    element("p", { class: "note" }, "Columns are in units of their sds over the rows that are used. A dot marks the choice of a criterion, and the median of the posterior; the band holds 90 % of it. The marker may be dragged in each plot."),
    priors,
  );

  let [of_rows, of_scales, own] = ["", "", data.own];
  let table = tableFor("diabetes");
  let problem = /** @type {Problem} */ ({});
  let path = /** @type {ReturnType<typeof pathOfScene>} */ ({});
  let hierarchy = /** @type {Hierarchy | null} */ (null);
  return (scene) => {
    const rows = `${scene.data} ${scene.rows}`;
    if (rows !== of_rows || own !== data.own) {
      [of_rows, of_scales, own, table] = [rows, "", data.own, tableFor(scene.data)];
      problem = problemOf(firstRows(table, scene.rows));
    }
    const names = table.names.map((name) => brief(name, 18));
    const is_known = scene.noise === "known";
    const now = fieldsNow(fields, scene, table.y.length);
    show(scene, { ...now, noise_sd: { .../** @type {NumberField} */ (now.noise_sd), hidden: !is_known } });
    paste(scene);
    const noise_sd = is_known ? scene.noise_sd * table.unit : problem.priors.noise_sd;
    const scales = `${scene.noise} ${is_known && noise_sd}`;
    const fresh = scales !== of_scales;
    if (fresh) {
      of_scales = scales;
      path = pathOfScene(problem, noise_sd);
      hierarchy = hierarchyOf(problem, noise_sd);
      priors.textContent = priorsInWords(problem, is_known);
    }
    const here = pathIn(problem.basis, noise_sd, [scene.alpha]);
    drawCoefficients(coefficients, { ...path, here, names, hierarchy, fresh });
    // the markers stand in one line
    const left = coefficients.plot.left();
    chosen.forEach(({ plot, layers }, i) => {
      const { by, most, losses, chosen: at } = path.criteria[i];
      const anew = plot.frame({ ...AXES, left, y: [-0.05 * most, most], y_label: by === "evidence" ? "nats below" : "% above" });
      if (!fresh && !anew) return;
      curve(layers.curves, plot, losses.map((loss) => Math.min(loss, 5 * most)), by);
      repeat(layers.best, "circle", [{ cx: plot.x(at).toFixed(1), cy: plot.y(0).toFixed(1), r: 6 }]);
    });
    drawPosterior(posterior, { hierarchy, left, fresh });
    for (const each of [coefficients, ...chosen, posterior]) markerAt(each, scene.alpha);
    return words(scene, here, { criteria: path.criteria, hierarchy, names, rows: `${problem.basis.n} rows of ${table.target}` });
  };
}

/**
 * Make a panel whose marker is dragged.
 * @param {HTMLElement} main
 * @param {string} title
 * @param {number} ratio
 * @param {{move: (alpha: number) => void, redraw: () => void}} told
 * @returns {Panel}
 */
function panelIn(main, title, ratio, { move, redraw }) {
  const figure = element("div", { class: "plot across" });
  main.append(element("h3", {}, title), figure);
  const plot = plotIn(figure, { ratio, role: "img", label: `${title}, over the penalty α` }, redraw);
  const layers = Object.fromEntries(["interval", "curves", "names", "best", "marker"].map((name) => [name, svgElement("g", { class: name })]));
  plot.marks.append(...Object.values(layers));
  let held = false;
  plot.svg.addEventListener("pointerdown", (event) => {
    held = true;
    plot.svg.setPointerCapture(event.pointerId);
    move(plot.valueAt(event)[0]);
  });
  plot.svg.addEventListener("pointermove", (event) => held && move(plot.valueAt(event)[0]));
  for (const end of ["pointerup", "pointercancel"]) plot.svg.addEventListener(end, () => (held = false));
  return { plot, layers };
}

/**
 * Draw the coefficients, with names at the side where there is room.
 * @param {Panel} panel
 * @param {{found: Path, here: Path, names: string[], hierarchy: Hierarchy | null, fresh: boolean}} values
 */
function drawCoefficients({ plot, layers }, { found, here, names, hierarchy, fresh }) {
  const sizes = found.coef.flat();
  const [least, largest] = [Math.min(...sizes), Math.max(...sizes)];
  const room = 0.1 * (largest - least);
  const y = /** @type {[number, number]} */ ([least - room, largest + room]);
  const anew = plot.frame({ ...AXES, y, y_label: "coefficient" });
  repeat(layers.best, "circle", here.coef[0].map((value) => ({ cx: plot.x(here.penalties[0]).toFixed(1), cy: plot.y(value).toFixed(1), r: 3.5 })));
  if (!fresh && !anew) return;
  const [bottom, top] = y.map(plot.y);
  repeat(layers.interval, "path", hierarchy ? [{ d: area(plot, [hierarchy.low, hierarchy.high], [top, top], bottom) }] : []);
  repeat(layers.curves, "path", names.map((_, j) => ({ class: `c${j % 5}${j < 5 ? "" : " dashed"}`, d: pathOf(PENALTIES.map((each, i) => [plot.x(each), plot.y(found.coef[i][j])])) })));
  const order = names.map((_, j) => j).sort((a, b) => found.coef[0][b] - found.coef[0][a]);
  let above = -Infinity;
  const heights = Array(names.length).fill(0);
  for (const j of order) heights[j] = above = Math.max(above + 13, plot.y(found.coef[0][j]) - 3);
  const nodes = repeat(layers.names, "text", names.map((_, j) => ({ x: plot.x(LOW) + 4 + 30 * (order.indexOf(j) % 2), y: heights[j].toFixed(1) })));
  nodes.forEach((node, j) => {
    if (node.textContent !== names[j]) node.textContent = names[j];
  });
}

/**
 * Draw the posterior of the penalty with its median and its 90 % interval.
 * @param {Panel} panel
 * @param {{hierarchy: Hierarchy | null, left: number, fresh: boolean}} values
 */
function drawPosterior({ plot, layers }, { hierarchy, left, fresh }) {
  const { densities, low, median, high } = hierarchy ?? { densities: PENALTIES.map(() => 0), low: LOW, median: LOW, high: LOW };
  const top = 1.1 * Math.max(...densities) || 1;
  const anew = plot.frame({ ...AXES, left, y: [-0.05 * top, top], y_label: "per decade" });
  if (!fresh && !anew) return;
  curve(layers.curves, plot, densities, "posterior");
  const inside = [low, ...PENALTIES.filter((alpha) => alpha > low && alpha < high), high];
  repeat(layers.interval, "path", [{ d: area(plot, inside, inside.map((alpha) => plot.y(valueAt(densities, alpha))), plot.y(0)) }]);
  repeat(layers.best, "circle", hierarchy ? [{ cx: plot.x(median).toFixed(1), cy: plot.y(0).toFixed(1), r: 6 }] : []);
}

/**
 * Return the path about an area over penalties that rise, above a base.
 * @param {Plot} plot
 * @param {number[]} penalties those beyond the axis count as its ends
 * @param {number[]} heights in pixels
 * @param {number} base
 */
function area(plot, penalties, heights, base) {
  const across = penalties.map((alpha) => plot.x(Math.min(HIGH, Math.max(LOW, alpha))));
  const upper = across.map((x, i) => [x, heights[i]]);
  return pathOf([[across[0], base], ...upper, [across[across.length - 1], base]], true);
}

/**
 * Draw values at PENALTIES.
 * @param {SVGGElement} layer
 * @param {Plot} plot
 * @param {number[]} values
 * @param {string} name
 */
function curve(layer, plot, values, name) {
  repeat(layer, "path", [{ class: name, d: pathOf(PENALTIES.map((alpha, i) => [plot.x(alpha), plot.y(values[i])])) }]);
}

/**
 * Draw the marker.
 * @param {Panel} panel
 * @param {number} alpha
 */
function markerAt({ plot, layers }, alpha) {
  const x = plot.x(alpha).toFixed(1);
  const [line] = repeat(layers.marker, "line", [{ x1: x, x2: x }]);
  set(line, { y1: 0, y2: Number(plot.svg.getAttribute("height")) });
}

/**
 * Return the priors of the scales with their formula.
 * @param {Problem} problem
 * @param {boolean} is_known whether the noise sd is
 */
function priorsInWords({ priors }, is_known) {
  const of_noise = is_known ? "σ is known" : `that of σ has the scale s = 1.5 s_y = ${digits(priors.noise_sd.scale)}`;
  return `The prior of τ is p(τ) ∝ (1 + τ² / 3s²)⁻², half-Student-t with 3 degrees of freedom and the scale s = 1.5 s_y / s_X = ${digits(priors.prior_sd.scale)}; ${of_noise}. Here s_y is the sd of the response, and s_X² the sum of the variances of the columns. These are the defaults of L2Regressor. The penalty is α = σ² / τ².`;
}

/**
 * Return the scene in words.
 * @param {Scene} scene
 * @param {Path} here
 * @param {{criteria: Criteria, hierarchy: Hierarchy | null, names: string[], rows: string}} values
 */
function words({ alpha, noise }, here, { criteria, hierarchy, names, rows }) {
  const noise_sd = here.noise_sd[0];
  return [
    `On ${rows} the penalty α = ${digits(alpha)} stands for a prior sd of ${digits(noise_sd / Math.sqrt(alpha))}; it leaves ${digits(here.degrees_of_freedom[0])} of ${names.length} degrees of freedom.`,
    ...(noise === "known" ? [] : [`The noise sd is unknown; its most probable value is ${digits(noise_sd)} at this penalty.`]),
    ...criteria.map(({ name, unit, losses, chosen }) => `${name[0].toUpperCase()}${name.slice(1)} chooses ${chosenInWords(chosen)}; the marker is ${digits(valueAt(losses, alpha))} ${unit}.`),
    hierarchy ? posteriorInWords(hierarchy, alpha, names) : "The posterior of α is not drawn: the columns fit the response all but exactly.",
  ].join(" ");
}

/**
 * Return the choice of a criterion in words.
 * @param {number} chosen
 */
function chosenInWords(chosen) {
  if (chosen === PENALTIES[0]) return "the least α of the axis";
  if (chosen === PENALTIES[PENALTIES.length - 1]) return "the largest α of the axis";
  return `α = ${digits(chosen)}`;
}

/**
 * Return the posterior of the penalty in words.
 * @param {Hierarchy} hierarchy
 * @param {number} alpha
 * @param {string[]} names
 */
function posteriorInWords({ low, median, high, below, most, mover }, alpha, names) {
  const share = below(alpha);
  const [least, text] = [1e-4, `${digits(100 * share)} %`];
  const smaller = share < least ? "less than 0.01 %" : share > 1 - least ? "more than 99.99 %" : text;
  return `The posterior of α has its median at ${digits(median)}, and 90 % of it from ${digits(low)} to ${digits(high)}; ${smaller} of it lies below the marker. From one end of this interval to the other, ${names[mover]} moves most: by ${digits(most)} of its posterior sds.`;
}
