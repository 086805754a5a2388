"""The explorer's posterior, path and samplers against the package and against arviz."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from arviz_stats.base.array import array_stats
from scipy import stats

from bayes_l2 import fit_exact
from bayes_l2.selection.criteria import Criteria
from bayes_l2.selection.ridge_path import RidgePath
from tests.explorer.digits import evidence_of_path
from tests.explorer.models import Generated, known_scales, unknown_scales
from tests.explorer.node import needs_node, run_node

pytestmark = needs_node
EPS = float(np.finfo(float).eps)
SHARP = 1e-9  # posterior sds, and nats
LARGER = pytest.param(1000, marks=pytest.mark.slow)


def as_numbers(found: dict[str, Any], name: str) -> np.ndarray:
    return np.array([float(value) for value in found[name]])


def worst(found: dict[str, Any], exact: Any) -> float:
    """Return the largest difference of a mean or an sd in posterior sds."""
    mean, sd = as_numbers(found, "mean"), as_numbers(found, "sd")
    finite = np.isfinite(exact.sd)
    assert np.array_equal(finite, np.isfinite(sd))
    of_mean, of_sd = (
        abs(values[finite] - expected[finite]) / exact.sd[finite]
        for values, expected in ((mean, exact.mean), (sd, exact.sd))
    )
    return float(np.concatenate([of_mean, of_sd]).max(initial=0.0))


def require_evidence(found: dict[str, Any], exact: Any) -> None:
    """A log evidence of 1e12 has fewer digits behind its point."""
    allowed = SHARP + 16 * EPS * abs(exact.log_evidence)
    assert abs(found["log_evidence"] - exact.log_evidence) <= allowed


@pytest.mark.parametrize("count", [40, LARGER])
def test_the_posterior_of_known_scales_is_that_of_fit_exact(count: int) -> None:
    models = [known_scales(seed) for seed in range(count)]
    found = run_node([("posterior", each.fields) for each in models])
    for generated, result in zip(models, found, strict=True):
        exact = fit_exact(generated.model)
        assert worst(result, exact) <= SHARP
        require_evidence(result, exact)


def test_predictions_have_the_mean_and_the_sd_of_fit_exact() -> None:
    models = [known_scales(seed) for seed in range(12)]
    found = run_node([("posterior", each.fields) for each in models])
    at = [each.fields["X"][:2] for each in models]
    tasks = [("predict", pair) for pair in zip(found, at, strict=True)]
    for generated, rows, result in zip(models, at, run_node(tasks), strict=True):
        exact = fit_exact(generated.model)
        mean, sd = exact.predict(rows, return_sd=True)
        np.testing.assert_allclose(result["sd"], sd, rtol=SHARP)
        assert np.all(np.abs(np.array(result["mean"]) - mean) <= SHARP * sd)
        _, line = exact.predict(rows, return_sd=True, observation_noise=False)
        np.testing.assert_allclose(result["line_sd"], line, rtol=SHARP)


@pytest.mark.parametrize("count", [15, pytest.param(300, marks=pytest.mark.slow)])
def test_the_posterior_of_unknown_scales_is_that_of_fit_exact(count: int) -> None:
    models = [unknown_scales(seed) for seed in range(count)]
    found = run_node([("mixture", each.fields) for each in models])
    for generated, result in zip(models, found, strict=True):
        if generated.model.propriety.improper:
            assert "improper" in result["error"]
            continue
        exact = fit_exact(generated.model)
        assert worst(result, exact) <= SHARP
        require_evidence(result, exact)


def path_task(seed: int) -> Generated:
    kind, fields = known_scales(seed)
    rng = np.random.default_rng([23, seed])
    X, y = np.array(fields["X"]), np.array(fields["y"])
    fields["intercept"] |= kind == "offset"
    largest = np.linalg.norm(X - X.mean(axis=0), 2) ** 2
    fields["penalties"] = (largest * 10 ** np.sort(rng.uniform(-6, 2, 7))).tolist()
    if seed % 2:
        fields["noise_sd"] = {"kind": "HalfNormal", "scale": float(y.std())}
    fields["prior_sd"] = 1.0  # the path does not see it
    return Generated(kind, fields)


@pytest.mark.parametrize("count", [20, LARGER])
def test_the_path_has_the_criteria_of_penalty_path(count: int) -> None:
    models = [path_task(seed) for seed in range(count)]
    found = run_node([("path", each.fields) for each in models])
    for generated, result in zip(models, found, strict=True):
        penalties = np.array(generated.fields["penalties"])
        ridge = RidgePath(generated.model, float(penalties[0]))
        path = Criteria(ridge, None, 0).at(penalties)
        sizes = np.std(generated.fields["y"]) / np.std(generated.fields["X"], axis=0)
        assert np.all(np.abs(np.array(result["coef"]) - path.coef) <= 1e-10 * sizes)
        for name in ("degrees_of_freedom", "gcv", "loo_error"):
            np.testing.assert_allclose(result[name], getattr(path, name), rtol=1e-9)
        # the package ends its search for this mode at 1e-9 of its logarithm
        np.testing.assert_allclose(result["noise_sd"], path.noise_sd, rtol=2e-9)
        # that mode is no maximum of the leave-one-out density, so its error enters
        assert path.loo_log_density is not None
        density = np.array(result["loo_log_density"])
        np.testing.assert_allclose(density, path.loo_log_density, rtol=2e-8, atol=2e-8)


@pytest.mark.parametrize(
    "seeds",
    [(150, 306, 332, 976), pytest.param(range(1000), marks=pytest.mark.slow)],
    ids=["hard", "1000"],
)
def test_the_path_has_the_evidence_of_sixty_digits(seeds: Sequence[int]) -> None:
    """The four hard models have columns that nearly depend on each other."""
    models = [path_task(seed) for seed in seeds]
    found = run_node([("path", each.fields) for each in models])
    for (_, fields), result in zip(models, found, strict=True):
        exact = evidence_of_path(fields, result["noise_sd"])
        pairs = zip(result["log_evidence"], exact, strict=True)
        assert max(abs(float(Decimal(ours) - value)) for ours, value in pairs) <= SHARP


def test_a_row_far_from_all_others_is_left_out_without_a_loss_of_digits() -> None:
    """The oracle refits without each row; that of the far one has 1 - h of 1e-11."""
    rng = np.random.default_rng(5)
    X, y, alpha = rng.standard_normal((12, 1)), rng.standard_normal(12), 1e-9
    X[3] = 1e6
    errors = []
    for i in range(12):
        rest, target = np.delete(X, i, axis=0), np.delete(y, i)
        center, level = rest.mean(axis=0), target.mean()
        gram = np.sum((rest - center) ** 2) + alpha
        slope = float((rest - center)[:, 0] @ (target - level)) / gram
        errors.append(y[i] - level - slope * (X[i, 0] - center[0]))
    task = {"X": X.tolist(), "y": y.tolist(), "noise_sd": 1.0, "penalties": [alpha]}
    (found,) = run_node([("path", task)])
    assert found["loo_error"][0] == pytest.approx(np.mean(np.square(errors)), rel=1e-7)


def chains() -> list[np.ndarray]:
    """Return draws that mix, that do not, that repeat, that are heavy, that swing."""
    rng = np.random.default_rng(3)
    swinging = rng.standard_normal((4, 400))
    for t in range(1, 400):
        swinging[:, t] -= 0.7 * swinging[:, t - 1]
    return [
        rng.standard_normal((4, 500)),
        np.cumsum(rng.standard_normal((4, 301)), axis=1),
        rng.integers(0, 4, (2, 101)).astype(float),
        rng.standard_cauchy((3, 77)),
        swinging,
        rng.standard_normal((2, 5)),
    ]


def test_diagnostics_are_those_of_arviz() -> None:
    draws = [each.tolist() for each in chains()]
    names = ("rhat", "essBulk")
    found = run_node([(name, each) for each in draws for name in names])
    expected = [
        function(each, chain_axis=0, draw_axis=1)
        for each in chains()
        for function in (array_stats.rhat, array_stats.ess)
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def effective_size(values: np.ndarray) -> float:
    found: Any = array_stats.ess(values, chain_axis=0, draw_axis=1, method="mean")
    return float(found)


SAMPLERS = {
    "walk": {"step": 1.2, "draws": 6000},
    "hamiltonian": {"step": 0.6, "steps": 4, "draws": 1000},
    "nuts": {"step": 0.7, "draws": 1000},
}


def test_samplers_draw_from_the_posterior() -> None:
    """Means and variances lie within 6 Monte-Carlo standard errors.

    False alarms: 15 normal statistics, 3e-8 in all. At the least effective size allowed
    a variance that is a third wrong lies 6 errors off.
    """
    mean, inverse_root = np.array([1.0, -2.0]), np.array([[0.6, 0.8], [0.0, 2.0]])
    shared = {"mean": mean.tolist(), "inverse_root": inverse_root.tolist()}
    shared |= {"chains": 4, "seed": 7}
    tasks = [
        ("draws", shared | {"kind": name} | given) for name, given in SAMPLERS.items()
    ]
    for draws in map(np.array, run_node(tasks)):
        white = np.linalg.solve(inverse_root, (draws - mean)[..., np.newaxis])[..., 0]
        first, second = white[..., 0], white[..., 1]
        statistics = (first, second, first**2 - 1, second**2 - 1, first * second)
        for values in statistics:
            size = effective_size(values)
            error = values.std() / np.sqrt(size)
            assert size > 600
            assert abs(values.mean()) <= 6 * error


def test_a_seed_repeats_numbers_that_are_uniform_and_normal() -> None:
    """Kolmogorov-Smirnov and lag 1, false alarms below 1e-6 for a fixed seed."""
    task = {"seed": 11, "count": 20_000}
    first, again, other = run_node(
        [("numbers", task), ("numbers", task), ("numbers", task | {"seed": 12})]
    )
    assert first == again
    assert first != other
    uniform, normal = np.array(first).T
    assert stats.kstest(uniform, "uniform").pvalue > 1e-7
    assert stats.kstest(normal, "norm").pvalue > 1e-7
    assert abs(np.corrcoef(uniform[1:], uniform[:-1])[0, 1]) < 5.5 / np.sqrt(20_000)


BAD_INPUT = [
    ({"noise_sd": 0}, "noise_sd must be a positive number, got 0"),
    ({"prior_sd": None}, "the rows do not determine the coefficients"),
    ({"y": [1.0, 2.0]}, "X must have 2 rows"),
    ({"X": [], "y": []}, "there are no rows"),
    ({"y": [1.0, 2.0, "a"]}, "X and y must be finite numbers"),
]


def test_bad_input_is_one_line() -> None:
    rows = {"X": [[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]], "y": [1.0, 2.0, 4.0]}
    shared = rows | {"noise_sd": 1.0, "prior_sd": 1.0}
    results = run_node([("posterior", shared | task) for task, _ in BAD_INPUT])
    for (_, message), found in zip(BAD_INPUT, results, strict=True):
        assert message in found["error"]
        assert "\n" not in found["error"]
