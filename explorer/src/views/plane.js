/**
 * Prior times likelihood is posterior, in two coefficients; and L1 beside it.
 *
 * @typedef {import("../page/state.js").Scene} Scene
 * @typedef {import("../page/state.js").Fields} Fields
 * @typedef {import("../page/svg.js").Plot} Plot
 * @typedef {number[][]} Matrix
 */

import { dataFields, fieldsNow, pasteBox, withData } from "../page/data_choice.js";
import { fieldsOf } from "../page/state.js";
import { controls, digits, element } from "../page/controls.js";
import { pathOf, plotIn, repeat, svgElement } from "../page/svg.js";
import { path } from "../numbers/criteria.js";
import { posterior } from "../numbers/gaussian.js";
import { l1Of, lasso, lassoPath } from "../numbers/lasso.js";
import { marginalsIn } from "./marginals.js";
import { MOST_ROWS, drawnRows, problems } from "./plane_rows.js";

/** Radii of ellipses that hold 50 % and 95 % of a normal density in the plane. */
export const RADII = [Math.sqrt(2 * Math.log(2)), Math.sqrt(2 * Math.log(20))];
const PENALTIES = Array.from({ length: 101 }, (_, i) => 10 ** (-4 + i / 10));
const [LEAST_TAU, MOST_TAU] = [0.03, 10];
const SIDE = 66; // pixels, so that a coefficient and its density stand in one line

const PATIENTS = {
  noise_sd: { value: 54, low: 5, high: 500 },
  prior_sd: { value: 20, low: 1, high: 500 },
  rows: { value: 442, high: 442 },
  correlation: { hidden: true },
};
const OF_OWN = {
  noise_sd: { value: 0.7, low: 0.02, high: 5, unit: "sd" },
  prior_sd: { value: 0.3, low: 0.01, high: 5, unit: "sd" },
  rows: { value: 2000, high: 2000 },
  correlation: { hidden: true },
};
/** @param {keyof typeof PATIENTS} name */
const by = (name) => ({ diabetes: PATIENTS[name], diabetes_bp: PATIENTS[name], diabetes_s: PATIENTS[name], own: OF_OWN[name] });

/** @type {Fields} */
const fields = {
  noise_sd: { kind: "number", label: "Noise sd σ", value: 1, low: 0.1, high: 10, log: true, by: by("noise_sd") },
  prior_sd: { kind: "number", label: "Prior sd τ", value: 0.5, low: LEAST_TAU, high: MOST_TAU, log: true, by: by("prior_sd") },
  rows: { kind: "number", label: "Rows, the first ones", value: 12, low: 3, high: MOST_ROWS, whole: true, by: by("rows") },
  correlation: { kind: "number", label: "Correlation of columns", value: 0.7, low: -0.98, high: 0.98, by: by("correlation") },
  ...dataFields("toy", { toy: "drawn rows", diabetes: "diabetes: bmi and s5", diabetes_bp: "diabetes: bmi and bp", diabetes_s: "diabetes: s1 and s2" }, 2),
};

/** The penalty is no field: it follows from both sds. */
/** @type {Fields} */
const WALK = {
  alpha: { kind: "number", label: "Penalty α = σ² / τ², by τ", value: 4, low: 1e-3, high: 1e3, log: true },
};

/** @type {import("../main.js").View} */
export const plane = {
  title: "Prior and posterior",
  idea: "Prior times likelihood is the posterior, and its mode is the ridge solution of penalty α = σ² / τ².",
  fields,
  mount,
};

/**
 * Make the view.
 * @type {import("../main.js").View["mount"]}
 */
