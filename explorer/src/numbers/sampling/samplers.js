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

import { dot } from "../linear_algebra.js";

/** A fall of the joint log density by which a way is lost. */
export const LOST = 1000;

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
export function leapfrog({ gradient }, { at, momentum, slope }, step) {
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
export function jointOf({ log_density }, { at, momentum }) {
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
