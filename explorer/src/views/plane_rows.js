/**
 * Rows of two columns for the plane: drawn ones, the patients', or the user's own.
 *
 * @typedef {import("../page/state.js").Scene} Scene
 * @typedef {number[][]} Matrix
 */

import { normals } from "../data.js";
import { OWN } from "../own/columns.js";
import { triangularFactor } from "../numbers/linear_algebra.js";
import { centred } from "../numbers/rows.js";
import { firstRows, pairOf, planeAxes } from "../own/tables.js";

export const MOST_ROWS = 200;
const TRUTH = [1.2, 0.5];
const AXES = { x: /** @type {[number, number]} */ ([-2, 3]), y: /** @type {[number, number]} */ ([-2, 3]), x_label: "coefficient b₁", y_label: "coefficient b₂" };

/**
 * @typedef {object} Reduced rows that stand for many
 * @property {Matrix} X
 * @property {number[]} y
 * @property {false} intercept
 * @property {number} count of the many
 * @typedef {object} Problem
 * @property {Reduced} rows
 * @property {import("../page/svg.js").Axes} axes
 * @property {number} unit of σ and τ on their sliders
 * @property {number} n rows that there are
 * @property {string[] | null} names
 * @property {string} target
 * @property {boolean} [as_given] whether coefficients are for one unit of a column, not one sd
 */

/**
 * Return a function of a scene that returns its rows and the look of their plane.
 * @param {import("../data.js").Data} data
 * @param {Matrix} drawn
 * @returns {(scene: Scene) => Problem}
 */
export function problems(data, drawn) {
  let [key, own] = ["", data.own];
  let known = /** @type {Problem} */ ({});
  let look = /** @type {{of: any, axes: import("../page/svg.js").Axes}} */ ({});
  return (scene) => {
    const wanted = [scene.data, scene.rows, scene.correlation].join(" ");
    if (wanted === key && own === data.own) return known;
    [key, own] = [wanted, data.own];
    if (scene.data === "toy") {
      const rows = rowsOf(drawn, /** @type {any} */ (scene));
      return (known = { rows: reduced(rows), axes: AXES, unit: 1, n: MOST_ROWS, names: null, target: "y" });
    }
    const table = pairOf(scene.data, data);
    const rows = reduced(firstRows(table, scene.rows));
    // all rows decide the axes, so that they stay where the number of rows moves
    const of = scene.data === OWN ? own : scene.data;
    if (look.of !== of) look = { of, axes: planeAxes(table) };
    return (known = { ...table, rows, axes: look.axes, n: table.y.length });
  };
}

/**
 * Return a few rows that say the same of the coefficients as many: the triangular factor
 * of the centred [X y]. They need no intercept.
 * @param {{X: Matrix, y: number[]}} rows
 * @returns {Reduced}
 */
export function reduced(rows) {
  const { X, y, n, p } = centred(rows);
  const factor = triangularFactor(X.map((row, i) => [...row, y[i]]));
  return { X: factor.map((row) => [...row.slice(0, p)]), y: factor.map((row) => row[p]), intercept: false, count: n };
}

/** Return columns of mean 0 and of correlation 0, and noise, for each number of rows. */
export function drawnRows() {
  const normal = normals(7);
  return Array.from({ length: MOST_ROWS }, () => [normal(), normal(), normal()]);
}

/**
 * Return the rows of a scene.
 *
 * The columns have mean 0, sd 1 and the scene's correlation. The noise of the rows has
 * sd 1 in every scene: σ is the model's view of it.
 * @param {Matrix} drawn
 * @param {Scene} scene
 */
export function rowsOf(drawn, { rows, correlation }) {
  const some = drawn.slice(0, rows);
  const first = unit(some.map((row) => row[0]), []);
  const second = unit(some.map((row) => row[1]), [first]);
  const rest = Math.sqrt(1 - correlation ** 2);
  const X = first.map((value, i) => [value, correlation * value + rest * second[i]]);
  return { X, y: X.map(([a, b], i) => TRUTH[0] * a + TRUTH[1] * b + some[i][2]) };
}

/**
 * Return a column of mean 0 and sd 1 that is orthogonal to others.
 * @param {number[]} column
 * @param {Matrix} others
 */
function unit(column, others) {
  const n = column.length;
  const center = column.reduce((all, value) => all + value, 0) / n;
  let left = column.map((value) => value - center);
  for (const other of others) {
    const share = left.reduce((all, value, i) => all + value * other[i], 0) / n;
    left = left.map((value, i) => value - share * other[i]);
  }
  const sd = Math.sqrt(left.reduce((all, value) => all + value * value, 0) / n);
  return left.map((value) => value / sd);
}
