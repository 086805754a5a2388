/**
 * Columns of the user's own: one to three features and a response.
 *
 * @typedef {number[][]} Matrix
 * @typedef {object} Columns
 * @property {string[]} names of the features
 * @property {Matrix} X
 * @property {string} target name of the response
 * @property {number[]} y
 * @property {string} note where they come from; empty where they were pasted
 * @property {boolean} [as_given] whether coefficients are for one unit of a column, not one sd
 */

/** The choice of data that stands for them. */
export const OWN = "own";
export const MOST_ROWS = 2000;
const FEWEST_ROWS = 3;
/** The most rows that an address may hold. */
export const MOST_IN_ADDRESS = 250;
const [FEWEST, MOST] = [2, 4]; // columns, the response among them
const [LONGEST, LARGEST] = [40, 1e50];

/**
 * Return columns, or raise an error of one line.
 * @param {string[] | null} names of all columns, null where they have none
 * @param {Matrix} rows the response is the last number of each
 * @returns {Columns}
 */
export function columnsOf(names, rows) {
  const count = (names ?? rows[0] ?? []).length;
  if (count < FEWEST || count > MOST) {
    throw new Error(`there must be ${FEWEST} to ${MOST} columns, the response last; got ${count}`);
  }
  if (rows.length < FEWEST_ROWS || rows.length > MOST_ROWS) {
    throw new Error(`there must be ${FEWEST_ROWS} to ${MOST_ROWS} rows of numbers, got ${rows.length}`);
  }
  rows.forEach((row, i) => {
    if (row.length !== count) throw new Error(`row ${i + 1} has ${row.length} columns, and there must be ${count}`);
    const odd = row.find((value) => !(Math.abs(value) <= LARGEST));
    if (odd !== undefined) throw new Error(`row ${i + 1} must hold numbers up to ${LARGEST}, got ${odd}`);
  });
  const all = (names ?? namesOf(count)).map((name, j) => brief(name.trim(), LONGEST) || `column ${j + 1}`);
  all.forEach((name, j) => {
    if (rows.every((row) => row[j] === rows[0][j])) throw new Error(`column ${name} must vary, and is ${rows[0][j]} in each row`);
    if (momentsOf(rows.map((row) => row[j])).sd < 1 / LARGEST) throw new Error(`column ${name} must have an sd of at least ${1 / LARGEST}; change its units`);
  });
  return {
    names: all.slice(0, -1),
    X: rows.map((row) => row.slice(0, -1)),
    target: all[count - 1],
    y: rows.map((row) => row[count - 1]),
    note: "",
  };
}

/**
 * Return names for columns that have none.
 * @param {number} count
 */
function namesOf(count) {
  if (count === 2) return ["x", "y"];
  return Array.from({ length: count }, (_, j) => (j < count - 1 ? `x${j + 1}` : "y"));
}

/**
 * Return a text that is not long.
 * @param {string} text
 * @param {number} most characters
 */
export function brief(text, most) {
  const letters = [...text];
  return letters.length > most ? `${letters.slice(0, most - 1).join("")}…` : text;
}

/**
 * Return the mean and the sd, with divisor n.
 * @param {number[]} values
 */
export function momentsOf(values) {
  const center = values.reduce((all, value) => all + value / values.length, 0);
  return { center, sd: Math.sqrt(values.reduce((all, value) => all + (value - center) ** 2 / values.length, 0)) };
}

/**
 * Return columns as a part of an address: names;row;row with commas inside.
 * @param {Columns} columns
 */
export function toAddress({ names, X, target, y }) {
  const head = [...names, target].map((name) => encodeURIComponent(name)).join(",");
  return [head, ...X.map((row, i) => [...row, y[i]].join(","))].join(";");
}

/**
 * Return the columns of a part of an address.
 * @param {string} text as it stands in the address
 */
export function fromAddress(text) {
  const [head, ...rows] = text.split(";");
  const names = head.split(",").map((name) => decodeURIComponent(name));
  return columnsOf(names, rows.map((row) => row.split(",").map((each) => (each.trim() === "" ? NaN : Number(each)))));
}
