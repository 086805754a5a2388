"""Leave-one-out errors of ill-conditioned rows, against arithmetic of 80 digits."""

from dataclasses import dataclass
from typing import Any

import mpmath
import numpy as np
import pytest

from bayes_l2 import LinearModel, likelihoods, penalty_path, priors

UNKNOWN: dict[str, Any] = {
    "likelihood": likelihoods.Normal(priors.FlatLogScale()),
    "prior": priors.Normal(priors.FlatLogScale()),
}
LEAST_LEFT = 1e-9  # of 1 - h: below it nothing is claimed
mp: Any = mpmath.mp


@dataclass(frozen=True)
class Rows:
    """Rows, their weights, and whether there is an intercept."""

    X: Any
    y: Any
    weights: Any = None
    intercept: bool = True

    @property
    def model(self) -> LinearModel:
        options: Any = {"weights": self.weights, "intercept": self.intercept}
        return LinearModel(self.X, self.y, **options, **UNKNOWN)


def by_many_digits(
    rows: Rows, penalty: float, noise_sd: float, *, refit: bool = False
) -> tuple[float, float, float]:
    """Return the mean squared error, the log density, and the least 1 - h.

    Each row is left out by fitting the others, or by the formula for it.
    """
    n, p = np.shape(rows.X)
    first = int(rows.intercept)
    columns = np.column_stack([np.ones((n, first)), rows.X])
    weights = np.ones(n) if rows.weights is None else rows.weights
    with mp.workdps(80):
        x, y = mp.matrix(columns.tolist()), mp.matrix(list(map(float, rows.y)))
        w = mp.matrix(list(map(float, weights)))
        squares, log_density, least = mp.mpf(0), mp.mpf(0), mp.mpf(1)
        weighted = mp.matrix(
            [[w[i] * x[i, j] for j in range(p + first)] for i in range(n)]
        )
        precision, right = x.T * weighted, weighted.T * y
        for j in range(first, p + first):
            precision[j, j] += mp.mpf(penalty)
        inverse = precision**-1
        coef = inverse * right
        for i in range(n):
            row = x[i, :].T
            if refit:
                others = (precision - w[i] * row * row.T) ** -1
                error = y[i] - (row.T * others * (right - w[i] * y[i] * row))[0]
                left = 1 / (1 + w[i] * (row.T * others * row)[0])
            else:
                left = 1 - w[i] * (row.T * inverse * row)[0]
                error = (y[i] - (row.T * coef)[0]) / left
            variance = mp.mpf(noise_sd) ** 2 / (w[i] * left)
            squares += w[i] * error**2
            log_density -= (mp.log(2 * mp.pi * variance) + error**2 / variance) / 2
            least = min(least, left)
        return float(squares / mp.fsum(w)), float(log_density), float(least)


def powers(x: Any, degree: int) -> Any:
    return np.vander(x, degree + 1, increasing=True)[:, 1:]


