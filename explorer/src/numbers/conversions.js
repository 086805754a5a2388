/**
 * A setting in the units of all libraries at once.
 *
 * @typedef {import("./conventions.js").Convention} Convention
 * @typedef {import("./conventions.js").Quantities} Quantities
 * @typedef {"same" | "likelihood" | "no_map" | "missing" | "impossible"} Outcome
 * @typedef {object} Row
 * @property {string} name of the target
 * @property {Outcome} outcome
 * @property {number | null} value the setting of the target, null where there is none
 * @property {string} formula empty where there is none
 * @property {string} line why there is no setting; empty where there is one
 * @property {number | null} prior_scale
 */

import { convert, quantitiesOf } from "./conventions.js";

/**
 * Return a row for each record, in their order.
 * @param {Record<string, Convention>} records
 * @param {number} value the setting of the source
 * @param {string} source
 * @param {Record<string, number | null>} given quantities, null where not given
 * @returns {Row[]}
 */
export function conversionsOf(records, value, source, given) {
  const quantities = /** @type {Quantities} */ (Object.fromEntries(Object.entries(given).filter(([, each]) => each !== null)));
  return Object.keys(records).map((target) => rowOf(records, value, source, target, quantities));
}

/**
 * Return what a pair of conventions depends on, with the sum of weights if it may enter.
 * @param {Record<string, Convention>} records
 * @param {string} source
 * @param {string} target
 */
export function needs(records, source, target) {
  const names = quantitiesOf(records, source, target);
  return [...new Set(names.map((name) => (name === "weight_sum" ? "n" : name)))];
}

/**
 * Return lines about values that do not fit together, by the name of the field.
 * @param {Record<string, Convention>} records
 * @param {number} value
 * @param {string} source
 * @param {Record<string, number | null>} given
 * @returns {Record<string, string>}
 */
export function complaintsOf(records, value, source, { n, batch_size }) {
  /** @type {Record<string, string>} */
  const lines = {};
  const { parameter, strength } = records[source];
  if (value === 0 && strength.value < 0) lines.value = `${parameter} must be above 0: at 0 the prior would be a point.`;
  if (n !== null && batch_size !== null && batch_size > n) lines.batch_size = `The minibatch must have at most n = ${n} rows, got ${batch_size}.`;
  return lines;
}

/**
 * @param {Record<string, Convention>} records
 * @param {number} value
 * @param {string} source
 * @param {string} target
 * @param {Quantities} quantities
 * @returns {Row}
 */
function rowOf(records, value, source, target, quantities) {
  const [before, after] = [records[source], records[target]];
  const none = { name: target, value: null, formula: "", prior_scale: null };
  if (before.norm === after.norm) {
    const unweighted = [before, after].find((record) => record.weights === "none");
    if (quantities.weight_sum !== undefined && unweighted && source !== target) {
      return { ...none, outcome: "impossible", line: `${unweighted.name} takes no row weights` };
    }
    const missing = needs(records, source, target).filter((name) => name !== "x_sd" && missed(name, quantities));
    if (missing.length) return { ...none, outcome: "missing", line: `needs ${missing.join(" and ")}` };
  }
  try {
    const found = convert(records, value, source, target, quantities);
    return { ...none, ...found, outcome: outcomeOf(before, after), line: "" };
  } catch (error) {
    return { ...none, outcome: "impossible", line: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * Return whether a quantity is needed and not given; the sum of weights may stand for n.
 * @param {string} name
 * @param {Quantities} quantities
 */
function missed(name, quantities) {
  return quantities[name] === undefined && !(name === "n" && quantities.weight_sum !== undefined);
}

/**
 * @param {Convention} before
 * @param {Convention} after
 * @returns {Outcome}
 */
function outcomeOf(before, after) {
  if (after.no_map) return "no_map";
  const both = [before.likelihood, after.likelihood];
  return both[0] === both[1] || both.includes("any") ? "same" : "likelihood";
}
