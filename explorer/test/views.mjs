/**
 * What the views of conventions and of sampling compute, without a browser.
 *
 * Run `node --test explorer/test/views.mjs`. The records are those of the built page.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { complaintsOf, conversionsOf } from "../src/numbers/conversions.js";
import { CHAINS, KINDS, findings, runOf } from "../src/numbers/sampling/runs.js";
import { decode, encode } from "../src/page/state.js";
import { typedNumber } from "../src/page/typed.js";
import { records } from "../src/packed.js";
import { conventions } from "../src/views/conventions.js";
import { leastSd, posteriorOf, sampling } from "../src/views/sampling.js";

const PAGE = readFileSync(new URL("../../bayes_l2/explorer/explorer.html", import.meta.url), "utf8");
const DATA = /id="data">(.*?)<\/script>/s.exec(PAGE);
if (!DATA) throw new Error("the page holds no data");
/** @type {Record<string, import("../src/numbers/conventions.js").Convention>} */
const RECORDS = records(JSON.parse(DATA[1]).conventions);
const ALL = { n: 442, y_sd: 77, noise_sd: 54, x_sd: 0.3, batch_size: 34, weight_sum: null };

/**
 * @param {number} value
 * @param {string} source
 * @param {Record<string, number | null>} [given]
 */
const rows = (value, source, given = ALL) => Object.fromEntries(conversionsOf(RECORDS, value, source, given).map((row) => [row.name, row]));
/** @param {number | null} found @param {number} expected @param {number} [digits] */
const close = (found, expected, digits = 1e-12) =>
  assert.ok(found !== null && Math.abs(found - expected) <= digits * Math.abs(expected), `${found} is not ${expected}`);

test("ridge regression is the setting that a textbook derives by hand", () => {
  const [alpha, n, y_sd, sigma, x_sd, batch] = [3, 442, 77, 54, 0.3, 34];
  const found = rows(alpha, "ridge");
  close(found["elastic-net"].value, alpha / n);
  close(found["prior-sd"].value, sigma / Math.sqrt(alpha));
  close(found["logistic-regression"].value, sigma ** 2 / alpha);
  close(found["glmnet-unstandardised"].value, (alpha * y_sd) / n);
  close(found.glmnet.value, (alpha * y_sd) / (n * x_sd ** 2));
  close(found["torch-sgd"].value, (2 * alpha) / n);
  close(found["torch-sgd-sum"].value, (2 * alpha * batch) / n);
  close(found["matlab-ridge"].value, (alpha * (n - 1)) / (n * x_sd ** 2));
  close(found["prior-sd"].prior_scale, sigma / Math.sqrt(alpha));
});

test("every row converts back to the value that was typed", () => {
  let count = 0;
  for (const source of Object.keys(RECORDS)) {
    for (const row of Object.values(rows(0.37, source))) {
      if (row.value === null) continue;
      close(rows(row.value, row.name)[source].value, 0.37);
      count += 1;
    }
  }
  assert.ok(count > 2900, `${count} pairs`);
});

test("each row is a number or one plain line", () => {
  for (const given of [ALL, { ...ALL, noise_sd: null, n: null }, { ...ALL, weight_sum: 300 }]) {
    for (const source of Object.keys(RECORDS)) {
      for (const row of Object.values(rows(2, source, given))) {
        if (row.value === null) assert.match(row.line, /^[^\n]{5,150}$/);
        else assert.ok(row.value > 0 && row.line === "" && row.formula !== "");
      }
    }
  }
});

test("a row says why there is no setting", () => {
  assert.match(rows(1, "ridge").lasso.line, /lasso cannot express the penalty of ridge/);
  assert.equal(rows(1, "ridge").lasso.outcome, "impossible");
  assert.match(rows(0, "ridge")["logistic-regression"].line, /infinite/);
  const missing = rows(1, "ridge", { ...ALL, n: null, y_sd: null });
  assert.equal(missing.glmnet.line, "needs y_sd and n");
  assert.equal(missing["prior-sd"].outcome, "same");
  const weighted = rows(1, "elastic-net", { ...ALL, weight_sum: 300 });
  close(weighted.ridge.value, 300);
  const unweighted = Object.values(RECORDS).filter(({ weights, norm }) => weights === "none" && norm === RECORDS.ridge.norm);
  assert.ok(unweighted.length > 0);
  for (const { name } of unweighted) assert.equal(weighted[name].line, `${name} takes no row weights`);
  assert.equal(rows(1, "ridge")["torch-adamw"].outcome, "no_map");
  assert.equal(rows(1, "ridge")["logistic-regression"].outcome, "likelihood");
  assert.equal(rows(1, "prior-sd")["logistic-regression"].outcome, "same");
});

test("values that do not fit together are told at their field", () => {
  assert.match(complaintsOf(RECORDS, 1, "ridge", { ...ALL, batch_size: 500 }).batch_size, /at most n = 442/);
  assert.match(complaintsOf(RECORDS, 0, "prior-sd", ALL).value, /sd must be above 0/);
  assert.deepEqual(complaintsOf(RECORDS, 0, "ridge", ALL), {});
});

