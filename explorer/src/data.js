/**
 * The data: ten points of a toy, the diabetes patients, and drawn columns.
 *
 * @typedef {import("./page/state.js").Point} Point
 * @typedef {number[][]} Matrix
 * @typedef {object} Data
 * @property {string[]} names of the diabetes columns
 * @property {Matrix} X the diabetes rows
 * @property {number[]} y disease progression after one year
 * @property {import("./own/columns.js").Columns | null} own columns of the user's own
 */

import { decimals } from "./packed.js";

/** @type {Point[]} */
export const TOY = [
  [0.8, 1.9], [1.5, 2.1], [2.4, 3.4], [3.1, 2.7], [4.2, 4.3],
  [5.0, 3.9], [6.1, 5.5], [7.2, 5.2], [8.3, 6.9], [9.1, 6.4],
];

/**
 * Return the diabetes data of Efron et al. (2004).
 * @param {import("./packed.js").PackedColumn[]} packed
 * @returns {Omit<Data, "own">}
 */
export function diabetes(packed) {
  const columns = packed.map(decimals);
  const y = /** @type {number[]} */ (columns.pop());
  return {
    names: packed.slice(0, -1).map(({ name }) => name),
    X: y.map((_, i) => columns.map((column) => column[i])),
    y,
  };
}

/**
 * Return columns from their mean, in units of their standard deviation (divisor n).
 * @param {Matrix} X
 * @returns {Matrix}
 */
export function standardised(X) {
  const n = X.length;
  const units = X[0].map((_, j) => {
    const center = X.reduce((all, row) => all + row[j], 0) / n;
    const sd = Math.sqrt(X.reduce((all, row) => all + (row[j] - center) ** 2, 0) / n);
    return { center, sd: sd || 1 };
  });
  return X.map((row) => row.map((value, j) => (value - units[j].center) / units[j].sd));
}

/**
 * Return a function that draws standard normal numbers, the same ones at each start.
 *
 * Uniform numbers come from a counter whose bits are mixed; Box and Muller (1958).
 * @param {number} seed
 * @returns {() => number}
 */
export function normals(seed) {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return (((mixed ^ (mixed >>> 16)) >>> 0) + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
