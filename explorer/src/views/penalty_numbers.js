/**
 * What the view of the penalty shows, without its marker.
 *
 * @typedef {import("../numbers/rows.js").Rows} Rows
 * @typedef {import("../numbers/eigenbasis.js").Eigenbasis} Eigenbasis
 * @typedef {import("../numbers/criteria.js").Path} Path
 * @typedef {import("../numbers/scales/priors.js").ScalePrior} ScalePrior
 * @typedef {{basis: Eigenbasis, priors: Record<"noise_sd" | "prior_sd", Required<ScalePrior>>}} Problem
 * @typedef {"evidence" | "loo" | "gcv"} Criterion
 * @typedef {object} Hierarchy
 * @property {number} low the 5 % quantile of the posterior of α
 * @property {number} median
 * @property {number} high the 95 % quantile
 * @property {number[]} densities of log₁₀ α at PENALTIES
 * @property {(alpha: number) => number} below the probability of smaller penalties
 * @property {number} most the largest move of a coefficient from low to high, in
 *     posterior sds
 * @property {number} mover its column
 */

import { pathIn } from "../numbers/criteria.js";
import { eigenbasis } from "../numbers/eigenbasis.js";
import { mixtureIn } from "../numbers/scales/mixture.js";
import { defaultPriors, penaltyPosterior } from "../numbers/scales/penalty.js";

export const LOW = 0.01;
export const HIGH = 1e5;
const COUNT = 141;
export const PENALTIES = Array.from({ length: COUNT }, (_, i) => LOW * (HIGH / LOW) ** (i / (COUNT - 1)));

/** @type {Record<Criterion, {name: string, unit: string, most: number, loss: (path: Path) => number[], shown: (losses: number[]) => number[]}>} */
export const CRITERIA = {
  evidence: { name: "evidence", unit: "nats of log evidence below the best", most: 10, loss: (each) => each.log_evidence.map((value) => -value), shown: above },
  loo: { name: "leave-one-out", unit: "% above the least error", most: 20, loss: (each) => each.loo_error, shown: percent },
  gcv: { name: "GCV", unit: "% above the least GCV", most: 20, loss: (each) => each.gcv, shown: percent },
};

/**
 * Return what rows give, whatever the scales.
 * @param {Rows} rows
 * @returns {Problem}
 */
export function problemOf(rows) {
  return { basis: eigenbasis(rows), priors: defaultPriors(rows) };
}

/**
 * Return the path, the losses of each criterion and the penalty of each.
 * @param {Problem} problem
 * @param {number | ScalePrior} noise_sd
 */
export function pathOfScene({ basis }, noise_sd) {
  const found = pathIn(basis, noise_sd, PENALTIES);
  const criteria = Object.entries(CRITERIA).map(([name, criterion]) => {
    const losses = criterion.loss(found);
    const place = losses.indexOf(Math.min(...losses));
    const near = (/** @type {number[]} */ penalties) => criterion.loss(pathIn(basis, noise_sd, penalties));
    const chosen = place > 0 && place < COUNT - 1 ? refined(near, PENALTIES[place]) : PENALTIES[place];
    return { by: /** @type {Criterion} */ (name), ...criterion, losses: criterion.shown(losses), chosen };
  });
  return { found, criteria };
}

/**
 * Return the penalty of the least loss near one of PENALTIES, by parabolas in log α.
 * @param {(penalties: number[]) => number[]} losses
 * @param {number} start
 */
function refined(losses, start) {
  let x = Math.log(start);
  for (const step of [1, 0.3, 0.1].map((share) => (share * Math.log(HIGH / LOW)) / (COUNT - 1))) {
    const [before, here, after] = losses([-step, 0, step].map((change) => Math.exp(x + change)));
    const bend = before - 2 * here + after;
    if (bend > 0) x += Math.min(step, Math.max(-step, (0.5 * step * (before - after)) / bend));
  }
  return Math.exp(x);
}

/**
 * Return the posterior of the penalty, and how far coefficients move within it.
 *
 * It is null where an unknown noise sd may be 0, or all but 0: the columns then fit the
 * response, and the integral over the scales is infinite or is not found.
 * @param {Problem} problem
 * @param {number | ScalePrior} noise_sd
 * @returns {Hierarchy | null}
 */
export function hierarchyOf({ basis, priors }, noise_sd) {
  const mixed = mixtureOrNull(basis, noise_sd, priors.prior_sd);
  if (mixed === null) return null;
  const { nodes, sd } = mixed;
  const { density, below, quantile } = penaltyPosterior(nodes);
  const [low, median, high] = [0.05, 0.5, 0.95].map(quantile);
  const [first, last] = pathIn(basis, noise_sd, [low, high]).coef;
  const moves = first.map((value, j) => Math.abs(value - last[j]) / sd[j + Number(basis.intercept)]);
  const most = Math.max(...moves);
  // per decade, as the axis is
  const densities = PENALTIES.map((alpha) => Math.LN10 * density(alpha));
  return { low, median, high, densities, below, most, mover: moves.indexOf(most) };
}

/**
 * Return the posterior of unknown scales, null where there is none.
 * @param {Parameters<typeof mixtureIn>} model
 */
function mixtureOrNull(...model) {
  try {
    return mixtureIn(...model);
  } catch {
    return null;
  }
}

/**
 * Return a value at a penalty, on a straight line between those of PENALTIES.
 * @param {number[]} values
 * @param {number} alpha
 */
export function valueAt(values, alpha) {
  const place = ((COUNT - 1) * Math.log(alpha / LOW)) / Math.log(HIGH / LOW);
  const i = Math.min(COUNT - 2, Math.max(0, Math.floor(place)));
  return values[i] + (place - i) * (values[i + 1] - values[i]);
}

/**
 * Return values less the least of them.
 * @param {number[]} values
 */
function above(values) {
  const least = Math.min(...values);
  return values.map((value) => value - least);
}

/**
 * Return the percentage by which values lie above the least of them.
 * @param {number[]} values
 */
function percent(values) {
  const least = Math.min(...values);
  return values.map((value) => 100 * (value / least - 1));
}
