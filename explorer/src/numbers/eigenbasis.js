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

import { posterior } from "./gaussian.js";
import { dot, mean, singularValues, sum } from "./linear_algebra.js";
import { Twofold } from "./refinement.js";
import { centred } from "./rows.js";

/**
 * Factorise the rows of a regression.
 * @param {Rows} rows
 * @returns {Eigenbasis}
 */
export function eigenbasis(rows) {
  const { X, y, ...shape } = centred(rows);
  const { left, values, right } = singularValues(X, shape.p, productOf(rows, shape));
  const projections = left.map(() => 0);
  const rest = [...y];
  // a second pass takes away the rounding of the first
  for (let pass = 0; pass < 2; pass++) {
    left.forEach((column, k) => {
      const share = dot(column, rest);
      projections[k] += share;
      for (let i = 0; i < rest.length; i++) rest[i] -= share * column[i];
    });
  }
  const contrasts = shape.n - Number(shape.intercept);
  // as many directions as contrasts leave no room for a residual
  if (contrasts <= values.length) rest.fill(0);
  return {
    left,
    values,
    squares: values.map((value) => value * value),
    right,
    projections,
    rest,
    residual: mended(rows, dot(rest, rest), values, projections),
    contrasts,
    partial: values.length < shape.p,
    ...shape,
  };
}

/**
 * Return the product of the centred columns with an axis, summed in twice the precision.
 *
 * Columns that nearly depend on each other cancel there, and centred ones are rounded.
 * @param {Rows} rows
 * @param {{center: Vector, intercept: boolean}} shape
 * @returns {(axis: Float64Array) => Float64Array}
 */
function productOf({ X }, { center, intercept }) {
  const deviations = X.map((row) => row.map((value, j) => new Twofold(value).add(-center[j])));
  return (axis) => {
    const product = Float64Array.from(deviations, (row) => {
      const total = new Twofold();
      row.forEach(({ high, low }, j) => total.addProduct(high, axis[j]).addProduct(low, axis[j]));
      return total.value;
    });
    const level = intercept ? mean(product) : 0;
    return product.map((value) => value - level);
  };
}

/**
 * Return the squared residual with the digits of a refined fit.
 *
 * The factorisation of columns that nearly depend on each other loses some of them.
 * @param {Rows} rows
 * @param {number} residual
 * @param {Vector} values singular values d
 * @param {Vector} projections g
 */
function mended(rows, residual, values, projections) {
  if (residual === 0 || values.length === 0) return residual;
  const noise_sd = Math.sqrt(residual / rows.y.length);
  const least = values[values.length - 1];
  // a penalty that hardly matters: what it adds is small, and known
  const share = 1e-3;
  const { sum_of_squares } = posterior({ ...rows, noise_sd, prior_sd: noise_sd / (share * least) });
  const alpha = (share * least) ** 2;
  const added = values.map((d, k) => (projections[k] ** 2 * alpha) / (d * d + alpha));
  return Math.max(0, sum_of_squares * noise_sd ** 2 - sum(added));
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
