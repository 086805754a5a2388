/**
 * Matrices of at most some ten columns: triangular factors, and singular values.
 *
 * A matrix is an array of rows.
 *
 * @typedef {number[]} Vector
 * @typedef {number[][]} Matrix
 */

/** The distance from 1 to the next double. */
export const EPS = 2 ** -52;

/**
 * Return the inner product.
 * @param {ArrayLike<number>} a
 * @param {ArrayLike<number>} b
 */
export function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/**
 * Return the Euclidean length.
 * @param {ArrayLike<number>} a
 */
export function norm(a) {
  return Math.sqrt(dot(a, a));
}

/**
 * Return the sum of the values.
 * @param {ArrayLike<number>} values
 */
export function sum(values) {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i];
  return total;
}

/**
 * Return the mean, which a second pass makes exact to the last digits of the spread.
 * @param {ArrayLike<number>} values
 */
export function mean(values) {
  const first = sum(values) / values.length;
  let rest = 0;
  for (let i = 0; i < values.length; i++) rest += values[i] - first;
  return first + rest / values.length;
}

/**
 * Return the columns of a matrix.
 * @param {Matrix} rows
 * @param {number} [count] the number of columns, where there may be no rows
 * @returns {Float64Array[]}
 */
export function columnsOf(rows, count = rows[0].length) {
  return Array.from({ length: count }, (_, j) => Float64Array.from(rows, (row) => row[j]));
}

/**
 * Return the product of a matrix and a vector.
 * @param {Matrix} rows
 * @param {ArrayLike<number>} vector
 * @returns {Vector}
 */
export function times(rows, vector) {
  return rows.map((row) => dot(row, vector));
}

/**
 * Return the identity matrix times a factor.
 * @param {number} size
 * @param {number} [factor]
 * @returns {Matrix}
 */
export function diagonal(size, factor = 1) {
  return Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_, j) => (i === j ? factor : 0)),
  );
}

/**
 * Return the upper-triangular R with R'R = A'A, by Householder's reflections.
 *
 * Its diagonal is not negative, and it is square: rows of 0 stand for rows that are not
 * there. The R of [X y] holds all that least squares needs.
 *
 * Golub and Van Loan (2013), section 5.2.
 * @param {Matrix} rows A, shape (n, d)
 * @returns {Matrix} R, shape (d, d)
 */
export function triangularFactor(rows) {
  const [n, d] = [rows.length, rows[0].length];
  const columns = columnsOf(rows);
  for (let j = 0; j < Math.min(n, d); j++) reflect(columns, j);
  return Array.from({ length: d }, (_, i) => {
    const sign = i < n && columns[i][i] < 0 ? -1 : 1;
    return columns.map((column, j) => (i <= j && i < n ? sign * column[i] : 0));
  });
}

/**
 * Reflect columns j and later so that column j is 0 below its place j.
 * @param {Float64Array[]} columns changed in place
 * @param {number} j
 */
function reflect(columns, j) {
  const axis = columns[j].subarray(j).slice();
  const length = norm(axis);
  if (length === 0) return;
  const end = axis[0] > 0 ? -length : length;
  axis[0] -= end;
  const scale = 2 / dot(axis, axis);
  for (let k = j + 1; k < columns.length; k++) {
    const column = columns[k].subarray(j);
    const factor = scale * dot(axis, column);
    for (let i = 0; i < axis.length; i++) column[i] -= factor * axis[i];
  }
  columns[j].fill(0, j);
  columns[j][j] = end;
}

/**
 * Solve R x = b for an upper-triangular R.
 * @param {Matrix} root R, of which the first rows and columns are used
 * @param {ArrayLike<number>} right b
 * @returns {Vector}
 */
export function solveUpper(root, right) {
  const x = Array.from(right);
  for (let i = x.length - 1; i >= 0; i--) {
    for (let j = i + 1; j < x.length; j++) x[i] -= root[i][j] * x[j];
    x[i] /= root[i][i];
  }
  return x;
}

/**
 * Solve R'x = b for an upper-triangular R.
 * @param {Matrix} root R, of which the first rows and columns are used
 * @param {ArrayLike<number>} right b
 * @returns {Vector}
 */
