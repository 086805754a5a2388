/**
 * A random walk, HMC and NUTS that draw from one posterior of two coefficients.
 *
 * @typedef {import("../page/state.js").Scene} Scene
 * @typedef {import("../page/state.js").Fields} Fields
 * @typedef {import("../numbers/sampling/runs.js").Run} Run
 * @typedef {import("../numbers/sampling/runs.js").Findings} Findings
 * @typedef {import("../numbers/gaussian.js").Posterior} Posterior
 */

import { controls, digits, element } from "../page/controls.js";
import { player } from "../page/player.js";
import { set } from "../page/svg.js";
import { posterior } from "../numbers/gaussian.js";
import { KINDS, findings, runOf } from "../numbers/sampling/runs.js";
import { chainsIn } from "./chains.js";
import { drawnRows, rowsOf } from "./plane_rows.js";

const MOST_DRAWS = 500;
const [ROWS, NOISE_SD, PRIOR_SD] = [30, 1, 2];
const BUDGET = 7; // milliseconds of a redraw for new draws
const REST = 250; // milliseconds between findings while the samplers draw
const NAMES = { walk: "Random walk", hmc: "HMC", nuts: "NUTS" };

/** @type {Fields} */
const fields = {
  draws: { kind: "number", label: "Draws of each chain", value: 0, low: 0, high: MOST_DRAWS, whole: true },
  step: { kind: "number", label: "Step size", value: 0.15, low: 0.03, high: 1, log: true },
  steps: { kind: "number", label: "Leapfrog steps of HMC", value: 10, low: 1, high: 50, whole: true },
  correlation: { kind: "number", label: "Correlation of the columns", value: 0.95, low: 0, high: 0.98 },
  seed: { kind: "number", label: "Seed", value: 1, low: 1, high: 100, whole: true },
};

/** The measures of the table, with a text of each. */
/** @type {[string, (found: Findings) => string][]} */
const MEASURES = [
  ["Draws at a new point", ({ taken }) => `${Math.round(100 * taken)} %`],
  ["Divergent draws", ({ diverged }) => String(diverged)],
  ["Points visited for a draw", ({ visited }) => digits(visited)],
  ["R-hat, 1.01 or less wanted", ({ rhat }) => (rhat < 10 ? rhat.toFixed(3) : rhat > 1000 ? "over 1000" : numberOf(rhat))],
  ["Effective sample size", ({ ess }) => (ess >= 0 ? String(Math.round(ess)) : "–")],
  ["The same for 100 points visited", ({ ess_per_visited }) => numberOf(ess_per_visited)],
  ["Mean from the exact mean, in MCSEs", ({ off }) => numberOf(off)],
];

/** @type {import("../main.js").View} */
export const sampling = {
  title: "Sampling",
  idea: "A random walk creeps along a narrow posterior, while HMC and NUTS follow its slope: they need fewer draws for the same precision.",
  fields,
  mount,
};

/**
 * Return the posterior of a scene.
 * @param {Scene} scene
 */
export function posteriorOf({ correlation }) {
  const rows = rowsOf(drawnRows(), { rows: ROWS, correlation });
  return posterior({ ...rows, noise_sd: NOISE_SD, prior_sd: PRIOR_SD });
}

/**
 * Return the least sd of the posterior in any direction.
 * @param {Posterior} exact
 */
export function leastSd({ inverse_root: [[a, b], [, d]] }) {
  const trace = a * a + b * b + d * d;
  return Math.sqrt(0.5 * (trace - Math.sqrt(Math.max(0, trace * trace - 4 * (a * d) ** 2))));
}

/**
 * Make the view.
 * @type {import("../main.js").View["mount"]}
 */
