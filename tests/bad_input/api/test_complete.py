"""Every public callable is in the tables: a new one that is not fails here."""

import inspect
import pkgutil
from collections.abc import Callable, Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

import bayes_l2
from bayes_l2 import (
    likelihoods,
    priors,
)
from bayes_l2.course import demonstrations
from tests.bad_input.api.cases import CASES

# made by the package from values that it has checked
RECORDS = [
    "ApproximateComparison",
    "Check",
    "Choice",
    "Comparison",
    "Convention",
    "Conversion",
    "ExactComparison",
    "GaussianPosterior",
    "LaplaceApproximation",
    "MultivariateNormal",
    "NormalInverseGammaPosterior",
    "PenaltyMeaning",
    "PenaltyPath",
    "PointEstimate",
    "RidgeCovariances",
    "SufficientStatistics",
    "conventions.Convention",
    "conventions.Conversion",
    "datasets.Table",
    "exercises.Exercise",
    "exercises.Grade",
    "exercises.Step",
    "exercises.Remark",
    "exercises.Summary",
    "exercises.Verdict",
    "partitions.Batch",
]
# called by the package, with arrays that it has checked
INNER = [
    "Batch.numbered",
    "Comparison.lacks",
    "Comparison.largest",
    "Comparison.largest_z",
    "Comparison.quantiles",
    "Comparison.location",
    "Convention.in_setting_of",
    "Convention.objective_with",
    "Convention.scale_without",
    "Exercise.check",
    "Exercise.derivation",
    "Exercise.numbers",
    "Exercise.question",
    "Grade.finding",
    "LaplaceApproximation.squared_distance",
    "LinearModel.penalty_at",
    "LinearModel.require_in_memory",
    "LinearModel.require_rows",
    "LinearModel.rows",
    "MixturePosterior.of_parts",
    "MultivariateNormal.squared_distance",
    "PenaltyPath.between",
    "ArrowStream.reduce",
    "ArrowStream.reduce_loads",
    "ArrowStream.reduce_pieces",
    "DaskPartitions.reduce",
    "DaskPartitions.reduce_pieces",
    "NpyPartitions.new_rows",
    "NpyPartitions.reduce",
    "NpyPartitions.reduce_loads",
    "NpyPartitions.reduce_pieces",
    "ParquetPartitions.reduce",
    "ParquetPartitions.reduce_loads",
    "ParquetPartitions.reduce_pieces",
    "Partitions.reduce",
    "Partitions.reduce_pieces",
    "PenaltyPath.followed_by",
    "PointEstimate.found",
    "SufficientStatistics.equivalent_rows",
    "SufficientStatistics.mean_less",
    "SufficientStatistics.reduce",
    "SufficientStatistics.require_columns",
]
ESTIMATORS = ("L2Classifier", "L2Regressor")
OF_SCIKIT_LEARN = ("_params", "_request", ".score")
# bases of the terms of a model
BASES = (
    likelihoods.Likelihood,
    likelihoods.Loss,
    priors.GaussianPrior,
    priors.Prior,
    priors.ScalePrior,
)
# the interface of the terms of a model, which a model's routes call in their loops
TERMS = (likelihoods, priors)
# of the course: called by a demonstration, with arrays that it has checked
INNER_OF_COURSE = {
    "curve_with_noise",
    "find",
    "fit_factors",
    "fit_normalised",
    "furthest",
    "gap",
    "gaussian",
    "in_short",
    "integrals",
    "more_columns_than_rows",
    "posterior_sds",
    "ridge_model",
    "rounding",
    "row_by_row",
    "taylor",
    "textbook_ridge",
}
# arguments that stand for checked values, or that only the package gives
HELPERS = ("bayes_l2.arrays", "bayes_l2.texts")  # imported by modules that are public
OWN_ARGUMENTS = {"at_center", "rows", "data", "options", "route", "log_power"}


def public_callables() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield each public function, class and method, by name."""
    for name in bayes_l2.__all__:
        value = getattr(bayes_l2, name)
        inner = [(name, value)]
        if isinstance(value, ModuleType):
            parts = getattr(value, "__all__", dir(value))
            inner = [
                (f"{name}.{part}", getattr(value, part))
                for part in parts
                if not part.startswith("_")
            ]
        for full, each in inner:
            home = str(getattr(each, "__module__", ""))
            if not home.startswith("bayes_l2.") or home in HELPERS:
                continue
            if callable(each):
                yield full, each
            if isinstance(each, type) and value not in TERMS:
                for method in dir(each):
                    if not method.startswith("_") and callable(getattr(each, method)):
                        yield f"{each.__name__}.{method}", getattr(each, method)


def test_the_tables_are_complete() -> None:
    """Comparisons of both kinds share their methods."""
    missing = {}
    for name, each in public_callables():
        try:
            parameters = inspect.signature(each).parameters
        except ValueError:
            continue
        arguments = set(parameters) - {"self"} - OWN_ARGUMENTS
        family = name.replace("ExactComparison.", "Comparison.")
        family = family.replace("ApproximateComparison.", "Comparison.")
        family = family.replace("conventions.convert", "convert")
        if not arguments or family in (*RECORDS, *INNER):
            continue
        if isinstance(each, type) and each in BASES:
            continue
        if family.split(".")[0] in ESTIMATORS:
            if family.endswith(OF_SCIKIT_LEARN):
                continue
            arguments -= {"X", "y", "sample_weight"}  # scikit-learn checks them
        left = arguments - set(CASES[family].kinds if family in CASES else ())
        if left:
            missing[name] = left
    assert missing == {}


def test_the_tables_have_the_demonstrations() -> None:
    """Records are made by the package; what has no arguments has no bad ones."""
    known = {getattr(each.call, "__name__", "") for each in CASES.values()}
    folder = demonstrations.__path__
    missing = set()
    for found in pkgutil.walk_packages(folder, f"{demonstrations.__name__}."):
        module = import_module(found.name)
        for name in getattr(module, "__all__", []):
            value = getattr(module, name)
            if inspect.isfunction(value) and inspect.signature(value).parameters:
                missing |= {name} - known - INNER_OF_COURSE
    assert missing == set()
