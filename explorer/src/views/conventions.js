/**
 * One penalty as the setting of every library.
 *
 * @typedef {import("../page/state.js").Scene} Scene
 * @typedef {import("../page/state.js").Fields} Fields
 * @typedef {import("../numbers/conventions.js").Convention} Convention
 * @typedef {import("../numbers/conversions.js").Row} Row
 * @typedef {Record<string, Convention>} Records
 */

import { element } from "../page/controls.js";
import { typedControls } from "../page/typed.js";
import { complaintsOf, conversionsOf, needs } from "../numbers/conversions.js";

const QUANTITIES = ["n", "y_sd", "noise_sd", "x_sd", "batch_size", "weight_sum"];
const OUTCOMES = /** @type {const} */ (["same", "likelihood", "missing", "no_map", "impossible"]);

/** The groups of the table, in order. */
const GROUPS = {
  same: "The same prior and likelihood",
  likelihood: "Another likelihood: the prior has the same number, in units of y for squared error and in log odds for cross-entropy",
  missing: "A quantity is missing: type it above",
  no_map: "No value is a Gaussian MAP: the number is what SGD on the same loss would take",
  impossible: "No conversion is possible",
};

/**
 * Return the view of records.
 * @param {Records} records
 * @returns {import("../main.js").View}
 */
export function conventions(records) {
  const options = Object.fromEntries(Object.values(records).map(({ name, parameter }) => [name, `${name}: ${parameter}`]));
  const groups = Object.fromEntries(Object.values(records).map(({ name, library }) => [name, library]));
  const quantity = { kind: /** @type {const} */ ("typed"), low: 1e-9, high: 1e9, optional: true };
  /** @type {Fields} */
  const fields = {
    value: { kind: "typed", label: "Value of the setting", value: 1, low: 0, high: 1e12 },
    source: { kind: "list", label: "of the library", value: "ridge", options, groups },
    n: { ...quantity, label: "n: rows", value: 442, low: 2, whole: true },
    y_sd: { ...quantity, label: "y_sd: sd of y, divisor n", value: 77 },
    noise_sd: { ...quantity, label: "noise_sd: sd of the noise", value: 54 },
    x_sd: { ...quantity, label: "x_sd: sd of each column, 1 if empty", value: 1 },
    batch_size: { ...quantity, label: "batch_size: rows of a minibatch", value: 34, low: 1, whole: true },
    weight_sum: { ...quantity, label: "weight_sum: sum of row weights, n if empty", value: null },
    target: { kind: "list", label: "A closer look at", value: "glmnet", options, groups },
  };
  return {
    title: "Conventions",
    idea: "Libraries write one prior as different numbers, because each multiplies the loss and the penalty by its own factors.",
    fields,
    mount: (box, _, change) => mount(box, records, fields, change),
  };
}

/**
 * Make the view.
 * @param {HTMLElement} box
 * @param {Records} records
 * @param {Fields} fields
 * @param {(part: Scene) => void} change
 * @returns {(scene: Scene) => string}
 */
function mount(box, records, fields, change) {
  const pick = (/** @type {string[]} */ names) => Object.fromEntries(names.map((name) => [name, fields[name]]));
  const tell = (/** @type {string} */ name, /** @type {any} */ value) => change({ [name]: value });
  const [top, side, closer] = ["controls typing", "controls typing many", "controls"].map((name) => element("div", { class: name }));
  const look = element("dl", { class: "look" });
  const table = element("table", { class: "conversions" });
  box.append(
    top,
    element("h3", {}, "What the conversions depend on"), side,
    closer, look,
    element("h3", {}, "In every library"), table,
  );
  const shows = [typedControls(top, pick(["value", "source"]), tell), typedControls(side, pick(QUANTITIES), tell), typedControls(closer, pick(["target"]), tell)];

  return (scene) => {
    const { value, source, target } = scene;
    const given = Object.fromEntries(QUANTITIES.map((name) => [name, scene[name]]));
    const complaints = complaintsOf(records, value, source, given);
    shows.forEach((show) => show(scene, { ...complaints, source: records[source].setting, target: records[target].setting }));
    if (complaints.batch_size) given.batch_size = null;
    const rows = complaints.value ? [] : conversionsOf(records, value, source, given);
    fill(table, records, rows, records[source]);
    closerLook(look, records, scene, rows);
    return complaints.value ?? words(records, scene, rows);
  };
}

/**
 * Fill the table.
 * @param {HTMLElement} table
 * @param {Records} records
 * @param {Row[]} rows
 * @param {Convention} source
 */
function fill(table, records, rows, source) {
  const head = element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "Call"), element("th", { scope: "col" }, "Setting")));
  const bodies = OUTCOMES.flatMap((outcome) => {
    const some = rows.filter((row) => row.outcome === outcome);
    if (!some.length) return [];
    const heading = element("tr", {}, element("th", { colspan: "2", scope: "rowgroup" }, `${GROUPS[outcome]} (${some.length})`));
    return [element("tbody", {}, heading, ...some.map((row) => rowOf(records[row.name], row, source)))];
  });
  table.replaceChildren(head, ...bodies);
}

