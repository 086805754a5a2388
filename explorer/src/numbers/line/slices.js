/**
 * The posterior of a line's level at one slope: a density of one number, in a table.
 *
 * Level and slope are deviations u and v from the most probable line, in units of σ, so
 * that row i has the residual e_i - u - v d_i. Densities are relative to that line's.
 *
 * @typedef {object} Table a density at knots, with what lies below each
 * @property {number[]} at the knots
 * @property {number[]} density
 * @property {number[]} below the integral up to the knot
 * @property {number} mass the whole integral
 * @property {[number, number]} moments the integrals of u and of u²
 * @typedef {(v: number) => Table} Slices
 */

/** Nats below the top where a density is left out. */
export const NEGLIGIBLE = 26;
const INNER = 0.5 - Math.sqrt(0.05); // Lobatto's places are the ends, and this from each
const [FALL, BEND] = [0.35, 0.35]; // the most nats, and the most sds, of one piece
const REFRESH = 64; // steps until the odds are computed anew
const [STEP, WIDEST] = [0.25, 0.5]; // of classes, in sds and in η: the poles are at πi

/**
 * Return slices of the Huber loss, or of the absolute loss, where ``delta`` is 0.
 *
 * The loss of a row has a piece on each side of one or two levels, so the density is the
 * exponential of a quadratic between them. Lobatto's rule of four nodes integrates it.
 * @param {number[]} e
 * @param {number[]} d
 * @param {number} delta
 * @param {(v: number) => number} penalty
 * @returns {Slices}
 */
export function slicesOfPieces(e, d, delta, penalty) {
  const n = e.length;
  const tail = delta || 1;
  const loss = (/** @type {number} */ r) => (Math.abs(r) <= delta ? 0.5 * r * r : tail * (Math.abs(r) - 0.5 * delta));
  const total = (/** @type {number[]} */ rows, /** @type {number} */ u) => rows.reduce((all, r) => all + loss(r - u), 0);
  const top = total(e, 0) + penalty(0);
  const rows = new Float64Array(n);
  return (v) => {
    for (let i = 0; i < n; i++) rows[i] = e[i] - v * d[i];
    rows.sort();
    const table = emptyTable();
    const base = penalty(v) - top;
    const steepest = n * tail;
    // the knots in order; at one the curvature changes by bend, or the slope by 2
    let [entering, leaving] = [0, 0];
    let at = rows[0] - delta;
    let height = base;
    for (const r of rows) height += loss(r - at);
    const reach = Math.max(0, NEGLIGIBLE - height) / steepest;
    let [slope, bend] = [-steepest, 0];
    if (reach) piece(table, { at: at - reach, height: height + reach * steepest, slope, bend }, reach);
    while (leaving < n) {
      const enters = entering < n && rows[entering] - delta <= rows[leaving] + delta;
      const next = enters ? rows[entering++] - delta : rows[leaving++] + delta;
      const length = next - at;
      if (length > 0) piece(table, { at, height, slope, bend }, length);
      height += (slope + 0.5 * bend * length) * length;
      slope += bend * length;
      at = next;
      if (delta) bend += enters ? 1 : -1;
      else slope += 1;
    }
    const rest = Math.max(0, NEGLIGIBLE - height) / steepest;
    if (rest) piece(table, { at, height, slope: steepest, bend: 0 }, rest);
    return table;
  };
}

/** @returns {Table} */
const emptyTable = () => ({ at: [], density: [], below: [], mass: 0, moments: [0, 0] });

/**
 * Add exp(-height - slope t - bend t² / 2) for t from 0 to a length to a table.
 * @param {Table} table
 * @param {{at: number, height: number, slope: number, bend: number}} start
 * @param {number} length
 */
function piece(table, { at, height, slope, bend }, length) {
  const end = slope + bend * length;
  const [from, to] = [
    clipped(height, -slope, bend),
    length - clipped(height + 0.5 * (slope + end) * length, end, bend),
  ];
  if (!(to > from)) return;
  const steepest = Math.max(Math.abs(slope + bend * from), Math.abs(slope + bend * to));
  const count = Math.ceil((to - from) * Math.max(steepest / FALL, Math.sqrt(bend) / BEND)) || 1;
  const step = (to - from) / count;
  const density = (/** @type {number} */ t) => Math.exp(-height - (slope + 0.5 * bend * t) * t);
  const add = (/** @type {number} */ mass, /** @type {number} */ u) => {
    table.mass += mass;
    table.moments[0] += mass * u;
    table.moments[1] += mass * u * u;
  };
  let before = density(from);
  if (table.at.at(-1) !== at + from) knot(table, at + from, before);
  for (let i = 0; i < count; i++) {
    const [left, right] = [from + i * step, from + (i + 1) * step];
    const after = density(right);
    add((step / 12) * before, at + left);
    const [first, second] = [left + INNER * step, right - INNER * step];
    add((5 * step / 12) * density(first), at + first);
    add((5 * step / 12) * density(second), at + second);
    add((step / 12) * after, at + right);
    knot(table, at + right, after);
    before = after;
  }
}

/**
 * Return how far it is to where a height, which falls by slope, is no more negligible.
 * @param {number} height
 * @param {number} fall
 * @param {number} bend
 */
