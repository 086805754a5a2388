/**
 * Fits of other losses, with an L2 penalty or without one.
 *
 *     min over a, b of  Σ loss(y_i, η_i) + |b|² / (2 prior_sd²),   η = a + X b
 *
 * squared:        r² / (2 scale²)                             for r = y - η
 * huber:          the same for |r| ≤ delta scale, else delta (|r| / scale - delta / 2)
 * absolute:       |r| / scale
 * cross-entropy:  log(1 + exp(-y η))                          for y of -1 and 1
 *
 * exp(-loss) / (mass scale) is the density of the noise: normal, normal with tails of
 * Laplace (Huber 1964), or Laplace. For classes exp(-loss) is the probability itself.
 *
 * @typedef {import("./linear_algebra.js").Vector} Vector
 * @typedef {import("./rows.js").Rows} Rows
 * @typedef {import("./newton.js").Loss} Loss
 * @typedef {object} Problem
 * @property {"squared" | "huber" | "absolute" | "cross-entropy"} loss
 * @property {number} [scale] the unit of the residuals, 1 by default
 * @property {number} [delta] of huber, 1.345 by default
 * @property {number | null} [prior_sd] null for no penalty
 */

import { absoluteFit } from "./absolute.js";
import { designOf, median, newton, objective } from "./newton.js";
import { positive } from "./rows.js";
import { upperTail } from "./sampling/quantile.js";

/** @type {Record<string, (scale: number, delta: number) => Loss>} */
const LOSSES = {
  squared: (scale) => (y, eta) => {
    const r = (y - eta) / scale;
    return [0.5 * r * r, -r / scale, 1 / scale ** 2];
  },
  huber: (scale, delta) => (y, eta) => {
    const r = (y - eta) / scale;
    if (Math.abs(r) <= delta) return [0.5 * r * r, -r / scale, 1 / scale ** 2];
    return [delta * (Math.abs(r) - 0.5 * delta), (-delta * Math.sign(r)) / scale, 0];
  },
  "cross-entropy": () => (y, eta) => {
    const margin = y * eta;
    const wrong = 1 / (1 + Math.exp(margin)); // the probability of the other class
    const loss = Math.log1p(Math.exp(-Math.abs(margin))) + Math.max(0, -margin);
    return [loss, -y * wrong, wrong * (1 - wrong)];
  },
};

/**
 * Return the fit.
 * @param {Rows & Problem} problem
 * @returns {{intercept: number, coef: Vector, objective: number}}
 */
export function fitLoss({ loss, scale = 1, delta = 1.345, prior_sd = null, ...rows }) {
  positive(scale, "scale");
  positive(delta, "delta");
  if (prior_sd !== null) positive(prior_sd, "prior_sd");
  if (loss === "absolute") return absoluteFit({ scale, prior_sd, ...rows });
  if (!Object.hasOwn(LOSSES, loss)) {
    throw new Error(`loss must be absolute, ${Object.keys(LOSSES).join(" or ")}, got ${loss}`);
  }
  if (loss === "cross-entropy" && rows.y.some((value) => Math.abs(value) !== 1)) {
    throw new Error("y must be -1 or 1 for cross-entropy");
  }
  const design = designOf(rows, prior_sd);
  const start = design.rows[0].map((_, j) => (j === 0 && rows.intercept !== false && loss !== "cross-entropy" ? median(rows.y) : 0));
  const of_row = LOSSES[loss](scale, delta);
  const { at, moved } = newton(of_row, design, start);
  // without a minimum the steps go on while the loss vanishes
  if (loss === "cross-entropy" && moved > 1e-3) {
    throw new Error("the classes are separable, so the fit has no minimum; give a prior_sd");
  }
  if (moved === Infinity) throw new Error("the search for the minimum does not end; give a prior_sd");
  return { ...design.lineOf(at), objective: objective(of_row, design, at) };
}

/**
 * Return the integral of exp(-loss) over residuals in units of the scale.
 * @param {string} loss
 * @param {number} delta of huber
 */
export function massOf(loss, delta) {
  const root = Math.sqrt(2 * Math.PI);
  if (loss === "squared") return root;
  if (loss === "huber") return root * (1 - 2 * upperTail(delta)) + (2 / delta) * Math.exp(-0.5 * delta * delta);
  if (loss === "absolute") return 2;
  throw new Error(`loss must be squared, huber or absolute, got ${loss}`);
}

/**
 * Return whether one place of x parts two classes, so that no steepest curve fits best.
 *
 * Both may have points at this place (Albert and Anderson 1984).
 * @param {Vector} x
 * @param {Vector} y classes of -1 and 1
 */
export function separable(x, y) {
  const of = (/** @type {number} */ sign) => x.filter((_, i) => y[i] === sign);
  const [none, some] = [of(-1), of(1)];
  return Math.max(...none) <= Math.min(...some) || Math.max(...some) <= Math.min(...none);
}
