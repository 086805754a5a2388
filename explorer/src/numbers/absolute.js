/**
 * Least absolute deviations with an L2 penalty or without one.
 *
 *     min over a, b of  Σ |y_i - a - x_i'b| / scale + |b|² / (2 prior_sd²)
 *
 * A Huber loss with a bend that shrinks comes near the minimum. It shows the rows that
 * the line runs through, and these give the minimum itself. Madsen and Nielsen (1993).
 *
 * @typedef {import("./linear_algebra.js").Vector} Vector
 * @typedef {import("./linear_algebra.js").Matrix} Matrix
 * @typedef {import("./rows.js").Rows} Rows
 * @typedef {import("./newton.js").Design} Design
 */

import { dot, solveUpper } from "./linear_algebra.js";
import { designOf, median, newton } from "./newton.js";

const [BENDS, SLACK] = [14, 1e-9];

/**
 * Return the minimum.
 * @param {Rows & {scale: number, prior_sd: number | null}} problem
 * @returns {{intercept: number, coef: Vector, objective: number}}
 */
export function absoluteFit({ scale, prior_sd, ...rows }) {
  const design = designOf(rows, prior_sd);
  const objectiveAt = (/** @type {Vector} */ at) =>
    design.rows.reduce((total, row, i) => total + Math.abs(design.y[i] - dot(row, at)) / scale, 0) +
    0.5 * at.reduce((total, value, j) => total + design.penalty[j] * value * value, 0);
  const level = rows.intercept === false ? 0 : median(rows.y);
  let at = design.rows[0].map((_, j) => (j === 0 ? level : 0));
  let best = at;
  let bend = median(rows.y.map((value) => Math.abs(value - level))) || Math.max(...rows.y.map(Math.abs)) || 1;
  for (let round = 0; round < BENDS; round++, bend /= 10) {
    at = newton(smoothed(bend, scale), design, at).at;
    if (objectiveAt(at) < objectiveAt(best)) best = at;
    const found = through(design, at, bend, scale);
    if (found) return { ...design.lineOf(found), objective: objectiveAt(found) };
  }
  // the line runs through more rows than it has parameters: the last bend is their error
  return { ...design.lineOf(best), objective: objectiveAt(best) };
}

/**
 * Return the Huber loss that is r² / (2 bend scale) up to a residual r of ``bend``.
 * @param {number} bend
 * @param {number} scale
 * @returns {import("./newton.js").Loss}
 */
function smoothed(bend, scale) {
  return (y, eta) => {
    const r = y - eta;
    if (Math.abs(r) <= bend) return [(r * r) / (2 * bend * scale), -r / (bend * scale), 1 / (bend * scale)];
    return [(Math.abs(r) - 0.5 * bend) / scale, -Math.sign(r) / scale, 0];
  };
}

/**
 * Return the minimum among lines through the rows within the bend, if it is that of all.
 *
 * It is where the slopes of these rows, which may be any between -1 and 1, balance those
 * of the others.
 * @param {Design} design
 * @param {Vector} at
 * @param {number} bend
 * @param {number} scale
 * @returns {Vector | null}
 */
function through({ rows, y, penalty }, at, bend, scale) {
  const d = at.length;
  const residuals = rows.map((row, i) => y[i] - dot(row, at));
  const places = residuals.flatMap((r, i) => (Math.abs(r) <= bend ? [i] : []));
  if (places.length > d) return null;
  const others = residuals.map((r) => (Math.abs(r) <= bend ? 0 : Math.sign(r)));
  const pull = at.map((_, j) => rows.reduce((all, row, i) => all + (others[i] * row[j]) / scale, 0));
  const equations = at.map((_, j) => [
    ...at.map((_, k) => (j === k ? penalty[j] : 0)),
    ...places.map((i) => -rows[i][j] / scale),
  ]);
  equations.push(...places.map((i) => [...rows[i], ...places.map(() => 0)]));
  const solution = solve(equations, [...pull, ...places.map((i) => y[i])]);
  if (!solution || solution.slice(d).some((slope) => !(Math.abs(slope) <= 1 + SLACK))) return null;
  const found = solution.slice(0, d);
  const is_same = rows.every((row, i) => others[i] === 0 || others[i] * (y[i] - dot(row, found)) >= 0);
  return is_same ? found : null;
}

/**
 * Solve equations by elimination with scaled pivots; null where they are singular.
 * @param {Matrix} matrix
 * @param {Vector} right
 * @returns {Vector | null}
 */
function solve(matrix, right) {
  const rows = matrix.map((row, i) => {
    const size = Math.max(...row.map(Math.abs)) || 1;
    return [...row, right[i]].map((value) => value / size);
  });
  for (let i = 0; i < rows.length; i++) {
    let pivot = i;
    for (let k = i; k < rows.length; k++) if (Math.abs(rows[k][i]) > Math.abs(rows[pivot][i])) pivot = k;
    [rows[i], rows[pivot]] = [rows[pivot], rows[i]];
    if (!(Math.abs(rows[i][i]) > 1e-14)) return null;
    for (let k = i + 1; k < rows.length; k++) {
      const factor = rows[k][i] / rows[i][i];
      if (factor !== 0) rows[k] = rows[k].map((value, j) => value - factor * rows[i][j]);
    }
  }
  return solveUpper(rows, rows.map((row) => row[rows.length]));
}
