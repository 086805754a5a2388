r"""The rows of a model in the eigenbasis, to many digits on ill-conditioned columns.

.. math:: \sqrt W\,[1\; X\; y] = Q R, \qquad R_X = Z D V^\top, \qquad U = Q_X Z

A QR decomposition in double precision has a wrong Q where columns nearly depend on each
other. Its residual in twice the precision mends it:

.. math:: E = A - \hat Q \hat R, \qquad \hat Q + E \hat R^{-1} = Q R_2,
          \qquad A = Q\, (R_2 \hat R)

Then each row of R has an error of a rounding unit relative to its size, where others
leave 1e-17 of a column or more; it has nine digits where they leave 1e-22. Jacobi's
method finds all singular values of such an R, small and large, to nearly all digits.

References
----------
Demmel, Gu, Eisenstat, Slapničar, Veselić and Drmač (1999), Linear Algebra and its
Applications 299(1-3).
"""

from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt
from scipy.linalg import qr, solve_triangular

from bayes_l2.arrays import FloatArray, Twofold, norms, twofold_sum
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.posteriors.least_squares.refinement import (
    twofold_product,
)
from bayes_l2.posteriors.quadrature.eigenbasis import Eigenbasis
from bayes_l2.posteriors.quadrature.graded import graded_decomposition

CHUNK_NUMBERS = 20_000  # of a working array that fits in a cache
PARTS = 3  # of a factor, for a product in twice the precision
# the least part of a column, relative to it, that other columns do not explain
LEAST_PART = 1e-23
TINY = 1e-290
SAFE_LOSS = 1e4  # a loss of digits, as a factor, that a criterion does not notice
SAFE_PENALTY = 1e-16  # directions that rounding hides have no weight above it


@dataclass(frozen=True, eq=False)
class RowBasis:
    r"""An eigenbasis, and each row in it.

    Attributes
    ----------
    basis : Eigenbasis
        The singular values, axes and projections.
    left : ndarray of shape (n, k) or None
        U, of the rows times the roots of their weights. None where ``basis`` alone
        gives it without a loss of digits, or where the rows are gone.
    rest : ndarray of shape (n,) or None
        The part of the response that no column explains, times the roots of weights.
    """

    basis: Eigenbasis
    left: FloatArray | None = None
    rest: FloatArray | None = None

    @classmethod
    def of(
        cls, model: LinearModel, basis: Eigenbasis, least_penalty: float | None
    ) -> Self:
        """Factorise the rows again where the eigenbasis of statistics lost digits.

        Parameters
        ----------
        model : LinearModel
            A Gaussian model whose prior has one sd for all coefficients.
        basis : Eigenbasis
            The eigenbasis of its statistics.
        least_penalty : float, optional
            The smallest penalty that will be asked for, if it is known.
        """
        if model.X is None or _is_safe(model, basis, least_penalty):
            return cls(basis)
        columns = _weighted_columns(model)
        found = _reduce(columns, int(model.intercept))
        rotation, values, axes = graded_decomposition(found.upper, found.inside)
        projections = rotation.T @ (found.response - found.upper @ basis.origin)
        largest = float(values.max(initial=0.0)) or 1.0
        accurate = replace(
            basis,
            axes=axes,
            eigenvalues=(values / largest) ** 2,
            projections=projections,
            residual=float(np.linalg.norm(found.rest)),
            unit=largest**2,
        )
        return cls(accurate, found.left @ rotation, found.rest)


class _Reduced(NamedTuple):
    """Rows [X y] = Q [R g] + [0 r], centred where there is an intercept.

    The columns ``inside`` of R are upper-triangular.
    """

    left: FloatArray
    upper: FloatArray
    response: FloatArray
    rest: FloatArray
    inside: npt.NDArray[np.intp]


def _is_safe(
    model: LinearModel, basis: Eigenbasis, least_penalty: float | None
) -> bool:
    """Return whether an eigenbasis in double precision loses few digits."""
    if not basis.eigenvalues.size:
        return True
    squares = basis.eigenvalues
    sizes = norms(model.statistics.factor[:, :-1], axis=0)
    offsets = np.abs(model.statistics.mean[:-1]) * model.statistics.total_weight**0.5
    if not model.intercept:
        sizes, offsets = np.hypot(sizes, offsets), np.zeros(len(sizes))
    sizes, offsets = sizes[sizes > 0], offsets[sizes > 0]
    ratios = sizes.max() / sizes.min(), np.max(offsets / sizes)
    loss = max(float(squares.min()) ** -0.5, *ratios)
    if model.weights is not None:
        loss *= float(np.sqrt(model.weights.max() / model.weights.min()))
    if len(squares) < min(basis.rows, model.n_features):
        relative = SAFE_PENALTY if least_penalty is None else least_penalty / basis.unit
        if relative < SAFE_PENALTY:
            return False
    # the residual without a penalty, in units of the largest that rounding leaves
    explained = np.linalg.norm(basis.projections)
    left = basis.residual
    if len(squares) >= basis.rows:
        left = float(np.linalg.norm(basis.projections / squares) * squares.min())
    total = float(np.hypot(explained, basis.residual))
    return loss * total <= SAFE_LOSS * left


