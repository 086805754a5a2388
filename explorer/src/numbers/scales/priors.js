/**
 * Densities p(s) of a standard deviation s that is not known.
 *
 * @typedef {object} ScalePrior
 * @property {keyof typeof KINDS} kind
 * @property {number} [scale] the sd of HalfNormal, the scale of HalfCauchy, the mean of
 *     Exponential, in the units of s; the flat priors have none
 * @typedef {object} Density
 * @property {(s: number) => number} log_density log p(s)
 * @property {(s: number) => number} slope its derivative by log s
 * @property {(s: number) => number} curvature its second derivative by log s
 * @property {number} power the power of s with which p(s) falls at infinity
 */

import { positive } from "../rows.js";

/** @type {Record<"HalfNormal"|"HalfCauchy"|"Exponential"|"FlatScale"|"FlatLogScale", (scale?: number) => Density>} */
const KINDS = {
  HalfNormal: (scale) => {
    const unit = positive(scale, "the sd of HalfNormal");
    const constant = 0.5 * Math.log(2 / Math.PI) - Math.log(unit);
    const squared = (/** @type {number} */ s) => (s / unit) ** 2;
    return {
      log_density: (s) => constant - 0.5 * squared(s),
      slope: (s) => -squared(s),
      curvature: (s) => -2 * squared(s),
      power: -Infinity,
    };
  },
  HalfCauchy: (scale) => {
    const unit = positive(scale, "the scale of HalfCauchy");
    const constant = Math.log(2 / Math.PI) - Math.log(unit);
    // s² / (unit² + s²), and one less it
    const upper = (/** @type {number} */ s) => 1 / (1 + (unit / s) ** 2);
    const lower = (/** @type {number} */ s) => 1 / (1 + (s / unit) ** 2);
    return {
      log_density: (s) => constant - Math.log1p((s / unit) ** 2),
      slope: (s) => -2 * upper(s),
      curvature: (s) => -4 * upper(s) * lower(s),
      power: -2,
    };
  },
  Exponential: (scale) => {
    const unit = positive(scale, "the mean of Exponential");
    return {
      log_density: (s) => -Math.log(unit) - s / unit,
      slope: (s) => -s / unit,
      curvature: (s) => -s / unit,
      power: -Infinity,
    };
  },
  FlatScale: () => powerOf(0),
  FlatLogScale: () => powerOf(-1),
};

/**
 * Return the improper density s to a power.
 * @param {number} power
 * @returns {Density}
 */
function powerOf(power) {
  return {
    log_density: (s) => power * Math.log(s),
    slope: () => power,
    curvature: () => 0,
    power,
  };
}

/**
 * Return the density of a prior.
 * @param {ScalePrior} prior
 * @returns {Density}
 */
export function densityOf({ kind, scale }) {
  if (Object.hasOwn(KINDS, kind)) return KINDS[kind](scale);
  throw new Error(`the prior of a scale must be ${Object.keys(KINDS).join(", ")}, got ${kind}`);
}