test("nonsense in a field gives one line", () => {
  const field = /** @type {const} */ ({ kind: "typed", label: "n", value: 10, low: 1, high: 1e9, whole: true });
  for (const text of ["", "abc", "1.5", "0", "-3", "1e99", "NaN", "Infinity", "0x10", "1,5", "1 000", "1e", "<img src=x>", "9".repeat(400)]) {
    const { value, complaint } = typedNumber(field, text);
    assert.equal(value, null, text);
    assert.match(complaint, /^Type a whole number from 1 to 1000000000, not [^\n]{1,60}\. The last good value is shown\.$/);
  }
  assert.match(typedNumber(field, "1,5").complaint, /write a point, not a comma/);
  assert.deepEqual(typedNumber(field, " 1e3 "), { value: 1000, complaint: "" });
  assert.deepEqual(typedNumber({ ...field, optional: true }, ""), { value: null, complaint: "" });
});

test("a scene comes back from its fragment, and nonsense is told", () => {
  const views = { sampling, conventions: conventions(RECORDS) };
  const { fields } = views.conventions;
  const { scene } = decode("view=conventions&value=0.5&source=lasso&noise_sd=", views);
  assert.deepEqual([scene.value, scene.source, scene.noise_sd, scene.n], [0.5, "lasso", null, 442]);
  assert.equal(encode("conventions", fields, scene), "view=conventions&value=0.5&source=lasso&noise_sd=");
  for (const text of ["view=conventions&source=nowhere", "view=conventions&value=", "view=conventions&value=-1", "view=sampling&draws=9999", "view=sampling&step=0"]) {
    assert.match(decode(text, views).complaint, /^The address holds no scene/);
  }
});

test("the least sd is that of the narrowest direction", () => {
  for (const correlation of [0, 0.5, 0.98]) {
    const exact = posteriorOf({ correlation });
    const cov = exact.cov.slice(-2).map((row) => row.slice(-2));
    const variances = Array.from({ length: 20000 }, (_, i) => {
      const [c, s] = [Math.cos((i * Math.PI) / 20000), Math.sin((i * Math.PI) / 20000)];
      return cov[0][0] * c * c + 2 * cov[0][1] * c * s + cov[1][1] * s * s;
    });
    close(leastSd(exact), Math.sqrt(Math.min(...variances)), 1e-6);
  }
});

/** @param {{correlation: number, step: number, seed: number, steps?: number, count: number}} scene */
function runsOf({ correlation, step, steps = 10, seed, count }) {
  const { coef: mean, inverse_root } = posteriorOf({ correlation });
  const runs = KINDS.map((kind) => runOf(kind, { mean, inverse_root, step, steps, seed }));
  for (const run of runs) for (let i = 0; i < count; i++) run.advance();
  return { mean, runs };
}

test("runs repeat by their seed, and all samplers start at the same points", () => {
  const [{ runs }, again] = [0, 1].map(() => runsOf({ correlation: 0.9, step: 0.1, seed: 3, count: 20 }));
  assert.deepEqual(runs.map(({ draws }) => draws), again.runs.map(({ draws }) => draws));
  assert.deepEqual(runs[0].starts, runs[2].starts);
  assert.notDeepEqual(runs[0].starts, runsOf({ correlation: 0.9, step: 0.1, seed: 4, count: 0 }).runs[0].starts);
});

test("findings count the draws that are shown, and no later ones", () => {
  const { runs, mean } = runsOf({ correlation: 0.9, step: 0.3, seed: 5, count: 60 });
  for (const run of runs) {
    const found = findings(run, 40, mean);
    const chains = run.draws.map((chain) => chain.slice(0, 40));
    let [moved, visited] = [0, 0];
    chains.forEach((chain, c) => chain.forEach((draw, i) => {
      const before = i ? chain[i - 1].at : run.starts[c];
      if (draw.at[0] !== before[0]) moved += 1;
      visited += draw.way.length - 1;
    }));
    close(found.taken, moved / (40 * CHAINS));
    close(found.visited, visited / (40 * CHAINS));
    close(found.ess_per_visited, (100 * found.ess) / visited);
  }
  assert.ok(Number.isNaN(findings(runs[0], 3, mean).rhat));
});

test("with a good step the mean is within 6 MCSEs of the exact one, R-hat near 1", () => {
  // 6 MCSEs in 12 comparisons: a false alarm in 4e7 runs; seeds are fixed
  for (const seed of [1, 2]) {
    const { runs, mean } = runsOf({ correlation: 0.5, step: 0.25, seed, count: 500 });
    for (const run of runs) {
      const found = findings(run, 500, mean);
      assert.ok(found.off < 6, `${found.off} MCSEs`);
      assert.ok(found.rhat < 1.1, `R-hat ${found.rhat}`);
    }
    const [walk, hmc, nuts] = runs.map((run) => findings(run, 500, mean).ess);
    assert.ok(hmc > 3 * walk && nuts > 3 * walk, `ESS ${walk}, ${hmc}, ${nuts}`);
  }
});

test("leapfrog steps above two least sds diverge, those below do not", () => {
  const least = leastSd(posteriorOf({ correlation: 0.95 }));
  const lost = (/** @type {number} */ ratio) => {
    const { runs, mean } = runsOf({ correlation: 0.95, step: ratio * least, steps: 50, seed: 1, count: 50 });
    return runs.map((run) => findings(run, 50, mean).diverged);
  };
  assert.deepEqual(lost(1.9), [0, 0, 0]);
  assert.equal(lost(2.2)[1], 200);
  assert.equal(lost(2.2)[0], 0);
  assert.ok(lost(4)[2] > 50);
});