function mount(box, data, change, redraw) {
  const side = element("div", { class: "controls" });
  const [left, right] = ["A normal prior: L2", "A Laplace prior: L1"].map((title) => {
    const figure = element("div", { class: "plot" });
    return { figure, node: element("div", {}, element("h3", {}, title), figure) };
  });
  const key = element("ul", { class: "key" });
  for (const [name, what] of [
    ["prior", "prior: contours of 50 % and 95 %, a diamond for L1; below, densities of one coefficient"],
    ["likelihood", "likelihood of the same rows"],
    ["posterior", "posterior: contours of 50 % and 95 %"],
    ["ridge", "solution, and its path as α moves"],
  ]) key.append(element("li", { class: name }, what));
  const under = element("div", { class: "pair" });
  box.append(element("div", { class: "columns" }, side, element("div", {}, element("div", { class: "pair" }, left.node, right.node), under, key)));
  let shown = /** @type {Scene} */ ({});
  const show = controls(side, fields, (name, value) => change(name === "data" ? withData(fields, value) : { [name]: value }));
  const walk = controls(side, WALK, (_name, alpha) => change({ prior_sd: within(shown.noise_sd / Math.sqrt(alpha), shown.data) }));
  const paste = pasteBox(side, fields, data, change);
  const panels = [left, right].map(({ figure }, i) =>
    panelIn(figure, `${i ? "Laplace" : "Normal"} prior, likelihood and solution in the plane of two coefficients`, redraw));
  const marginals = marginalsIn(under, redraw);
  const drawn = drawnRows();

  const problemOf = problems(data, drawn);

  return (scene) => {
    shown = scene;
    const { rows, axes: of_rows, unit, n, names, target, as_given } = problemOf(scene);
    const axes = { ...of_rows, left: SIDE };
    show(scene, fieldsNow(fields, scene, n));
    paste(scene);
    const alpha = scene.noise_sd ** 2 / scene.prior_sd ** 2;
    walk({ alpha });
    const [noise_sd, prior_sd] = [scene.noise_sd * unit, scene.prior_sd * unit];
    const likelihood = likelihoodOf(rows, noise_sd);
    const exact = posterior({ ...rows, noise_sd, prior_sd });
    const ridge_path = [...(likelihood ? [likelihood.coef] : []), ...path({ ...rows, noise_sd, penalties: PENALTIES }).coef];
    const l1 = l1Of(noise_sd, prior_sd / Math.SQRT2);
    const sparse = lasso({ ...rows, l1 }).coef;
    const largest = Math.max(...[0, 1].map((j) => Math.abs(rows.X.reduce((all, row, i) => all + row[j] * rows.y[i], 0))));
    const strengths = Array.from({ length: 61 }, (_each, i) => (largest * i) / 60);
    const sparse_path = lassoPath(rows, strengths);

    const contours = (/** @type {import("../numbers/gaussian.js").Posterior} */ fit) => RADII.map((radius) => ellipse(fit.coef, fit.inverse_root, radius));
    const circle = [[prior_sd, 0], [0, prior_sd]];
    panels[0]({
      prior: RADII.map((radius) => ellipse([0, 0], circle, radius)),
      likelihood: likelihood ? contours(likelihood) : [],
      posterior: contours(exact),
      walk: ridge_path,
      at: exact.coef,
      axes,
    });
    const reach = Math.abs(sparse[0]) + Math.abs(sparse[1]);
    panels[1]({
      prior: [[[reach, 0], [0, reach], [-reach, 0], [0, -reach]]],
      likelihood: likelihood ? [...contours(likelihood), through(likelihood, sparse)] : [],
      posterior: [],
      walk: sparse_path,
      at: sparse,
      axes,
    });
    const alone = (/** @type {import("../numbers/gaussian.js").Posterior} */ fit, /** @type {number} */ j) => ({ mean: fit.coef[j], sd: sdsOf(fit)[j] });
    marginals([0, 1].map((j) => ({ prior: { mean: 0, sd: prior_sd }, likelihood: likelihood && alone(likelihood, j), posterior: alone(exact, j) })), axes);
    const text = words({ noise_sd, prior_sd }, alpha, likelihood, exact, sparse);
    return names ? `${text} b₁ is the coefficient of ${names[0]} and b₂ that of ${names[1]}, in units of ${target} for one ${as_given ? "unit" : "sd"} of the column, on ${rows.count} rows.` : text;
  };
}

/**
 * Make a panel.
 * @param {HTMLElement} figure
 * @param {string} label
 * @param {() => void} redraw
 * @returns {(shapes: Record<"prior" | "likelihood" | "posterior", Matrix[]> & {walk: Matrix, at: number[], axes: import("../page/svg.js").Axes}) => void}
 */
