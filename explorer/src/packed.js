/**
 * Data as explorer/packing.py packs them.
 *
 * @typedef {{name: string, low: number, scale: number, width: number, digits: string}} PackedColumn
 * @typedef {Record<string, {values: any[], places?: number[]}>} PackedRecords
 */

/**
 * Return the numbers of a column: (low + d) / scale, with d of some digits in base 36.
 *
 * Both whole numbers are exact, so the quotient is the float of the decimal number.
 * @param {PackedColumn} column
 */
export function decimals({ low, scale, width, digits }) {
  return Array.from({ length: digits.length / width }, (_, i) => (low + parseInt(digits.slice(i * width, (i + 1) * width), 36)) / scale);
}

/**
 * Return records by their name.
 * @param {PackedRecords} packed
 * @returns {Record<string, any>}
 */
export function records(packed) {
  const names = packed.name.values;
  const value = (/** @type {string} */ field, /** @type {number} */ i) => {
    const { values, places } = packed[field];
    return values[places ? places[i] : i];
  };
  return Object.fromEntries(names.map((name, i) => [name, Object.fromEntries(Object.keys(packed).map((field) => [field, value(field, i)]))]));
}
