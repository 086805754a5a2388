/**
 * The view of a line in words, and its losses.
 *
 * @typedef {import("../page/state.js").Point} Point
 * @typedef {import("../page/state.js").Scene} Scene
 * @typedef {object} Found
 * @property {{intercept: number, coef: number[]}} fit
 * @property {import("../numbers/line/posterior.js").LinePosterior} posterior
 * @property {{intercept: number, coef: number[]} | null} other the fit of squared loss
 */

import { digits } from "../page/controls.js";
import { massOf, separable } from "../numbers/losses.js";
import { SHARES } from "./line_marks.js";

export const DELTA = 1.345; // the bend of Huber's loss, in units of σ

/**
 * The loss of a residual r in units of σ, and the density that it stands for.
 * @type {Record<string, {name: string, of: (r: number) => number, density: string}>}
 */
export const LOSS = {
  squared: { name: "squared", of: (r) => 0.5 * r * r, density: "the normal density with sd σ" },
  huber: {
    name: "Huber",
    of: (r) => (Math.abs(r) <= DELTA ? 0.5 * r * r : DELTA * (Math.abs(r) - 0.5 * DELTA)),
    density: `a density that is normal up to ${DELTA} σ from the line and has tails of Laplace beyond`,
  },
  absolute: { name: "absolute", of: Math.abs, density: "the Laplace density with scale σ" },
};

/**
 * Return why there is no best fit, in one sentence, or nothing.
 * @param {Scene} scene
 * @param {Point[]} points
 */
export function obstacleOf({ loss, penalty }, points) {
  const [x, y] = [0, 1].map((k) => points.map((point) => point[k]));
  const is_one = (/** @type {number[]} */ values) => values.every((value) => value === values[0]);
  if (loss === "cross-entropy" && is_one(y)) return "No best fit exists: all points are of one class, and the intercept has no penalty.";
  if (penalty !== "none") return "";
  if (is_one(x)) return "No best fit exists without a penalty: all points have the same x, so any slope fits as well.";
  if (loss !== "cross-entropy" || !separable(x, y.map((value) => 2 * value - 1))) return "";
  return "No best fit exists without a penalty: the classes are separable, so a steeper curve always fits better.";
}

/**
 * Return the scene in words.
 * @param {Scene} scene
 * @param {Point[]} points
 * @param {Found} found
 * @param {number} middle a place whose band is told
 */
export function words({ loss, noise_sd }, points, { fit, posterior, other }, middle) {
  const { intercept, coef: [b] } = fit;
  const [mean, sd] = [posterior.mean[1], posterior.sd[1]].map(digits);
  const band = SHARES.map((share) => posterior.quantiles([middle], share)[0]);
  if (loss === "cross-entropy") return ofClasses(points, fit, { mean, sd, band, middle });
  const { name, of, density } = LOSS[loss];
  const line = `${digits(intercept)} ${b < 0 ? "\u2212" : "+"} ${digits(Math.abs(b))} x`;
  const residuals = points.map(([x, y]) => (y - intercept - b * x) / noise_sd);
  const worst = worstOf(residuals.map(of));
  return [
    `The ${name} loss is minus the log of ${density}, but for a constant: the density is exp(\u2212loss) / (${digits(massOf(loss, DELTA))} σ).`,
    `The fit is y = ${line} through ${points.length} points.`,
    `The slope's posterior is ${other ? "not normal; it has" : "normal with"} mean ${mean} and sd ${sd}.`,
    `At x = ${digits(middle)} the band of 95 % goes from ${band.map(digits).join(" to ")}.`,
    other ? `Squared loss would give the slope ${digits(other.coef[0])}.` : "",
    worst.total > 0 ? `Point ${worst.place + 1} has the largest residual, ${digits(residuals[worst.place])} times σ, and ${worst.share}.` : "",
  ].filter(Boolean).join(" ");
}

/**
 * Return the scene of two classes in words.
 * @param {Point[]} points
 * @param {{intercept: number, coef: number[]}} fit
 * @param {{mean: string, sd: string, band: number[], middle: number}} found
 */
function ofClasses(points, { intercept, coef: [b] }, { mean, sd, band, middle }) {
  const losses = points.map(([x, y]) => Math.log1p(Math.exp((1 - 2 * y) * (intercept + b * x))));
  const worst = worstOf(losses);
  const edges = band.map((eta) => digits(1 / (1 + Math.exp(-eta))));
  return [
    "The cross-entropy loss is minus the log of the probability that the curve gives to the class of a point, the Bernoulli likelihood.",
    `The fit is log odds = ${digits(intercept)} ${b < 0 ? "\u2212" : "+"} ${digits(Math.abs(b))} x through ${points.length} points, ${points.filter(([, y]) => y).length} of them in class 1: one more x multiplies the odds of class 1 by ${digits(Math.exp(b))}.`,
    `The slope's posterior is not normal; it has mean ${mean} and sd ${sd}.`,
    `At x = ${digits(middle)} the band of 95 % of the probability goes from ${edges.join(" to ")}.`,
    `Point ${worst.place + 1} has the smallest likelihood, ${digits(Math.exp(-losses[worst.place]))}, and ${worst.share}.`,
  ].join(" ");
}

/**
 * Return the place of the largest loss, the total, and its share in words.
 * @param {number[]} losses
 */
function worstOf(losses) {
  const total = losses.reduce((all, each) => all + each, 0);
  const most = Math.max(...losses);
  return { place: losses.indexOf(most), total, share: `${digits((100 * most) / total)} % of the total loss of ${digits(total)}` };
}
