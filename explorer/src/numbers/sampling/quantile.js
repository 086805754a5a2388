/** The quantile of the standard normal distribution. */

/**
 * Return the error function's complement over the tail above x, P(Z > x), for x ≥ 0.
 *
 * A series near 0, and a continued fraction beyond it.
 * @param {number} x
 */
export function upperTail(x) {
  const density = Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
  if (x < 2.5) {
    let [term, total] = [x, x];
    for (let k = 3; Math.abs(term) > 1e-18 * total; k += 2) {
      term *= (x * x) / k;
      total += term;
    }
    return 0.5 - density * total;
  }
  let fraction = 0;
  for (let k = 120; k > 0; k--) fraction = k / (x + fraction);
  return density / (x + fraction);
}

/**
 * Return the x with P(Z ≤ x) = p, to some 14 digits.
 * @param {number} p above 0 and below 1
 * @returns {number}
 */
export function normalQuantile(p) {
  if (p > 0.5) return -normalQuantile(1 - p);
  // a start to 4e-4 (Abramowitz and Stegun, 26.2.23), and three steps of Halley
  const t = Math.sqrt(-2 * Math.log(p));
  let x = t - (2.515517 + 0.802853 * t + 0.010328 * t * t) / (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t ** 3);
  for (let step = 0; step < 3; step++) {
    const error = upperTail(Math.max(x, 0)) - p;
    const newton = error * Math.sqrt(2 * Math.PI) * Math.exp(0.5 * x * x);
    x += newton / (1 - 0.5 * x * newton);
  }
  return -x;
}