/**
 * Return a row of the table.
 * @param {Convention} record
 * @param {Row} row
 * @param {Convention} source
 */
function rowOf({ setting, parameter, intercept }, row, source) {
  const call = element("th", { scope: "row" }, element("code", {}, setting));
  if (row.value === null) return element("tr", {}, call, element("td", { class: "none" }, row.line));
  if (row.formula) call.append(element("span", { class: "formula" }, `${parameter} = ${row.formula}`));
  const differs = (intercept === "penalised") !== (source.intercept === "penalised");
  if (differs) {
    call.append(element("span", { class: "formula" }, intercept === "penalised" ? "penalises the intercept too" : "leaves the intercept free"));
  }
  return element("tr", {}, call, element("td", {}, `${parameter} = ${shown(row.value, 6)}`));
}

/**
 * Show all that one conversion needs.
 * @param {HTMLElement} list
 * @param {Records} records
 * @param {Scene} scene
 * @param {Row[]} rows
 */
function closerLook(list, records, scene, rows) {
  const [before, after] = [records[scene.source], records[scene.target]];
  const row = rows.find(({ name }) => name === scene.target);
  if (!row) return list.replaceChildren();
  /** @type {[string, string][]} */
  const entries = row.value === null
    ? [["result", `none: ${row.line}`]]
    : [["result", `${after.parameter} = ${shown(row.value, 10)}`], ["because", `${after.parameter} = ${row.formula}`]];
  entries.push(["from, minimising", before.objective], ["to, minimising", after.objective]);
  if (row.value !== null) {
    if (row.prior_scale !== null && row.outcome === "same") entries.push([`scale of the ${after.norm}`, `${shown(row.prior_scale, 6)} of a coefficient, columns as given`]);
    entries.push(...assumptions(before, after, scene, needs(records, scene.source, scene.target)).map((each) => /** @type {[string, string]} */ (["assuming", each])));
    const warnings = [...new Set([before, after])].filter(({ no_map }) => no_map).map(({ name, no_map }) => `${name} is no Gaussian MAP: ${no_map}`);
    if (row.outcome === "likelihood") warnings.push(GROUPS.likelihood);
    entries.push(...warnings.map((each) => /** @type {[string, string]} */ (["warning", each])));
  }
  list.replaceChildren(...entries.flatMap(([name, what]) => [element("dt", {}, name), element("dd", {}, what)]));
}

/**
 * Return the assumptions of a pair.
 * @param {Convention} before
 * @param {Convention} after
 * @param {Scene} scene
 * @param {string[]} names of the quantities
 */
function assumptions(before, after, { n, batch_size, weight_sum }, names) {
  const both = [...new Set([before, after])];
  const found = both.flatMap(({ name, assumes }) => assumes.map((each) => `${name}: ${each}`));
  if (weight_sum !== null) found.push(...both.map(({ name, weights }) => `${name}: row weights are ${weights}`));
  else if (names.includes("n")) found.push("rows have no weights");
  if (names.includes("x_sd")) found.push("all columns have the same sd, x_sd");
  if (names.includes("y_sd")) found.push("y_sd is the sd of the y that is fitted, with divisor n");
  if ((before.intercept === "penalised") !== (after.intercept === "penalised")) {
    const [penalised] = both.filter(({ intercept }) => intercept === "penalised");
    found.push(`${penalised.name} penalises the intercept too: the intercept is freed there, or X and y are centred`);
  }
  if (names.includes("batch_size") && n % batch_size) found.push(`the last minibatch is dropped: ${batch_size} rows do not divide ${n}`);
  return found;
}

/**
 * Return a number with some digits, as the Python package shows it.
 * @param {number} value
 * @param {number} digits
 */
function shown(value, digits) {
  const rounded = Number(value.toPrecision(digits));
  const size = Math.abs(rounded);
  return size !== 0 && (size < 1e-4 || size >= 1e10) ? rounded.toExponential().replace("e+", "e") : String(rounded);
}

/**
 * Return the scene in words.
 * @param {Records} records
 * @param {Scene} scene
 * @param {Row[]} rows
 */
function words(records, { value, source, target }, rows) {
  const count = (/** @type {string} */ outcome) => rows.filter((row) => row.outcome === outcome).length;
  const row = /** @type {Row} */ (rows.find(({ name }) => name === target));
  const [before, after] = [records[source], records[target]];
  const result = row.value === null
    ? `has no setting of ${target}: ${row.line}`
    : `is ${after.parameter} = ${shown(row.value, 6)} of ${target}`;
  return [
    `${before.parameter} = ${value} of ${source} ${result}.`,
    `Of ${rows.length} calls, ${count("same")} have the same prior and likelihood and ${count("likelihood")} the same prior for another likelihood.`,
    count("missing") ? `${count("missing")} need a quantity that is not given.` : "",
    `${count("no_map")} have no Gaussian MAP, and ${count("impossible")} cannot express this penalty.`,
  ].filter(Boolean).join(" ");
}
