/**
 * Random numbers that a seed repeats.
 *
 * @typedef {object} Generator
 * @property {() => number} uniform a number above 0 and below 1
 * @property {() => number} normal a standard normal number
 */

/**
 * Return a generator: sfc32, a counter and three words that are mixed (Doty-Humphrey,
 * PractRand).
 * @param {number} seed a natural number
 * @returns {Generator}
 */
export function generator(seed) {
  let [a, b, c, counter] = [seed | 0, Math.floor(seed / 2 ** 32) | 0, 0x9e3779b9 | 0, 1];
  const next = () => {
    const mixed = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + mixed;
    return mixed >>> 0;
  };
  for (let i = 0; i < 16; i++) next();
  const uniform = () => ((next() >>> 6) * 2 ** 27 + (next() >>> 5) + 0.5) / 2 ** 53;
  /** @type {number | null} */
  let spare = null;
  const normal = () => {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    // Box and Muller (1958)
    const [radius, angle] = [Math.sqrt(-2 * Math.log(uniform())), 2 * Math.PI * uniform()];
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  return { uniform, normal };
}