def cases() -> dict[str, Rows]:
    rng = np.random.default_rng(14)
    normal = rng.standard_normal
    x, inside, few = np.linspace(0, 100, 20), np.linspace(-1, 1, 15), np.arange(10.0)
    X, y = normal((20, 4)), normal(20)
    wave = np.sin(x / 15) + 0.1 * y
    weights = 10 ** rng.uniform(-6, 6, 20)
    far = rng.uniform(1900, 2000, 20)
    found = {
        f"degree {degree}": Rows(powers(x, degree), wave) for degree in (3, 5, 9, 14)
    }
    found |= {
        "ten points and degree 9": Rows(powers(few, 9), normal(10)),
        "15 rows and 16 powers": Rows(powers(inside, 16), np.exp(inside)),
        "16 powers, no intercept": Rows(powers(inside + 1, 16), y[:15], None, False),
        "more columns than rows": Rows(normal((8, 20)), y[:8]),
        "a column fewer than rows": Rows(normal((8, 7)), y[:8]),
        "as many columns as rows": Rows(normal((8, 8)), y[:8], None, False),
        "twelve decades of weights": Rows(X, y, weights),
        "weighted powers": Rows(powers(x, 6), wave, weights),
        "weighted, wide": Rows(normal((8, 20)), y[:8], weights[:8]),
        "weighted, no intercept": Rows(X * [1e3, 1, 1, 1e-3], y, weights, False),
        "a row with a column of its own": Rows(np.column_stack([np.eye(20)[0], X]), y),
        "a row nearly with its own": Rows(
            np.column_stack([1e4 * np.eye(20)[0] + np.eye(20)[1], X]), y
        ),
        "powers of years": Rows(powers(far, 4), np.sin(far / 6)),
        "little noise": Rows(X, X @ [1, 2, 3, 4] + 1e-9 * y),
        "little noise on powers": Rows(powers(x, 8), 2.5 * x + 1 + 1e-4 * y),
        "far from zero": Rows(X + 1e9, y),
    }
    large, small = 1e10 * normal((6, 1)), 1e-8 * normal((6, 5))
    copies = np.hstack([large, large, 2 * large, large / 4, small])
    found["copies hide small columns"] = Rows(copies, y[:6])
    for gap in (1e-6, 1e-11, 1e-15, 0):
        pair = np.column_stack([X, X[:, 0] + gap * y])
        found[f"columns {gap} apart"] = Rows(pair, pair.sum(axis=1) + normal(20))
        twins = np.vstack([X[:10], X[:6] + gap * normal((6, 4))])
        found[f"rows {gap} apart"] = Rows(twins, y[:16])
        wide = np.vstack([X[:5], X[:3] + gap * normal((3, 4))])
        wide = np.hstack([wide, 2 * wide**2])
        found[f"rows {gap} apart, wide"] = Rows(wide, y[:8], None, False)
    for ratio in (1e2, 1e4, 1e7, 1e10):
        unlike = normal((50, 3)) * [ratio, 1, 1 / ratio]
        signal = unlike @ [1 / ratio, 1, ratio] + normal(50)
        found[f"columns of sizes 1 to {ratio}²"] = Rows(unlike, signal)
        wide = normal((8, 12)) * np.geomspace(ratio, 1 / ratio, 12)
        found[f"columns of sizes 1 to {ratio}², wide"] = Rows(wide, y[:8])
    return found


CASES = cases()


