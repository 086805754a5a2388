/**
 * The user's first column against the response, as points to show and to drag.
 *
 * @typedef {import("./columns.js").Columns} Columns
 * @typedef {import("../page/state.js").Point} Point
 * @typedef {object} Scatter
 * @property {Point[]} points
 * @property {import("../page/svg.js").Axes} axes
 * @property {Point} outlier
 * @property {{noise_sd: number, prior_sd: number}} units of the sliders
 * @property {string} note a sentence, or nothing
 */

import { brief, momentsOf } from "./columns.js";

const MOST_POINTS = 200;
const LABEL = 28; // characters

/**
 * Return a function of the points of the columns, which makes them once.
 * @param {() => Columns | null} columns
 * @returns {() => Scatter}
 */
export function scatterOf(columns) {
  /** @type {Columns | null} */
  let known = null;
  let scatter = /** @type {Scatter} */ ({});
  return () => {
    const now = columns();
    if (!now) throw new Error("there are no columns to show");
    if (now !== known) [known, scatter] = [now, made(now)];
    return scatter;
  };
}

/**
 * Return the points of columns: all rows, or 200 of them at equal steps.
 * @param {Columns} columns
 * @returns {Scatter}
 */
function made({ names, X, target, y }) {
  const count = Math.min(MOST_POINTS, y.length);
  const points = Array.from({ length: count }, (_, k) => {
    const i = Math.floor((k * y.length) / count);
    return /** @type {Point} */ ([X[i][0], y[i]]);
  });
  const x = X.map((row) => row[0]);
  const [across, up] = [rangeOf(x), rangeOf(y)];
  const [x_sd, y_sd] = [momentsOf(x).sd, momentsOf(y).sd];
  return {
    points,
    axes: { x: across, y: up, x_label: brief(names[0], LABEL), y_label: brief(target, LABEL) },
    outlier: [at(across, 0.93), at(up, 0.05)],
    units: { noise_sd: y_sd, prior_sd: y_sd / x_sd },
    note: count < y.length ? `The points are ${count} of ${y.length} rows, at equal steps.` : "",
  };
}

/**
 * Return a range that holds values and leaves room beside them.
 * @param {number[]} values
 * @returns {[number, number]}
 */
function rangeOf(values) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = 0.1 * (high - low);
  return [low - room, high + room];
}

/**
 * Return the number at a share of a range, with as many digits as a screen shows.
 * @param {[number, number]} range
 * @param {number} share
 */
function at([low, high], share) {
  const unit = 10 ** Math.floor(Math.log10((high - low) / 1000));
  return Math.round((low + share * (high - low)) / unit) * unit;
}
