/**
 * Rows of two columns for the plane: drawn ones, the patients', or the user's own.
 *
 * @typedef {import("../page/state.js").Scene} Scene
 * @typedef {number[][]} Matrix
 */

import { normals } from "../data.js";
import { firstRows, pairOf, planeAxes } from "../own/tables.js";

export const MOST_ROWS = 200;
const TRUTH = [1.2, 0.5];
const AXES = { x: /** @type {[number, number]} */ ([-2, 3]), y: /** @type {[number, number]} */ ([-2, 3]), x_label: "coefficient b₁", y_label: "coefficient b₂" };

/**
 * Return a function of a scene that returns its rows and the look of their plane.
 * @param {import("../data.js").Data} data
 * @param {Matrix} drawn
 * @returns {(scene: Scene) => {rows: {X: Matrix, y: number[]}, axes: import("../page/svg.js").Axes, unit: number, n: number, names: string[] | null, target: string}}
 */
export function problems(data, drawn) {
  let known = /** @type {any} */ ({});
  return (scene) => {
    if (scene.data === "toy") return { rows: rowsOf(drawn, /** @type {any} */ (scene)), axes: AXES, unit: 1, n: MOST_ROWS, names: null, target: "y" };
    if (known.key !== scene.data || known.own !== data.own) {
      const table = pairOf(scene.data, data);
      known = { key: scene.data, own: data.own, table, axes: planeAxes(table) };
    }
    const { table, axes } = known;
    return { rows: firstRows(table, scene.rows), axes, unit: table.unit, n: table.y.length, names: table.names, target: table.target };
  };
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
