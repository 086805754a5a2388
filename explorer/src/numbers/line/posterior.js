/**
 * The posterior of a line under Huber's loss, the absolute loss or the cross-entropy.
 *
 *     p(a, b) ∝ exp(-Σ loss(y_i, a + b x_i) - b² / (2 prior_sd²))
 *
 * It is not normal. Its two numbers are integrated: the level by tables, one for each
 * slope, and the slope by the trapezoidal rule, whose steps are halved until nothing
 * changes. The density is log-concave, so that it has one top and no far island.
 *
 * @typedef {import("./slices.js").Table} Table
 * @typedef {import("./slices.js").Slices} Slices
 * @typedef {import("../gaussian.js").Posterior} Posterior
 * @typedef {object} Problem
 * @property {number[]} x
 * @property {number[]} y responses; of cross-entropy the classes -1 and 1
 * @property {"huber" | "absolute" | "cross-entropy"} loss
 * @property {number} [scale] σ, which cross-entropy has not
 * @property {number} [delta] of huber, in units of σ
 * @property {number | null} prior_sd null for a flat prior
 * @property {{intercept: number, coef: number[]}} fit the most probable line
 * @property {boolean} [quick] whether an error of 5e-5 sds is enough
 * @typedef {object} LinePosterior
 * @property {number[]} mean of intercept and slope
 * @property {number[]} sd
 * @property {(places: number[], share: number) => number[]} quantiles of a + b x at places
 * @property {(shares: number[]) => number[]} draw a line: its slope has
 *     the first share of the posterior below, its level at this slope the second
 */

import { predict } from "../gaussian.js";
import { mean, sum } from "../linear_algebra.js";
import { normalQuantile } from "../sampling/quantile.js";
import { NEGLIGIBLE, belowOf, slicesOfClasses, slicesOfPieces, tableOf } from "./slices.js";

const [FIRST, MOST] = [16, 2048]; // steps of the slope
const OF_KINKS = 256; // steps that the band of the absolute loss needs
/** Sds that the last halving may change: the error is a tenth of it or less. */
const [SETTLED, OF_BAND, QUICK] = [3e-6, 1e-5, 5e-4];

/**
 * Return the posterior.
 * @param {Problem} problem
 * @returns {LinePosterior}
 */
export function linePosterior({ x, y, loss, scale = 1, delta = 1.345, prior_sd, fit, quick = false }) {
  const unit = loss === "cross-entropy" ? 1 : scale;
  const center = mean(x);
  const d = x.map((value) => value - center);
  const b = fit.coef[0];
  const level = fit.intercept + b * center;
  const eta = d.map((value) => level + b * value);
  const precision = prior_sd === null ? 0 : 1 / prior_sd ** 2;
  const penalty = (/** @type {number} */ v) => 0.5 * precision * (b + unit * v) ** 2;
  const information = sum(d.map((value) => value * value)) + precision * unit * unit;
  if (!information) throw new Error("the points have one x; give a prior_sd");
  const residuals = y.map((value, i) => (value - eta[i]) / unit);
  const slices =
    loss === "cross-entropy" ? slicesOfClasses(y, eta, d, penalty) : slicesOfPieces(residuals, d, loss === "huber" ? delta : 0, penalty);
  const fewest = loss === "absolute" && !quick ? OF_KINKS : FIRST;
  const { places, tables, step, moments } = settled(slices, rangeOf(slices, 6 / Math.sqrt(information)), quick, fewest);
  const total = sum(tables.map(({ mass }) => mass));
  const marginal = tableOf(places[0], step, tables.map(({ mass }) => mass));
  const lineOf = (/** @type {number} */ u, /** @type {number} */ v) => {
    const slope = b + unit * v;
    return [level + unit * u - slope * center, slope];
  };
  const { u, v, uu, uv, vv } = moments;
  const sdAt = (/** @type {number} */ place) => Math.sqrt(uu + place * (2 * uv + place * vv));
  return {
    mean: lineOf(u, v),
    sd: [unit * sdAt(-center), unit * Math.sqrt(vv)],
    quantiles: (at, share) => {
      let z = normalQuantile(share);
      return at.map((value) => {
        const away = value - center;
        const [middle, sd] = [u + v * away, sdAt(away)];
        const below = (/** @type {number} */ t) => {
          let [all, density] = [0, 0];
          tables.forEach((table, k) => {
            const [part, slope] = belowOf(table, t - places[k] * away);
            all += part;
            density += slope;
          });
          return [all / total, density / total];
        };
        const found = inverse(below, share, middle + z * sd, sd);
        z = (found - middle) / sd; // a start at the next place
        return level + b * away + unit * found;
      });
    },
    draw: ([first, second]) => {
      const at = inverse((t) => belowOf(marginal, t).map((each) => each / marginal.mass), first, v, Math.sqrt(vv));
      const table = slices(at);
      const start = table.moments[0] / table.mass;
      const spread = Math.sqrt(Math.max(table.moments[1] / table.mass - start ** 2, 0));
      return lineOf(inverse((t) => belowOf(table, t).map((each) => each / table.mass), second, start, spread), at);
    },
  };
}

