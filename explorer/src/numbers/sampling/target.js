/**
 * A Gaussian as the target of samplers, and its exact draws.
 *
 * @typedef {import("../linear_algebra.js").Vector} Vector
 * @typedef {import("../linear_algebra.js").Matrix} Matrix
 * @typedef {import("./random.js").Generator} Generator
 * @typedef {import("./samplers.js").Target} Target
 */

import { dot, inverseUpper, times } from "../linear_algebra.js";

/**
 * Return a Gaussian target.
 * @param {Vector} mean
 * @param {Matrix} inverse_root upper-triangular S, with SS' the covariance
 * @returns {Target}
 */
export function gaussianTarget(mean, inverse_root) {
  const root = inverseUpper(inverse_root);
  const columns = root.map((_, j) => root.map((row) => row[j]));
  const whitened = (/** @type {Vector} */ at) => times(root, at.map((value, j) => value - mean[j]));
  return {
    log_density: (at) => {
      const white = whitened(at);
      return -0.5 * dot(white, white);
    },
    gradient: (at) => times(columns, whitened(at)).map((value) => -value),
  };
}

/**
 * Return an exact draw of the same Gaussian.
 * @param {Vector} mean
 * @param {Matrix} inverse_root
 * @param {Generator} generator
 * @returns {Vector}
 */
export function exactDraw(mean, inverse_root, generator) {
  const white = mean.map(() => generator.normal());
  return times(inverse_root, white).map((value, j) => mean[j] + value);
}
