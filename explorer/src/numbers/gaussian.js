/**
 * The exact posterior of known noise and prior sds, or of a flat prior.
 *
 * Prior and data are rows of one least-squares problem,
 *
 *     min over b of  |b|² / prior_sd² + |y - a - X b|² / noise_sd²,
 *
 * and one triangular factor R of them gives all: the posterior mean solves R b = z, and
 * (R'R)⁻¹ is the posterior covariance. Given b, the intercept is independent at the mean
 * of the rows. Lindley and Smith (1972); Bishop (2006), section 3.3.
 *
 * @typedef {import("./linear_algebra.js").Vector} Vector
 * @typedef {import("./linear_algebra.js").Matrix} Matrix
 * @typedef {import("./rows.js").Rows} Rows
 * @typedef {object} Posterior
 * @property {number} intercept posterior mean of the intercept, 0 where there is none
 * @property {Vector} coef posterior means of the coefficients, shape (p,)
 * @property {Vector} mean both, the intercept first where there is one, shape (d,)
 * @property {Vector} sd posterior sds of the same
 * @property {Matrix} cov posterior covariance of the same, shape (d, d)
 * @property {number} log_evidence log p(y); a flat parameter counts as density 1
 * @property {number} sum_of_squares of residuals and prior at the mean, in their sds
 * @property {Vector} center the means of the columns
 * @property {number} level the expected response there
 * @property {number} level_sd its sd
 * @property {Matrix} inverse_root S with SS' the covariance of the coefficients
 * @property {number} noise_sd
 * @property {number | null} prior_sd
 */

import { EPS, diagonal, dot, inverseUpper, norm, solveUpper, sum, times, triangularFactor } from "./linear_algebra.js";
import { refined } from "./refinement.js";
import { LOG_2PI, centred, positive } from "./rows.js";

/**
 * Return the exact posterior.
 * @param {Rows & {noise_sd: number, prior_sd?: number | null}} model without a prior_sd,
 *     or where it is null, the prior is flat
 * @returns {Posterior}
 */
export function posterior({ noise_sd, prior_sd = null, ...rows }) {
  positive(noise_sd, "noise_sd");
  if (prior_sd !== null) positive(prior_sd, "prior_sd");
  const data = centred(rows);
  const { n, p, intercept, center } = data;
  const stacked = data.X.map((row, i) => [...row, data.y[i]].map((value) => value / noise_sd));
  if (prior_sd !== null) stacked.push(...diagonal(p, 1 / prior_sd).map((row) => [...row, 0]));
  const factor = triangularFactor(stacked);
  const root = factor.slice(0, p).map((row) => row.slice(0, p));
  requireDetermined(root);
  const first = solveUpper(root, factor.slice(0, p).map((row) => row[p]));
  const { coef, squares, ...line } = refined(rows, { coef: first, level: data.level, center }, { root, noise_sd, prior_sd });
  const inverse_root = inverseUpper(root);
  const level_sd = intercept ? noise_sd / Math.sqrt(n) : 0;
  const cov = covariance(inverse_root, center, level_sd, intercept);
  // one over the sds of parameters, before and after the rows
  const before = prior_sd === null ? [] : Array(p).fill(1 / prior_sd);
  const after = [...(intercept ? [1 / level_sd] : []), ...root.map((row, j) => row[j])];
  const log_evidence =
    normaliser(before) - normaliser(after) - n * (0.5 * LOG_2PI + Math.log(noise_sd)) -
    0.5 * squares;
  return {
    ...line,
    coef,
    mean: intercept ? [line.intercept, ...coef] : coef,
    sd: cov.map((row, j) => Math.sqrt(row[j])),
    cov,
    log_evidence,
    sum_of_squares: squares,
    center,
    level_sd,
    inverse_root,
    noise_sd,
    prior_sd,
  };
}

/**
 * Return the predictive mean and sds at new rows.
 * @param {Posterior} fit
 * @param {Matrix} X
 * @returns {{mean: Vector, line_sd: Vector, sd: Vector}} ``line_sd`` is the sd of the
 *     regression line, ``sd`` that of a new response
 */
export function predict(fit, X) {
  const deviations = X.map((row) => row.map((value, j) => value - fit.center[j]));
  const columns = fit.coef.map((_, j) => fit.inverse_root.map((row) => row[j]));
  const line_sd = deviations.map((row) => Math.hypot(fit.level_sd, norm(times(columns, row))));
  return {
    mean: deviations.map((row) => fit.level + dot(row, fit.coef)),
    line_sd,
    sd: line_sd.map((sd) => Math.hypot(sd, fit.noise_sd)),
  };
}

/**
 * Raise an error where the rows do not determine a coefficient with a flat prior.
 * @param {Matrix} root
 */
function requireDetermined(root) {
  root.forEach((_, j) => {
    const length = norm(root.map((row) => row[j]));
    if (!(root[j][j] > 16 * root.length * EPS * length)) {
      throw new Error("the rows do not determine the coefficients; give a prior_sd");
    }
  });
}

/**
 * Return the covariance of intercept and coefficients.
 * @param {Matrix} inverse_root
 * @param {Vector} center
 * @param {number} level_sd
 * @param {boolean} intercept
 * @returns {Matrix}
 */
function covariance(inverse_root, center, level_sd, intercept) {
  const columns = inverse_root.map((_, j) => inverse_root.map((row) => row[j]));
  const start = columns.map((column) => -dot(center, column));
  const all = intercept ? [start, ...inverse_root] : inverse_root;
  const cov = all.map((row) => times(all, row));
  if (intercept) cov[0][0] += level_sd ** 2;
  return cov;
}

/**
 * Return the log density at the mode of parameters with these precisions' roots.
 * @param {Vector} roots
 */
function normaliser(roots) {
  return sum(roots.map(Math.log)) - 0.5 * roots.length * LOG_2PI;
}
