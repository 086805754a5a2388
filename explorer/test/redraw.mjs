/**
 * Print the time that the numbers of a redraw take: node explorer/test/redraw.mjs
 *
 * A point is dragged. Each time there is the posterior, its band at 200 places, and the
 * path of 100 penalties with its criteria; and the posterior of unknown scales.
 */
import { path } from "../src/numbers/criteria.js";
import { posterior, predict } from "../src/numbers/gaussian.js";
import { generator } from "../src/numbers/sampling/random.js";
import { mixture } from "../src/numbers/scales/mixture.js";

const [ROWS, REPEATS] = [200, 101];

/**
 * Return the median and the least time in milliseconds.
 * @param {(y: number[]) => void} work
 * @param {number[]} y
 */
function timeOf(work, y) {
  const times = Array.from({ length: REPEATS }, (_, i) => {
    const moved = y.map((value, j) => (j ? value : value + 0.02 * i));
    const start = performance.now();
    work(moved);
    return performance.now() - start;
  });
  times.sort((a, b) => a - b);
  return `median ${times[REPEATS >> 1].toFixed(2)} ms, least ${times[0].toFixed(2)} ms`;
}

for (const columns of [1, 2, 3, 10]) {
  const { normal } = generator(columns);
  const X = Array.from({ length: ROWS }, () => Array.from({ length: columns }, normal));
  const y = X.map((row) => row.reduce((total, value) => total + value, 0) + normal());
  const known = (/** @type {number[]} */ moved) => {
    predict(posterior({ X, y: moved, noise_sd: 1, prior_sd: 1 }), X);
    path({ X, y: moved, noise_sd: 1 });
  };
  const unknown = (/** @type {number[]} */ moved) => {
    mixture({ X, y: moved, noise_sd: { kind: "HalfNormal", scale: 2 }, prior_sd: { kind: "HalfCauchy", scale: 1 } });
  };
  console.log(`${ROWS} points, columns: ${columns}`);
  console.log(`  posterior, band, path and criteria: ${timeOf(known, y)}`);
  console.log(`  posterior of unknown scales:        ${timeOf(unknown, y)}`);
}
