/**
 * The marks of the view of a line: points, residuals, densities, fit and posterior.
 *
 * @typedef {import("../page/state.js").Point} Point
 * @typedef {import("../page/svg.js").Axes} Axes
 * @typedef {import("../page/svg.js").Plot} Plot
 * @typedef {import("../numbers/gaussian.js").Posterior} Posterior
 * @typedef {(x: number) => number} Line
 */

import { normals } from "../data.js";
import { pathOf, repeat, svgElement } from "../page/svg.js";
import { predict } from "../numbers/gaussian.js";

export const DRAWS = 12;
const FEW = 16; // points whose densities are all drawn
const NAMES = ["band", "lines", "other", "residuals", "densities", "fit", "dots"];

/**
 * Make the layers of the marks.
 * @param {Plot} plot
 */
export function marksIn(plot) {
  const layers = Object.fromEntries(NAMES.map((name) => [name, svgElement("g", { class: name })]));
  plot.marks.append(...Object.values(layers));
  const normal = normals(1);
  const deviates = Array.from({ length: DRAWS }, () => [normal(), normal()]);
  const place = (/** @type {number[]} */ [x, y]) => [plot.x(x), plot.y(y)];
  const strokes = (/** @type {string} */ name, /** @type {Line[]} */ lines, /** @type {Axes} */ axes) =>
    repeat(layers[name], "path", lines.map((line) => ({ d: pathOf(axes.x.map((x) => place([x, line(x)]))) })));

  return {
    /** Draw the fit, and beside it the one of squared loss or none. */
    fit(/** @type {Line} */ line, /** @type {Line | null} */ other, /** @type {Axes} */ axes) {
      strokes("fit", [line], axes);
      strokes("other", other ? [other] : [], axes);
    },

    /** Draw lines of the posterior, and a band of 2 sds around its mean; or neither. */
    posterior(/** @type {Posterior | null} */ fit, /** @type {Axes} */ axes) {
      strokes("lines", fit ? deviates.map((pair) => drawn(fit, pair)) : [], axes);
      repeat(layers.band, "path", fit ? [{ d: pathOf(bandOf(fit, axes).map(place), true) }] : []);
    },

    /** Draw points and their residuals. */
    points(/** @type {Point[]} */ points, /** @type {Line} */ line) {
      const places = points.map(place);
      const residuals = points.map(([x], i) => pathOf([places[i], place([x, line(x)])]));
      repeat(layers.residuals, "path", [{ d: residuals.join("") }]);
      const r = points.length > FEW ? 3.5 : 5.5;
      repeat(layers.dots, "circle", places.map(([cx, cy]) => ({ cx: cx.toFixed(1), cy: cy.toFixed(1), r })));
    },

    /** Draw the density of the noise at points, or at the active one of many. */
    densities(/** @type {Point[]} */ points, /** @type {number} */ active, /** @type {Line} */ line, /** @type {{loss: (r: number) => number, unit: number}} */ { loss, unit }) {
      const shown = points.length > FEW ? [points[active]] : points;
      const width = points.length > FEW ? 60 : 34;
      const paths = shown.map(([x, y]) => {
        const [left, center] = [plot.x(x), line(x)];
        const at = (/** @type {number} */ r) => [left + width * Math.exp(-loss(r)), plot.y(center + r * unit)];
        const curve = Array.from({ length: 41 }, (_, k) => at((k - 20) / 5));
        const level = [[left, plot.y(y)], [at((y - center) / unit)[0], plot.y(y)]];
        const stem = [4, -4].map((r) => [left, plot.y(center + r * unit)]);
        return { d: pathOf(curve) + pathOf(stem) + pathOf(level) };
      });
      repeat(layers.densities, "path", paths);
    },
  };
}

/**
 * Return a line of the posterior.
 * @param {Posterior} fit
 * @param {number[]} deviates standard normal, of the level and of the slope
 * @returns {Line}
 */
function drawn(fit, [level, slope]) {
  const b = fit.coef[0] + fit.inverse_root[0][0] * slope;
  return (x) => fit.level + fit.level_sd * level + b * (x - fit.center[0]);
}

/**
 * Return the outline of the band of 2 sds.
 * @param {Posterior} fit
 * @param {Axes} axes
 */
function bandOf(fit, { x: [low, high] }) {
  const grid = Array.from({ length: 41 }, (_, i) => low + ((high - low) * i) / 40);
  const { mean, line_sd } = predict(fit, grid.map((x) => [x]));
  const edge = (/** @type {number} */ side) => grid.map((x, i) => [x, mean[i] + 2 * side * line_sd[i]]);
  return [...edge(1), ...edge(-1).reverse()];
}
