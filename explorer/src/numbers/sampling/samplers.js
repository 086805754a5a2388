/**
 * Samplers that draw one by one, and show the way of each draw.
 *
 * @typedef {import("../linear_algebra.js").Vector} Vector
 * @typedef {import("./random.js").Generator} Generator
 * @typedef {object} Target
 * @property {(at: Vector) => number} log_density up to a constant
 * @property {(at: Vector) => Vector} gradient
 * @typedef {object} Draw
 * @property {Vector} at the new point, or the old one again
 * @property {boolean} accepted whether the proposal was taken
 * @property {number} acceptance its probability; for NUTS the mean over its points
 * @property {Vector[]} way the points that were visited
 * @property {boolean} diverged whether rounding or too long steps lost the way
 * @typedef {(at: Vector) => Draw} Sampler
 */

import { dot, solveLower, solveUpper, sum } from "../linear_algebra.js";

const [DEEPEST, LOST] = [10, 1000];

/**
 * Return a Gaussian target.
 * @param {Vector} mean
 * @param {import("../linear_algebra.js").Matrix} root R with R'R the precision
 * @returns {Target}
 */
export function gaussianTarget(mean, root) {
  const whitened = (/** @type {Vector} */ at) =>
    root.map((row) => sum(row.map((value, j) => value * (at[j] - mean[j]))));
  return {
    log_density: (at) => -0.5 * dot(whitened(at), whitened(at)),
    gradient: (at) => {
      const white = whitened(at);
      return at.map((_, j) => -sum(root.map((row, i) => row[j] * white[i])));
    },
  };
}

/**
 * Return an independent draw of the same Gaussian.
 * @param {Vector} mean
 * @param {import("../linear_algebra.js").Matrix} root upper-triangular
 * @param {Generator} generator
 * @returns {Vector}
 */
export function exactDraw(mean, root, generator) {
  const white = mean.map(() => generator.normal());
  return solveUpper(root, white).map((value, j) => mean[j] + value);
}

/**
 * Return the squared distance of a point from a Gaussian's mean, by its covariance.
 * @param {Vector} mean
 * @param {import("../linear_algebra.js").Matrix} inverse_root upper-triangular S, with SS'
 *     the covariance
 * @param {Vector} at
 */
export function squaredDistance(mean, inverse_root, at) {
  const white = solveLower(transposed(inverse_root), at.map((value, j) => value - mean[j]));
  return dot(white, white);
}

/**
 * @param {import("../linear_algebra.js").Matrix} matrix
 */
function transposed(matrix) {
  return matrix.map((_, j) => matrix.map((row) => row[j]));
}

/**
 * Return a random walk with Gaussian steps. Metropolis et al. (1953).
 * @param {Target} target
 * @param {number} step the sd of each coordinate of a step
 * @param {Generator} generator
 * @returns {Sampler}
 */
export function randomWalk({ log_density }, step, generator) {
  return (at) => {
    const proposal = at.map((value) => value + step * generator.normal());
    const acceptance = Math.min(1, Math.exp(log_density(proposal) - log_density(at)));
    const accepted = generator.uniform() < acceptance;
    return { at: accepted ? proposal : at, accepted, acceptance, way: [at, proposal], diverged: false };
  };
}

/**
 * @typedef {{at: Vector, momentum: Vector, slope: Vector}} State
 */

/**
 * Return the state one leapfrog step later.
 * @param {Target} target
 * @param {State} state
 * @param {number} step negative to go back
 * @returns {State}
 */
function leapfrog({ gradient }, { at, momentum, slope }, step) {
  const half = momentum.map((value, j) => value + 0.5 * step * slope[j]);
  const next = at.map((value, j) => value + step * half[j]);
  const next_slope = gradient(next);
  return { at: next, momentum: half.map((value, j) => value + 0.5 * step * next_slope[j]), slope: next_slope };
}

/**
 * Return log density less kinetic energy.
 * @param {Target} target
 * @param {State} state
 */
function jointOf({ log_density }, { at, momentum }) {
  return log_density(at) - 0.5 * dot(momentum, momentum);
}

/**
 * Return Hamiltonian Monte Carlo with a fixed number of steps. Neal (2011).
 * @param {Target} target
 * @param {{step: number, steps: number}} options
 * @param {Generator} generator
 * @returns {Sampler}
 */
export function hamiltonian(target, { step, steps }, generator) {
  return (at) => {
    let state = { at, momentum: at.map(() => generator.normal()), slope: target.gradient(at) };
    const start = jointOf(target, state);
    const way = [at];
    for (let i = 0; i < steps; i++) {
      state = leapfrog(target, state, step);
      way.push(state.at);
    }
    const change = jointOf(target, state) - start;
    const acceptance = change < 0 ? Math.exp(change) : change >= 0 ? 1 : 0;
    const accepted = generator.uniform() < acceptance;
    return { at: accepted ? state.at : at, accepted, acceptance, way, diverged: !(change > -LOST) };
  };
}

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
 * Return the no-U-turn sampler: its way goes on until it turns back.
 *
 * Hoffman and Gelman (2014), with the draw within a way of Betancourt (2017).
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
