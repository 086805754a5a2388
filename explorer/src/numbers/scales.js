/**
 * The exact posterior of unknown scales: a mixture over noise sd and penalty.
 *
 * Given the scales the posterior is Gaussian. The integral over the scales is a sum over
 * the nodes of a trapezoidal rule in log penalty and log noise sd, whose error falls to
 * its square when the steps are halved. Trefethen and Weideman (2014).
 *
 * @typedef {import("./linear_algebra.js").Vector} Vector
 * @typedef {import("./linear_algebra.js").Matrix} Matrix
 * @typedef {import("./rows.js").Rows} Rows
 * @typedef {import("./eigenbasis.js").Eigenbasis} Eigenbasis
 * @typedef {import("./scale_priors.js").ScalePrior} ScalePrior
 * @typedef {import("./scale_density.js").Shape} Shape
 * @typedef {object} Node
 * @property {number} log_alpha
 * @property {number} weight the posterior probability of the node
 * @property {number} squared_noise the mean of weight times squared noise sd
 * @property {Vector} t log noise sds
 * @property {Vector} weights their probabilities
 * @typedef {object} MixtureFields
 * @property {number} intercept
 * @property {Vector} coef
 * @property {Vector} mean intercept where there is one, coefficients, and the unknown
 *     ones of noise_sd and prior_sd
 * @property {Vector} sd their sds; Infinity where there is none
 * @property {Matrix} cov covariance of intercept and coefficients
 * @property {number} log_evidence
 * @property {Vector} center
 * @property {number} level
 * @property {number} level_sd
 * @property {Matrix} inverse_root S with SS' the covariance of the coefficients
 * @property {number} noise_sd the root of the mean squared noise sd
 * @property {Node[]} nodes with equal steps of log_alpha; one where it is known
 * @property {number} step that step
 */

import { cholesky, diagonal, dot, sum } from "./linear_algebra.js";
import { coefficients, directionsAt, eigenbasis } from "./eigenbasis.js";
import { NEGLIGIBLE, shapeOf, sliceAt } from "./scale_density.js";

const [FARTHEST, ROUNDS] = [600, 7];
/** A change by halved steps, in sds: the error that is left is near its square. */
const SMALL = 1e-7;

/**
 * Return the exact posterior.
 * @param {Rows & {noise_sd: number | ScalePrior, prior_sd: number | ScalePrior | null}} model
 *     at least one scale is a prior
 * @returns {MixtureFields}
 */
export function mixture({ noise_sd, prior_sd, ...rows }) {
  const shape = shapeOf(eigenbasis(rows), noise_sd, prior_sd);
  if (!shape.noise_prior && !shape.spread_prior) {
    throw new Error("a mixture needs a prior on noise_sd or on prior_sd");
  }
  const decays = decaysOf(shape);
  const ends = shape.flat ? [0, 0] : range(shape, decays);
  let before = null;
  for (let round = 0; round < ROUNDS; round++) {
    const found = summary(shape, decays, ends, 0.5 / 2 ** round);
    if (before && change(found, before) <= SMALL) return found;
    before = found;
  }
  throw new Error("the integral over the scales does not converge; give the scales other priors");
}

/**
 * Return the orders below which the moments of scales and coefficients are finite.
 * @param {Shape} shape
 */
function decaysOf({ basis, rows, flat, noise_prior, spread_prior }) {
  const of_noise = noise_prior ? noise_prior.power : -Infinity;
  const of_spread = spread_prior ? spread_prior.power : -Infinity;
  const alone = rows - 1 - of_noise;
  const together = rows - 2 - of_noise - of_spread;
  const noise = Math.min(alone, together);
  const spread = Math.min(basis.values.length - 1 - of_spread, together);
  let coef = flat ? noise : together;
  if (basis.partial) coef = Math.min(coef, spread);
  return { noise, spread, coef, given: spread_prior ? together : alone };
}

/** @typedef {ReturnType<typeof decaysOf>} Decays */

/**
 * Return the log of a sum of exponentials.
 * @param {Vector} logs
 */
