/**
 * Densities p(s) of a standard deviation s that is not known.
 *
 * @typedef {object} ScalePrior
 * @property {keyof typeof KINDS} kind
 * @property {number} [scale] the sd of HalfNormal, the scale of HalfCauchy and of
 *     HalfStudentT, which has 3 degrees of freedom, the mean of Exponential, in the units
 *     of s; the flat priors have none
 * @typedef {object} Density
 * @property {(s: number) => number} log_density log p(s)
 * @property {(s: number) => number} slope its derivative by log s
 * @property {(s: number) => number} curvature its second derivative by log s
 * @property {number} power the power of s with which p(s) falls at infinity
 */

import { positive } from "../rows.js";

/** @type {Record<"HalfNormal"|"HalfCauchy"|"HalfStudentT"|"Exponential"|"FlatScale"|"FlatLogScale", (scale?: number) => Density>} */
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
  HalfCauchy: halfStudentT(1, 2 / Math.PI),
  HalfStudentT: halfStudentT(3, 4 / (Math.PI * Math.sqrt(3))),
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
 * Return densities (1 + s² / (df scale²)) to the power -(df + 1) / 2, by their scale.
 * @param {number} df
 * @param {number} constant the density at 0 of a scale of 1
 * @returns {(scale?: number) => Density}
 */
function halfStudentT(df, constant) {
  return (scale) => {
    const unit = positive(scale, "the scale of a half-Student-t prior");
    const odds = (/** @type {number} */ s) => (s / unit) ** 2 / df;
    // odds / (1 + odds), and one less it
    const upper = (/** @type {number} */ s) => 1 / (1 + 1 / odds(s));
    const lower = (/** @type {number} */ s) => 1 / (1 + odds(s));
    return {
      log_density: (s) => Math.log(constant / unit) - ((df + 1) / 2) * Math.log1p(odds(s)),
      slope: (s) => -(df + 1) * upper(s),
      curvature: (s) => -2 * (df + 1) * upper(s) * lower(s),
      power: -df - 1,
    };
  };
}

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
