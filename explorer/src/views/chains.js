/**
 * The draws of four chains over the exact posterior.
 *
 * @typedef {import("../numbers/sampling/runs.js").Run} Run
 * @typedef {import("../numbers/gaussian.js").Posterior} Posterior
 */

import { pathOf, plotIn, repeat, svgElement } from "../page/svg.js";
import { CHAINS } from "../numbers/sampling/runs.js";
import { RADII, ellipse } from "./plane.js";

const AXES = { x: /** @type {[number, number]} */ ([-1.5, 3.5]), y: /** @type {[number, number]} */ ([-1.5, 3.5]), x_label: "coefficient b₁", y_label: "coefficient b₂" };
const [CROSS, SMALL, LARGE, RING] = [5, 5, 16, 8]; // pixels
const MOST_MARKS = 200;

/**
 * Make a panel.
 * @param {HTMLElement} figure
 * @param {string} label
 * @param {() => void} redraw
 * @returns {(run: Run, n: number, exact: Posterior) => void} draws the first n draws
 */
export function chainsIn(figure, label, redraw) {
  const plot = plotIn(figure, { ratio: 1, role: "img", label }, redraw);
  const names = ["contours posterior", "draws", "ways", "rejected", "divergent", "now", "numbers"];
  const [contours, dots, ways, rejected, divergent, now, numbers] = names.map((name) => svgElement("g", { class: name }));
  plot.marks.append(contours, dots, ways, rejected, divergent, now, numbers);
  const place = (/** @type {number[]} */ [x, y]) => [plot.x(x), plot.y(y)];

  return ({ starts, draws }, n, exact) => {
    plot.frame(AXES);
    repeat(contours, "path", RADII.map((radius) => ({ d: pathOf(ellipse(exact.coef, exact.inverse_root, radius).map(place), true) })));
    const last = n ? draws.map((chain) => chain[n - 1]) : [];
    // one path of points without length is faster than a circle for each draw
    repeat(dots, "path", draws.map((chain) => ({ d: chain.slice(0, n).map(({ at }) => `${pathOf([place(at)])}h0`).join("") })));
    repeat(ways, "path", last.map(({ way }) => ({ d: pathOf(way.map((at) => near(place(at)))) })));
    const refused = last.filter(({ accepted, diverged }) => !accepted && !diverged).map(({ way }) => near(place(way[way.length - 1])));
    repeat(rejected, "path", refused.map(([x, y]) => ({ d: `M${x - CROSS} ${y - CROSS}L${x + CROSS} ${y + CROSS}M${x - CROSS} ${y + CROSS}L${x + CROSS} ${y - CROSS}` })));
    const lost = draws.flatMap((chain) => chain.slice(0, n).filter(({ diverged }) => diverged)).slice(-MOST_MARKS);
    repeat(divergent, "path", lost.map((draw) => {
      const [x, y] = place(draw.way[0]);
      const r = last.includes(draw) ? LARGE : SMALL;
      return { d: pathOf([[x, y - 1.2 * r], [x + r, y + 0.7 * r], [x - r, y + 0.7 * r]], true) };
    }));
    const places = (n ? last.map(({ at }) => at) : starts).map(place);
    repeat(now, "circle", places.map(([cx, cy]) => ({ cx: cx.toFixed(1), cy: cy.toFixed(1), r: RING })));
    const texts = repeat(numbers, "text", places.map(([x, y]) => ({ x: x.toFixed(1), y: (y + 4).toFixed(1), "text-anchor": "middle" })));
    for (let c = 0; c < CHAINS; c++) texts[c].textContent = String(c + 1);
  };
}

/**
 * Return a place that a drawing can hold: a divergent way goes beyond all numbers.
 * @param {number[]} place
 */
function near(place) {
  return place.map((value) => (Number.isFinite(value) ? Math.max(-1e4, Math.min(1e4, value)) : 1e4));
}