function logSum(logs) {
  const top = Math.max(...logs);
  if (top === -Infinity) return top;
  return top + Math.log(sum(logs.map((value) => Math.exp(value - top))));
}

/**
 * Return the ends of log penalties beyond which density and moments are negligible.
 * @param {Shape} shape
 * @param {Decays} decays
 * @returns {[number, number]}
 */
function range(shape, decays) {
  const { squares } = shape.basis;
  const least = shape.basis.partial ? 0 : Math.min(...squares);
  const logs = (/** @type {number} */ x) => {
    const { t, log_mass } = sliceAt(shape, x, 1, decays.given > 2 ? 2 : 0);
    const all = [logSum(log_mass)];
    const squared = logSum(log_mass.map((value, i) => value + 2 * t[i]));
    if (decays.noise > 2) all.push(squared);
    if (decays.coef > 2) all.push(squared - Math.log(Math.exp(x) + least));
    if (decays.spread > 2) all.push(squared - x);
    return all;
  };
  let [low, high] = [Math.log(Math.min(...squares, 1)) - 8, Math.log(Math.max(...squares, 1)) + 8];
  const tops = logs(low);
  const raise = (/** @type {number} */ x) => {
    const values = logs(x);
    values.forEach((value, i) => (tops[i] = Math.max(tops[i], value)));
    return values;
  };
  const goesOn = (/** @type {Vector} */ values) => values.some((value, i) => value > tops[i] - NEGLIGIBLE);
  for (let x = low; x < high; x += 0.5) raise(x);
  // beyond these ends there may be a higher top: they go on as long as a value rises
  for (const side of [-1, 1]) {
    let x = side < 0 ? low : high;
    let last = raise(x);
    for (;;) {
      x += 0.5 * side;
      const values = raise(x);
      const rises = values.some((value, i) => value > last[i]);
      if (!rises && !goesOn(values)) break;
      if (Math.abs(x) > FARTHEST) throw new Error("the posterior of the scales is improper; give them proper priors");
      last = values;
    }
    if (side < 0) low = x;
    else high = x;
  }
  // what the first window holds too much
  while (low < high && !goesOn(logs(low + 0.5))) low += 0.5;
  while (low < high && !goesOn(logs(high - 0.5))) high -= 0.5;
  return [low, high];
}

/**
 * Return the nodes of a grid, and the log of their mass.
 * @param {Shape} shape
 * @param {Decays} decays
 * @param {number[]} ends
 * @param {number} step
 * @returns {{nodes: Node[], log_evidence: number}}
 */
function grid(shape, decays, [low, high], step) {
  const moment = decays.given > 2 ? 2 : 0;
  const places = Array.from({ length: Math.round((high - low) / step) + 1 }, (_, i) => low + i * step);
  const slices = places.map((x) => sliceAt(shape, x, step, moment));
  const top = slices.reduce((best, { log_mass }) => Math.max(best, ...log_mass), -Infinity);
  let total = 0;
  const nodes = places.map((log_alpha, i) => {
    const { t, log_mass } = slices[i];
    const weights = log_mass.map((value) => Math.exp(value - top));
    const weight = sum(weights);
    total += weight;
    return { log_alpha, weight, squared_noise: 0, t, weights };
  });
  for (const node of nodes) {
    node.weights = node.weights.map((value) => value / total);
    node.weight /= total;
    node.squared_noise = node.weights.reduce((all, w, i) => all + w * Math.exp(2 * node.t[i]), 0);
  }
  const width = shape.flat ? 0 : Math.log(step);
  return { nodes, log_evidence: top + Math.log(total) + width };
}

/**
 * Return the posterior that a grid gives.
 * @param {Shape} shape
 * @param {Decays} decays
 * @param {number[]} ends
 * @param {number} step
 * @returns {MixtureFields}
 */
