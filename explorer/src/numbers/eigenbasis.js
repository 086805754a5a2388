/**
 * Centred rows in the basis where every penalty is cheap.
 *
 * With X = U D V', g = U'y and b = V γ, the γ are independent for every penalty α:
 *
 *     γ_k | y, α, σ  ~  N( d_k g_k / (d_k² + α),  σ² / (d_k² + α) ).
 *
 * @typedef {import("./linear_algebra.js").Vector} Vector
 * @typedef {import("./rows.js").Rows} Rows
 * @typedef {object} Eigenbasis
 * @property {Float64Array[]} left the k columns of U
 * @property {Vector} values the k singular values d, which fall
 * @property {Vector} squares their squares
 * @property {Float64Array[]} right the k columns of V
 * @property {Vector} projections g
 * @property {Vector} rest the part of y that no column explains
 * @property {number} residual its squared length
 * @property {number} contrasts the rows less the intercept
 * @property {boolean} partial whether the prior alone informs some directions
 * @property {Vector} center means of the columns
 * @property {number} level mean of the response
 * @property {number} n rows
 * @property {number} p columns
 * @property {boolean} intercept
 */

import { dot, singularValues } from "./linear_algebra.js";
import { centred } from "./rows.js";

/**
 * Factorise the rows of a regression.
 * @param {Rows} rows
 * @returns {Eigenbasis}
 */
export function eigenbasis(rows) {
  const { X, y, ...shape } = centred(rows);
  const { left, values, right } = singularValues(X, shape.p);
  const projections = left.map((column) => dot(column, y));
  const contrasts = shape.n - Number(shape.intercept);
  // as many directions as contrasts leave no room for a residual
  let rest = y.map(() => 0);
  if (contrasts > values.length) {
    rest = y.map((value, i) => left.reduce((sum, column, k) => sum - column[i] * projections[k], value));
  }
  return {
    left,
    values,
    squares: values.map((value) => value * value),
    right,
    projections,
    rest,
    residual: dot(rest, rest),
    contrasts,
    partial: values.length < shape.p,
    ...shape,
  };
}

/**
 * Return the coefficients V γ.
 * @param {Eigenbasis} basis
 * @param {Vector} directions γ
 * @returns {Vector}
 */
export function coefficients(basis, directions) {
  return Array.from({ length: basis.p }, (_, j) =>
    basis.right.reduce((sum, axis, k) => sum + axis[j] * directions[k], 0),
  );
}

/**
 * Return the means of γ at a penalty.
 * @param {Eigenbasis} basis
 * @param {number} alpha
 * @returns {Vector}
 */
export function directionsAt(basis, alpha) {
  return basis.values.map((d, k) => (d * basis.projections[k]) / (d * d + alpha));
}
