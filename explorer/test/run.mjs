/**
 * Run functions of the explorer's mathematics on tasks that come as JSON.
 *
 * Standard input holds a list of {call, argument}, or with several arguments
 * {call, arguments}. Standard output gets a list of results, or of {error} with the
 * message of one that was raised. An infinite number is written as a string.
 */
import { readFileSync } from "node:fs";

import * as conventions from "../src/numbers/conventions.js";
import * as criteria from "../src/numbers/criteria.js";
import * as gaussian from "../src/numbers/gaussian.js";
import * as lasso from "../src/numbers/lasso.js";
import * as losses from "../src/numbers/losses.js";
import * as scales from "../src/numbers/scales/mixture.js";

/** @type {Record<string, Function>} */
const CALLS = { ...conventions, ...criteria, ...gaussian, ...lasso, ...losses, ...scales };

/** @param {{call: string, argument?: any, arguments?: any[]}} task */
function run(task) {
  try {
    return CALLS[task.call](...(task.arguments ?? [task.argument]));
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

const results = JSON.parse(readFileSync(0, "utf8")).map(run);
const infinite = (/** @type {string} */ _, /** @type {any} */ value) =>
  typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
process.stdout.write(JSON.stringify(results, infinite));
