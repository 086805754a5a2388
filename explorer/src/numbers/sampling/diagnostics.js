/**
 * R-hat and effective sample size of chains, by ranks. Vehtari et al. (2021).
 *
 * A chain is an array of draws of one number. All chains have one length.
 *
 * @typedef {import("../linear_algebra.js").Vector} Vector
 */

import { sum } from "../linear_algebra.js";
import { normalQuantile } from "./quantile.js";

/**
 * Return the larger R-hat of bulk and tails, NaN for less than 2 chains or 4 draws.
 * @param {Vector[]} chains
 */
export function rhat(chains) {
  if (chains.length < 2 || chains[0].length < 4) return NaN;
  const halves = split(chains);
  const center = medianOf(halves.flat());
  const folded = halves.map((chain) => chain.map((value) => Math.abs(value - center)));
  return Math.max(ratio(normalScores(halves)), ratio(normalScores(folded)));
}

/**
 * Return the bulk effective sample size, NaN for less than 4 draws.
 * @param {Vector[]} chains
 */
export function essBulk(chains) {
  if (chains[0].length < 4) return NaN;
  return effectiveSize(normalScores(split(chains)));
}

/**
 * Return the effective sample size of the mean, NaN for less than 4 draws.
 * @param {Vector[]} chains
 */
export function essMean(chains) {
  if (chains[0].length < 4) return NaN;
  return effectiveSize(split(chains));
}

/**
 * Return first and last halves as chains.
 * @param {Vector[]} chains
 */
function split(chains) {
  const half = chains[0].length >> 1;
  return [...chains.map((chain) => chain.slice(0, half)), ...chains.map((chain) => chain.slice(-half))];
}

/**
 * Return normal quantiles of the ranks of all draws; equal draws share their mean rank.
 * @param {Vector[]} chains
 * @returns {Vector[]}
 */
function normalScores(chains) {
  const values = chains.flat();
  const order = values.map((_, i) => i).sort((i, j) => values[i] - values[j]);
  const scores = Array(values.length).fill(0);
  for (let i = 0; i < order.length; ) {
    let end = i;
    while (end < order.length && values[order[end]] === values[order[i]]) end++;
    const score = scoreOf(i + end + 1, values.length);
    for (; i < end; i++) scores[order[i]] = score;
  }
  const length = chains[0].length;
  return chains.map((_, c) => scores.slice(c * length, (c + 1) * length));
}

/** Scores among the last number of values: coefficients and chains share them. */
let shared_count = 0;
/** @type {Vector} */
let shared_scores = [];

/**
 * Return the normal quantile of a rank.
 * @param {number} twice the rank
 * @param {number} count the number of values
 */
function scoreOf(twice, count) {
  if (count !== shared_count) [shared_count, shared_scores] = [count, []];
  return (shared_scores[twice] ??= normalQuantile((0.5 * twice - 0.375) / (count + 0.25)));
}

/**
 * @param {Vector} values
 */
function meanOf(values) {
  return sum(values) / values.length;
}

/**
 * Return the variance with divisor n - 1.
 * @param {Vector} values
 */
function varianceOf(values) {
  const mean = meanOf(values);
  return sum(values.map((value) => (value - mean) ** 2)) / (values.length - 1);
}

/**
 * @param {Vector} values
 */
function medianOf(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : 0.5 * (sorted[half - 1] + sorted[half]);
}

/**
 * Return the root of total variance over variance within chains.
 * @param {Vector[]} chains
 */
function ratio(chains) {
  const n = chains[0].length;
  const within = meanOf(chains.map(varianceOf));
  const between = n * varianceOf(chains.map(meanOf));
  return Math.sqrt((between / within + n - 1) / n);
}

/**
 * Return autocovariances with divisor n, from lag 0 to a lag.
 * @param {Vector} chain
 * @param {number} lag
 */
function autocovariance(chain, lag) {
  let total = 0;
  for (let i = lag; i < chain.length; i++) total += chain[i] * chain[i - lag];
  return total / chain.length;
}

/**
 * Return the effective sample size, by Geyer's initial monotone sequence (1992).
 * @param {Vector[]} chains
 */
function effectiveSize(chains) {
  const [m, n] = [chains.length, chains[0].length];
  const means = chains.map(meanOf);
  const centred = chains.map((chain, c) => chain.map((value) => value - means[c]));
  const average = (/** @type {number} */ lag) => meanOf(centred.map((chain) => autocovariance(chain, lag)));
  const within = (average(0) * n) / (n - 1);
  const total = average(0) + (m > 1 ? varianceOf(means) : 0);
  if (!(total > 0)) return m * n;
  const correlation = (/** @type {number} */ lag) => 1 - (within - average(lag)) / total;
  const found = Array(n).fill(0);
  let [even, odd] = [1, correlation(1)];
  [found[0], found[1]] = [even, odd];
  let t = 1;
  for (; t < n - 3 && even + odd > 0; t += 2) {
    [even, odd] = [correlation(t + 1), correlation(t + 2)];
    if (even + odd >= 0) [found[t + 1], found[t + 2]] = [even, odd];
  }
  const last = t - 2;
  if (even > 0) found[last + 1] = even;
  for (t = 1; t <= last - 2; t += 2) {
    if (found[t + 1] + found[t + 2] > found[t - 1] + found[t]) {
      found[t + 1] = found[t + 2] = 0.5 * (found[t - 1] + found[t]);
    }
  }
  const time = -1 + 2 * sum(found.slice(0, last + 1)) + found[last + 1];
  return (m * n) / Math.max(time, 1 / Math.log10(m * n));
}
