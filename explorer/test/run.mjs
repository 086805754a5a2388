/**
 * Run functions of the explorer's mathematics on tasks that come as JSON.
 *
 * Standard input holds a list of {call, argument}, or with several arguments
 * {call, arguments}. Standard output gets a list of results, or of {error} with the
 * message of one that was raised. An infinite number is written as a string.
 */
import { readFileSync } from "node:fs";

import * as conventions from "../src/numbers/conventions.js";
import * as criteria from "../src/numbers/criteria.js";
import * as gaussian from "../src/numbers/gaussian.js";
import * as lasso from "../src/numbers/lasso.js";
import { linePosterior } from "../src/numbers/line/posterior.js";
import * as losses from "../src/numbers/losses.js";
import * as diagnostics from "../src/numbers/sampling/diagnostics.js";
import { noUTurn } from "../src/numbers/sampling/nuts.js";
import { generator } from "../src/numbers/sampling/random.js";
import { hamiltonian, randomWalk } from "../src/numbers/sampling/samplers.js";
import { exactDraw, gaussianTarget } from "../src/numbers/sampling/target.js";
import { fromAddress, toAddress } from "../src/own/columns.js";
import { pasted } from "../src/own/paste.js";
import { scatterOf } from "../src/own/scatter.js";
import { firstRows, pairOf, tableOf } from "../src/own/tables.js";
import * as packed from "../src/packed.js";
import { reduced } from "../src/views/plane_rows.js";
import * as scales from "../src/numbers/scales/mixture.js";
import * as penalties from "../src/numbers/scales/penalty.js";
import { hierarchyOf, pathOfScene, problemOf } from "../src/views/penalty_numbers.js";

/**
 * Return draws of a Gaussian from chains that start at exact draws.
 * @param {{kind: "walk" | "hamiltonian" | "nuts", mean: number[], inverse_root: number[][],
 *     step: number, steps?: number, chains: number, draws: number, seed: number}} task
 */
function draws({ kind, mean, inverse_root, step, steps = 1, chains, draws, seed }) {
  const random = generator(seed);
  const target = gaussianTarget(mean, inverse_root);
  const sampler = {
    walk: () => randomWalk(target, step, random),
    hamiltonian: () => hamiltonian(target, { step, steps }, random),
    nuts: () => noUTurn(target, { step }, random),
  }[kind]();
  return Array.from({ length: chains }, () => {
    let at = exactDraw(mean, inverse_root, random);
    return Array.from({ length: draws }, () => (at = sampler(at).at));
  });
}

/**
 * Return quantiles of the posterior of the penalty, and the probability and the density
 * there.
 * @param {any} model with its probabilities
 */
function penaltyQuantiles({ probabilities, ...model }) {
  const found = penalties.penaltyPosterior(scales.mixture(model).nodes);
  const quantiles = probabilities.map(found.quantile);
  return { quantiles, below: quantiles.map(found.below), densities: quantiles.map(found.density) };
}

/**
 * Return what the view of the penalty says of its posterior and its criteria.
 * @param {{X: number[][], y: number[], noise_sd: number | null, at: number}} task where
 *     null stands for an unknown noise sd
 */
function hierarchy({ noise_sd, at, ...rows }) {
  const problem = problemOf(rows);
  const noise = noise_sd ?? problem.priors.noise_sd;
  const found = hierarchyOf(problem, noise);
  const chosen = Object.fromEntries(pathOfScene(problem, noise).criteria.map(({ by, chosen: penalty }) => [by, penalty]));
  return { ...found, below: found?.below(at), priors: problem.priors, chosen };
}

/** @type {Record<string, conventions.Convention>} */
let records = {};

/**
 * Keep the records of conventions for the tasks that follow.
 * @param {typeof records} given
 */
function useRecords(given) {
  records = given;
  return null;
}

/**
 * Convert by the records that were kept.
 * @param {[number, string, string, conventions.Quantities]} task
 */
function convertBy(...task) {
  return conventions.convert(records, ...task);
}

/**
 * Return the columns of a pasted text, and what the views compute from them.
 * @param {{text: string, rows: number, noise_sd: number, prior_sd: number}} scene
 */
function ownNumbers({ text, rows, noise_sd, prior_sd }) {
  const own = pasted(text);
  const data = { names: [], X: [], y: [], own };
  const fit = (/** @type {{X: number[][], y: number[]}} */ some, /** @type {[number, number]} */ [noise, spread]) =>
    gaussian.posterior({ ...some, noise_sd: noise_sd * noise, prior_sd: prior_sd * spread });
  const { points, units } = scatterOf(() => own)();
  const line = { X: points.map(([x]) => [x]), y: points.map(([, y]) => y) };
  const [pair, table] = [pairOf("own", data), tableOf("own", data)];
  return {
    own,
    line: fit(line, [units.noise_sd, units.prior_sd]),
    plane: fit(reduced(firstRows(pair, rows)), [pair.unit, pair.unit]),
    path: criteria.path({ ...firstRows(table, rows), noise_sd: noise_sd * table.unit, penalties: [(noise_sd / prior_sd) ** 2] }),
    again: fromAddress(toAddress(own)),
  };
}

/**
 * Return uniform and normal numbers.
 * @param {{seed: number, count: number}} task
 */
function numbers({ seed, count }) {
  const random = generator(seed);
  return Array.from({ length: count }, () => [random.uniform(), random.normal()]);
}

/**
 * Return the posterior of a line, quantiles of the line at places, and draws.
 * @param {Parameters<typeof linePosterior>[0] & {at: number[], shares: number[], uniforms: [number, number][]}} task
 */
function lineOf({ at, shares, uniforms, ...problem }) {
  const fit = losses.fitLoss({ ...problem, X: problem.x.map((value) => [value]) });
  const { mean, sd, quantiles, draw } = linePosterior({ ...problem, fit });
  return { mean, sd, quantiles: shares.map((share) => quantiles(at, share)), draws: uniforms.map(draw) };
}

/** @type {Record<string, Function>} */
const CALLS = { ...conventions, ...criteria, ...diagnostics, ...gaussian, ...lasso, ...losses, ...packed, ...penalties, ...scales, convertBy, draws, hierarchy, lineOf, numbers, ownNumbers, pasted, penaltyQuantiles, useRecords };

/** @param {{call: string, argument?: any, arguments?: any[]}} task */
function run(task) {
  try {
    return CALLS[task.call](...(task.arguments ?? [task.argument]));
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

const results = JSON.parse(readFileSync(0, "utf8")).map(run);
const infinite = (/** @type {string} */ _, /** @type {any} */ value) =>
  typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
process.stdout.write(JSON.stringify(results, infinite));
