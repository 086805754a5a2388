/**
 * The quadrature over the scales: where log penalties have to lie, and their nodes.
 *
 * @typedef {import("../linear_algebra.js").Vector} Vector
 * @typedef {import("./density.js").Shape} Shape
 * @typedef {object} Node
 * @property {number} log_alpha
 * @property {number} width the step of log_alpha there
 * @property {number} weight the posterior probability of the node
 * @property {number} squared_noise the mean of weight times squared noise sd
 * @property {Vector} t log noise sds
 * @property {Vector} weights their probabilities
 */

import { sum } from "../linear_algebra.js";
import { NEGLIGIBLE, sliceAt } from "./density.js";

const [FARTHEST, SPREAD] = [600, 4];
/** Steps of log noise sd, in widths of its bump, whose error is below 1e-10. */
const FINE = 0.4;

/**
 * Return the orders below which the moments of scales and coefficients are finite.
 * @param {Shape} shape
 */
export function decaysOf({ basis, rows, flat, noise_prior, spread_prior }) {
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

/**
 * @typedef {ReturnType<typeof decaysOf>} Decays
 * @typedef {{center: number, low: number, high: number, width: number}} Places
 */

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
 * Return where log penalties have to lie: about a center, between two ends.
 *
 * Beyond the ends the density is negligible, alone and times moments of the scales.
 * @param {Shape} shape
 * @param {Decays} decays
 * @returns {Places}
 */
export function range(shape, decays) {
  const { squares, partial } = shape.basis;
  const least = partial ? 0 : Math.min(...squares);
  const logs = (/** @type {number} */ x) => {
    const { t, log_mass } = sliceAt(shape, x, 1, decays.given > 2 ? 2 : 0);
    const squared = logSum(log_mass.map((value, i) => value + 2 * t[i]));
    const all = [logSum(log_mass)];
    if (decays.noise > 2) all.push(squared);
    if (decays.coef > 2) all.push(squared - Math.log(Math.exp(x) + least));
    if (decays.spread > 2) all.push(squared - x);
    return { x, all };
  };
  const low = Math.log(Math.min(...squares, 1)) - 8;
  const high = Math.log(Math.max(...squares, 1)) + 8;
  /** @type {{x: number, all: Vector}[]} */
  const seen = [];
  for (let x = low; x < high; x += 0.5) seen.push(logs(x));
  const tops = seen[0].all.map((_, i) => Math.max(...seen.map(({ all }) => all[i])));
  for (const side of [-1, 1]) {
    let last = seen[side < 0 ? 0 : seen.length - 1];
    let goes_on = true;
    for (let step = 0.5; goes_on; step = Math.min(1.1 * step, 8)) {
      if (Math.abs(last.x) > FARTHEST) throw new Error("the posterior of the scales is improper; give them proper priors");
      const next = logs(last.x + side * step);
      next.all.forEach((value, i) => (tops[i] = Math.max(tops[i], value)));
      // a value that rises may lead to a higher top
      if (next.all.some((value, i) => value > last.all[i])) step = 0.5;
      else goes_on = matters(next.all, tops);
      if (side < 0) seen.unshift(next);
      else seen.push(next);
      last = next;
    }
  }
  const first = seen.findIndex(({ all }) => matters(all, tops));
  const end = seen.findLastIndex(({ all }) => matters(all, tops));
  return { ...topOf(seen, (x) => logs(x).all[0]), low: seen[Math.max(first - 1, 0)].x, high: seen[Math.min(end + 1, seen.length - 1)].x };
}

/**
 * Return the place of the highest value, and about the width of its bump, at most 1/2.
 * @param {{x: number, all: Vector}[]} seen
 * @param {(x: number) => number} value
 */
function topOf(seen, value) {
  let { x: center, all: [top] } = seen.reduce((a, b) => (b.all[0] > a.all[0] ? b : a));
  let width = 0.5;
  // compass search: a step that does not rise is halved, until the bump is wider than it
  for (;;) {
    const [left, right] = [value(center - width), value(center + width)];
    if (left > top) [center, top] = [center - width, left];
    else if (right > top) [center, top] = [center + width, right];
    else if (top - Math.max(left, right) < 1 && top - Math.min(left, right) < 3) return { center, width };
    else if (width < 1e-9) throw new Error("the posterior of the scales has no width");
    else width /= 2;
  }
}

/**
 * Return whether a value is not negligible next to its top.
 * @param {Vector} values
 * @param {Vector} tops
 */
function matters(values, tops) {
  return values.some((value, i) => value > tops[i] - NEGLIGIBLE);
}

/**
 * Return the nodes of a grid, and the log of their mass.
 *
 * Log penalties are x = center + SPREAD sinh v with equal steps of v: equal steps near
 * the center, and steps that grow with the distance where tails are long.
 * @param {Shape} shape
 * @param {Decays} decays
 * @param {Places} places
 * @param {number} round how often the step near the center is halved
 * @returns {{nodes: Node[], log_evidence: number}}
 */
export function grid(shape, decays, { center, low, high, width: bump }, round) {
  const step = bump / 2 ** round;
  const moment = decays.given > 2 ? 2 : 0;
  const [first, last] = [low, high].map((x) => Math.asinh((x - center) / SPREAD) * (SPREAD / step));
  const nodes = [];
  let top = -Infinity;
  for (let i = Math.floor(first); i <= Math.ceil(last); i++) {
    const v = (i * step) / SPREAD;
    const log_alpha = center + SPREAD * Math.sinh(v);
    const width = shape.flat ? 1 : step * Math.cosh(v);
    const { t, log_mass } = sliceAt(shape, log_alpha, round ? FINE : 2 * FINE, moment);
    top = Math.max(top, ...log_mass.map((value) => value + Math.log(width)));
    nodes.push({ log_alpha, width, weight: 0, squared_noise: 0, t, weights: log_mass });
  }
  let total = 0;
  for (const node of nodes) {
    node.weights = node.weights.map((value) => node.width * Math.exp(value - top));
    total += sum(node.weights);
  }
  for (const node of nodes) {
    node.weights = node.weights.map((value) => value / total);
    node.weight = sum(node.weights);
    node.squared_noise = node.weights.reduce((all, w, i) => all + w * Math.exp(2 * node.t[i]), 0);
  }
  return { nodes, log_evidence: top + Math.log(total) };
}
