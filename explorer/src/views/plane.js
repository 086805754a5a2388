/**
 * Prior times likelihood is posterior, in two coefficients; and L1 beside it.
 *
 * @typedef {import("../page/state.js").Scene} Scene
 * @typedef {import("../page/state.js").Fields} Fields
 * @typedef {import("../page/svg.js").Plot} Plot
 * @typedef {number[][]} Matrix
 */

import { normals } from "../data.js";
import { controls, digits, element } from "../page/controls.js";
import { pathOf, plotIn, repeat, svgElement } from "../page/svg.js";
import { path } from "../numbers/criteria.js";
import { posterior } from "../numbers/gaussian.js";
import { l1Of, lasso, lassoPath } from "../numbers/lasso.js";

const MOST_ROWS = 200;
const TRUTH = [1.2, 0.5];
/** Radii of ellipses that hold 50 % and 95 % of a normal density in the plane. */
export const RADII = [Math.sqrt(2 * Math.log(2)), Math.sqrt(2 * Math.log(20))];
const PENALTIES = Array.from({ length: 101 }, (_, i) => 10 ** (-4 + i / 10));
const [LEAST_TAU, MOST_TAU] = [0.03, 10];
const AXES = { x: /** @type {[number, number]} */ ([-2, 3]), y: /** @type {[number, number]} */ ([-2, 3]), x_label: "coefficient b₁", y_label: "coefficient b₂" };

