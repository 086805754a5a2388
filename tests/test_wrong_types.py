"""Each argument of each public callable refuses a wrong kind of value in one line.

A public callable that is in none of the tables fails ``test_the_tables_are_complete``.
"""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

import dask.dataframe as dd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn.linear_model import Ridge

import bayes_l2
from bayes_l2 import (
    Comparison,
    GaussianPosterior,
    L2Classifier,
    L2Regressor,
    LinearModel,
    MixturePosterior,
    NormalInverseGammaPosterior,
    PointEstimate,
    SufficientStatistics,
    choose_penalty,
    compare,
    conventions,
    convert,
    datasets,
    exercises,
    fit_exact,
    fit_laplace,
    fit_map,
    fit_mcmc,
    fit_penalised,
    fit_ridge,
    likelihoods,
    load,
    partitions,
    penalty_in,
    penalty_meaning,
    penalty_path,
    prior_predictive,
    priors,
    pymc_program,
    ridge_covariances,
)
from tests.model.partitioned.arrays import ArrayPartitions

RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((12, 2)), RNG.standard_normal(12)


def model_of(likelihood: Any, prior: Any, y: Any = Y) -> LinearModel:
    return LinearModel(X, y, likelihood=likelihood, prior=prior)


KNOWN = model_of(likelihoods.Normal(1.0), priors.Normal(1.0))
CONJUGATE = model_of(
    likelihoods.Normal(priors.InverseGamma(2.0, 1.0)),
    priors.Normal(1.0, relative_to_noise=True),
)
UNKNOWN = model_of(
    likelihoods.Normal(priors.HalfNormal(1.0)), priors.Normal(priors.HalfNormal(1.0))
)
CLASSES = model_of(likelihoods.Bernoulli(), priors.Normal(1.0), Y > 0)
PROPER = LinearModel(
    X, Y, likelihood=likelihoods.Normal(1.0), prior=priors.Normal(1.0), intercept=False
)
STATISTICS = SufficientStatistics.from_rows(X, Y)
PARTS = ArrayPartitions(X, Y, cuts=[len(X) // 2])
POINT = fit_map(KNOWN)
LAPLACE = fit_laplace(CLASSES)
PATH = penalty_path(KNOWN)
COMPARISON = compare(KNOWN, routes=["map"])
with TemporaryDirectory() as folder:
    FILE = Path(folder) / "data.csv"
    FILE.write_text("x,y\n1,2\n3,5\n", encoding="utf-8")
    TABLE = datasets.read_table(FILE, "y")

FOLDER = TemporaryDirectory()  # is there until the tests are over
PARQUET = f"{FOLDER.name}/t.parquet"
TABLE_OF_ARROW = pa.table({"x": [1.0, 2.0], "y": [1.0, 2.0], "w": [1.0, 2.0]})
pq.write_table(TABLE_OF_ARROW, PARQUET)
NPY = f"{FOLDER.name}/t.npy"
np.save(NPY, np.ones((2, 3)))

WRONG: dict[str, Any] = {
    "None": None,
    "text": "no such word",
    "long text": "x" * 5000,
    "fraction": 2.5,
    "NaN": np.nan,
    "infinity": np.inf,
    "negative": -1,
    "zero": 0,
    "True": True,
    "complex": 1j,
    "bytes": b"x",
    "list": [1, "a"],
    "empty list": [],
    "long list": ["column"] * 3000,
    "dict": {"a": 1},
    "object": object(),
    "class": LinearModel,
    "function": len,
    "estimator": Ridge(),
    "model": KNOWN,
    "statistics": STATISTICS,
    "array": np.full((3, 3, 3), "x"),
}
NUMBERS = {"fraction", "negative", "zero", "True"}
# the values that each kind of argument allows
ALLOWED: dict[str, set[str]] = {
    "model": {"model"},
    "estimator": set(),
    "word": set(),
    "word or None": {"None"},
    "names": set(),
    "words": set(),
    "words or None": {"None"},
    "text or None": {"None", "text", "long text"},
    "X": set(),
    "y": set(),
    "weights or None": {"None"},
    "count": set(),
    "partitions": set(),
    "count or None": {"None"},
    "seed": {"None", "zero"},
    "whole seed": {"zero"},
    "rng": {"None", "zero"},
    "flag": {"True"},
    "flag or None": {"True", "None"},
    "probability": set(),
    "positive": {"fraction"},
    "positive or None": {"fraction", "None"},
    "sd": {"fraction"},
    "sds": {"fraction", "dict"},
    "penalties or None": {"None"},
    "points": set(),
    "parameters": set(),
    "names or None": {"None", "list"},
    "statistics": {"statistics"},
    "likelihood": set(),
    "prior": set(),
    "folder or file": set(),
    "new file": {"text"},
    "report": set(),
    "draws or None": {"None"},
    "answer": NUMBERS - {"True"},
    "power": NUMBERS - {"True"},
    "batches": set(),
    "mean": NUMBERS | {"empty list"},
    "sd or None": {"fraction"},
    "real": NUMBERS | {"NaN", "infinity"},
    "cov or None": {"None"},
    "own word": set(WRONG),
    "setting": {"fraction", "zero"},
    "frame": set(),
    "column number": {"negative"},
    "columns or None": {"None"},
    "exercises or None": {"None"},
}


# how a message may call an argument
OTHER_WORDS = {
    "prior_sd": ("prior sd",),
    "name": ("exercise", "scales are known"),
    "names": ("exercise",),
    "path": ("cannot read",),
    "seeds": ("cannot read",),
    "exercises": ("unknown exercise",),
    "target": ("cannot read",),
    "features": ("cannot read",),
    "drop": ("cannot read",),
    "na": ("cannot read",),
}


@dataclass(frozen=True)
class Case:
    """A callable, valid values of its arguments, and the kind of each argument."""

    call: Callable[..., Any]
    valid: dict[str, Any]
    kinds: dict[str, str]


def case(call: Callable[..., Any], /, **arguments: tuple[Any, str]) -> Case:
    valid = {name: value for name, (value, _) in arguments.items()}
    return Case(call, valid, {name: kind for name, (_, kind) in arguments.items()})


def of_posterior(model: LinearModel) -> dict[str, Case]:
    posterior, whole = fit_exact(model), model.parameter_names
    first = np.ones(len(whole))
    found = {
        "condition": case(
            posterior.condition,
            X=(X, "X"),
            y=(Y, "y"),
            weights=(None, "weights or None"),
        ),
        "condition_on_statistics": case(
            posterior.condition_on_statistics, statistics=(STATISTICS, "statistics")
        ),
        "interval": case(posterior.interval, probability=(0.9, "probability")),
        "logpdf": case(posterior.logpdf, points=(first, "points")),
        "marginal": case(posterior.marginal, names=("x0", "words")),
        "predict": case(
            posterior.predict,
            X=(X, "X"),
            return_sd=(True, "flag"),
            observation_noise=(True, "flag"),
        ),
        "predictive": case(
            posterior.predictive, X=(X, "X"), observation_noise=(True, "flag")
        ),
        "sample": case(posterior.sample, rng=(1, "rng"), n=(2, "count")),
        "to_datatree": case(
            posterior.to_datatree,
            draws=(2, "count"),
            chains=(2, "count"),
            seed=(1, "seed"),
        ),
        "log_scale_moments": case(posterior.log_scale_moments, name=("", "word")),
        "scale_marginal": case(posterior.scale_marginal, name=("", "word")),
    }
    return {f"{type(posterior).__name__}.{name}": each for name, each in found.items()}


def of_gaussian() -> dict[str, Case]:
    gaussian = fit_exact(KNOWN).location
    return {
        "MultivariateNormal.interval": case(
            gaussian.interval, probability=(0.9, "probability")
        ),
        "MultivariateNormal.logpdf": case(
            gaussian.logpdf, points=(np.zeros(3), "points")
        ),
        "MultivariateNormal.marginal": case(gaussian.marginal, names=("x0", "words")),
        "MultivariateNormal.sample": case(
            gaussian.sample, rng=(1, "rng"), n=(2, "count")
        ),
    }


def of_sources() -> dict[str, Case]:
    """Return the sources of rows, and the statistics of each."""
    choice: dict[str, Any] = {
        "target": ("y", "word"),
        "features": (["x"], "columns or None"),
        "weights": ("w", "word or None"),
        "encode": (None, "columns or None"),
        "drop_first": (False, "flag"),
    }
    parquet = choice | {"path": (PARQUET, "words"), "progress": (False, "flag")}
    arrow = choice | {"reader": (TABLE_OF_ARROW, "words")}
    npy: dict[str, Any] = {
        "path": (NPY, "words"),
        "target": (-1, "column number"),
        "features": ([0], "columns or None"),
        "weights": (1, "weights or None"),
        "progress": (False, "flag"),
    }
    frame = dd.from_pandas(TABLE_OF_ARROW.to_pandas(), npartitions=1)
    dask = {name: choice[name] for name in ("target", "features", "weights")}
    dask["collection"] = (frame, "words")
    return {
        "partitions.ParquetPartitions": case(partitions.ParquetPartitions, **parquet),
        "SufficientStatistics.from_parquet": case(
            SufficientStatistics.from_parquet, **parquet
        ),
        "partitions.NpyPartitions": case(partitions.NpyPartitions, **npy),
        "SufficientStatistics.from_npy": case(SufficientStatistics.from_npy, **npy),
        "partitions.ArrowStream": case(partitions.ArrowStream, **arrow),
        "SufficientStatistics.from_arrow": case(
            SufficientStatistics.from_arrow, **arrow
        ),
        "partitions.DaskPartitions": case(partitions.DaskPartitions, **dask),
        "SufficientStatistics.from_dask": case(SufficientStatistics.from_dask, **dask),
        "SufficientStatistics.from_partitions": case(
            SufficientStatistics.from_partitions,
            partitions=(partitions.ParquetPartitions(PARQUET, "y"), "words"),
        ),
        "LinearModel.from_partitions": case(
            LinearModel.from_partitions,
            partitions=(partitions.ParquetPartitions(PARQUET, "y"), "words"),
            likelihood=(likelihoods.Normal(1.0), "likelihood"),
            prior=(priors.Normal(1.0), "prior"),
            intercept=(True, "flag"),
        ),
    }


def fit_regressor(**arguments: Any) -> L2Regressor:
    return L2Regressor(**arguments).fit(X, Y)


def fit_classifier(**arguments: Any) -> L2Classifier:
    return L2Classifier(**arguments).fit(X, Y > 0)


def of_estimators() -> dict[str, Case]:
    """Return the arguments that are not those of every estimator of scikit-learn."""
    regressor, classifier = fit_regressor(noise_sd=1.0, prior_sd=1.0), fit_classifier()
    draws = {"n_samples": (2, "count"), "random_state": (0, "rng")}
    return {
        "L2Regressor": case(
            fit_regressor,
            noise_sd=(1.0, "sd"),
            prior_sd=(1.0, "sd"),
            fit_intercept=(True, "flag"),
            choose=(None, "word or None"),
        ),
        "L2Classifier": case(
            fit_classifier,
            prior_sd=(1.0, "sd"),
            fit_intercept=(True, "flag"),
            choose=("evidence", "word"),
        ),
        "L2Regressor.predict": case(
            partial(regressor.predict, X), return_std=(True, "flag")
        ),
        "L2Regressor.predict_interval": case(
            partial(regressor.predict_interval, X), coverage=(0.9, "probability")
        ),
        "L2Regressor.sample_y": case(partial(regressor.sample_y, X), **draws),
        "L2Classifier.sample_y": case(partial(classifier.sample_y, X), **draws),
    }


CASES: dict[str, Case] = {
    **of_sources(),
    **of_estimators(),
    "choose_penalty": case(
        choose_penalty,
        model=(KNOWN, "model"),
        by=("evidence", "word"),
        penalties=(None, "penalties or None"),
        folds=(3, "count"),
        seed=(0, "whole seed"),
    ),
    "compare": case(
        compare,
        model=(KNOWN, "model"),
        X=(None, "weights or None"),
        y=(None, "weights or None"),
        noise_sd=(None, "weights or None"),
        sample_weight=(None, "weights or None"),
        routes=(["exact"], "words"),
        seed=(1, "seed"),
        engine=("nutpie", "word"),
        draws=(5, "count"),
        tune=(5, "count"),
        chains=(2, "count"),
        progress=(False, "flag or None"),
        mcmc=(None, "draws or None"),
    ),
    **{
        name: case(
            function,
            estimator=(Ridge().fit(X, Y), "estimator"),
            X=(X, "X"),
            y=(Y, "y"),
            noise_sd=(1.0, "positive or None"),
            sample_weight=(None, "weights or None"),
            **options,
        )
        for name, function, options in (
            ("model_of", bayes_l2.model_of, {}),
            ("summary_of", bayes_l2.summary_of, {"seed": (1, "seed")}),
        )
    },
    "convert": case(
        convert,
        value=(1.0, "setting"),
        source=("ridge", "word"),
        target=("elastic-net", "word"),
        n=(10, "count or None"),
        weight_sum=(None, "positive or None"),
        batch_size=(None, "count or None"),
        y_sd=(None, "positive or None"),
        x_sd=(None, "positive or None"),
        noise_sd=(None, "positive or None"),
        intercept=(True, "flag"),
    ),
    **of_gaussian(),
    "conventions.find": case(
        conventions.find, name=("ridge", "word"), argument=("name", "own word")
    ),
    "datasets.read_table": case(
        datasets.read_table,
        path=("x.csv", "folder or file"),
        target=("y", "word"),
        labels=(True, "flag"),
        features=(None, "names or None"),
        drop=([], "names"),
        encode=(False, "flag"),
        flat_prior=(False, "flag"),
        intercept=(True, "flag"),
        drop_missing=(False, "flag"),
        sep=(None, "word or None"),
        decimal=(None, "word or None"),
        encoding=(None, "word or None"),
        na=(None, "word or None"),
    ),
    "Table.rows": case(TABLE.rows, path=("x.csv", "folder or file")),
    "datasets.standardise": case(datasets.standardise, X=(X, "frame")),
    "exercises.assignment": case(exercises.assignment, names=(["r-hat"], "words")),
    "exercises.check": case(
        exercises.check,
        name=("r-hat", "word"),
        answer=(1.0, "answer"),
        seed=(1, "whole seed"),
    ),
    "exercises.export": case(
        exercises.export,
        path=(f"{FOLDER.name}/quiz.xml", "folder or file"),
        names=(["r-hat"], "exercises or None"),
        format=("moodle", "word"),
        seeds=(1, "count"),
    ),
    "exercises.derivation": case(
        exercises.derivation, name=("r-hat", "word"), seed=(1, "whole seed")
    ),
    "exercises.hint": case(exercises.hint, name=("r-hat", "word"), number=(1, "count")),
    "exercises.find": case(exercises.find, name=("r-hat", "word")),
    "exercises.numbers": case(
        exercises.numbers, name=("r-hat", "word"), seed=(1, "whole seed")
    ),
    "exercises.question": case(
        exercises.question, name=("r-hat", "word"), seed=(1, "whole seed")
    ),
    "exercises.grade_file": case(
        exercises.grade_file,
        path=("x.json", "folder or file"),
        seeds=(None, "word or None"),
        student=(None, "text or None"),
        exercises=(None, "words or None"),
        decimal=(None, "word or None"),
        encoding=(None, "word or None"),
    ),
    "exercises.summaries": case(
        exercises.summaries,
        grades=([exercises.Grade("Ada", {}, ())], "words"),
    ),
    "fit_exact": case(
        fit_exact, model=(UNKNOWN, "model"), tolerance=(1e-6, "positive")
    ),
    "fit_laplace": case(
        fit_laplace, model=(CLASSES, "model"), max_iterations=(100, "count")
    ),
    "fit_map": case(
        fit_map,
        model=(KNOWN, "model"),
        density=("sd", "word"),
        engine=("scipy", "word"),
        max_iterations=(100, "count"),
    ),
    "fit_mcmc": case(
        fit_mcmc,
        model=(KNOWN, "model"),
        draws=(5, "count"),
        tune=(5, "count"),
        chains=(2, "count"),
        seed=(1, "seed"),
        engine=("nutpie", "word"),
        posterior_predictive=(True, "flag"),
        log_likelihood=(True, "flag"),
        progress=(False, "flag or None"),
    ),
    "fit_penalised": case(fit_penalised, model=(KNOWN, "model")),
    "fit_ridge": case(fit_ridge, model=(KNOWN, "model")),
    "penalty_in": case(
        penalty_in,
        model=(KNOWN, "model"),
        convention=("ridge", "word"),
        batch_size=(None, "count or None"),
    ),
    "penalty_meaning": case(
        penalty_meaning, model=(KNOWN, "model"), seed=(0, "whole seed")
    ),
    "penalty_path": case(
        penalty_path,
        model=(KNOWN, "model"),
        penalties=(None, "penalties or None"),
        folds=(3, "count or None"),
        seed=(0, "whole seed"),
    ),
    "pymc_program": case(pymc_program, model=(KNOWN, "model")),
    "ridge_covariances": case(ridge_covariances, model=(KNOWN, "model")),
    "LinearModel": case(
        LinearModel,
        X=(X, "X"),
        y=(Y, "y"),
        likelihood=(likelihoods.Normal(1.0), "likelihood"),
        prior=(priors.Normal(1.0), "prior"),
        intercept=(True, "flag"),
        weights=(None, "weights or None"),
        feature_names=(None, "names or None"),
    ),
    "LinearModel.of": case(
        LinearModel.of,
        X=(X, "X"),
        y=(Y, "y"),
        likelihood=(likelihoods.Normal(1.0), "likelihood"),
        prior=(priors.Normal(1.0), "prior"),
    ),
    "LinearModel.from_statistics": case(
        LinearModel.from_statistics,
        statistics=(STATISTICS, "statistics"),
        likelihood=(likelihoods.Normal(1.0), "likelihood"),
        prior=(priors.Normal(1.0), "prior"),
        intercept=(True, "flag"),
    ),
    **{
        f"LinearModel.{name}": case(
            getattr(KNOWN, name), parameters=(np.zeros(3), "parameters")
        )
        for name in ("gradient", "hessian", "log_likelihood", "log_prior", "split")
    },
    "LinearModel.log_posterior": case(
        KNOWN.log_posterior, parameters=(np.zeros(3), "parameters")
    ),
    "LinearModel.join": case(
        UNKNOWN.join,
        intercept=(0.0, "real"),
        coef=(np.zeros(2), "parameters"),
        noise_sd=(1.0, "sd"),
        prior_sd=(1.0, "sd"),
    ),
    "GaussianPosterior.of": case(GaussianPosterior.of, model=(KNOWN, "model")),
    "GaussianPosterior.before_data": case(
        GaussianPosterior.before_data, model=(KNOWN, "model")
    ),
    "NormalInverseGammaPosterior.of": case(
        NormalInverseGammaPosterior.of, model=(CONJUGATE, "model")
    ),
    "MixturePosterior": case(
        MixturePosterior, model=(UNKNOWN, "model"), tolerance=(1e-6, "positive")
    ),
    **of_posterior(KNOWN),
    **of_posterior(CONJUGATE),
    **of_posterior(UNKNOWN),
    "LaplaceApproximation.interval": case(
        LAPLACE.interval, probability=(0.9, "probability")
    ),
    "LaplaceApproximation.linear_predictor": case(LAPLACE.linear_predictor, X=(X, "X")),
    "LaplaceApproximation.predict": case(LAPLACE.predict, X=(X, "X")),
    "LaplaceApproximation.logpdf": case(LAPLACE.logpdf, points=(np.zeros(3), "points")),
    "LaplaceApproximation.marginal": case(LAPLACE.marginal, names=("x0", "words")),
    "LaplaceApproximation.sample": case(LAPLACE.sample, rng=(1, "rng"), n=(2, "count")),
    "PointEstimate.predict": case(POINT.predict, X=(X, "X")),
    "PointEstimate.at": case(
        partial(PointEstimate.at, route="a search"),
        model=(KNOWN, "model"),
        parameters=(np.zeros(3), "parameters"),
    ),
    "PenaltyPath.best": case(PATH.best, by=("evidence", "word")),
    "Comparison.save": case(COMPARISON.save, path=("comparison.nc", "new file")),
    "Comparison.to_html": case(COMPARISON.to_html, path=("report.html", "report")),
    "Comparison.to_markdown": case(
        COMPARISON.to_markdown, path=("report.md", "report")
    ),
    "Comparison.load": case(Comparison.load, path=("comparison.nc", "folder or file")),
    "load": case(load, path=("comparison.nc", "folder or file")),
    "prior_predictive": case(
        prior_predictive,
        model=(PROPER, "model"),
        draws=(2, "count"),
        seed=(1, "seed"),
    ),
    "Comparison.predict": case(
        COMPARISON.predict, X=(X, "X"), coverage=(0.9, "probability")
    ),
    "Comparison.draws_of": case(COMPARISON.draws_of, name=("x0", "word")),
    "Comparison.summary": case(COMPARISON.summary, route=("exact", "word or None")),
    "SufficientStatistics.from_rows": case(
        SufficientStatistics.from_rows,
        X=(X, "X"),
        y=(Y, "y"),
        weights=(None, "weights or None"),
    ),
    "SufficientStatistics.from_batches": case(
        SufficientStatistics.from_batches, batches=([(X, Y)], "batches")
    ),
    "SufficientStatistics.folds": case(
        SufficientStatistics.folds, partitions=(PARTS, "partitions"), k=(2, "count")
    ),
    "SufficientStatistics.save": case(STATISTICS.save, path=("sums.npz", "new file")),
    "SufficientStatistics.load": case(
        SufficientStatistics.load, path=("sums.npz", "folder or file")
    ),
    "likelihoods.Normal": case(likelihoods.Normal, sd=(1.0, "sd")),
    "likelihoods.Laplace": case(likelihoods.Laplace, scale=(1.0, "positive")),
    "priors.Normal": case(
        priors.Normal,
        sd=([1.0, 2.0], "sds"),
        mean=(0.0, "mean"),
        cov=(None, "cov or None"),
        factor=(None, "positive or None"),
        relative_to_noise=(False, "flag"),
    ),
    "priors.Laplace": case(priors.Laplace, scale=(1.0, "sds")),
    "priors.ElasticNet": case(
        priors.ElasticNet, l1_scale=(1.0, "positive"), l2_sd=(1.0, "positive")
    ),
    "priors.HalfNormal": case(priors.HalfNormal, sd=(1.0, "positive")),
    "priors.HalfCauchy": case(priors.HalfCauchy, scale=(1.0, "positive")),
    "priors.HalfStudentT": case(
        priors.HalfStudentT, df=(3.0, "positive"), scale=(1.0, "positive")
    ),
    "priors.Exponential": case(priors.Exponential, mean=(1.0, "positive")),
    "priors.InverseGamma": case(
        priors.InverseGamma, shape=(1.0, "positive"), scale=(1.0, "positive")
    ),
}


CALLS = [(name, argument) for name, each in CASES.items() for argument in each.kinds]


@pytest.mark.parametrize(("name", "argument"), CALLS)
def test_a_wrong_kind_is_one_line(name: str, argument: str) -> None:
    each = CASES[name]
    kind = each.kinds[argument]
    for value in sorted(WRONG.keys() - ALLOWED[kind]):
        error = TypeError if kind == "X" and value == "dict" else ValueError
        with pytest.raises(error) as caught:
            each.call(**each.valid | {argument: WRONG[value]})
        text = str(caught.value)
        assert text.isprintable(), value
        assert len(text) <= 250, value
        words = (argument, *OTHER_WORDS.get(argument, ()))
        assert any(word in text for word in words), (value, text)


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
    "DaskPartitions.reduce",
    "NpyPartitions.new_rows",
    "NpyPartitions.reduce",
    "ParquetPartitions.reduce",
    "Partitions.reduce",
    "PenaltyPath.joined",
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