function panelIn(figure, label, redraw) {
  const plot = plotIn(figure, { ratio: 1, role: "img", label }, redraw);
  const names = /** @type {const} */ (["prior", "likelihood", "posterior"]);
  const layers = names.map((name) => svgElement("g", { class: `contours ${name}` }));
  const [walk, top] = ["walk", "top"].map((name) => svgElement("g", { class: name }));
  plot.marks.append(...layers, walk, top);
  const place = (/** @type {number[]} */ [x, y]) => [plot.x(x), plot.y(y)];
  return (shapes) => {
    plot.frame(shapes.axes);
    names.forEach((name, i) => repeat(layers[i], "path", shapes[name].map((shape) => ({ d: pathOf(shape.map(place), true) }))));
    repeat(walk, "path", [{ d: pathOf(shapes.walk.map(place)) }]);
    const [cx, cy] = place(shapes.at);
    repeat(top, "circle", [{ cx: cx.toFixed(1), cy: cy.toFixed(1), r: 6 }]);
  };
}

/**
 * Return the normalised likelihood, null where the rows do not determine both coefficients.
 * @param {{X: Matrix, y: number[]}} rows
 * @param {number} noise_sd
 */
function likelihoodOf(rows, noise_sd) {
  try {
    return posterior({ ...rows, noise_sd });
  } catch {
    return null;
  }
}

/**
 * Return points of an ellipse.
 * @param {number[]} center
 * @param {Matrix} root S with SS' the covariance
 * @param {number} radius in sds
 * @returns {Matrix}
 */
export function ellipse(center, root, radius) {
  return Array.from({ length: 97 }, (_, i) => {
    const [c, s] = [Math.cos((i * Math.PI) / 48), Math.sin((i * Math.PI) / 48)];
    return [0, 1].map((j) => center[j] + radius * (root[j][0] * c + root[j][1] * s));
  });
}

/**
 * Return the contour of a likelihood through a point.
 * @param {import("../numbers/gaussian.js").Posterior} fit
 * @param {number[]} point
 */
function through(fit, point) {
  const root = fit.inverse_root;
  const [dx, dy] = [point[0] - fit.coef[0], point[1] - fit.coef[1]];
  const b = dy / root[1][1];
  const a = (dx - root[0][1] * b) / root[0][0];
  return ellipse(fit.coef, root, Math.hypot(a, b));
}

/**
 * Return a prior sd that the slider can show.
 * @param {number} prior_sd
 * @param {string} data
 */
function within(prior_sd, data) {
  const { low, high } = /** @type {import("../page/state.js").NumberField} */ (fieldsOf(fields, data).prior_sd);
  return Math.min(high, Math.max(low, Number(prior_sd.toPrecision(3))));
}

/**
 * Return the sds of both coefficients.
 * @param {import("../numbers/gaussian.js").Posterior} fit
 */
function sdsOf({ sd }) {
  return sd.slice(-2);
}

/**
 * Return the scene in words.
 * @param {Scene} scene
 * @param {number} alpha
 * @param {import("../numbers/gaussian.js").Posterior | null} likelihood
 * @param {import("../numbers/gaussian.js").Posterior} exact
 * @param {number[]} sparse
 */
function words({ noise_sd, prior_sd }, alpha, likelihood, exact, sparse) {
  const pair = (/** @type {number[]} */ values) => `(${values.map(digits).join(", ")})`;
  const zeros = sparse.flatMap((value, j) => (value === 0 ? [`b${"₁₂"[j]}`] : []));
  return [
    `With σ = ${digits(noise_sd)} and τ = ${digits(prior_sd)} the penalty is α = ${digits(alpha)}.`,
    likelihood ? `The likelihood is highest at ${pair(likelihood.coef)}, and its sds are ${pair(sdsOf(likelihood))}.` : "The rows do not determine both coefficients: the likelihood has no single highest point.",
    `The posterior is normal with mean ${pair(exact.coef)}, which is the ridge solution, and sds ${pair(sdsOf(exact))}; those of the prior are ${digits(prior_sd)}.`,
    `A Laplace prior with the same sd has its mode at ${pair(sparse)}:`,
    zeros.length ? `${zeros.join(" and ")} ${zeros.length > 1 ? "are" : "is"} exactly 0.` : "no coefficient is 0.",
  ].join(" ");
}
