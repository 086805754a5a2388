/**
 * Rows of a regression: checked, and centred where there is an intercept.
 *
 * @typedef {import("./linear_algebra.js").Vector} Vector
 * @typedef {import("./linear_algebra.js").Matrix} Matrix
 * @typedef {object} Rows
 * @property {Matrix} X columns, shape (n, p)
 * @property {Vector} y response, shape (n,)
 * @property {boolean} [intercept] whether there is a flat intercept; true by default
 * @typedef {object} Centred
 * @property {Matrix} X columns less their means
 * @property {Vector} y response less its mean
 * @property {Vector} center means of the columns, 0 without an intercept
 * @property {number} level mean of the response, 0 without an intercept
 * @property {number} n number of rows
 * @property {number} p number of columns
 * @property {boolean} intercept whether there is an intercept
 */

import { columnsOf, mean } from "./linear_algebra.js";

export const LOG_2PI = Math.log(2 * Math.PI);

/**
 * Return a positive, finite number or raise an error that names the argument.
 * @param {unknown} value
 * @param {string} name
 * @returns {number}
 */
export function positive(value, name) {
  if (typeof value === "number" && value > 0 && value < Infinity) return value;
  throw new Error(`${name} must be a positive number, got ${value}`);
}

/**
 * Return centred rows.
 *
 * A second centring takes away the rounding of the means: columns may be far from 0.
 * @param {Rows} rows
 * @returns {Centred}
 */
export function centred({ X, y, intercept = true }) {
  const [n, p] = [y.length, X.length ? X[0].length : 0];
  if (!n) throw new Error("there are no rows; give at least one");
  if (X.length !== n || X.some((row) => row.length !== p)) {
    throw new Error(`X must have ${n} rows of one length, as y has ${n} values`);
  }
  if (!y.every(Number.isFinite) || !X.every((row) => row.every(Number.isFinite))) {
    throw new Error("X and y must be finite numbers");
  }
  if (!intercept) return { X, y, center: Array(p).fill(0), level: 0, n, p, intercept };
  const center = columnsOf(X, p).map(mean);
  const level = mean(y);
  const moved = X.map((row) => row.map((value, j) => value - center[j]));
  const left = columnsOf(moved, p).map(mean);
  const response = y.map((value) => value - level);
  const rest = mean(response);
  return {
    X: moved.map((row) => row.map((value, j) => value - left[j])),
    y: response.map((value) => value - rest),
    center: center.map((value, j) => value + left[j]),
    level: level + rest,
    n,
    p,
    intercept,
  };
}
