/**
 * The exact posterior of unknown scales: a mixture over noise sd and penalty.
 *
 * Given the scales the posterior is Gaussian. The integral over the scales is a sum over
 * the nodes of a trapezoidal rule in log penalty and log noise sd, whose error falls to
 * its square when the steps are halved. Trefethen and Weideman (2014).
 *
 * @typedef {import("../linear_algebra.js").Vector} Vector
 * @typedef {import("../linear_algebra.js").Matrix} Matrix
 * @typedef {import("../rows.js").Rows} Rows
 * @typedef {import("../eigenbasis.js").Eigenbasis} Eigenbasis
 * @typedef {import("./priors.js").ScalePrior} ScalePrior
 * @typedef {import("./density.js").Shape} Shape
 * @typedef {import("./nodes.js").Node} Node
 * @typedef {import("./nodes.js").Decays} Decays
 * @typedef {import("./nodes.js").Places} Places
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
 * @property {Node[]} nodes with rising log_alpha; one under a flat prior
 * @property {number} step the least step of log_alpha
 */

import { diagonal, dot, sum, times, triangularFactor } from "../linear_algebra.js";
import { coefficients, directionsAt, eigenbasis } from "../eigenbasis.js";
import { shapeOf } from "./density.js";
import { decaysOf, grid, range } from "./nodes.js";

const ROUNDS = 7;
/** A change by halved steps, in sds: the error that is left is near its square. */
const SMALL = 1e-7;

/**
 * Return the exact posterior.
 * @param {Rows & {noise_sd: number | ScalePrior, prior_sd: number | ScalePrior | null}} model
 *     at least one scale is a prior
 * @returns {MixtureFields}
 */
export function mixture({ noise_sd, prior_sd, ...rows }) {
  return mixtureIn(eigenbasis(rows), noise_sd, prior_sd);
}

/**
 * Return the exact posterior of rows that are factorised.
 * @param {Eigenbasis} basis
 * @param {number | ScalePrior} noise_sd
 * @param {number | ScalePrior | null} prior_sd
 * @returns {MixtureFields}
 */
export function mixtureIn(basis, noise_sd, prior_sd) {
  const shape = shapeOf(basis, noise_sd, prior_sd);
  if (!shape.noise_prior && !shape.spread_prior) {
    throw new Error("a mixture needs a prior on noise_sd or on prior_sd");
  }
  const decays = decaysOf(shape);
  const places = shape.flat ? { center: 0, low: 0, high: 0, width: 0.5 } : range(shape, decays);
  let before = null;
  for (let round = 0; round < ROUNDS; round++) {
    const found = summary(shape, decays, places, round);
    if (before && change(found, before) <= SMALL) return found;
    before = found;
  }
  throw new Error("the integral over the scales does not converge; give the scales other priors");
}

/**
 * Return the posterior that a grid gives.
 * @param {Shape} shape
 * @param {Decays} decays
 * @param {Places} places
 * @param {number} round
 * @returns {MixtureFields}
 */
function summary(shape, decays, places, round) {
  const { basis, flat } = shape;
  const { nodes, log_evidence } = grid(shape, decays, places, round);
  const penalties = nodes.map(({ log_alpha }) => (flat ? 0 : Math.exp(log_alpha)));
  const given = penalties.map((alpha) => directionsAt(basis, alpha));
  const center = basis.values.map((_, k) => sum(nodes.map(({ weight }, i) => weight * given[i][k])));
  const deviations = given.map((directions) => coefficients(basis, directions.map((value, k) => value - center[k])));
  const inside = basis.squares.map((square) => sum(nodes.map((node, i) => node.squared_noise / (square + penalties[i]))));
  const outside = basis.partial ? sum(nodes.map((node, i) => node.squared_noise / penalties[i])) : 0;
  const coef = coefficients(basis, center);
  // rows whose products sum up to the covariance of the coefficients
  const rows = basis.right.map((axis, k) => Array.from(axis, (value) => value * Math.sqrt(inside[k])));
  rows.push(...deviations.map((row, i) => row.map((value) => value * Math.sqrt(nodes[i].weight))));
  if (basis.partial) rows.push(...outsideAxes(basis).map((row) => row.map((value) => value * Math.sqrt(outside))));
  const root = triangularFactor(rows);
  const squared_noise = sum(nodes.map((node) => node.squared_noise));
  return {
    ...located(shape, decays, coef, root, squared_noise, scaleMoments(shape, decays, nodes)),
    log_evidence,
    nodes,
    step: places.width / 2 ** round,
  };
}

/**
 * Return I - VV', the directions that the prior alone informs.
 * @param {Eigenbasis} basis
 * @returns {Matrix}
 */
function outsideAxes({ p, right }) {
  return diagonal(p).map((row, i) => row.map((own, j) => right.reduce((all, axis) => all - axis[i] * axis[j], own)));
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
 * @param {Matrix} root R with R'R their covariance
 * @param {number} squared_noise
 * @param {[number, number][]} scales
 */
function located({ basis }, decays, coef, root, squared_noise, scales) {
  const { center, level, intercept, n, p } = basis;
  const start = level - dot(center, coef);
  const [is_finite, noise_is] = [decays.coef > 2, decays.noise > 2];
  const level_sd = intercept ? Math.sqrt((noise_is ? squared_noise : Infinity) / n) : 0;
  const inverse_root = root.map((_, i) => root.map((row) => row[i]));
  const rows = intercept ? [center.map((value) => -value), ...diagonal(p)] : diagonal(p);
  const roots = rows.map((row) => times(root, row));
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