function mount(box, _, change, redraw) {
  const buttons = element("p", { class: "buttons" });
  const figures = KINDS.map((kind) => {
    const figure = element("div", { class: "plot" });
    return { figure, node: element("div", {}, element("h3", {}, NAMES[kind]), figure) };
  });
  const key = element("ul", { class: "key" });
  for (const [name, words] of [
    ["posterior", "exact posterior: contours of 50 % and 95 %"],
    ["ridge", "way of the last draws"],
    ["sign", "● draws of four chains"],
    ["sign", "①②③④ the chains now"],
    ["sign", "× end of a way that was rejected"],
    ["sign", "△ start of a divergent way, large for the last draws"],
  ]) key.append(element("li", { class: name }, words));
  const table = element("table", { class: "findings" });
  const top = element("div", { class: "controls typing" });
  const note = element("p", { class: "note" }, "The chains start at random points of a posterior that is twice as wide. No draw is thrown away. MCSE: Monte Carlo standard error.");
  box.append(buttons, top, element("div", { class: "three" }, ...figures.map(({ node }) => node)), key, table, note);
  const show = controls(top, fields, (name, value) => change({ [name]: value }));
  const panels = figures.map(({ figure }, i) => chainsIn(figure, `Draws by ${NAMES[KINDS[i]]} over the exact posterior of two coefficients`, redraw));
  const cells = tableIn(table);
  const play = player(buttons, MOST_DRAWS, (draws) => change({ draws }), redraw);

  let [made, told, since] = ["", -1, 0];
  /** @type {Run[]} */
  let runs = [];
  /** @type {Run[]} runs without findings so far */
  let waiting = [];
  let exact = /** @type {Posterior} */ ({});
  /** @type {Findings[]} */
  let found = [];
  return (scene) => {
    show(scene);
    const wanted = JSON.stringify({ ...scene, draws: 0 });
    if (wanted !== made) {
      [made, told, exact] = [wanted, -1, posteriorOf(scene)];
      runs = KINDS.map((kind) => runOf(kind, { mean: exact.coef, inverse_root: exact.inverse_root, step: scene.step, steps: scene.steps, seed: scene.seed }));
    }
    const reached = grow(runs, scene.draws, performance.now() + BUDGET);
    if (reached < scene.draws) redraw();
    const is_playing = play(scene.draws, reached === scene.draws);
    panels.forEach((panel, i) => panel(runs[i], reached, exact));
    const due = reached === scene.draws && (!is_playing || performance.now() - since > REST);
    if (due && told !== reached) [told, since, waiting, found] = [reached, performance.now(), reached ? [...runs] : [], []];
    // one sampler in a frame, so that no frame is late
    const next = waiting.shift();
    if (next) found.push(findings(next, told, exact.coef));
    if (waiting.length) redraw();
    else if (due || next) cells(found);
    if (is_playing) return "The samplers draw. Pause them to read their numbers here.";
    return words(scene, reached, leastSd(exact), found);
  };
}

/**
 * Let all runs grow until they have as many draws as wanted, or until the time is over.
 * @param {Run[]} runs
 * @param {number} wanted
 * @param {number} end
 * @returns {number} the number of draws that may be shown
 */
function grow(runs, wanted, end) {
  const length = () => Math.min(...runs.map(({ draws }) => draws[0].length));
  while (length() < wanted) {
    for (const { draws, advance } of runs) if (draws[0].length <= length()) advance();
    if (performance.now() > end) break;
  }
  return Math.min(wanted, length());
}

/**
 * Make the table of findings.
 * @param {HTMLElement} table
 * @returns {(found: Findings[]) => void}
 */
function tableIn(table) {
  const head = element("tr", {}, element("th", { scope: "col" }, "After these draws"), ...KINDS.map((kind) => element("th", { scope: "col" }, NAMES[kind])));
  const cells = MEASURES.map(() => KINDS.map(() => element("td", {}, "–")));
  const rows = MEASURES.map(([name], i) => element("tr", {}, element("th", { scope: "row" }, name), ...cells[i]));
  table.append(element("thead", {}, head), element("tbody", {}, ...rows));
  return (found) => {
    MEASURES.forEach(([, text], i) => KINDS.forEach((_, k) => (cells[i][k].textContent = found[k] ? text(found[k]) : "–")));
    set(table, { "data-ready": String(found.length > 0) });
  };
}

/**
 * Return a number, or a sign where there is none.
 * @param {number} value
 */
function numberOf(value) {
  if (Number.isNaN(value)) return "–";
  return value === Infinity ? "∞" : digits(value);
}

/**
 * Return the scene in words.
 * @param {Scene} scene
 * @param {number} reached
 * @param {number} least the least sd of the posterior
 * @param {Findings[]} found
 */
function words({ draws, step }, reached, least, found) {
  const ratio = step / least;
  const stable = ratio < 2 ? "HMC and NUTS are stable below 2." : "That is above 2, so the leapfrog steps of HMC and NUTS grow without end.";
  const size = `The step is ${digits(ratio)} times the least sd of the posterior. ${stable}`;
  if (draws === 0) return `No draw yet: press Play or One draw. ${size}`;
  if (reached < draws || found.length < KINDS.length) return "The samplers draw.";
  if (draws < 4) return `${size} R-hat needs 4 draws.`;
  const sentences = KINDS.map((kind, i) => {
    const { rhat, ess, off, diverged } = found[i];
    const lost = diverged ? `, ${diverged} divergent draws` : "";
    return `${NAMES[kind]}: R-hat ${MEASURES[3][1](found[i])}${rhat > 1.01 ? ", too large" : ""}, effective sample size ${Math.round(ess)}, mean ${numberOf(off)} MCSEs from the exact one${lost}.`;
  });
  return [`After ${draws} draws of each of 4 chains:`, ...sentences, size].join(" ");
}
