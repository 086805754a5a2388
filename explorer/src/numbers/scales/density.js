/**
 * The density of noise sd σ and penalty α, the coefficients integrated out.
 *
 * In x = log α and t = log σ, with log τ = t - x / 2 for the prior sd τ,
 *
 *     log p(x, t, y) = L(α) - n' t - Q(α) e^(-2t) / 2
 *                      + log p(σ) + t + log p(τ) + log τ - log 2 .
 *
 * It is concave in t for every x.
 *
 * @typedef {import("../linear_algebra.js").Vector} Vector
 * @typedef {import("../eigenbasis.js").Eigenbasis} Eigenbasis
 * @typedef {import("./priors.js").ScalePrior} ScalePrior
 * @typedef {import("./priors.js").Density} Density
 * @typedef {{t: Vector, log_mass: Vector}} Slice log noise sds, and logs of density
 *     times step, at one penalty
 * @typedef {object} Shape
 * @property {Eigenbasis} basis
 * @property {number | null} noise the log of a known noise sd
 * @property {Density | null} noise_prior the prior of an unknown one
 * @property {boolean} flat whether the coefficients have a flat prior
 * @property {number | null} spread the log of a known prior sd
 * @property {Density | null} spread_prior the prior of an unknown one
 * @property {number} rows n': contrasts less coefficients with a flat prior
 * @property {number} constant the part of L that no penalty changes
 */

import { sum } from "../linear_algebra.js";
import { LOG_2PI, positive } from "../rows.js";
import { densityOf } from "./priors.js";

/** Nats below the top where a density is left out. */
export const NEGLIGIBLE = 31;

/**
 * Return the parts of the density of a model.
 * @param {Eigenbasis} basis
 * @param {number | ScalePrior} noise_sd
 * @param {number | ScalePrior | null} prior_sd null for a flat prior
 * @returns {Shape}
 */
export function shapeOf(basis, noise_sd, prior_sd) {
  const flat = prior_sd === null;
  const [noise, noise_prior] = scaleOf(noise_sd, "noise_sd");
  const [spread, spread_prior] = flat ? [null, null] : scaleOf(prior_sd, "prior_sd");
  let rows = basis.contrasts;
  let constant = -0.5 * (rows * LOG_2PI + (basis.intercept ? Math.log(basis.n) : 0));
  if (flat) {
    if (basis.partial) throw new Error("the rows do not determine the coefficients; give a prior_sd");
    rows -= basis.p;
    constant += 0.5 * basis.p * LOG_2PI - sum(basis.values.map(Math.log));
  }
  if (noise_prior && noise_prior.power > -Infinity && rows - 1 - noise_prior.power <= 0) {
    throw new Error("too few rows for this prior of the noise sd; give a HalfNormal prior");
  }
  return { basis, noise, noise_prior, flat, spread, spread_prior, rows, constant };
}

/**
 * Return the log of a known scale, or the prior of an unknown one.
 * @param {number | ScalePrior} scale
 * @param {string} name
 * @returns {[number, null] | [null, Density]}
 */
function scaleOf(scale, name) {
  if (typeof scale === "object") return [null, densityOf(scale)];
  return [Math.log(positive(scale, name)), null];
}

/**
 * Return L, and the penalised sum of squares Q, at a log penalty.
 * @param {Shape} shape
 * @param {number} x
 * @returns {[number, number]}
 */
export function byPenalty({ basis, flat, constant }, x) {
  if (flat) return [constant, basis.residual];
  let [product, log_product, squares] = [1, 0, basis.residual];
  const inverse = Math.exp(-x);
  for (let k = 0; k < basis.squares.length; k++) {
    const factor = 1 + basis.squares[k] * inverse;
    squares += basis.projections[k] ** 2 / factor;
    product *= factor;
    if (product > 1e100) [product, log_product] = [1, log_product + Math.log(product)];
  }
  return [constant - 0.5 * (log_product + Math.log(product)), squares];
}

/**
 * Return log density by x and t; without a penalty, by t alone.
 * @param {Shape} shape
 * @param {number} x
 * @param {number} t
 * @param {[number, number]} terms L and Q at x
 */
function logDensity(shape, x, t, [constant, squares]) {
  let value = constant - shape.rows * t - 0.5 * squares * Math.exp(-2 * t);
  if (shape.noise_prior) value += shape.noise_prior.log_density(Math.exp(t)) + t;
  if (shape.spread_prior) {
    const log_spread = t - 0.5 * x;
    value += shape.spread_prior.log_density(Math.exp(log_spread)) + log_spread;
  }
  return value;
}

/**
 * Return the mode over t at a log penalty, and one over the root of its curvature.
 *
 * Newton's steps within a bracket, which is halved where a step leaves it.
 * @param {Shape} shape
 * @param {number} x
 * @param {number} squares Q at x
 * @returns {{mode: number, width: number}}
 */
export function noiseMode(shape, x, squares) {
  const { rows, noise_prior, spread_prior } = shape;
  if (!noise_prior) throw new Error("a known noise sd has no mode");
  let t = 0.5 * Math.log(squares || 1) - 0.5 * Math.log(Math.max(rows, 1));
  let [low, high, reach] = [-Infinity, Infinity, 1];
  for (let step = 0; step < 200; step++) {
    const misfit = squares * Math.exp(-2 * t);
    const noise_sd = Math.exp(t);
    let slope = 1 - rows + misfit + noise_prior.slope(noise_sd);
    let bend = -2 * misfit + noise_prior.curvature(noise_sd);
    if (spread_prior) {
      const prior_sd = Math.exp(t - 0.5 * x);
      slope += 1 + spread_prior.slope(prior_sd);
      bend += spread_prior.curvature(prior_sd);
    }
    if (slope > 0) low = t;
    else high = t;
    const change = -slope / bend;
    if (Math.abs(change) < 1e-8) return { mode: t + change, width: 1 / Math.sqrt(Math.max(-bend, 1e-2)) };
    const next = t + change;
    if (next > low && next < high && Math.abs(change) < 8) t = next;
    else if (high - low < Infinity) t = 0.5 * (low + high);
    else [t, reach] = [t + Math.sign(slope) * reach, 2 * reach];
  }
  throw new Error("the posterior of the noise sd has no mode; give the scales other priors");
}

/**
 * Return log noise sds and their masses at a log penalty.
 * @param {Shape} shape
 * @param {number} x
 * @param {number} step of t, in widths of its bump and in halves
 * @param {number} moment the power of the noise sd whose mean has to be right
 * @returns {Slice}
 */
export function sliceAt(shape, x, step, moment) {
  const terms = byPenalty(shape, x);
  // dx = 2 d(log τ) at a known noise sd, and the same at a known prior sd
  if (!shape.flat) terms[0] -= Math.LN2;
  let single = shape.noise;
  if (shape.noise_prior && shape.spread !== null) single = shape.spread + 0.5 * x;
  if (single !== null) return { t: [single], log_mass: [logDensity(shape, x, single, terms)] };
  const { mode, width } = noiseMode(shape, x, terms[1]);
  const length = step * Math.min(width, 0.5);
  const top = logDensity(shape, x, mode, terms);
  /** @type {Slice} */
  const slice = { t: [mode], log_mass: [top + Math.log(length)] };
  for (const side of [-1, 1]) {
    for (let i = 1; i < 5000; i++) {
      const t = mode + side * i * length;
      const value = logDensity(shape, x, t, terms);
      slice.t.push(t);
      slice.log_mass.push(value + Math.log(length));
      if (value + Math.max(0, moment * (t - mode)) < top - NEGLIGIBLE) break;
    }
  }
  return slice;
}
