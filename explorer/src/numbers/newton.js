/**
 * The minimum of a smooth loss and an L2 penalty, by damped steps of Newton.
 *
 * @typedef {import("./linear_algebra.js").Vector} Vector
 * @typedef {import("./linear_algebra.js").Matrix} Matrix
 * @typedef {import("./rows.js").Rows} Rows
 * @typedef {(y: number, eta: number) => [number, number, number]} Loss the loss, its
 *     slope by η and its curvature
 * @typedef {object} Design
 * @property {Matrix} rows the intercept's 1 where there is one, and centred columns
 * @property {Vector} y
 * @property {Vector} penalty the prior precision of each parameter, 0 for a flat one
 * @property {(at: Vector) => {intercept: number, coef: Vector}} lineOf the line of
 *     parameters
 */

import { diagonal, dot, norm, solveLower, solveUpper, sum, times, triangularFactor } from "./linear_algebra.js";
import { centred } from "./rows.js";

const STEPS = 200;
/** A squared step, in posterior sds, that changes no digit. */
const [SMALL, NEAR] = [1e-24, 1e-14];
/** The least curvature of a row, as a share of the largest: it keeps a step finite. */
const FLOOR = 1e-9;

/**
 * Return the rows of a problem with centred columns.
 * @param {Rows} rows
 * @param {number | null} prior_sd
 * @returns {Design}
 */
export function designOf(rows, prior_sd) {
  const { X, center, p, intercept } = centred(rows);
  const precision = prior_sd === null ? 0 : 1 / prior_sd ** 2;
  const first = Number(intercept);
  return {
    rows: intercept ? X.map((row) => [1, ...row]) : X,
    y: rows.y,
    penalty: [...Array(first).fill(0), ...Array(p).fill(precision)],
    lineOf: (at) => {
      const coef = at.slice(first);
      return { coef, intercept: intercept ? at[0] - dot(center, coef) : 0 };
    },
  };
}

/**
 * Return the minimum.
 * @param {Loss} loss
 * @param {Design} design
 * @param {Vector} start
 * @returns {{at: Vector, moved: number}} ``moved`` is the last change of an η, infinite
 *     where the search has not ended
 */
export function newton(loss, design, start) {
  let at = start;
  let last = Infinity;
  for (let step = 0; step < STEPS; step++) {
    const { change, squared } = stepFrom(loss, design, at);
    const moves = times(design.rows, change);
    // rounding ends the fall of the steps
    if (squared <= SMALL || (squared < NEAR && squared >= last)) {
      return { at, moved: Math.max(...moves.map(Math.abs)) };
    }
    last = squared;
    const share = shareOf(loss, design, at, change, moves);
    at = at.map((each, j) => each + share * change[j]);
  }
  return { at, moved: Infinity };
}

/**
 * Return the sum of losses and penalty.
 * @param {Loss} loss
 * @param {Design} design
 * @param {Vector} at
 */
export function objective(loss, { rows, y, penalty }, at) {
  const losses = rows.map((row, i) => loss(y[i], dot(row, at))[0]);
  return sum(losses) + 0.5 * sum(at.map((value, j) => penalty[j] * value * value));
}

/**
 * Return the share of a step, at most 1, where the objective, which is convex, is least.
 * @param {Loss} loss
 * @param {Design} design
 * @param {Vector} at
 * @param {Vector} change
 * @param {Vector} moves the change of each η
 */
function shareOf(loss, { rows, y, penalty }, at, change, moves) {
  const etas = times(rows, at);
  const slope = (/** @type {number} */ share) => {
    let total = 0;
    for (let i = 0; i < etas.length; i++) total += loss(y[i], etas[i] + share * moves[i])[1] * moves[i];
    for (let j = 0; j < at.length; j++) total += penalty[j] * (at[j] + share * change[j]) * change[j];
    return total;
  };
  const start = Math.abs(slope(0));
  let [low, high] = [0, 1];
  let value = slope(high);
  if (value <= 0.1 * start) return 1;
  for (let step = 0; step < 60; step++) {
    const middle = 0.5 * (low + high);
    value = slope(middle);
    if (Math.abs(value) <= 1e-3 * start) return middle;
    if (value < 0) low = middle;
    else high = middle;
  }
  return 0.5 * (low + high);
}

/**
 * Return Newton's step, and its squared length in units of the curvature.
 * @param {Loss} loss
 * @param {Design} design
 * @param {Vector} at
 * @returns {{change: Vector, squared: number}}
 */
function stepFrom(loss, { rows, y, penalty }, at) {
  const terms = rows.map((row, i) => loss(y[i], dot(row, at)));
  const least = FLOOR * Math.max(...terms.map(([, , bend]) => bend)) || FLOOR;
  const weighted = rows.map((row, i) => row.map((value) => value * Math.sqrt(Math.max(terms[i][2], least))));
  weighted.push(...diagonal(at.length).map((row, j) => row.map((value) => value * Math.sqrt(penalty[j]))));
  const root = triangularFactor(weighted);
  root.forEach((_, j) => {
    if (root[j][j] > 1e-13 * norm(root.map((row) => row[j]))) return;
    throw new Error("the rows do not determine the coefficients; give a prior_sd");
  });
  const fall = at.map((value, j) => -rows.reduce((all, row, i) => all + row[j] * terms[i][1], penalty[j] * value));
  const forward = solveLower(root, fall);
  return { change: solveUpper(root, forward), squared: dot(forward, forward) };
}

/**
 * Return the median.
 * @param {Vector} values
 */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : 0.5 * (sorted[half - 1] + sorted[half]);
}