function summary(shape, decays, ends, step) {
  const { basis, flat } = shape;
  const { nodes, log_evidence } = grid(shape, decays, ends, step);
  const penalties = nodes.map(({ log_alpha }) => (flat ? 0 : Math.exp(log_alpha)));
  const given = penalties.map((alpha) => directionsAt(basis, alpha));
  const center = basis.values.map((_, k) => sum(nodes.map(({ weight }, i) => weight * given[i][k])));
  const deviations = given.map((directions) => coefficients(basis, directions.map((value, k) => value - center[k])));
  const inside = basis.squares.map((square) => sum(nodes.map((node, i) => node.squared_noise / (square + penalties[i]))));
  const outside = basis.partial ? sum(nodes.map((node, i) => node.squared_noise / penalties[i])) : 0;
  const coef = coefficients(basis, center);
  const cov = diagonal(basis.p, outside).map((row, i) =>
    row.map((own, j) => {
      const by_axes = basis.right.map((axis, k) => axis[i] * axis[j] * (inside[k] - outside));
      const by_nodes = nodes.map(({ weight }, m) => weight * deviations[m][i] * deviations[m][j]);
      return own + sum(by_axes) + sum(by_nodes);
    }),
  );
  const squared_noise = sum(nodes.map((node) => node.squared_noise));
  return {
    ...located(shape, decays, coef, cov, squared_noise, scaleMoments(shape, decays, nodes)),
    log_evidence,
    nodes,
    step,
  };
}

/**
 * Return means and sds of the unknown scales.
 * @param {Shape} shape
 * @param {Decays} decays
 * @param {Node[]} nodes
 * @returns {[number, number][]}
 */
function scaleMoments(shape, decays, nodes) {
  /** @type {[number, number][]} */
  const found = [];
  for (const power of [0, 0.5]) {
    if (!(power ? shape.spread_prior : shape.noise_prior)) continue;
    const decay = power ? decays.spread : decays.noise;
    const average = (/** @type {(s: number) => number} */ of) =>
      sum(nodes.map((node) => node.weights.reduce((all, w, i) => all + w * of(Math.exp(node.t[i] - power * node.log_alpha)), 0)));
    const mean = decay > 1 ? average((s) => s) : Infinity;
    found.push([mean, decay > 2 ? Math.sqrt(average((s) => (s - mean) ** 2)) : Infinity]);
  }
  return found;
}

/**
 * Return the distribution of intercept and coefficients as fields.
 * @param {Shape} shape
 * @param {Decays} decays
 * @param {Vector} coef
 * @param {Matrix} cov
 * @param {number} squared_noise
 * @param {[number, number][]} scales
 */
function located({ basis }, decays, coef, cov, squared_noise, scales) {
  const { center, level, intercept, n, p } = basis;
  const start = level - dot(center, coef);
  const [is_finite, noise_is] = [decays.coef > 2, decays.noise > 2];
  const level_sd = intercept ? Math.sqrt((noise_is ? squared_noise : Infinity) / n) : 0;
  const inverse_root = is_finite ? cholesky(cov) : diagonal(p, Infinity);
  const rows = intercept ? [center.map((value) => -value), ...diagonal(p)] : diagonal(p);
  const columns = inverse_root.map((_, j) => inverse_root.map((row) => row[j]));
  const roots = rows.map((row) => columns.map((column) => dot(row, column)));
  const all = roots.map((a, i) => roots.map((b, j) => dot(a, b) + (intercept && i + j === 0 ? level_sd ** 2 : 0)));
  return {
    intercept: intercept ? start : 0,
    coef,
    mean: [...(intercept ? [start] : []), ...coef, ...scales.map(([mean]) => mean)],
    sd: [...all.map((row, i) => (is_finite ? Math.sqrt(row[i]) : Infinity)), ...scales.map(([, sd]) => sd)],
    cov: all,
    center,
    level,
    level_sd,
    inverse_root,
    noise_sd: noise_is ? Math.sqrt(squared_noise) : Infinity,
  };
}

/**
 * Return the largest change of a mean or an sd, in sds, or of the log evidence.
 * @param {MixtureFields} now
 * @param {MixtureFields} before
 */
function change(now, before) {
  const changes = now.sd.map((sd, i) => {
    if (sd === Infinity) return 0;
    return Math.max(Math.abs(now.mean[i] - before.mean[i]), Math.abs(sd - before.sd[i])) / sd;
  });
  return Math.max(...changes, Math.abs(now.log_evidence - before.log_evidence));
}
