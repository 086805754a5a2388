/**
 * The no-U-turn sampler: its way goes on until it turns back.
 *
 * Hoffman and Gelman (2014), with the draw within a way of Betancourt (2017).
 *
 * @typedef {import("../linear_algebra.js").Vector} Vector
 * @typedef {import("./random.js").Generator} Generator
 * @typedef {import("./samplers.js").Target} Target
 * @typedef {import("./samplers.js").Sampler} Sampler
 * @typedef {import("./samplers.js").State} State
 */

import { dot } from "../linear_algebra.js";
import { LOST, jointOf, leapfrog } from "./samplers.js";

const DEEPEST = 10;

/**
 * @typedef {object} Tree states in a row, and one of them drawn by its density
 * @property {State} first
 * @property {State} last
 * @property {Vector} at the one that was drawn
 * @property {number} log_weight log of the sum of their densities, relative to the start
 * @property {Vector} momentum the sum of their momenta
 * @property {boolean} ended whether the way turns back, or is lost
 * @property {boolean} lost
 * @property {number} acceptance the sum of acceptance probabilities
 * @property {number} count the number of states
 */

/**
 * Return the sampler.
 * @param {Target} target
 * @param {{step: number}} options
 * @param {Generator} generator
 * @returns {Sampler}
 */
export function noUTurn(target, { step }, generator) {
  return (at) => {
    const start = { at, momentum: at.map(() => generator.normal()), slope: target.gradient(at) };
    const level = jointOf(target, start);
    const way = [at];
    /** @type {Tree} */
    let tree = leafOf(start, 0);
    const end = { acceptance: 0, count: 0, lost: false };
    for (let depth = 0; depth < DEEPEST; depth++) {
      const side = generator.uniform() < 0.5 ? -1 : 1;
      const grown = grow(target, side < 0 ? tree.first : tree.last, side * step, depth, level, generator, way);
      end.acceptance += grown.acceptance;
      end.count += grown.count;
      end.lost ||= grown.lost;
      if (grown.ended) break;
      // the new half is preferred, which moves farther
      const takes = Math.log(generator.uniform()) < grown.log_weight - tree.log_weight;
      tree = joined(tree, grown, side, takes ? grown.at : tree.at);
      if (tree.ended) break;
    }
    return { at: tree.at, accepted: tree.at !== at, acceptance: end.acceptance / end.count, way, diverged: end.lost };
  };
}

/**
 * Return the tree of one state.
 * @param {State} state
 * @param {number} change of the joint log density since the start
 * @returns {Tree}
 */
function leafOf(state, change) {
  const lost = !(change > -LOST);
  return {
    first: state,
    last: state,
    at: state.at,
    log_weight: lost ? -Infinity : change,
    momentum: state.momentum,
    ended: lost,
    lost,
    acceptance: lost ? 0 : Math.min(1, Math.exp(change)),
    count: 1,
  };
}

/**
 * Return a tree of 2 to the power of ``depth`` states beyond a state.
 * @param {Target} target
 * @param {State} from
 * @param {number} step
 * @param {number} depth
 * @param {number} level the joint log density at the start
 * @param {Generator} generator
 * @param {Vector[]} way gets the points
 * @returns {Tree}
 */
function grow(target, from, step, depth, level, generator, way) {
  if (depth === 0) {
    const state = leapfrog(target, from, step);
    way.push(state.at);
    return leafOf(state, jointOf(target, state) - level);
  }
  const near = grow(target, from, step, depth - 1, level, generator, way);
  if (near.ended) return near;
  const far = grow(target, step < 0 ? near.first : near.last, step, depth - 1, level, generator, way);
  const total = logAdd(near.log_weight, far.log_weight);
  const takes = Math.log(generator.uniform()) < far.log_weight - total;
  const both = joined(near, far, Math.sign(step), takes ? far.at : near.at);
  return { ...both, acceptance: near.acceptance + far.acceptance, count: near.count + far.count };
}

/**
 * Return two trees as one; it has ended where it, or a half and one state more, turns back.
 * @param {Tree} near
 * @param {Tree} far
 * @param {number} side where the far one lies
 * @param {Vector} at
 * @returns {Tree}
 */
function joined(near, far, side, at) {
  const [left, right] = side < 0 ? [far, near] : [near, far];
  const momentum = left.momentum.map((value, j) => value + right.momentum[j]);
  const to_right = left.momentum.map((value, j) => value + right.first.momentum[j]);
  const to_left = right.momentum.map((value, j) => value + left.last.momentum[j]);
  const turns =
    turnsBack(momentum, left.first, right.last) ||
    turnsBack(to_right, left.first, right.first) ||
    turnsBack(to_left, left.last, right.last);
  return {
    first: left.first,
    last: right.last,
    at,
    log_weight: logAdd(near.log_weight, far.log_weight),
    momentum,
    ended: far.ended || turns,
    lost: near.lost || far.lost,
    acceptance: near.acceptance + far.acceptance,
    count: near.count + far.count,
  };
}

/**
 * Return whether a way turns back at one of its ends.
 * @param {Vector} total the sum of its momenta
 * @param {State} first
 * @param {State} last
 */
function turnsBack(total, first, last) {
  return dot(total, first.momentum) <= 0 || dot(total, last.momentum) <= 0;
}

/**
 * @param {number} a
 * @param {number} b
 */
function logAdd(a, b) {
  const top = Math.max(a, b);
  return top === -Infinity ? top : top + Math.log1p(Math.exp(Math.min(a, b) - top));
}
