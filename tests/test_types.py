"""The types of results, as a type checker sees them: pyright reads this file in CI."""

from pathlib import Path
from typing import assert_type

import pandas as pd

from bayes_l2 import (
    ApproximateComparison,
    Comparison,
    ExactComparison,
    LinearModel,
    MultivariateNormal,
    compare,
    fit_exact,
    likelihoods,
    load,
    priors,
)
from bayes_l2.posteriors.distributions.location_scale import UnivariateNormal
from bayes_l2.posteriors.gaussian import GaussianPosterior


def test_a_comparison_is_of_one_of_two_classes(diabetes: LinearModel) -> None:
    comparison = compare(diabetes, routes=["exact"])
    assert_type(comparison, ExactComparison | ApproximateComparison)
    assert_type(comparison.table, pd.DataFrame)
    assert_type(comparison.checks_table, pd.DataFrame)
    assert_type(comparison.summary(), pd.DataFrame)
    assert_type(comparison.passed, bool)
    assert isinstance(comparison, ExactComparison)


def test_a_comparison_of_a_file_is_of_the_class_that_loads_it(
    diabetes: LinearModel, tmp_path: Path
) -> None:
    compare(diabetes, routes=["exact"]).save(tmp_path / "fit.nc")
    assert_type(Comparison.load(tmp_path / "fit.nc"), Comparison)
    assert_type(ExactComparison.load(tmp_path / "fit.nc"), ExactComparison)
    loaded = load(tmp_path / "fit.nc")
    assert_type(loaded, ExactComparison | ApproximateComparison)


def test_a_marginal_is_a_distribution(diabetes: LinearModel) -> None:
    posterior = fit_exact(diabetes)
    assert isinstance(posterior, GaussianPosterior)
    assert_type(posterior.marginal(["bmi", "bp"]), MultivariateNormal)
    assert_type(posterior.marginal("bmi"), UnivariateNormal)


def test_likelihoods_and_priors_are_classes() -> None:
    assert_type(likelihoods.Normal(sd=1), likelihoods.Normal)
    assert_type(priors.Normal(sd=1), priors.Normal)
