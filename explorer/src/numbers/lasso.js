/**
 * The minimum under an L1 penalty, which is the mode under a Laplace prior.
 *
 *     min over a, b of  |y - a - X b|² / 2 + l1 Σ |b_j|
 *
 * An active set with signs is searched, and solved by a triangular factor: so zeros are
 * exact and the others have the digits of least squares. Tibshirani (1996); Lee, Battle,
 * Raina and Ng (2006) on the search.
 *
 * @typedef {import("./linear_algebra.js").Vector} Vector
 * @typedef {import("./linear_algebra.js").Matrix} Matrix
 * @typedef {import("./rows.js").Rows} Rows
 */

import { EPS, columnsOf, dot, norm, solveLower, solveUpper, times, triangularFactor } from "./linear_algebra.js";
import { centred, positive } from "./rows.js";

const STEPS = 1000;

/**
 * Return the strength l1 of a Laplace prior, whose density falls as exp(-|b| / scale).
 * @param {number} noise_sd
 * @param {number} scale
 */
export function l1Of(noise_sd, scale) {
  return positive(noise_sd, "noise_sd") ** 2 / positive(scale, "scale");
}

/**
 * Return the minimum.
 * @param {Rows & {l1: number, start?: Vector}} problem ``start`` is a solution nearby
 * @returns {{intercept: number, coef: Vector}}
 */
export function lasso({ l1, start, ...rows }) {
  if (!(l1 >= 0)) throw new Error(`l1 must be a number that is not negative, got ${l1}`);
  const data = centred(rows);
  const columns = columnsOf(data.X, data.p);
  let coef = start ? [...start] : Array(data.p).fill(0);
  const blocked = new Set();
  for (let step = 0; step < STEPS; step++) {
    const signs = coef.map(Math.sign);
    const next = violated(data, columns, coef, l1, blocked);
    const settled = step > 0 || !start;
    if (settled && next === null) break;
    if (settled && next !== null) signs[next.place] = next.sign;
    const found = descended(data, coef, signs, l1) ?? (next && exchanged(data, coef, next, l1));
    const moved = found !== null && found.some((value, j) => value !== coef[j]);
    if (moved) blocked.clear();
    else if (next) blocked.add(next.place);
    if (found) coef = found;
  }
  return { intercept: data.level - dot(data.center, coef), coef };
}

/**
 * Return the coefficients of many penalties, each started at the one before.
 * @param {Rows} rows
 * @param {Vector} penalties values of l1
 * @returns {Matrix} a row for each
 */
export function lassoPath(rows, penalties) {
  /** @type {Vector | undefined} */
  let start;
  return penalties.map((l1) => (start = lasso({ ...rows, l1, start }).coef));
}

/**
 * Return the zero coefficient that would lower the objective most, and its sign.
 * @param {import("./rows.js").Centred} data
 * @param {Float64Array[]} columns
 * @param {Vector} coef
 * @param {number} l1
 * @param {Set<number>} blocked columns that the active ones already span
 */
function violated({ X, y }, columns, coef, l1, blocked) {
  const residual = times(X, coef).map((value, i) => y[i] - value);
  let best = null;
  let most = 0;
  columns.forEach((column, place) => {
    if (coef[place] !== 0 || blocked.has(place)) return;
    const slope = dot(column, residual);
    const rounding = 8 * EPS * norm(column) * norm(y);
    const excess = (Math.abs(slope) - l1 - rounding) / (norm(column) || 1);
    if (excess > most) [best, most] = [{ place, sign: Math.sign(slope) }, excess];
  });
  return /** @type {{place: number, sign: number} | null} */ (best);
}

/**
 * Return coefficients nearer to the minimum, null where columns are not independent.
 *
 * The minimum for these signs is found, and the line to it is searched at the points
 * where a coefficient becomes 0.
 * @param {import("./rows.js").Centred} data
 * @param {Vector} coef
 * @param {Vector} signs 0 for coefficients that stay 0
 * @param {number} l1
 * @returns {Vector | null}
 */
function descended({ X, y }, coef, signs, l1) {
  let now = coef;
  let active = signs;
  for (;;) {
    const places = active.flatMap((sign, j) => (sign ? [j] : []));
    if (!places.length) return now;
    const best = solved(X, y, places, active, l1);
    if (!best) return null;
    const target = now.map((_, j) => (places.includes(j) ? best[places.indexOf(j)] : 0));
    const crossings = places.filter((j) => now[j] * target[j] < 0 || (now[j] === 0 && target[j] * active[j] < 0));
    if (!crossings.length) return target;
    const shares = crossings.map((j) => now[j] / (now[j] - target[j]));
    const share = Math.min(...shares);
    now = now.map((value, j) => value + share * (target[j] - value));
    crossings.forEach((j, i) => (shares[i] === share ? (now[j] = 0) : 0));
    active = active.map((sign, j) => (crossings.some((each, i) => each === j && shares[i] === share) ? 0 : sign));
  }
}

/**
 * Return coefficients with a lower L1 norm of the same fit, for a column that the active
 * ones span: it takes the place of one of them.
 * @param {import("./rows.js").Centred} data
 * @param {Vector} coef
 * @param {{place: number, sign: number}} next
 * @param {number} l1
 * @returns {Vector | null}
 */
function exchanged(data, coef, { place, sign }, l1) {
  const others = coef.flatMap((value, j) => (value !== 0 && j !== place ? [j] : []));
  const shares = solved(data.X, data.X.map((row) => row[place]), others, coef, 0);
  if (!shares) return null;
  const direction = coef.map((_, j) => (j === place ? sign : others.includes(j) ? -sign * shares[others.indexOf(j)] : 0));
  const steps = coef.map((value, j) => (value * direction[j] < 0 ? -value / direction[j] : Infinity));
  const step = Math.min(...steps);
  if (step === Infinity) return null;
  const moved = coef.map((value, j) => (steps[j] === step ? 0 : value + step * direction[j]));
  return descended(data, moved, moved.map(Math.sign), l1) ?? moved;
}

/**
 * Return the minimum over active coefficients of given signs.
 * @param {Matrix} X
 * @param {Vector} y
 * @param {number[]} places
 * @param {Vector} signs
 * @param {number} l1
 * @returns {Vector | null}
 */
function solved(X, y, places, signs, l1) {
  const k = places.length;
  const factor = triangularFactor(X.map((row, i) => [...places.map((j) => row[j]), y[i]]));
  for (let j = 0; j < k; j++) {
    const length = norm(factor.map((row) => row[j]));
    if (!(factor[j][j] > 16 * k * EPS * length)) return null;
  }
  const pull = solveLower(factor, places.map((j) => l1 * signs[j]));
  return solveUpper(factor, pull.map((value, i) => factor[i][k] - value));
}