@pytest.mark.parametrize("name", CASES)
def test_leave_one_out_has_seven_digits_on_the_default_path(name: str) -> None:
    rows = CASES[name]
    path = penalty_path(rows.model)
    assert path.loo_error is not None
    assert path.loo_log_density is not None
    last, judged = len(path.penalties) - 1, 0
    for place in (0, last // 4, last // 2, last):
        penalty, noise_sd = path.penalties[place], path.noise_sd[place]
        error, log_density, left = by_many_digits(rows, penalty, noise_sd)
        if left < LEAST_LEFT:
            continue
        judged += 1
        assert path.loo_error[place] == pytest.approx(error, rel=1e-7, abs=0)
        assert path.loo_log_density[place] == pytest.approx(
            log_density, rel=1e-7, abs=0
        )
        alone = penalty_path(rows.model, [penalty]).loo_error
        assert alone is not None
        assert alone[0] == pytest.approx(error, rel=1e-7, abs=0)
    assert judged >= 2


def test_the_formula_for_a_row_left_out_is_fitting_the_others() -> None:
    for name in ("degree 3", "weighted powers"):
        rows = CASES[name]
        np.testing.assert_allclose(
            by_many_digits(rows, 0.3, 1.7, refit=True),
            by_many_digits(rows, 0.3, 1.7),
            rtol=1e-14,
        )


@pytest.mark.parametrize("name", ["degree 9", "little noise", "weighted, wide"])
def test_values_do_not_depend_on_the_other_penalties(name: str) -> None:
    model = CASES[name].model
    near = penalty_path(model, [1.0, 2.0])
    wide = penalty_path(model, [1e-30, 1e-10, 1.0, 2.0, 1e10, 1e30])
    for criterion in ("loo_error", "loo_log_density", "gcv", "log_evidence"):
        np.testing.assert_allclose(
            getattr(wide, criterion)[2:4], getattr(near, criterion), rtol=1e-12
        )


def test_a_row_of_high_leverage_is_compared_with_the_rows_of_every_chunk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bayes_l2.selection.leave_one_out.CHUNK_ROWS", 16)
    rng = np.random.default_rng(0)
    X = rng.standard_normal((50, 2))
    spike = 1e-3 * rng.standard_normal(50)
    spike[30] = 30.0
    rows = Rows(np.column_stack([X, spike]), X[:, 0] + rng.standard_normal(50))
    path = penalty_path(rows.model, [1e-6])
    error, log_density, left = by_many_digits(rows, 1e-6, path.noise_sd[0])
    assert left < 1e-6
    assert path.loo_error == pytest.approx(error, rel=1e-10, abs=0)
    assert path.loo_log_density == pytest.approx(log_density, rel=1e-10, abs=0)


@pytest.mark.parametrize("intercept", [True, False])
def test_more_columns_than_rows_at_small_penalties(intercept: bool) -> None:
    """The limits for a vanishing penalty are finite: both squares vanish alike."""
    rng = np.random.default_rng(3)
    X, y = rng.standard_normal((7, 12)), rng.standard_normal(7)
    penalties = [1e-40, 1e-20, 1e-8, 1e-2]
    path = penalty_path(Rows(X, y, None, intercept).model, penalties)
    with mp.workdps(120):
        level = mp.ones(7, 7) / 7 * int(intercept)
        center = mp.eye(7) - level
        features, response = center * mp.matrix(X.tolist()), center * mp.matrix(list(y))
        for place, penalty in enumerate(penalties):
            gram = features * features.T
            left = mp.mpf(penalty) * (gram + mp.mpf(penalty) * mp.eye(7)) ** -1
            trace = sum(left[i, i] for i in range(7)) - int(intercept)
            squares = sum(value**2 for value in left * response)
            expected = float(7 * squares / trace**2)
            assert path.gcv[place] == pytest.approx(expected, rel=1e-10, abs=0)
            residuals = left * response
            errors = [residuals[i] / (left[i, i] - level[i, i]) for i in range(7)]
            loo_error = float(sum(error**2 for error in errors) / 7)
            assert path.loo_error is not None
            assert path.loo_error[place] == pytest.approx(loo_error, rel=1e-10, abs=0)


@pytest.mark.parametrize(
    ("size", "weight", "intercept", "penalty"),
    [
        (1.0, 1e6, True, 1e-20),
        (1.0, 1.0, True, 1e-100),
        (1e2, 1.0, False, 1e-304),  # 1 - h is below the least normal double
    ],
)
def test_a_row_that_alone_has_a_column_is_predicted_by_the_others(
    size: float, weight: float, intercept: bool, penalty: float
) -> None:
    """Its column says nothing of others: they have the least squares without both."""
    rng = np.random.default_rng(0)
    Z, y, w = rng.standard_normal((9, 2)), rng.standard_normal(9), np.ones(9)
    w[0] = weight
    rows = Rows(np.column_stack([size * np.eye(9)[0], Z]), y, w, intercept)
    path = penalty_path(rows.model, [penalty])
    noise_sd = path.noise_sd[0]
    columns = np.column_stack([np.ones((9, int(intercept))), Z])
    squares, log_density = 0.0, 0.0
    for i in range(9):
        others = [j for j in range(1, 9) if j != i]
        inverse = np.linalg.inv(columns[others].T @ columns[others])
        error = y[i] - columns[i] @ inverse @ columns[others].T @ y[others]
        own = size**2 / penalty if i == 0 else 0.0
        variance = noise_sd**2 * (1 / w[i] + columns[i] @ inverse @ columns[i] + own)
        squares += w[i] * error**2
        log_density -= np.log(variance) + np.log(2 * np.pi) + error**2 / variance
    assert path.loo_error == pytest.approx(squares / w.sum(), rel=1e-10)
    assert path.loo_log_density == pytest.approx(log_density / 2, rel=1e-10)
