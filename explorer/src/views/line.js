/**
 * A line through points that may be dragged, or a curve of probability between classes.
 *
 * @typedef {import("../page/state.js").Point} Point
 * @typedef {import("../page/state.js").Scene} Scene
 * @typedef {import("../page/state.js").Fields} Fields
 * @typedef {import("./line_words.js").Found} Found
 */

import { TOY } from "../data.js";
import { controls, digits, element } from "../page/controls.js";
import { OWN } from "../own/columns.js";
import { dataFields, fieldsNow, pasteBox, withData } from "../page/data_choice.js";
import { scatterOf } from "../own/scatter.js";
import { MOST_POINTS } from "../page/state.js";
import { plotIn, set } from "../page/svg.js";
import { posterior } from "../numbers/gaussian.js";
import { linePosterior, normalLine } from "../numbers/line/posterior.js";
import { fitLoss } from "../numbers/losses.js";
import { median } from "../numbers/newton.js";
import { dragging } from "./dragging.js";
import { DRAWS, FEW, gridOf, marksIn } from "./line_marks.js";
import { DELTA, LOSS, obstacleOf, words } from "./line_words.js";

const PATIENTS = 200;
const REST = 200; // milliseconds

/** @type {Record<string, import("../own/scatter.js").Scatter>} */
const SETS = {
  toy: {
    points: TOY,
    axes: { x: [0, 10], y: [0, 10], x_label: "x", y_label: "y" },
    outlier: [8.8, 0.7],
    units: { noise_sd: 1, prior_sd: 1 },
    note: "",
  },
  diabetes: {
    points: [],
    axes: { x: [15, 45], y: [0, 400], x_label: "body mass index", y_label: "progression after a year" },
    outlier: [43, 20],
    units: { noise_sd: 1, prior_sd: 1 },
    note: "",
  },
};

/** @type {Fields} */
const fields = {
  loss: { kind: "choice", label: "Loss", value: "squared", options: { squared: "squared", huber: "Huber", absolute: "absolute", "cross-entropy": "cross-entropy" } },
  noise_sd: { kind: "number", label: "Scale of the noise σ", value: 0.5, low: 0.1, high: 100, log: true, by: { diabetes: { value: 60 }, own: { value: 0.7, low: 0.02, high: 5, unit: "sd" } } },
  penalty: { kind: "choice", label: "Penalty of the slope", value: "l2", options: { l2: "L2", none: "none" } },
  prior_sd: { kind: "number", label: "Prior sd of the slope τ", value: 1, low: 0.01, high: 100, log: true, by: { diabetes: { value: 10 }, own: { value: 1, low: 0.01, high: 10, unit: "sd" } } },
  ...dataFields("toy", { toy: "ten points", diabetes: `${PATIENTS} diabetes patients` }),
  points: { kind: "points", value: null },
  classes: { kind: "points", value: null },
};

/** @type {import("../main.js").View} */
export const line = {
  title: "A line",
  idea: "A loss is a negative log-likelihood: the density of the noise around the line says the cost of each residual.",
  fields,
  mount,
};

const logistic = (/** @type {number} */ eta) => 1 / (1 + Math.exp(-eta));

/**
 * Make the view.
 * @type {import("../main.js").View["mount"]}
 */
