/**
 * Ridge solutions and the criteria that choose a penalty, over penalties α.
 *
 * With residuals e, leverages h of the ridge fit and its degrees of freedom ν,
 *
 *     LOO = Σ (e_i / (1 - h_i))² / n,      GCV = n Σ e_i² / (n - ν - 1)²
 *
 * (n - ν without an intercept). Golub, Heath and Wahba (1979).
 *
 * @typedef {import("./linear_algebra.js").Vector} Vector
 * @typedef {import("./linear_algebra.js").Matrix} Matrix
 * @typedef {import("./rows.js").Rows} Rows
 * @typedef {import("./eigenbasis.js").Eigenbasis} Eigenbasis
 * @typedef {import("./scales/density.js").Shape} Shape
 * @typedef {import("./scales/priors.js").ScalePrior} ScalePrior
 * @typedef {object} Path
 * @property {Vector} penalties
 * @property {Matrix} coef a row for each penalty
 * @property {Vector} intercept
 * @property {Vector} degrees_of_freedom the intercept not counted
 * @property {Vector} noise_sd the known one, or the most probable one given the penalty
 * @property {Vector} log_evidence given both, plus the log prior of an unknown log noise sd
 * @property {Vector} gcv
 * @property {Vector} loo_error mean squared error of each row by the others
 * @property {Vector} loo_log_density sum of their log predictive densities
 */

import { dot, sum } from "./linear_algebra.js";
import { coefficients, directionsAt, eigenbasis } from "./eigenbasis.js";
import { LOG_2PI, positive } from "./rows.js";
import { byPenalty, noiseMode, shapeOf } from "./scales/density.js";

const SMALL_PART = 1e-3; // a difference from 1 that has lost digits
const TINY = Number.MIN_VALUE / Number.EPSILON;

/**
 * Return the path.
 * @param {Rows & {noise_sd: number | ScalePrior, penalties?: Vector}} problem 100 penalties
 *     by default
 * @returns {Path}
 */
export function path({ noise_sd, penalties, ...rows }) {
  return pathIn(eigenbasis(rows), noise_sd, penalties);
}

/**
 * Return the path of rows that are factorised.
 * @param {Eigenbasis} basis
 * @param {number | ScalePrior} noise_sd
 * @param {Vector} [penalties]
 * @returns {Path}
 */
export function pathIn(basis, noise_sd, penalties) {
  // the prior sd follows from noise sd and penalty, and its log has a flat prior
  const shape = shapeOf(basis, noise_sd, { kind: "FlatLogScale" });
  const at = penalties ?? defaultPenalties(basis);
  at.forEach((alpha) => positive(alpha, "a penalty"));
  const coef = at.map((alpha) => coefficients(basis, directionsAt(basis, alpha)));
  const noise = at.map((alpha) => logNoise(shape, alpha));
  const outside = outsideParts(basis);
  const left_out = at.map((alpha, m) => leaveOneOut(basis, outside, alpha, noise[m]));
  return {
    penalties: at,
    coef,
    intercept: coef.map((each) => (basis.intercept ? basis.level - dot(basis.center, each) : 0)),
    degrees_of_freedom: at.map((alpha) => sum(basis.squares.map((square) => square / (square + alpha)))),
    noise_sd: noise.map(Math.exp),
    log_evidence: at.map((alpha, m) => logEvidence(shape, alpha, noise[m])),
    gcv: at.map((alpha) => generalised(basis, alpha)),
    loo_error: left_out.map(({ error }) => error),
    loo_log_density: left_out.map(({ log_density }) => log_density),
  };
}

/**
 * Return 100 penalties from a thousandth of the least squared singular value to a
 * thousand times the largest.
 * @param {Eigenbasis} basis
 * @returns {Vector}
 */
export function defaultPenalties({ squares }) {
  const [largest, least] = [squares[0] ?? 1, squares.at(-1) ?? 1];
  const low = Math.log(Math.max(1e-3 * least, 1e-21 * largest));
  const high = Math.log(1e3 * largest);
  return Array.from({ length: 100 }, (_, i) => Math.exp(low + ((high - low) * i) / 99));
}

/**
 * Return the log of the noise sd of a penalty.
 * @param {Shape} shape
 * @param {number} alpha
 */
function logNoise(shape, alpha) {
  if (shape.noise !== null) return shape.noise;
  const x = Math.log(alpha);
  return noiseMode(shape, x, byPenalty(shape, x)[1]).mode;
}

/**
 * Return the log evidence of a penalty and a log noise sd.
 * @param {Shape} shape
 * @param {number} alpha
 * @param {number} t
 */
function logEvidence(shape, alpha, t) {
  const [constant, squares] = byPenalty(shape, Math.log(alpha));
  const of_prior = shape.noise_prior ? shape.noise_prior.log_density(Math.exp(t)) + t : 0;
  return constant - shape.rows * t - 0.5 * squares * Math.exp(-2 * t) + of_prior;
}

/**
 * Return generalised cross-validation at a penalty.
 * @param {Eigenbasis} basis
 * @param {number} alpha
 */
function generalised({ n, contrasts, squares, projections, residual }, alpha) {
  let [left, error] = [contrasts - squares.length, residual];
  squares.forEach((square, k) => {
    const shrinkage = alpha / (square + alpha);
    left += shrinkage;
    error += (shrinkage * projections[k]) ** 2;
  });
  return (n * error) / left ** 2;
}

/**
 * Return the error and the log density of rows that are left out.
 *
 * No term is a difference of large numbers: 1 - h is a sum of positive terms.
 * @param {Eigenbasis} basis
 * @param {Vector} outside
 * @param {number} alpha
 * @param {number} t log noise sd
 */
function leaveOneOut({ left, squares, projections, rest, n }, outside, alpha, t) {
  const shrinkage = squares.map((square) => alpha / (square + alpha));
  let [error, quadratic, log_left] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    let [residual, share] = [rest[i], outside[i]];
    for (let k = 0; k < shrinkage.length; k++) {
      residual += left[k][i] * shrinkage[k] * projections[k];
      share += left[k][i] ** 2 * shrinkage[k];
    }
    const by_others = residual / Math.max(share, TINY);
    error += by_others ** 2;
    quadratic += by_others * residual;
    log_left += Math.log(Math.max(share, TINY));
  }
  return {
    error: error / n,
    log_density: 0.5 * (log_left - n * LOG_2PI - quadratic * Math.exp(-2 * t)) - n * t,
  };
}

/**
 * Return the squared length of the part of each row outside of the columns.
 *
 * It is c = 1 - H_ii for the projection H onto them. Where little is left, the digits
 * come from c (1 - c) = Σ over the other rows of H_ij², whose terms are positive.
 * @param {Eigenbasis} basis
 * @returns {Vector}
 */
function outsideParts({ left, n, contrasts, intercept }) {
  if (contrasts <= left.length) return Array(n).fill(0);
  const level = intercept ? 1 / n : 0;
  const product = (/** @type {number} */ i, /** @type {number} */ j) =>
    left.reduce((all, column) => all + column[i] * column[j], level);
  return Array.from({ length: n }, (_, i) => {
    const outside = 1 - product(i, i);
    if (outside >= SMALL_PART) return outside;
    let squares = 0;
    for (let j = 0; j < n; j++) if (j !== i) squares += product(i, j) ** 2;
    return (2 * squares) / (1 + Math.sqrt(Math.max(1 - 4 * squares, 0)));
  });
}
