/**
 * Four chains of each sampler on one Gaussian, which grow draw by draw.
 *
 * @typedef {import("../linear_algebra.js").Vector} Vector
 * @typedef {import("../linear_algebra.js").Matrix} Matrix
 * @typedef {import("./samplers.js").Draw} Draw
 * @typedef {"walk" | "hmc" | "nuts"} Kind
 * @typedef {object} Run
 * @property {Matrix} starts a point for each chain
 * @property {Draw[][]} draws of each chain, shape (chains, draws)
 * @property {() => void} advance adds a draw to each chain
 * @typedef {object} Findings of the first draws of a run
 * @property {number} taken share of the draws that are new points
 * @property {number} diverged number of draws that lost their way
 * @property {number} visited points for each draw, where density or slope is evaluated
 * @property {number} rhat the larger one of the coefficients
 * @property {number} ess the smaller bulk effective sample size
 * @property {number} ess_per_visited for each 100 points visited
 * @property {number} off distance of the mean from the exact one in Monte Carlo standard
 *     errors, the largest of the coefficients
 */

import { sum } from "../linear_algebra.js";
import { essBulk, essMean, rhat } from "./diagnostics.js";
import { noUTurn } from "./nuts.js";
import { generator } from "./random.js";
import { hamiltonian, randomWalk } from "./samplers.js";
import { exactDraw, gaussianTarget } from "./target.js";

export const CHAINS = 4;
/** @type {Kind[]} */
export const KINDS = ["walk", "hmc", "nuts"];
/** The width of the starts, in sds of the target, so that R-hat sees chains that are stuck. */
const WIDE = 2;

/**
 * Return a run without draws. Its starts depend on the seed only, not on the sampler.
 * @param {Kind} kind
 * @param {{mean: Vector, inverse_root: Matrix, step: number, steps: number, seed: number}} options
 *     ``steps`` counts the leapfrog steps of HMC
 * @returns {Run}
 */
export function runOf(kind, { mean, inverse_root, step, steps, seed }) {
  const random = generator(seed);
  const target = gaussianTarget(mean, inverse_root);
  const wide = inverse_root.map((row) => row.map((value) => WIDE * value));
  const starts = Array.from({ length: CHAINS }, () => exactDraw(mean, wide, random));
  const sampler = {
    walk: () => randomWalk(target, step, random),
    hmc: () => hamiltonian(target, { step, steps }, random),
    nuts: () => noUTurn(target, { step }, random),
  }[kind]();
  /** @type {Draw[][]} */
  const draws = starts.map(() => []);
  const advance = () => draws.forEach((chain, c) => chain.push(sampler(chain.length ? chain[chain.length - 1].at : starts[c])));
  return { starts, draws, advance };
}

/**
 * Return the findings of the first n draws of each chain.
 * @param {Run} run
 * @param {number} n at least 1
 * @param {Vector} mean the exact one
 * @returns {Findings}
 */
export function findings({ draws }, n, mean) {
  const chains = draws.map((chain) => chain.slice(0, n));
  const all = chains.flat();
  const visited = sum(all.map(({ way }) => way.length - 1));
  const coefs = mean.map((_, j) => chains.map((chain) => chain.map(({ at }) => at[j])));
  const ess = Math.min(...coefs.map(essBulk));
  return {
    taken: all.filter(({ accepted }) => accepted).length / all.length,
    diverged: all.filter(({ diverged }) => diverged).length,
    visited: visited / all.length,
    rhat: Math.max(...coefs.map(rhat)),
    ess,
    ess_per_visited: (100 * ess) / visited,
    off: Math.max(...coefs.map((each, j) => distance(each, mean[j]))),
  };
}

/**
 * Return the distance of the mean of draws from the exact one, in Monte Carlo standard
 * errors.
 * @param {Vector[]} chains
 * @param {number} exact
 */
function distance(chains, exact) {
  const values = chains.flat();
  const mean = sum(values) / values.length;
  const variance = sum(values.map((value) => (value - mean) ** 2)) / (values.length - 1);
  return Math.abs(mean - exact) / Math.sqrt(variance / essMean(chains));
}
