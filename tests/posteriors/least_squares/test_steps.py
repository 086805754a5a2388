"""Steps of refinement from a posterior that is off, against rational arithmetic."""

from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import pytest

from bayes_l2 import likelihoods
from bayes_l2.model.rows import Rows
from bayes_l2.posteriors.least_squares.line import Line
from bayes_l2.posteriors.least_squares.refinement import _blocks, correction, refined
from tests.oracles import solve_exactly

Numbers = list[Fraction]
NOISE_SD = 0.5


class Problem(NamedTuple):
    """A posterior that is rounded, and what it was rounded from."""

    before: Line
    after: Line
    rows: Rows
    exact: Numbers
    squares: Fraction  # the least sum, in noise sds

    def off(self, line: Line) -> Numbers:
        """Return how far its means are from the exact ones."""
        both = zip(line.mean, line.rest, self.exact, strict=True)
        return [Fraction(a) + Fraction(b) - exact for a, b, exact in both]

    def moved(self, change: np.ndarray) -> Line:
        """Return the posterior with means that are off by a change."""
        means = [a + Fraction(b) for a, b in zip(self.exact, change, strict=True)]
        mean = np.array([float(each) for each in means])
        rest = [float(a - Fraction(b)) for a, b in zip(means, mean, strict=True)]
        return replace(self.after, mean=mean, rest=np.array(rest))


def problem(*, intercept: bool, residual: float = 1.0) -> Problem:
    """Seven weighted rows; the prior knows the intercept at a point of its own."""
    rng = np.random.default_rng(3)
    X, weights = rng.standard_normal((7, 2)), rng.uniform(0.5, 2, 7)
    y = 2.0 * intercept + X @ [1.0, -3.0] + residual * rng.standard_normal(7)
    k = float(intercept)
    before = Line(
        has_intercept=intercept,
        center=k * np.array([0.3, -0.7]),
        precision=0.6 * k,
        mean=np.array([4.4 * k, 1.0, -3.0]) + 0.1 * residual * np.array([k, 1, 1]),
        rest=np.array([3e-17 * k, -5e-17, 7e-17]),
        root=np.array([[1.0, 0.3], [0.0, 0.7]]),
    )
    over = weights / NOISE_SD**2
    precision = before.precision + k * over.sum()
    center = before.center
    if intercept:
        center = (over @ X + before.precision * before.center) / precision
    # rows of the problem: those of the data, of the intercept and of the coefficients
    rows, sizes = list[Numbers](), list[Fraction]()
    c, m = [Fraction(each) for each in center], before.mean
    m_rest = [Fraction(a) + Fraction(b) for a, b in zip(m, before.rest, strict=True)]
    for x, value, w in zip(X, y, over, strict=True):
        shift = [Fraction(a) - b for a, b in zip(x, c, strict=True)]
        rows.append([Fraction(intercept), *shift, Fraction(value)])
        sizes.append(Fraction(w))
    if intercept:
        shift = [Fraction(a) - b for a, b in zip(before.center, c, strict=True)]
        rows.append([Fraction(1), *shift, m_rest[0]])
        sizes.append(Fraction(before.precision))
    for root in before.root:
        r = [Fraction(each) for each in root]
        rows.append([Fraction(0), *r, r[0] * m_rest[1] + r[1] * m_rest[2]])
        sizes.append(Fraction(1))
    first = 0 if intercept else 1
    gram = [
        [sum_of(sizes, rows, i, j) for j in range(first, 3)] for i in range(first, 3)
    ]
    right = [[sum_of(sizes, rows, i, 3)] for i in range(first, 3)]
    solution = [row[0] for row in solve_exactly(gram, right)]
    exact = [Fraction(0)] * first + solution
    squares = sum_of(sizes, rows, 3, 3)
    squares -= sum(
        (a * b[0] for a, b in zip(solution, right, strict=True)), Fraction(0)
    )
    of_coef = np.array([[float(v) for v in row[1 - first :]] for row in gram])
    root = np.linalg.cholesky(of_coef[1 - first :]).T
    after = Line(
        has_intercept=intercept,
        center=center,
        precision=precision,
        mean=np.zeros(3),
        rest=np.zeros(3),
        root=root,
    )
    noise = likelihoods.Normal(1.0)
    return Problem(before, after, Rows.of(X, y, noise, weights), exact, squares)


def sum_of(sizes: Numbers, rows: list[Numbers], i: int, j: int) -> Fraction:
    """Return an entry of Z'WZ."""
    products = (w * row[i] * row[j] for w, row in zip(sizes, rows, strict=True))
    return sum(products, Fraction(0))


@pytest.mark.parametrize("size", [1e-3, 1e-18])
@pytest.mark.parametrize("intercept", [False, True])
def test_one_step_finds_what_means_are_off_by(intercept: bool, size: float) -> None:
    ours = problem(intercept=intercept)
    change = size * np.array([float(intercept), 2.0, -3.0])
    after = ours.moved(change)
    p = len(after.center)
    root = np.eye(p + 1)
    root[0, 0] = np.sqrt(after.precision) if intercept else 1.0
    root[1:, 1:] = after.root
    blocks = _blocks(ours.before, after, ours.rows, NOISE_SD)
    step = correction(NOISE_SD * root, blocks)
    assert step is not None
    found, squares = step
    np.testing.assert_allclose(found, -change, rtol=1e-10)
    larger = float(np.sum((root @ change) ** 2))
    expected = float(ours.squares) + larger
    assert squares / NOISE_SD**2 == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("intercept", [False, True])
@pytest.mark.parametrize(
    ("sds", "residual", "error"),
    [
        (5e-4, 1.0, 1e-17),  # one step
        (0.02, 1.0, 1e-28),  # is not small
        (5e-4, 3e-4, 1e-28),  # is not small next to the residuals
    ],
)
def test_steps_until_one_is_small(
    intercept: bool, sds: float, residual: float, error: float
) -> None:
    ours = problem(intercept=intercept, residual=residual)
    unit = np.append(ours.after.precision**-0.5 * intercept if intercept else 0, [0, 0])
    unit[1:] = np.linalg.solve(ours.after.root, [0.6, 0.8])
    size = sds / np.sqrt(1 + intercept)
    after = refined(ours.before, ours.moved(size * unit), ours.rows, NOISE_SD)
    assert after is not None
    assert max(abs(each) for each in ours.off(after)) < error
    assert after.sum_of_squares == pytest.approx(float(ours.squares), rel=1e-11)


def test_steps_beyond_the_range_of_numbers() -> None:
    ours = problem(intercept=True)
    heavy = replace(ours.rows, weights=np.full(7, 1e305))
    assert refined(ours.before, ours.moved(np.zeros(3)), heavy, 1e-3) is None
    # and where the root belongs to other rows, the steps grow
    wrong = replace(ours.after, root=0.1 * ours.after.root)
    far = replace(wrong, mean=np.ones(3), rest=np.zeros(3))
    assert refined(ours.before, far, ours.rows, NOISE_SD) is None
