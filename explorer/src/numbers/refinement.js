/**
 * Iterative refinement of a posterior mean, with residuals in twice the precision.
 *
 * A number in twice the precision is the sum of two doubles, a high and a low one.
 * Dekker (1971) has the sums and the products, Björck (1967) the refinement.
 *
 * @typedef {import("./linear_algebra.js").Vector} Vector
 * @typedef {import("./linear_algebra.js").Matrix} Matrix
 * @typedef {import("./rows.js").Rows} Rows
 */

import { norm, solveLower, solveUpper } from "./linear_algebra.js";

const [STEPS, SMALL] = [5, 1e-12];

/** A sum in twice the precision. */
export class Twofold {
  /** @param {number} [high] @param {number} [low] */
  constructor(high = 0, low = 0) {
    this.high = high;
    this.low = low;
  }

  /** The value as one double. */
  get value() {
    return this.high + this.low;
  }

  /**
   * Add a number.
   * @param {number} term
   */
  add(term) {
    const total = this.high + term;
    const other = total - this.high;
    this.low += this.high - (total - other) + (term - other);
    this.high = total;
    return this;
  }

  /**
   * Add the product of two numbers.
   * @param {number} a
   * @param {number} b
   */
  addProduct(a, b) {
    const product = a * b;
    const [a_high, b_high] = [upperHalf(a), upperHalf(b)];
    const [a_low, b_low] = [a - a_high, b - b_high];
    this.add(product);
    this.low += a_high * b_high - product + (a_high * b_low + a_low * b_high) + a_low * b_low;
    return this;
  }

  /**
   * Add the product of two sums.
   * @param {Twofold} a
   * @param {Twofold} b
   * @param {number} sign
   */
  addTwofold(a, b, sign) {
    this.addProduct(sign * a.high, b.high);
    this.low += sign * (a.high * b.low + a.low * b.high);
    return this;
  }

  /** Return the same value, its high part as near to it as a double can be. */
  settled() {
    const high = this.value;
    return new Twofold(high, this.high - high + this.low);
  }
}

/**
 * Return the upper 26 bits of a number (Veltkamp, 1968).
 * @param {number} a
 */
function upperHalf(a) {
  const shifted = (2 ** 27 + 1) * a;
  return shifted - (shifted - a);
}

/**
 * Return a quotient in twice the precision.
 * @param {number} a
 * @param {number} b
 */
export function quotient(a, b) {
  const high = a / b;
  return new Twofold(high, new Twofold(a).addProduct(-high, b).value / b);
}

/**
 * Return refined means, and the least sum of squares of residuals and prior.
 * @param {Rows} rows
 * @param {{coef: Vector, level: number, center: Vector}} start the means to refine
 * @param {{root: Matrix, noise_sd: number, prior_sd: number | null}} known the root of the
 *     posterior precision, and the scales
 * @returns {{coef: Vector, level: number, intercept: number, squares: number}}
 */
export function refined({ X, y, intercept = true }, { coef, level, center }, { root, noise_sd, prior_sd }) {
  const ratio = prior_sd === null ? new Twofold() : quotient(noise_sd, prior_sd);
  const penalty = new Twofold().addTwofold(ratio, ratio, 1).settled();
  let at_center = new Twofold(level);
  let means = coef.map((value) => new Twofold(value));
  let squares = 0;
  for (let step = 0; step < STEPS; step++) {
    const slopes = means.map((mean) => new Twofold().addTwofold(penalty, mean, -1));
    const [of_level, total] = [new Twofold(), new Twofold()];
    means.forEach((mean) => total.addTwofold(penalty, new Twofold().addTwofold(mean, mean, 1), 1));
    y.forEach((value, i) => {
      const deviations = center.map((from, j) => new Twofold(X[i][j]).add(-from));
      const residual = new Twofold(value).add(-at_center.high).add(-at_center.low);
      deviations.forEach((deviation, j) => residual.addTwofold(deviation, means[j], -1));
      const settled = residual.settled();
      of_level.add(settled.high).add(settled.low);
      total.addTwofold(settled, settled, 1);
      deviations.forEach((deviation, j) => slopes[j].addTwofold(deviation, settled, 1));
    });
    const forward = solveLower(root, slopes.map((slope) => slope.value / noise_sd ** 2));
    const change = solveUpper(root, forward);
    const up = intercept ? of_level.value / y.length : 0;
    means = means.map((mean, j) => mean.add(change[j]).settled());
    at_center = at_center.add(up).settled();
    // the sum of squares before the step is larger by the square of its size, in sds
    const size = Math.hypot(norm(forward), (up * Math.sqrt(y.length)) / noise_sd);
    squares = total.value / noise_sd ** 2 - size ** 2;
    if (size < SMALL) break;
  }
  const start = new Twofold(at_center.high, at_center.low);
  center.forEach((from, j) => start.addTwofold(new Twofold(from), means[j], -1));
  return {
    coef: means.map((mean) => mean.value),
    level: at_center.value,
    intercept: intercept ? start.value : 0,
    squares,
  };
}
