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
 * @typedef {{share: number, v: number, weight: number, table: Table}} Node
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
const [SKEW, CLOSE] = [4, 0.6];
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
  const nodeAt = nodesOf(slices, rangeOf(slices, 6 / Math.sqrt(information)));
  const { nodes, moments } = settled(nodeAt, quick, fewest, [Math.min(...d), Math.max(...d)]);
  const masses = nodes.map(({ weight, table }) => weight * table.mass);
  const total = sum(masses);
  const marginal = tableOf(0, 1 / (nodes.length - 1), masses);
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
          for (const { weight, table, v: at } of nodes) {
            const [part, slope] = belowOf(table, t - at * away);
            all += weight * part;
            density += weight * slope;
          }
          return [all / total, density / total];
        };
        const found = inverse(below, share, middle + z * sd, sd);
        z = (found - middle) / sd; // a start at the next place
        return level + b * away + unit * found;
      });
    },
    draw: ([first, second]) => {
      const share = inverse((s) => belowOf(marginal, s).map((each) => each / marginal.mass), first, 0.5, 0.02);
      const { v: at, table } = nodeAt(share);
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
 * Return a function of shares from 0 to 1 that gives slopes of a range with their tables.
 *
 * Equal steps of the share are equal steps of the slope; of a skew posterior they grow
 * from the end that is near.
 * @param {Slices} slices
 * @param {number[]} range
 * @returns {(share: number) => Node}
 */
function nodesOf(slices, [low, high]) {
  const [near, far] = [Math.min(-low, high), Math.max(-low, high)];
  const [start, side] = near === high ? [high, -1] : [low, 1];
  const unit = far > SKEW * near ? near / SKEW : 1e6 * far;
  const end = Math.log1p((near + far) / unit);
  return (share) => {
    const grown = end * (side > 0 ? share : 1 - share);
    const v = start + side * unit * Math.expm1(grown);
    return { share, v, weight: end * unit * Math.exp(grown), table: slices(v) };
  };
}

/**
 * Return moments, and the nodes of equal steps that quantiles need.
 * @param {(share: number) => Node} nodeAt
 * @param {boolean} quick
 * @param {number} fewest steps
 * @param {number[]} reach the ends of the rows' x, from the center
 */
function settled(nodeAt, quick, fewest, reach) {
  let nodes = Array.from({ length: FIRST + 1 }, (_, i) => nodeAt(i / FIRST));
  let moments = momentsOf(nodes);
  let enough = null;
  while (nodes.length < MOST) {
    const half = 0.5 / (nodes.length - 1);
    nodes = nodes.flatMap((node, i) => (i ? [nodeAt(node.share - half), node] : [node]));
    const before = moments;
    moments = momentsOf(nodes);
    const { u, v, uu, vv } = moments;
    const change = Math.max(...[(u - before.u) / Math.sqrt(uu), (v - before.v) / Math.sqrt(vv), before.uu / uu - 1, before.vv / vv - 1].map(Math.abs));
    if (nodes.length <= fewest || !isDense(nodes, reach, quick ? 1 : CLOSE)) continue;
    if (change < OF_BAND) enough ??= nodes;
    if (change < (quick ? QUICK : SETTLED)) break;
  }
  return { nodes: enough ?? nodes, moments };
}

/**
 * Return whether the lines of neighbours are so near that the sum of all has no steps.
 * @param {Node[]} nodes
 * @param {number[]} reach
 * @param {number} most sds of a line between neighbours
 */
function isDense(nodes, reach, most) {
  const masses = nodes.map(({ weight, table }) => weight * table.mass);
  const least = 1e-5 * Math.max(...masses);
  const levels = nodes.map(({ table: { mass, moments } }) => moments[0] / mass);
  return nodes.every(({ v, table: { mass, moments } }, k) => {
    if (!k || masses[k] < least || masses[k - 1] < least) return true;
    const sd = Math.sqrt(moments[1] / mass - levels[k] ** 2);
    return reach.every((away) => Math.abs(levels[k] - levels[k - 1] + (v - nodes[k - 1].v) * away) < most * sd);
  });
}

/**
 * Return means, variances and the covariance of level and slope.
 * @param {Node[]} nodes
 */
function momentsOf(nodes) {
  let [all, u, v, uu, uv, vv] = [0, 0, 0, 0, 0, 0];
  for (const { v: at, weight, table: { mass, moments } } of nodes) {
    all += weight * mass;
    u += weight * moments[0];
    v += weight * mass * at;
    uu += weight * moments[1];
    uv += weight * moments[0] * at;
    vv += weight * mass * at * at;
  }
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
    if (Math.abs(next - t) < 1e-6 * sd) return next;
    t = next > low && next < high ? next : 0.5 * (low + high);
  }
  return t;
}