export function solveLower(root, right) {
  const x = Array.from(right);
  for (let i = 0; i < x.length; i++) {
    for (let j = 0; j < i; j++) x[i] -= root[j][i] * x[j];
    x[i] /= root[i][i];
  }
  return x;
}

/**
 * Return the inverse of an upper-triangular matrix.
 * @param {Matrix} root
 * @returns {Matrix}
 */
export function inverseUpper(root) {
  const columns = diagonal(root.length).map((unit) => solveUpper(root, unit));
  return root.map((_, i) => columns.map((column) => column[i]));
}

/**
 * Return U, d and V with A = U diag(d) V', by one-sided rotations of Jacobi.
 *
 * The columns of A are rotated against one another until they are orthogonal. Their
 * lengths are d. A length that is 0 to rounding is left out.
 *
 * Rotations of long columns leave rounding in the short ones. A product A v in more
 * digits takes it away, after which the rotations that are left are small.
 *
 * Golub and Van Loan (2013), section 8.6.3; Demmel and Veselić (1992).
 * @param {Matrix} rows A, shape (n, p)
 * @param {number} count p, where there may be no rows
 * @param {(axis: Float64Array) => Float64Array} product A v, with the digits of its own size
 * @returns {{left: Float64Array[], values: Vector, right: Float64Array[]}} k columns of U
 *     and of V, with falling d
 */
export function singularValues(rows, count, product) {
  const left = columnsOf(rows, count);
  const right = columnsOf(diagonal(count), count);
  // long columns first: rotations lose fewer digits (de Rijk, 1989)
  const sizes = left.map(norm);
  const order = sizes.map((_, j) => j).sort((i, j) => sizes[j] - sizes[i]);
  [left, right].forEach((columns) => columns.splice(0, count, ...order.map((j) => columns[j])));
  rotateAll(left, right);
  right.forEach((axis, j) => (left[j] = product(axis)));
  rotateAll(left, right);
  const lengths = left.map(norm);
  const least = Math.max(rows.length, count) * EPS * Math.max(...lengths, 0);
  const kept = lengths.map((_, j) => j).filter((j) => lengths[j] > least);
  kept.sort((i, j) => lengths[j] - lengths[i]);
  return {
    left: kept.map((j) => left[j].map((value) => value / lengths[j])),
    values: kept.map((j) => lengths[j]),
    right: kept.map((j) => right[j]),
  };
}

/**
 * Rotate columns in place until they are orthogonal, and others by the same angles.
 * @param {Float64Array[]} left
 * @param {Float64Array[]} right
 */
function rotateAll(left, right) {
  for (let sweep = 0; sweep < 60; sweep++) {
    let rotated = false;
    for (let i = 0; i < left.length; i++) {
      for (let j = i + 1; j < left.length; j++) {
        const turn = rotation(left[i], left[j]);
        if (turn === null) continue;
        rotate(left[i], left[j], turn);
        rotate(right[i], right[j], turn);
        rotated = true;
      }
    }
    if (!rotated) break;
  }
}

/**
 * Return cosine and sine that make two columns orthogonal, null where they are.
 * @param {Float64Array} a
 * @param {Float64Array} b
 * @returns {[number, number] | null}
 */
function rotation(a, b) {
  const [aa, bb, ab] = [dot(a, a), dot(b, b), dot(a, b)];
  // dot products of n terms are not known to more digits
  const least = EPS * (4 + 2 * Math.sqrt(a.length));
  if (Math.abs(ab) <= least * Math.sqrt(aa) * Math.sqrt(bb)) return null;
  const ratio = (bb - aa) / (2 * ab);
  const tangent = Math.sign(ratio || 1) / (Math.abs(ratio) + Math.hypot(1, ratio));
  const cosine = 1 / Math.hypot(1, tangent);
  return [cosine, cosine * tangent];
}

/**
 * Rotate two columns in place.
 * @param {Float64Array} a
 * @param {Float64Array} b
 * @param {[number, number]} turn cosine and sine
 */
function rotate(a, b, [cosine, sine]) {
  for (let i = 0; i < a.length; i++) {
    const [first, second] = [a[i], b[i]];
    a[i] = cosine * first - sine * second;
    b[i] = sine * first + cosine * second;
  }
}
