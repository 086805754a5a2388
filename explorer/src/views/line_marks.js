/**
 * The marks of the view of a line: points, residuals, densities, fit and posterior.
 *
 * @typedef {import("../page/state.js").Point} Point
 * @typedef {import("../page/svg.js").Axes} Axes
 * @typedef {import("../page/svg.js").Plot} Plot
 * @typedef {import("../numbers/line/posterior.js").LinePosterior} LinePosterior
 * @typedef {(x: number) => number} Line
 * @typedef {(value: number) => number} Link
 */

import { pathOf, repeat, svgElement } from "../page/svg.js";
import { generator } from "../numbers/sampling/random.js";

export const DRAWS = 12;
export const SHARES = [0.025, 0.975];
export const FEW = 16; // points whose densities are all drawn
const BAR = 4; // pixels, half the height
const NAMES = ["band", "lines", "other", "residuals", "densities", "fit", "dots"];

/**
 * Make the layers of the marks.
 * @param {Plot} plot
 */
export function marksIn(plot) {
  const layers = Object.fromEntries(NAMES.map((name) => [name, svgElement("g", { class: name })]));
  plot.marks.append(...Object.values(layers));
  const { uniform } = generator(1);
  const shares = Array.from({ length: DRAWS }, () => [uniform(), uniform()]);
  const place = (/** @type {number[]} */ [x, y]) => [plot.x(x), plot.y(y)];
  const strokes = (/** @type {string} */ name, /** @type {Line[]} */ lines, /** @type {number[]} */ grid) =>
    repeat(layers[name], "path", lines.map((line) => ({ d: pathOf(grid.map((x) => place([x, line(x)]))) })));

  return {
    /** Draw the fit, and beside it another line; or none. */
    fit(/** @type {Line | null} */ line, /** @type {Line | null} */ other, /** @type {number[]} */ grid) {
      strokes("fit", line ? [line] : [], grid);
      strokes("other", other ? [other] : [], grid);
    },

    /** Draw lines of the posterior, and the band between two quantiles; or neither. */
    posterior(/** @type {LinePosterior | null} */ found, /** @type {Link} */ link, /** @type {number[]} */ grid, /** @type {number[]} */ edges) {
      const lines = found ? shares.map(found.draw) : [];
      strokes("lines", lines.map(([a, b]) => (x) => link(a + b * x)), grid);
      const places = SHARES.map((share) => (found?.quantiles(edges, share) ?? []).map((value, i) => place([edges[i], link(value)])));
      repeat(layers.band, "path", found ? [{ d: pathOf([...places[1], ...places[0].reverse()], true) }] : []);
    },

    /** Draw points, and the residuals of some where there is a line. */
    points(/** @type {Point[]} */ points, /** @type {Line | null} */ line, /** @type {Point[]} */ some) {
      const places = points.map(place);
      const residuals = line ? some.map(([x, y]) => pathOf([place([x, y]), place([x, line(x)])])) : [];
      repeat(layers.residuals, "path", [{ d: residuals.join("") }]);
      const r = points.length > FEW ? 3.5 : 5.5;
      repeat(layers.dots, "circle", places.map(([cx, cy]) => ({ cx: cx.toFixed(1), cy: cy.toFixed(1), r })));
    },

    /** Draw the density of the noise at points, or at the active one of many; of classes their probabilities. */
    densities(/** @type {Point[]} */ points, /** @type {number} */ active, /** @type {Line | null} */ line, /** @type {{loss: ((r: number) => number) | null, unit: number}} */ { loss, unit }) {
      const shown = points.length > FEW ? [points[active]] : points;
      const width = points.length > FEW ? 60 : Math.min(34, Number(plot.svg.getAttribute("width")) / 18);
      const paths = !line ? [] : shown.flatMap(([x, y]) => {
        const [left, center] = [plot.x(x), line(x)];
        if (!loss) return [0, 1].map((of) => bar(left, plot.y(of), width * (of ? center : 1 - center), of === y));
        const at = (/** @type {number} */ r) => [left + width * Math.exp(-loss(r)), plot.y(center + r * unit)];
        const curve = Array.from({ length: 41 }, (_, k) => at((k - 20) / 5));
        const level = [[left, plot.y(y)], [at((y - center) / unit)[0], plot.y(y)]];
        const stem = [4, -4].map((r) => [left, plot.y(center + r * unit)]);
        return [{ class: "", d: pathOf(curve) + pathOf(stem) + pathOf(level) }];
      });
      repeat(layers.densities, "path", paths);
    },
  };
}

/**
 * Return places along the axis.
 * @param {Axes} axes
 * @param {number} steps
 */
export function gridOf({ x: [low, high] }, steps) {
  return Array.from({ length: steps + 1 }, (_, i) => low + ((high - low) * i) / steps);
}

/**
 * Return a bar to the right, which is the likelihood where it is that of the point.
 * @param {number} x
 * @param {number} y
 * @param {number} length
 * @param {boolean} is_own
 */
function bar(x, y, length, is_own) {
  const corners = [[x, y - BAR], [x + length, y - BAR], [x + length, y + BAR], [x, y + BAR]];
  return { class: is_own ? "own" : "", d: pathOf(corners, true) };
}