/**
 * Return the posterior of a line under squared loss, which is normal.
 * @param {Posterior} exact of one column
 * @returns {LinePosterior}
 */
export function normalLine(exact) {
  const { mean, sd, coef, center, level, level_sd, inverse_root } = exact;
  return {
    mean,
    sd,
    quantiles: (at, share) => {
      const line = predict(exact, at.map((x) => [x]));
      return line.mean.map((value, i) => value + normalQuantile(share) * line.line_sd[i]);
    },
    draw: (shares) => {
      const [slope, height] = shares.map(normalQuantile);
      const b = coef[0] + inverse_root[0][0] * slope;
      return [level + level_sd * height - b * center[0], b];
    },
  };
}

/**
 * Return the slopes between which the posterior is not negligible.
 * @param {Slices} slices
 * @param {number} guess
 */
function rangeOf(slices, guess) {
  const top = slices(0).mass;
  const fall = (/** @type {number} */ v) => Math.log(top / slices(v).mass);
  return [-1, 1].map((side) => {
    let [inside, outside] = [0, guess];
    let seen = fall(side * outside);
    while (seen < NEGLIGIBLE - 6) {
      [inside, outside] = [outside, 2 * outside];
      seen = fall(side * outside);
    }
    // halve the bracket while the end is too far
    for (let i = 0; i < 30 && !(seen < NEGLIGIBLE); i++) {
      const middle = 0.5 * (inside + outside);
      const value = fall(side * middle);
      if (value < NEGLIGIBLE - 6) inside = middle;
      else [outside, seen] = [middle, value];
    }
    return side * outside;
  });
}

/**
 * Return moments, and the tables at slopes of equal steps that quantiles need.
 * @param {Slices} slices
 * @param {number[]} range
 * @param {boolean} quick
 * @param {number} fewest steps
 */
function settled(slices, [low, high], quick, fewest) {
  let step = (high - low) / FIRST;
  let places = Array.from({ length: FIRST + 1 }, (_, i) => low + i * step);
  let tables = places.map(slices);
  let moments = momentsOf(places, tables);
  let enough = null;
  while (places.length < MOST) {
    step *= 0.5;
    places = places.flatMap((place, i) => (i ? [place - step, place] : [place]));
    const known = tables;
    tables = places.map((place, i) => (i % 2 ? slices(place) : known[i / 2]));
    const before = moments;
    moments = momentsOf(places, tables);
    const { u, v, uu, vv } = moments;
    const change = Math.max(...[(u - before.u) / Math.sqrt(uu), (v - before.v) / Math.sqrt(vv), before.uu / uu - 1, before.vv / vv - 1].map(Math.abs));
    if (places.length <= fewest) continue;
    if (change < OF_BAND) enough ??= { places, tables, step };
    if (change < (quick ? QUICK : SETTLED)) break;
  }
  return { ...(enough ?? { places, tables, step }), moments };
}

/**
 * Return means, variances and the covariance of level and slope.
 * @param {number[]} places
 * @param {Table[]} tables
 */
function momentsOf(places, tables) {
  let [all, u, v, uu, uv, vv] = [0, 0, 0, 0, 0, 0];
  tables.forEach(({ mass, moments }, k) => {
    all += mass;
    u += moments[0];
    v += mass * places[k];
    uu += moments[1];
    uv += moments[0] * places[k];
    vv += mass * places[k] ** 2;
  });
  [u, v] = [u / all, v / all];
  return { u, v, uu: uu / all - u * u, uv: uv / all - u * v, vv: vv / all - v * v };
}

/**
 * Return where a share lies below, by Newton's steps within a bracket.
 * @param {(t: number) => number[]} below the share below, and its slope
 * @param {number} share
 * @param {number} start
 * @param {number} sd
 */
function inverse(below, share, start, sd) {
  let [low, high, t] = [start - 40 * sd, start + 40 * sd, start];
  for (let step = 0; step < 60; step++) {
    const [found, density] = below(t);
    if (found < share) low = t;
    else high = t;
    const next = t - (found - share) / density;
    const change = Math.abs(next - t);
    t = next > low && next < high ? next : 0.5 * (low + high);
    if (change < 1e-6 * sd) break;
  }
  return t;
}