function clipped(height, fall, bend) {
  const excess = height - NEGLIGIBLE;
  if (excess <= 0) return 0;
  const square = fall * fall - 2 * bend * excess;
  return fall > 0 && square >= 0 ? (2 * excess) / (fall + Math.sqrt(square)) : Infinity;
}

/**
 * Add a knot.
 * @param {Table} table
 * @param {number} at
 * @param {number} density
 */
function knot(table, at, density) {
  table.at.push(at);
  table.density.push(density);
  table.below.push(table.mass);
}

/**
 * Return slices of the cross-entropy, at equal steps of the level.
 * @param {number[]} y classes of -1 and 1
 * @param {number[]} eta the most probable line at the rows
 * @param {number[]} d
 * @param {(v: number) => number} penalty
 * @returns {Slices}
 */
export function slicesOfClasses(y, eta, d, penalty) {
  const n = y.length;
  const [start, odds] = [new Float64Array(n), new Float64Array(n)];
  // an infinite product is negligible: the least loss of 250 rows is below 250 log 2
  const height = (/** @type {number} */ u) => {
    let product = 1;
    for (let i = 0; i < n; i++) product *= 1 + (odds[i] = Math.exp(-y[i] * (start[i] + u)));
    return Math.log(product);
  };
  const heightAfter = (/** @type {number} */ rate) => {
    let product = 1;
    for (let i = 0; i < n; i++) product *= 1 + (odds[i] *= y[i] > 0 ? 1 / rate : rate);
    return Math.log(product);
  };
  start.set(eta);
  const top = height(0) + penalty(0);
  let mode = 0;
  return (v) => {
    for (let i = 0; i < n; i++) start[i] = eta[i] + v * d[i];
    const found = levelOf(y, start, mode);
    mode = found.mode;
    const step = Math.min(WIDEST, STEP / Math.sqrt(found.bend));
    const base = penalty(v) - top;
    const side = (/** @type {1 | -1} */ sign) => {
      const rate = Math.exp(sign * step);
      /** @type {number[]} */
      const values = [];
      for (let i = sign > 0 ? 0 : 1; ; i++) {
        // odds below the least number need a new start
        const above = values.length % REFRESH ? heightAfter(rate) : height(mode + sign * i * step);
        values.push(Math.exp(-base - above));
        if (!(base + above < NEGLIGIBLE)) return values;
      }
    };
    const [left, right] = [side(-1), side(1)];
    return tableOf(mode - left.length * step, step, [...left.reverse(), ...right]);
  };
}

/**
 * Return about the most probable level, and the curvature there, by Newton's steps.
 * @param {number[]} y
 * @param {Float64Array} eta
 * @param {number} u
 */
function levelOf(y, eta, u) {
  let [low, high, reach, bend] = [-Infinity, Infinity, 4, 0];
  for (let step = 0; step < 100; step++) {
    let slope = 0;
    bend = 0;
    for (let i = 0; i < y.length; i++) {
      const wrong = 1 / (1 + Math.exp(y[i] * (eta[i] + u)));
      slope -= y[i] * wrong;
      bend += wrong * (1 - wrong);
    }
    if (slope * slope <= 0.01 * bend) break;
    if (slope > 0) high = u;
    else low = u;
    let next = u - slope / bend;
    if (!(Math.abs(next - u) <= reach)) {
      next = u - Math.sign(slope) * reach;
      reach *= 2;
    }
    u = next > low && next < high ? next : 0.5 * (low + high);
  }
  return { mode: u, bend };
}

/**
 * Return the table of a smooth density that is next to 0 at both ends.
 *
 * Sums are the integrals; those up to a knot are corrected by slopes (Euler, Maclaurin).
 * @param {number} first
 * @param {number} step
 * @param {number[]} density
 * @returns {Table}
 */
export function tableOf(first, step, density) {
  const at = density.map((_, i) => first + i * step);
  const value = (/** @type {number} */ i) => density[i] ?? 0;
  let sum = 0;
  const below = density.map((each, i) => {
    sum += each;
    const slope = (value(i - 2) - 8 * value(i - 1) + 8 * value(i + 1) - value(i + 2)) / 12;
    return step * (sum - 0.5 * each - slope / 12);
  });
  const moment = (/** @type {number} */ power) => step * density.reduce((all, each, i) => all + each * at[i] ** power, 0);
  return { at, density, below, mass: step * sum, moments: [moment(1), moment(2)] };
}

/**
 * Return the integral of a table's density up to a place, and the density there.
 *
 * Cubics between knots have the integrals and the densities of the knots.
 * @param {Table} table
 * @param {number} place
 * @returns {[number, number]}
 */
export function belowOf({ at, density, below, mass }, place) {
  let [low, high] = [0, at.length - 1];
  if (!(place > at[low])) return [0, 0];
  if (!(place < at[high])) return [mass, 0];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (at[middle] <= place) low = middle;
    else high = middle;
  }
  const length = at[high] - at[low];
  const s = (place - at[low]) / length;
  const [rise, f, g] = [below[high] - below[low], density[low], density[high]];
  return [
    below[low] + rise * s * s * (3 - 2 * s) + length * s * (1 - s) * (f * (1 - s) - g * s),
    (rise / length) * 6 * s * (1 - s) + f * (1 - s) * (1 - 3 * s) + g * s * (3 * s - 2),
  ];
}
