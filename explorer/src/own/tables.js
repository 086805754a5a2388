/**
 * Columns and a response for the views of the plane and of the penalty.
 *
 * @typedef {import("../data.js").Data} Data
 * @typedef {number[][]} Matrix
 * @typedef {object} Table
 * @property {string[]} names
 * @property {Matrix} X columns in any units
 * @property {number[]} y
 * @property {string} target
 * @property {number} unit of σ and τ on their sliders, in units of y
 * @property {boolean} [as_given] whether coefficients are for one unit of a column, not one sd
 */

import { standardised } from "../data.js";
import { posterior } from "../numbers/gaussian.js";
import { brief, momentsOf } from "./columns.js";

const LABEL = 18; // characters
/** @type {Record<string, string[]>} */
const PAIRS = { diabetes: ["bmi", "s5"], diabetes_bp: ["bmi", "bp"], diabetes_s: ["s1", "s2"] };
const [ROOM, WEAK] = [0.5, 100]; // sds of y

/**
 * Return all columns of the patients, or of the user's own.
 * @param {string} key the choice of data
 * @param {Data} data
 * @returns {Table}
 */
export function tableOf(key, { own, ...patients }) {
  if (key === "diabetes") return { ...patients, target: "progression", unit: 1 };
  if (key === "own" && own) return { ...own, unit: momentsOf(own.y).sd };
  throw new Error(`there are no data ${key}`);
}

/**
 * Return two columns of the patients, or the first two of the user's own.
 * @param {string} key the choice of data
 * @param {Data} data
 * @returns {Table}
 */
export function pairOf(key, data) {
  const table = tableOf(key in PAIRS ? "diabetes" : key, data);
  const chosen = key in PAIRS ? PAIRS[key].map((name) => table.names.indexOf(name)) : [0, 1];
  return { ...table, names: chosen.map((j) => table.names[j]), X: table.X.map((row) => chosen.map((j) => row[j])) };
}

/**
 * Return the first rows of a table, with columns in units of their sds or as given.
 * @param {Table} table
 * @param {number} rows
 */
export function firstRows({ X, y, as_given }, rows) {
  const some = X.slice(0, rows);
  const sds = as_given ? sdsOf(some) : null;
  return { X: standardised(some).map((row) => (sds ? row.map((value, j) => value * sds[j]) : row)), y: y.slice(0, rows) };
}

/**
 * Return the sds of columns.
 * @param {Matrix} X
 */
function sdsOf(X) {
  return X[0].map((_, j) => momentsOf(X.map((row) => row[j])).sd);
}

/**
 * Return axes of the plane of two coefficients: they hold 0 and the solution of all rows.
 * @param {Table} table
 */
export function planeAxes({ names, X, y, as_given }) {
  const { sd } = momentsOf(y);
  const { coef } = posterior({ X: standardised(X), y, noise_sd: sd, prior_sd: WEAK * sd });
  const sds = as_given ? sdsOf(X) : X[0].map(() => 1);
  const ends = coef.map((value, j) => [Math.min(0, value) - ROOM * sd, Math.max(0, value) + ROOM * sd].map((end) => end / sds[j]));
  const length = Math.max(...ends.map(([low, high]) => high - low));
  const [x, y_range] = ends.map(([low, high]) => /** @type {[number, number]} */ ([0.5 * (low + high - length), 0.5 * (low + high + length)]));
  const [x_label, y_label] = names.map((name) => `coefficient of ${brief(name, LABEL)}`);
  return { x, y: y_range, x_label, y_label };
}