/** @type {Fields} */
const fields = {
  noise_sd: { kind: "number", label: "Noise sd σ", value: 1, low: 0.1, high: 10, log: true },
  prior_sd: { kind: "number", label: "Prior sd τ", value: 0.5, low: LEAST_TAU, high: MOST_TAU, log: true },
  rows: { kind: "number", label: "Rows", value: 12, low: 3, high: MOST_ROWS, whole: true },
  correlation: { kind: "number", label: "Correlation of columns", value: 0.7, low: -0.98, high: 0.98 },
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
function mount(box, _, change, redraw) {
  const side = element("div", { class: "controls" });
  const [left, right] = ["A normal prior: L2", "A Laplace prior: L1"].map((title) => {
    const figure = element("div", { class: "plot" });
    return { figure, node: element("div", {}, element("h3", {}, title), figure) };
  });
  const key = element("ul", { class: "key" });
  for (const [name, what] of [
    ["prior", "prior: contours of 50 % and 95 %, a diamond for L1"],
    ["likelihood", "likelihood of the same rows"],
    ["posterior", "posterior: contours of 50 % and 95 %"],
    ["ridge", "solution, and its path as α moves"],
  ]) key.append(element("li", { class: name }, what));
  box.append(element("div", { class: "columns" }, side, element("div", {}, element("div", { class: "pair" }, left.node, right.node), key)));
  let shown = /** @type {Scene} */ ({});
  const show = controls(side, fields, (name, value) => change({ [name]: value }));
  const walk = controls(side, WALK, (_name, alpha) => change({ prior_sd: within(shown.noise_sd / Math.sqrt(alpha)) }));
  const panels = [left, right].map(({ figure }, i) =>
    panelIn(figure, `${i ? "Laplace" : "Normal"} prior, likelihood and solution in the plane of two coefficients`, redraw));
  const drawn = drawnRows();

  return (scene) => {
    shown = scene;
    show(scene);
    const alpha = scene.noise_sd ** 2 / scene.prior_sd ** 2;
    walk({ alpha });
    const { noise_sd, prior_sd } = scene;
    const rows = rowsOf(drawn, scene);
    const likelihood = posterior({ ...rows, noise_sd });
    const exact = posterior({ ...rows, noise_sd, prior_sd });
    const ridge_path = [likelihood.coef, ...path({ ...rows, noise_sd, penalties: PENALTIES }).coef];
    const l1 = l1Of(noise_sd, prior_sd / Math.SQRT2);
    const sparse = lasso({ ...rows, l1 }).coef;
    const largest = Math.max(...[0, 1].map((j) => Math.abs(rows.X.reduce((all, row, i) => all + row[j] * rows.y[i], 0))));
    const strengths = Array.from({ length: 61 }, (_each, i) => (largest * i) / 60);
    const sparse_path = lassoPath(rows, strengths);

    const contours = (/** @type {import("../numbers/gaussian.js").Posterior} */ fit) => RADII.map((radius) => ellipse(fit.coef, fit.inverse_root, radius));
    const circle = [[prior_sd, 0], [0, prior_sd]];
    panels[0]({
      prior: RADII.map((radius) => ellipse([0, 0], circle, radius)),
      likelihood: contours(likelihood),
      posterior: contours(exact),
      walk: ridge_path,
      at: exact.coef,
    });
    const reach = Math.abs(sparse[0]) + Math.abs(sparse[1]);
    panels[1]({
      prior: [[[reach, 0], [0, reach], [-reach, 0], [0, -reach]]],
      likelihood: [...contours(likelihood), through(likelihood, sparse)],
      posterior: [],
      walk: sparse_path,
      at: sparse,
    });
    return words(scene, alpha, likelihood, exact, sparse);
  };
}

/**
 * Make a panel.
 * @param {HTMLElement} figure
 * @param {string} label
 * @param {() => void} redraw
 * @returns {(shapes: Record<"prior" | "likelihood" | "posterior", Matrix[]> & {walk: Matrix, at: number[]}) => void}
 */
function panelIn(figure, label, redraw) {
  const plot = plotIn(figure, { ratio: 1, role: "img", label }, redraw);
  const names = /** @type {const} */ (["prior", "likelihood", "posterior"]);
  const layers = names.map((name) => svgElement("g", { class: `contours ${name}` }));
  const [walk, top] = ["walk", "top"].map((name) => svgElement("g", { class: name }));
  plot.marks.append(...layers, walk, top);
  const place = (/** @type {number[]} */ [x, y]) => [plot.x(x), plot.y(y)];
  return (shapes) => {
    plot.frame(AXES);
    names.forEach((name, i) => repeat(layers[i], "path", shapes[name].map((shape) => ({ d: pathOf(shape.map(place), true) }))));
    repeat(walk, "path", [{ d: pathOf(shapes.walk.map(place)) }]);
    const [cx, cy] = place(shapes.at);
    repeat(top, "circle", [{ cx: cx.toFixed(1), cy: cy.toFixed(1), r: 6 }]);
  };
}

/** Return columns of mean 0 and of correlation 0, and noise, for each number of rows. */
export function drawnRows() {
  const normal = normals(7);
  return Array.from({ length: MOST_ROWS }, () => [normal(), normal(), normal()]);
}

/**
 * Return the rows of a scene.
 *
 * The columns have mean 0, sd 1 and the scene's correlation. The noise of the rows has
 * sd 1 in every scene: σ is the model's view of it.
 * @param {Matrix} drawn
 * @param {Scene} scene
 */
export function rowsOf(drawn, { rows, correlation }) {
  const some = drawn.slice(0, rows);
  const first = unit(some.map((row) => row[0]), []);
  const second = unit(some.map((row) => row[1]), [first]);
  const rest = Math.sqrt(1 - correlation ** 2);
  const X = first.map((value, i) => [value, correlation * value + rest * second[i]]);
  return { X, y: X.map(([a, b], i) => TRUTH[0] * a + TRUTH[1] * b + some[i][2]) };
}

/**
 * Return a column of mean 0 and sd 1 that is orthogonal to others.
 * @param {number[]} column
 * @param {Matrix} others
 */
function unit(column, others) {
  const n = column.length;
  const center = column.reduce((all, value) => all + value, 0) / n;
  let left = column.map((value) => value - center);
  for (const other of others) {
    const share = left.reduce((all, value, i) => all + value * other[i], 0) / n;
    left = left.map((value, i) => value - share * other[i]);
  }
  const sd = Math.sqrt(left.reduce((all, value) => all + value * value, 0) / n);
  return left.map((value) => value / sd);
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
 */
function within(prior_sd) {
  return Math.min(MOST_TAU, Math.max(LEAST_TAU, Number(prior_sd.toPrecision(3))));
}

/**
 * Return the scene in words.
 * @param {Scene} scene
 * @param {number} alpha
 * @param {import("../numbers/gaussian.js").Posterior} likelihood
 * @param {import("../numbers/gaussian.js").Posterior} exact
 * @param {number[]} sparse
 */
function words({ noise_sd, prior_sd }, alpha, likelihood, exact, sparse) {
  const pair = (/** @type {number[]} */ values) => `(${values.slice(-2).map(digits).join(", ")})`;
  const zeros = sparse.flatMap((value, j) => (value === 0 ? [`b${"₁₂"[j]}`] : []));
  return [
    `With σ = ${digits(noise_sd)} and τ = ${digits(prior_sd)} the penalty is α = ${digits(alpha)}.`,
    `The likelihood is highest at ${pair(likelihood.coef)}.`,
    `The posterior is normal with mean ${pair(exact.coef)}, which is the ridge solution, and sds ${pair(exact.sd)}.`,
    `A Laplace prior with the same sd has its mode at ${pair(sparse)}:`,
    zeros.length ? `${zeros.join(" and ")} ${zeros.length > 1 ? "are" : "is"} exactly 0.` : "no coefficient is 0.",
  ].join(" ");
}