function mount(box, data, change, redraw) {
  const { names, X, y } = data;
  const bmi = names.indexOf("bmi");
  const patients = /** @type {Point[]} */ (y.slice(0, PATIENTS).map((value, i) => [X[i][bmi], value]));
  const own = scatterOf(() => data.own);
  const setOf = (/** @type {Scene} */ scene) => (scene.data === OWN ? own() : SETS[scene.data]);
  const pointsOf = (/** @type {Scene} */ scene) => /** @type {Point[]} */ (scene.points ?? (scene.data === "diabetes" ? patients : setOf(scene).points));
  let shown = /** @type {Scene} */ ({});
  const side = element("div", { class: "controls" });
  const figure = element("div", { class: "plot" });
  const key = element("ul", { class: "key" });
  const hint = element("p", { id: "hint" });
  box.append(element("div", { class: "columns" }, side, element("div", {}, figure, key, hint)));
  const show = controls(side, fields, (name, value) => change(name === "data" ? withData(fields, value) : { [name]: value }));
  const paste = pasteBox(side, fields, data, change);
  const [noise, spread] = ["noise_sd", "prior_sd"].map((name) => side.querySelector(`#field-${name}`).parentElement);
  // what is moved between classes is kept apart from what is moved by its y
  const tell = (/** @type {Point[]} */ points) => change(isClasses(shown) ? { classes: points.map(snapped) } : { points });
  const outlier = element("button", { type: "button", id: "outlier" }, "Add an outlier");
  outlier.addEventListener("click", () => {
    const [x, y] = setOf(shown).outlier;
    tell(isClasses(shown) ? [...classesOf(shown, pointsOf(shown)), [x, 0]] : [...pointsOf(shown), [x, y]]);
  });
  side.append(outlier);

  const plot = plotIn(figure, { ratio: 0.66, role: "group", label: "Points, the fit and its posterior" }, redraw);
  const handles = dragging(plot, tell, redraw);
  const marks = marksIn(plot);
  let before = -Infinity;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  // while something moves the posterior's error may be 5e-5 sds instead of 1e-6: at 200
  // points the absolute loss takes 5 ms instead of 18
  const isHurried = () => {
    const is_soon = performance.now() - before < REST;
    before = performance.now();
    clearTimeout(timer);
    if (is_soon) timer = setTimeout(redraw, REST);
    return is_soon;
  };

  return (scene) => {
    shown = scene;
    show(scene, fieldsNow(fields, scene, Infinity));
    paste(scene);
    const is_classes = isClasses(scene);
    const cut = median(pointsOf(scene).map(([, value]) => value));
    const points = is_classes ? classesOf(scene, pointsOf(scene)) : pointsOf(scene);
    outlier.disabled = points.length >= MOST_POINTS;
    noise.hidden = is_classes;
    spread.hidden = scene.penalty === "none";
    const { axes: usual, units, note } = setOf(scene);
    const noise_sd = scene.noise_sd * units.noise_sd;
    // a slope of log odds has no unit of y
    const prior_sd = scene.prior_sd * units.prior_sd / (is_classes ? units.noise_sd : 1);
    const scaled = { ...scene, noise_sd, prior_sd };
    const axes = is_classes ? { ...usual, y: /** @type {[number, number]} */ ([-0.1, 1.1]), y_label: "probability of class 1" } : usual;
    plot.frame(axes);
    const active = handles(points, axes, is_classes);
    const obstacle = obstacleOf(scene, points);
    const found = obstacle ? null : fitted(scaled, points, scene.loss !== "squared" && isHurried());
    const link = is_classes ? logistic : (/** @type {number} */ value) => value;
    const [fit, other] = [found?.fit, found?.other];
    const at = fit ? (/** @type {number} */ x) => link(fit.intercept + fit.coef[0] * x) : null;
    const grid = is_classes ? gridOf(axes, 120) : axes.x;
    marks.fit(at, other ? (x) => other.intercept + other.coef[0] * x : null, grid);
    marks.posterior(found?.posterior ?? null, link, grid, gridOf(axes, 60));
    marks.points(points, at, is_classes && points.length > FEW ? [points[active]] : points);
    marks.densities(points, active, at, { loss: is_classes ? null : LOSS[scene.loss].of, unit: noise_sd });
    keyOf(key, scene.loss, found !== null);
    const start = is_classes && !scene.classes ? ` At the start class 1 is y above ${digits(cut)}, the median.` : "";
    const move = is_classes ? "Drag a point up into class 1, or down into class 0." : "Drag a point.";
    const text = `${move} By keyboard: Tab to the point, arrow keys move it, Page Up and Page Down choose another, Delete takes it away.${start}`;
    if (hint.textContent !== text) hint.textContent = text;
    set(plot.svg, { "aria-describedby": "hint" });
    const told = found ? words(scaled, points, found, (axes.x[0] + axes.x[1]) / 2) : obstacle;
    return `${told} ${note}`.trim();
  };
}

/** @param {Scene} scene */
const isClasses = ({ loss }) => loss === "cross-entropy";

/**
 * Return a point in the nearer class.
 * @param {Point} point
 * @returns {Point}
 */
const snapped = ([x, y]) => [x, Number(y >= 0.5)];

/**
 * Return the points of classes: those that were moved, or the halves of the data.
 * @param {Scene} scene
 * @param {Point[]} points
 * @returns {Point[]}
 */
function classesOf({ classes }, points) {
  if (classes) return classes.map(snapped);
  const values = points.map(([, y]) => y);
  const cut = median(values);
  // where the median is the largest value, as it is of 0, 1 and 1, it is in class 1
  const is_top = !values.some((y) => y > cut);
  return points.map(([x, y]) => [x, Number(y > cut || (is_top && y === cut))]);
}

/**
 * Return the fit, its posterior, and the fit of squared loss beside another loss of y.
 * @param {Scene} scene
 * @param {Point[]} points
 * @param {boolean} quick
 * @returns {Found}
 */
function fitted({ loss, noise_sd, prior_sd: tau, penalty }, points, quick) {
  const prior_sd = penalty === "none" ? null : tau;
  const x = points.map(([value]) => value);
  const y = points.map(([, value]) => (loss === "cross-entropy" ? 2 * value - 1 : value));
  const X = x.map((value) => [value]);
  const exact = loss === "cross-entropy" ? null : posterior({ X, y, noise_sd, prior_sd });
  if (exact && loss === "squared") return { fit: exact, posterior: normalLine(exact), other: null };
  const fit = fitLoss({ loss, scale: noise_sd, delta: DELTA, prior_sd, X, y });
  return { fit, posterior: linePosterior({ x, y, loss, scale: noise_sd, delta: DELTA, prior_sd, fit, quick }), other: exact };
}

/**
 * Show which stroke is which.
 * @param {HTMLElement} list
 * @param {string} loss
 * @param {boolean} is_fitted
 */
function keyOf(list, loss, is_fitted) {
  const is_classes = loss === "cross-entropy";
  const entries = {
    likelihood: is_classes ? "probability of each class; the filled bar is the likelihood of the point" : "density of the noise; a level line shows the likelihood of the point",
    ridge: `fit: the most probable ${is_classes ? "curve" : "line"}`,
    posterior: `${DRAWS} draws of the posterior, and its band of 95 %`,
    ...(is_classes || loss === "squared" ? {} : { other: "fit of squared loss" }),
  };
  const text = JSON.stringify([entries, is_fitted]);
  if (list.dataset.shown === text) return;
  list.dataset.shown = text;
  list.replaceChildren(...(is_fitted ? Object.entries(entries) : []).map(([name, what]) => element("li", { class: name }, what)));
}
