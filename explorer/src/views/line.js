/**
 * A line through points that may be dragged.
 *
 * @typedef {import("../page/state.js").Point} Point
 * @typedef {import("../page/state.js").Scene} Scene
 * @typedef {import("../page/state.js").Fields} Fields
 */

import { TOY } from "../data.js";
import { controls, digits, element } from "../page/controls.js";
import { OWN } from "../own/columns.js";
import { dataFields, fieldsNow, pasteBox, withData } from "../page/data_choice.js";
import { scatterOf } from "../own/scatter.js";
import { MOST_POINTS } from "../page/state.js";
import { plotIn, set } from "../page/svg.js";
import { posterior } from "../numbers/gaussian.js";
import { fitLoss } from "../numbers/losses.js";
import { dragging } from "./dragging.js";
import { DRAWS, marksIn } from "./line_marks.js";

const PATIENTS = 200;
const DELTA = 1.345; // the bend of Huber's loss, in units of σ

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
  loss: { kind: "choice", label: "Loss", value: "squared", options: { squared: "squared", huber: "Huber", absolute: "absolute" } },
  noise_sd: { kind: "number", label: "Scale of the noise σ", value: 0.5, low: 0.1, high: 100, log: true, by: { diabetes: { value: 60 }, own: { value: 0.7, low: 0.02, high: 5, unit: "sd" } } },
  prior_sd: { kind: "number", label: "Prior sd of the slope τ", value: 1, low: 0.01, high: 100, log: true, by: { diabetes: { value: 10 }, own: { value: 1, low: 0.01, high: 10, unit: "sd" } } },
  ...dataFields("toy", { toy: "ten points", diabetes: `${PATIENTS} diabetes patients` }),
  points: { kind: "points", value: null },
};

/** The loss of a residual r in units of σ; its density is exp(-loss) but for a constant. */
/** @type {Record<string, (r: number) => number>} */
const LOSS = {
  squared: (r) => 0.5 * r * r,
  huber: (r) => (Math.abs(r) <= DELTA ? 0.5 * r * r : DELTA * (Math.abs(r) - 0.5 * DELTA)),
  absolute: Math.abs,
};

const NOISE = {
  squared: "normal noise",
  huber: "noise that is normal in the middle and Laplace in the tails",
  absolute: "Laplace noise",
};

/** @type {import("../main.js").View} */
export const line = {
  title: "A line",
  idea: "A loss is a negative log-likelihood: the density of the noise around the line says the cost of each residual.",
  fields,
  mount,
};

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
  const hint = element("p", { id: "hint" }, "Drag a point. By keyboard: Tab to the point, arrow keys move it, Page Up and Page Down choose another, Delete takes it away.");
  box.append(element("div", { class: "columns" }, side, element("div", {}, figure, key, hint)));
  const show = controls(side, fields, (name, value) => change(name === "data" ? withData(fields, value) : { [name]: value }));
  const paste = pasteBox(side, fields, data, change);
  const outlier = element("button", { type: "button", id: "outlier" }, "Add an outlier");
  outlier.addEventListener("click", () => change({ points: [...pointsOf(shown), setOf(shown).outlier] }));
  side.append(outlier);

  const plot = plotIn(figure, { ratio: 0.66, role: "group", label: "Points, the fitted line and its posterior" }, redraw);
  const handles = dragging(plot, (points) => change({ points }), redraw);
  const marks = marksIn(plot);

  return (scene) => {
    shown = scene;
    show(scene, fieldsNow(fields, scene, Infinity));
    paste(scene);
    const points = pointsOf(scene);
    outlier.disabled = points.length >= MOST_POINTS;
    const { axes, units, note } = setOf(scene);
    plot.frame(axes);
    const rows = { X: points.map(([x]) => [x]), y: points.map(([, value]) => value) };
    const { loss } = scene;
    const [noise_sd, prior_sd] = [scene.noise_sd * units.noise_sd, scene.prior_sd * units.prior_sd];
    const exact = posterior({ ...rows, noise_sd, prior_sd });
    const is_squared = loss === "squared";
    const { intercept, coef } = is_squared ? exact : fitLoss({ loss, scale: noise_sd, delta: DELTA, prior_sd, ...rows });
    const at = (/** @type {number} */ x) => intercept + coef[0] * x;
    marks.fit(at, is_squared ? null : (x) => exact.intercept + exact.coef[0] * x, axes);
    marks.posterior(is_squared ? exact : null, axes);
    marks.points(points, at);
    marks.densities(points, handles(points, axes), at, { loss: LOSS[loss], unit: noise_sd });
    keyOf(key, is_squared);
    set(plot.svg, { "aria-describedby": "hint" });
    return `${words({ loss, noise_sd }, points, { intercept, coef }, exact)} ${note}`.trim();
  };
}

/**
 * Show which stroke is which.
 * @param {HTMLElement} list
 * @param {boolean} is_squared
 */
function keyOf(list, is_squared) {
  const entries = {
    likelihood: "density of the noise; a level line shows the likelihood of the point",
    ridge: "fit: the most probable line",
    ...(is_squared ? { posterior: `${DRAWS} lines of the posterior, and its band of 2 sds` } : { other: "fit of squared loss" }),
  };
  const text = JSON.stringify(entries);
  if (list.dataset.shown === text) return;
  list.dataset.shown = text;
  list.replaceChildren(...Object.entries(entries).map(([name, what]) => element("li", { class: name }, what)));
}

/**
 * Return the scene in words.
 * @param {Scene} scene
 * @param {Point[]} points
 * @param {{intercept: number, coef: number[]}} fit
 * @param {import("../numbers/gaussian.js").Posterior} exact
 */
function words({ loss, noise_sd }, points, { intercept, coef }, exact) {
  const losses = points.map(([x, y]) => LOSS[loss]((y - intercept - coef[0] * x) / noise_sd));
  const total = losses.reduce((all, each) => all + each, 0);
  const worst = losses.indexOf(Math.max(...losses));
  const [x, y] = points[worst];
  const residual = (y - intercept - coef[0] * x) / noise_sd;
  const sentences = [
    `The ${loss === "huber" ? "Huber" : loss} loss stands for ${NOISE[/** @type {keyof NOISE} */ (loss)]}.`,
    `The fit is y = ${digits(intercept)} ${coef[0] < 0 ? "\u2212" : "+"} ${digits(Math.abs(coef[0]))} x through ${points.length} points.`,
  ];
  const sd = exact.sd[exact.sd.length - 1];
  if (loss === "squared") sentences.push(`The slope's posterior is normal with mean ${digits(coef[0])} and sd ${digits(sd)}.`);
  else sentences.push(`Squared loss would give the slope ${digits(exact.coef[0])}. No band is drawn: this posterior is not normal.`);
  if (total > 0) {
    sentences.push(`Point ${worst + 1} has the largest residual, ${digits(residual)} times σ, and ${digits((100 * losses[worst]) / total)} % of the total loss of ${digits(total)}.`);
  }
  return sentences.join(" ");
}