def _weighted_columns(model: LinearModel) -> Twofold:
    """Return sqrt(w) [1, X - shift, y - shift] in twice the precision."""
    X, y = model.rows("a penalty to choose")
    rows, weights = np.column_stack([X, y]), np.ones(len(y))
    if model.weights is not None:
        weights = model.weights
    shift = np.zeros(rows.shape[1])
    if model.intercept:
        shift = np.average(rows, axis=0, weights=weights)
    high, low = twofold_sum(rows, -shift)
    # a rounding of a root weighs its row, the constant too, by a rounding unit more
    root = np.sqrt(weights)[:, np.newaxis]
    product, lost = twofold_product(root, high)
    product, rest = twofold_sum(product, lost + root * low)
    if model.intercept:
        product, rest = (
            np.hstack([root, product]),
            np.hstack([np.zeros_like(root), rest]),
        )
    return product, rest


def _reduce(columns: Twofold, constant: int) -> _Reduced:
    """Return Q, R, g and r of the columns [1 X y], or of [X y] if constant is 0."""
    n, last = columns[0].shape[0], columns[0].shape[1] - 1
    sizes = np.maximum(norms(columns[0], axis=0), TINY)
    features = np.arange(constant, last)
    free = columns[0][:, features]
    if constant:
        level = columns[0][:, 0] / sizes[0]
        free = free - np.outer(level, level @ free)
    room = min(n - constant, len(features))
    inside, dropped = features[_pivots(free)[:room]], np.zeros(last + 1, dtype=bool)
    while True:
        outside = np.setdiff1d(features, inside)
        k = constant + len(inside)
        has_rest = n > k
        first, after = ([last], []) if has_rest else ([], [last])
        parts = [range(constant), inside, first, outside, after]
        places = np.concatenate([np.asarray(part, dtype=int) for part in parts])
        taken = columns[0][:, places], columns[1][:, places]
        q, r, beyond = _orthogonal(taken, k + has_rest)
        shares = np.abs(np.diag(r)) / sizes[places[: len(r)]]
        is_new = shares[constant:k] > LEAST_PART
        if not is_new.all():
            # what follows a column without a direction may have lost its own
            dropped[inside[np.argmin(is_new)]] = True
            inside = inside[is_new]
            continue
        # what the response takes of a feature, a feature may take of the response
        beyond = (
            beyond[:, : len(outside)]
            + q[:, k:] @ r[k:, k + has_rest :][:, : len(outside)]
        )
        lengths = norms(beyond, axis=0) / sizes[outside]
        more = np.flatnonzero((lengths > LEAST_PART) & ~dropped[outside])
        if len(inside) == room or not len(more):
            break
        order = _pivots(beyond[:, more] / sizes[outside[more]])
        inside = np.append(inside, outside[more[order]][: room - len(inside)])
    by_column = np.zeros((len(inside), last + 1))
    by_column[:, places] = r[constant:k]
    rest = np.zeros(n)
    if has_rest and shares[k] > LEAST_PART:
        rest = q[:, k] * r[k, k]
    upper, response = by_column[:, features], by_column[:, last]
    return _Reduced(q[:, constant:k], upper, response, rest, inside - constant)


def _pivots(columns: FloatArray) -> np.ndarray:
    """Return the order in which each column adds the most to those before it."""
    factors: Any = qr(columns, mode="r", pivoting=True)
    return factors[-1]


def _orthogonal(columns: Twofold, k: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return Q of the first k columns, R of all, and the rest of the others.

    Each row of R has an error of a rounding unit relative to its size.
    """
    high = columns[0]
    q = np.linalg.qr(high[:, :k])[0]
    r = q.T @ high
    r[:, :k] = np.triu(r[:, :k])
    error = _residual(columns, q, r)
    # nothing is left of a column of zeros
    gaps = np.where(np.abs(np.diag(r)) <= TINY, 1.0, 0.0)
    root = r[:, :k] + np.diag(gaps)
    step = solve_triangular(root, error[:, :k].T, trans=1).T
    q, rotation = np.linalg.qr(q + step)
    tail = error[:, k:] - step @ r[:, k:]
    within = q.T @ tail
    r = np.hstack([rotation @ r[:, :k], rotation @ r[:, k:] + within])
    return q, r, tail - q @ within


def _residual(columns: Twofold, q: FloatArray, r: FloatArray) -> FloatArray:
    """Return columns less QR, computed in twice the precision.

    Matrices are split into parts of few bits, whose products BLAS computes without a
    rounding error; see Ozaki, Ogita, Oishi and Rump (2012), Numerical Algorithms 59.
    """
    bits = (53 - len(r).bit_length()) // 2
    rights = _parts(r, 0, bits)
    # the largest products first
    pairs = sorted(np.ndindex(PARTS, PARTS), key=sum)
    result, rows = np.empty_like(columns[0]), max(1, CHUNK_NUMBERS // len(r[0]))
    for start in range(0, len(q), rows):
        chunk = slice(start, start + rows)
        lefts = _parts(q[chunk], 1, bits)
        total, rest = columns[0][chunk], columns[1][chunk]
        for i, j in pairs:
            total, lost = twofold_sum(total, -(lefts[i] @ rights[j]))
            rest = rest + lost
        result[chunk] = total + rest
    return result


def _parts(matrix: FloatArray, axis: int, bits: int) -> list[FloatArray]:
    """Return parts of few bits each, relative to the largest number on an axis."""
    size = np.max(np.abs(matrix), axis=axis, keepdims=True)
    exponent = np.frexp(size)[1]
    parts: list[FloatArray] = []
    for number in range(1, PARTS):
        anchor = np.ldexp(0.75, exponent + 54 - bits * number)
        parts.append((matrix + anchor) - anchor)
        matrix = matrix - parts[-1]
    return [*parts, matrix]
