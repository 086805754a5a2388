"""PyMC's statement of the model and ours are the same density, up to a constant."""

from typing import Any

import numpy as np
import pymc as pm
import pytest
from pymc.initial_point import make_initial_point_fn
from pytensor.compile.mode import Mode
from scipy import stats

from bayes_l2 import LinearModel, likelihoods, priors, pymc_program
from tests.model.test_linear_model import MODELS, parts_of, points

MODE = Mode(linker="py", optimizer="fast_compile").excluding("BlasOpt")
X = np.random.default_rng(3).normal([1.0, -2.0], size=(6, 2))
WEIGHTS = np.array([1.0, 2.0, 1.0, 3.0, 1.0, 1.0])
COUNTS, CLASSES = np.array([0, 2, 1, 3, 0, 1]), list("abcbca")


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.usefixtures("interpreted")
def test_log_densities_differ_by_one_constant(name: str) -> None:
    model = MODELS[name]
    program = pymc_program(model)
    log_density = program.compile_logp(mode=MODE, jacobian=False)
    differences = []
    for point in points(model, 20):
        _, coef, scales = parts_of(model, point)
        values = {"coef": coef} | {
            f"{name}_log__": np.array(np.log(scales[name]))
            for name in model.unknown_scales
        }
        if model.intercept:
            values["intercept_offset__"] = np.array(offset(model, point))
        differences.append(log_density(values) - model.log_posterior(point))
    size = max(1.0, abs(model.log_posterior(points(model)[0])))
    np.testing.assert_allclose(differences, differences[0], atol=1e-9 * size)
    # PyMC rounds log(2 pi) / 2 to single precision, an error of 6e-8 for each row
    assert abs(differences[0]) < 1e-6 * size


def offset(model: LinearModel, point: np.ndarray) -> float:
    """Return PyMC's coordinate of the intercept: predictor at mean X, less mean y."""
    X, y = model.rows("the test")
    weights = np.ones(len(y)) if model.weights is None else model.weights
    return point[0] + weights @ (X @ parts_of(model, point)[1] - y) / weights.sum()


def test_the_program_names_its_variables(diabetes: LinearModel) -> None:
    program = pymc_program(diabetes)
    assert [variable.name for variable in program.free_RVs] == [
        "coef",
        "intercept",
    ]
    assert program.deterministics == []
    assert [variable.name for variable in program.observed_RVs] == ["y"]
    assert list(program.coords["feature"] or ()) == list(diabetes.feature_names)


def test_the_program_names_unknown_scales() -> None:
    program = pymc_program(MODELS["unknown both"])
    assert {variable.name for variable in program.free_RVs} == {
        "coef",
        "intercept",
        "noise_sd",
        "prior_sd",
    }
    assert [variable.name for variable in program.deterministics] == ["penalty"]


NORMAL, CATEGORICAL = likelihoods.Normal(2.0), likelihoods.Categorical()
NAMED: list[tuple[Any, Any, Any, Any]] = [
    (NORMAL, COUNTS, priors.Normal(cov=np.eye(2) + 0.1), None),
    (likelihoods.Laplace(1.0), COUNTS, priors.ElasticNet(1.0, 2.0), None),
    (likelihoods.Poisson(), COUNTS, priors.Laplace(1.0), WEIGHTS),
    (CATEGORICAL, CLASSES, priors.Flat(), None),
]


@pytest.mark.parametrize(("likelihood", "y", "prior", "weights"), NAMED)
def test_axes_are_named(likelihood: Any, y: Any, prior: Any, weights: Any) -> None:
    model = LinearModel(X, y, likelihood=likelihood, prior=prior, weights=weights)
    named = dict(pymc_program(model).named_vars_to_dims)
    lines = ("class",) if model.layout.classes else ()
    assert named.pop("coef") == (*lines, "feature")
    assert tuple(named.pop("intercept", ())) == lines
    assert named == {"y": ("obs",)}


@pytest.mark.parametrize(
    ("likelihood", "y"), [(NORMAL, COUNTS), (CATEGORICAL, CLASSES)]
)
@pytest.mark.usefixtures("interpreted")
def test_samplers_start_at_the_mean_row(likelihood: Any, y: Any) -> None:
    """The predictor there is the mean of y, or 0 of each class, whatever the slopes."""
    model = LinearModel(X, y, likelihood=likelihood, prior=priors.Normal(1.0))
    coef = np.array([[0.7, 2.0], [-1.0, 0.5], [3.0, 1.0]])
    start = make_initial_point_fn(
        model=pymc_program(model),
        overrides={"coef": coef if model.layout.classes else coef[0]},
        return_transformed=True,
    )(None)
    np.testing.assert_allclose(start["intercept_offset__"], 0.0, atol=1e-14)


@pytest.mark.usefixtures("interpreted")
def test_draws_of_priors_that_pymc_has_not() -> None:
    """The bounds are exceeded with probability 1e-10 each.

    The elastic net is a normal density about -sd² / scale on the positive numbers, and
    its mirror image.
    """
    wide = np.random.default_rng(4).standard_normal((6, 4000))
    net = LinearModel(
        wide, COUNTS, likelihood=NORMAL, prior=priors.ElasticNet(0.8, 1.5)
    )
    noise = likelihoods.Normal(priors.InverseGamma(3.0, 5.0))
    model = LinearModel(X, COUNTS, likelihood=noise, prior=priors.Flat())
    coef, sd = (
        np.array(pm.draw(pymc_program(each)[name], n, random_seed=1, mode=MODE))
        for each, name, n in ((net, "coef", 1), (model, "noise_sd", 200))
    )
    location = -(1.5**2) / 0.8
    size = stats.truncnorm(-location / 1.5, np.inf, loc=location, scale=1.5)
    variance = stats.invgamma(3.0, scale=5.0)
    for draws, cdf, n in ((np.abs(coef), size.cdf, 4000), (sd**2, variance.cdf, 200)):
        assert stats.kstest(draws, cdf).statistic < np.sqrt(np.log(2e10) / (2 * n))
    assert abs(np.mean(coef > 0) - 0.5) < np.sqrt(np.log(2e10) / 8000)
