/**
 * The posterior of the penalty, from the nodes of the quadrature over the scales.
 *
 * The steps between nodes are equal in a coordinate v. A polynomial through six nodes
 * gives the probability between two of them, and the values at other places.
 *
 * @typedef {import("../linear_algebra.js").Vector} Vector
 * @typedef {import("../rows.js").Rows} Rows
 * @typedef {import("./nodes.js").Node} Node
 * @typedef {import("./priors.js").ScalePrior} ScalePrior
 * @typedef {object} PenaltyPosterior
 * @property {(alpha: number) => number} density of log α, the natural logarithm
 * @property {(alpha: number) => number} below the probability of smaller penalties
 * @property {(probability: number) => number} quantile the penalty with that probability
 *     below it
 */

import { norm, sum } from "../linear_algebra.js";
import { centred } from "../rows.js";

/** The integral between the middle two of six equal steps, by their values. */
const BETWEEN = [11, -93, 802, 802, -93, 11].map((each) => each / 1440);
const FINER = 4;
const WIDTH = 1.5; // in sds of y

/**
 * Return the default priors of the package's estimators for scales that are unknown.
 *
 * Half-Student-t densities with 3 degrees of freedom and the scales 1.5 s_y of the noise
 * sd, and 1.5 s_y / s_X of the prior sd; s_X² is the sum of the columns' variances.
 * Gelman (2006).
 * @param {Rows} rows
 * @returns {Record<"noise_sd" | "prior_sd", Required<ScalePrior>>}
 */
export function defaultPriors(rows) {
  const { X, y, n, intercept } = centred(rows);
  const root = Math.sqrt(Math.max(n - Number(intercept), 1));
  const of_y = norm(y) / root || norm(rows.y) / Math.sqrt(n) || 1;
  const of_X = norm(X.flat()) / root || 1;
  return {
    noise_sd: { kind: "HalfStudentT", scale: WIDTH * of_y },
    prior_sd: { kind: "HalfStudentT", scale: (WIDTH * of_y) / of_X },
  };
}

/**
 * Return the posterior of the penalty.
 * @param {Node[]} nodes of a mixture whose prior sd is not flat
 * @returns {PenaltyPosterior}
 */
export function penaltyPosterior(nodes) {
  const { places, weights, densities } = finer(nodes);
  const last = places.length - 1;
  const sums = [0];
  for (let i = 0; i < last; i++) sums.push(sums[i] + sum(BETWEEN.map((share, k) => share * (weights[i - 2 + k] ?? 0))));
  const sumAt = (/** @type {number} */ x) => {
    if (x <= places[0]) return 0;
    if (x >= places[last]) return 1;
    return Math.min(1, Math.max(0, through(places, sums, x)));
  };
  return {
    density: (alpha) => {
      const x = Math.log(alpha);
      return x < places[0] || x > places[last] ? 0 : Math.max(0, through(places, densities, x));
    },
    below: (alpha) => sumAt(Math.log(alpha)),
    quantile: (probability) => {
      const i = Math.max(1, sums.findIndex((value) => value > probability));
      let [low, high] = [places[i - 1], places[i]];
      for (let halving = 0; halving < 50; halving++) {
        const middle = 0.5 * (low + high);
        if (sumAt(middle) > probability) high = middle;
        else low = middle;
      }
      return Math.exp(low);
    },
  };
}

/**
 * Return nodes with a FINER-th of the step.
 *
 * The values between nodes are Σ f_i sin(π(v - i)) / π(v - i), whose error is about the
 * root of that of the sum over nodes. Whittaker (1915).
 * @param {Node[]} nodes
 */
function finer(nodes) {
  const steps = nodes.map((_, i) => i);
  const at = Array.from({ length: FINER * (nodes.length - 1) + 1 }, (_, m) => m / FINER);
  const series = (/** @type {Vector} */ values) =>
    at.map((v) => {
      if (Number.isInteger(v)) return values[v];
      const sine = Math.sin(Math.PI * v) / Math.PI;
      return sum(values.map((value, i) => ((i % 2 ? -sine : sine) * value) / (v - i)));
    });
  const widths = nodes.map(({ width }) => width);
  const weights = series(nodes.map(({ weight }) => weight / FINER));
  const [places, wide] = [nodes.map(({ log_alpha }) => log_alpha), widths].map((values) => at.map((v) => through(steps, values, v)));
  return { places, weights, densities: weights.map((weight, m) => (FINER * weight) / wide[m]) };
}

/**
 * Return the value at a place of the polynomial through the six nodes about it.
 * @param {Vector} places which rise
 * @param {Vector} values
 * @param {number} x
 */
function through(places, values, x) {
  const after = places.findIndex((place) => place > x);
  const start = Math.max(0, Math.min(after - 3, places.length - 6));
  const [at, of] = [places, values].map((all) => all.slice(start, start + 6));
  return sum(of.map((value, i) => at.reduce((product, place, j) => (i === j ? product : (product * (x - place)) / (at[i] - place)), value)));
}
