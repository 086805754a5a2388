/**
 * Marginal densities of two coefficients under a normal prior, in the plane's colours.
 *
 * @typedef {import("../page/svg.js").Axes} Axes
 * @typedef {Record<"prior" | "likelihood" | "posterior", {mean: number, sd: number} | null>} Normals
 *     null where a likelihood is no density of the coefficient
 */

import { element } from "../page/controls.js";
import { pathOf, plotIn, repeat, svgElement } from "../page/svg.js";

const NAMES = /** @type {const} */ (["prior", "likelihood", "posterior"]);
const [REACH, POINTS] = [4, 81]; // sds to each side
const ROUND = [1, 1.5, 2, 3, 5, 7, 10];

/**
 * Make a plot of each coefficient.
 * @param {HTMLElement} box
 * @param {() => void} redraw
 * @returns {(normals: Normals[], axes: Axes) => void} draws on the axes of the plane
 */
export function marginalsIn(box, redraw) {
  const plots = ["b₁", "b₂"].map((name) => {
    const figure = element("div", { class: "plot" });
    box.append(element("div", {}, element("h3", {}, `${name} alone, under the normal prior`), figure));
    const plot = plotIn(figure, { ratio: 0.35, role: "img", label: `Densities of ${name}: prior, likelihood and posterior` }, redraw);
    const layers = NAMES.map((each) => svgElement("g", { class: `contours ${each}` }));
    plot.marks.append(...layers);
    return { plot, layers };
  });
  return (normals, axes) => {
    plots.forEach(({ plot, layers }, j) => {
      const [across, x_label] = j ? [axes.y, axes.y_label] : [axes.x, axes.x_label];
      const tops = NAMES.map((name) => height(normals[j][name], 0));
      plot.frame({ x: across, x_label, y: [0, above(1.05 * Math.max(...tops))], y_label: "density", left: axes.left });
      NAMES.forEach((name, i) => repeat(layers[i], "path", shapes(normals[j][name]).map((shape) => ({ d: pathOf(shape.map(([x, y]) => [plot.x(x), plot.y(y)]), true) }))));
    });
  };
}

/**
 * Return the area under a density, or none.
 * @param {{mean: number, sd: number} | null} normal
 * @returns {number[][][]}
 */
function shapes(normal) {
  if (normal === null) return [];
  const { mean, sd } = normal;
  const sds = Array.from({ length: POINTS }, (_, i) => REACH * ((2 * i) / (POINTS - 1) - 1));
  const upper = sds.map((z) => [mean + z * sd, height(normal, z)]);
  return [[[mean - REACH * sd, 0], ...upper, [mean + REACH * sd, 0]]];
}

/**
 * Return a density at some sds from its mean.
 * @param {{sd: number} | null} normal
 * @param {number} z
 */
function height(normal, z) {
  return normal ? Math.exp(-0.5 * z * z) / (normal.sd * Math.sqrt(2 * Math.PI)) : 0;
}

/**
 * Return a round number that is not below a value, so that axes rest while a slider moves.
 * @param {number} value
 */
function above(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * (ROUND.find((each) => each * power >= value) ?? 10);
}
