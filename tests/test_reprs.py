"""The text of every public object is one line that says what it is."""

import inspect
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from tempfile import TemporaryDirectory
from typing import Any

import dask.dataframe as dd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn.linear_model import Ridge

import bayes_l2
from bayes_l2 import (
    LinearModel,
    choose_penalty,
    compare,
    conventions,
    convert,
    exercises,
    fit_exact,
    fit_laplace,
    fit_map,
    fit_ridge,
    likelihoods,
    model_of,
    partitions,
    penalty_meaning,
    penalty_path,
    priors,
    ridge_covariances,
)
from bayes_l2.comparison.check import Check
from bayes_l2.course import questions
from bayes_l2.course.demonstrations import (
    absolute_deviations,
    classification,
    counterexamples,
    gauss_markov,
    gradient_descent,
    networks,
    samplers,
    weight_decay,
)
from bayes_l2.datasets.standardisation import Standardisation
from bayes_l2.posteriors.posterior import ExactPosterior
from bayes_l2.texts import Catalogue

LONGEST = 300
RNG = np.random.default_rng(8)
NAMES = [f"a long name of a column in milligrams per litre {j}" for j in range(40)]
X = pd.DataFrame(RNG.standard_normal((60, 40)), columns=NAMES)
Y = 123456.789 + X[NAMES[0]] + RNG.standard_normal(60)
WEIGHTS = RNG.uniform(0.5, 2.0, 60)
CLASSES = np.array(["a long name of a class", "another one", "the third"])
SCALE = priors.InverseGamma(shape=1.23456789, scale=12345.6789)
HALF = priors.HalfStudentT(df=3.456789, scale=1.23456789)
LIKELIHOODS = {
    "known": likelihoods.Normal(1.23456789),
    "conjugate": likelihoods.Normal(SCALE),
    "unknown": likelihoods.Normal(HALF),
}


def gaussian(noise: str, prior: Any) -> LinearModel:
    return LinearModel(
        X, Y, weights=WEIGHTS, likelihood=LIKELIHOODS[noise], prior=prior
    )


KNOWN = gaussian("known", priors.Normal(2.3456789))
FULL = gaussian("known", priors.Normal(mean=np.arange(40.0), cov=np.eye(40)))
CONJUGATE = gaussian("conjugate", priors.Normal(2.3456789, relative_to_noise=True))
UNKNOWN = gaussian("unknown", priors.Normal(HALF, relative_to_noise=True))


def labels_of(columns: Any) -> LinearModel:
    return LinearModel(
        columns,
        CLASSES[np.arange(60) % 3],
        likelihood=likelihoods.Categorical(),
        prior=priors.Normal(1.23456789),
    )


LABELS = labels_of(X)


def of_posterior(posterior: ExactPosterior) -> list[object]:
    """Return a posterior, and the distributions that it gives."""
    several = [posterior.marginal(NAMES[:2]), posterior.marginal(NAMES)]
    single = [posterior.marginal(name) for name in (*NAMES[:1], *posterior.unknown)]
    logs = [posterior.log_scale_moments(name) for name in posterior.unknown]
    predicted = [posterior.predictive(X), posterior.predictive(X.iloc[:1])]
    layout = posterior.layout
    return [posterior, posterior.location, layout, *several, *single, *logs, *predicted]


@cache
def of_terms() -> list[object]:
    scales = [priors.Exponential(1.5), priors.FlatLogScale(), priors.FlatScale()]
    scales += [priors.HalfCauchy(1.5), priors.HalfNormal(1.5), HALF, SCALE]
    on_coefficients = [
        priors.ElasticNet(l1_scale=1.23456789, l2_sd=2.3456789),
        priors.Flat(),
        priors.Laplace(1.23456789),
        priors.Laplace([1.23456789] * 40 + [np.inf]),
        priors.Laplace({f"column {j}": 1.5 for j in range(41)}),
        priors.Normal(1.5),
        priors.Normal([0.5, float("inf")] * 20, factor=HALF),
        priors.Normal({"age": 0.5, "bmi": 2.0}, mean=[1.0, 2.0]),
    ]
    losses = [likelihoods.Bernoulli(), likelihoods.Categorical(), likelihoods.Poisson()]
    return [
        *scales,
        *on_coefficients,
        *losses,
        likelihoods.Laplace(1.5),
        *LIKELIHOODS.values(),
    ]


@cache
def of_models() -> list[object]:
    models = [KNOWN, FULL, CONJUGATE, UNKNOWN, LABELS]
    return [
        *models,
        *(model.data for model in models),
        *(model.propriety for model in models),
        *(model.likelihood for model in models),
        *(model.prior for model in models),
        KNOWN.statistics,
        LinearModel.from_statistics(
            KNOWN.statistics, likelihood=KNOWN.likelihood, prior=KNOWN.prior
        ),
        KNOWN.split(np.arange(41.0)),
        model_of(Ridge().fit(X, Y), X, Y).origin,
        LABELS.layout,
    ]


@cache
def of_partitions() -> list[object]:
    table = pa.table({"x": [1.0, 2.0], "y": [1.0, 2.0]})
    stream = partitions.ArrowStream(table, "y")
    with TemporaryDirectory() as folder:
        pq.write_table(table, f"{folder}/t.parquet")
        files = partitions.ParquetPartitions(folder, "y")
        frame = dd.from_pandas(table.to_pandas(), npartitions=1)
        dask = partitions.DaskPartitions(frame, "y")
        np.save(f"{folder}/t.npy", np.ones((2, 2)))
        npy = partitions.NpyPartitions(f"{folder}/t.npy", -1)
        return [stream, files, dask, npy, *stream.batches()]


@cache
def of_posteriors() -> list[object]:
    exact = [fit_exact(model) for model in (KNOWN, CONJUGATE, UNKNOWN)]
    line = getattr(exact[0], "line")  # noqa: B009 - of the Gaussian alone
    return [line, *(each for one in exact for each in of_posterior(one))]


@cache
def of_routes() -> list[object]:
    points = [fit_ridge(KNOWN), fit_map(KNOWN), fit_map(CONJUGATE), fit_map(LABELS)]
    return [*points, fit_laplace(LABELS), ridge_covariances(KNOWN)]


@cache
def of_comparisons() -> list[object]:
    found = [compare(each, routes=["ridge", "map"]) for each in (KNOWN, LABELS)]
    failed = Check("a claim", 1.2, 1e-8, "MCSE", False, "failed: " + 50 * "a reason ")
    units = Standardisation.of(np.arange(20.0).reshape(5, 4))
    return [*found, failed, units, *(check for each in found for check in each.checks)]


@cache
def of_selection() -> list[object]:
    choices = [choose_penalty(KNOWN), choose_penalty(labels_of(X[NAMES[:4]]))]
    meanings = [penalty_meaning(each) for each in (KNOWN, FULL)]
    shares = [each.prior_r2 for each in meanings]
    return [*choices, penalty_path(UNKNOWN, folds=3), *meanings, *shares]


@cache
def of_conventions() -> list[object]:
    records = list(conventions.CONVENTIONS.values())
    converted = convert(1.0, "ridge", "lm-ridge", x_sd=np.ones(40))
    return [
        conventions.CONVENTIONS,
        *records,
        converted,
        bayes_l2.penalty_in(KNOWN, "ridge"),
    ]


@cache
def of_exercises() -> list[object]:
    tasks = list(exercises.EXERCISES.values())
    verdicts = [each.check(1.0, 3) for each in tasks]
    wrong = [
        each.check(float(value), 3)
        for each in tasks
        for value in each.misconceptions(**each.numbers(3)).values()
    ]
    grade = exercises.Grade(
        "Ada", {each.exercise: each for each in verdicts}, 9 * ("a problem",), 45
    )
    steps = [step for each in tasks for step in each.derivation(3)]
    remark = exercises.Remark("right in percent", 9 * "a long fact ")
    return [
        *(exercises.EXERCISES, *tasks, *verdicts, *wrong, grade, remark, *steps),
        *exercises.summaries([replace(grade, blank=("r-hat",))]),
    ]


@cache
def of_questions() -> list[object]:
    return [questions.QUESTIONS, *questions.QUESTIONS.values()]


@cache
def of_demonstrations() -> list[object]:
    design = X.to_numpy()
    return [
        counterexamples.CASES,
        counterexamples.units.wrong_half(),
        counterexamples.units.improper_joint_mode(),
        absolute_deviations.least_absolute_deviations(design, Y),
        classification.separable(design, np.sign(RNG.uniform(-1, 1, 60))),
        samplers.leapfrog(KNOWN, np.zeros(41), np.ones(41), step=1e-3, n_steps=50),
        networks.train(design, Y - Y.mean(), alpha=1.0, hidden=6, seed=0),
        weight_decay.errors_over_decay(design, Y, [1e4], hidden=1, splits=1),
        weight_decay.WaysBetween(
            networks.draw(alpha=1.0, features=40, hidden=6, rng=0), *np.ones((3, 51))
        ),
        gradient_descent.Huber(1.5),
        gradient_descent.gradient_descent(
            gradient_descent.Huber(1.5), design, Y, step=1e-3, n_steps=50
        ),
        *gauss_markov.simulate(
            design[:, :30],
            np.ones(30),
            RNG.standard_normal((100, 60)),
            np.ones(60),
            {"least squares": gauss_markov.least_squares(design[:, :30])},
        ).values(),
    ]


@cache
def of_estimators() -> list[object]:
    return [bayes_l2.L2Regressor(1.5, 2.0), bayes_l2.L2Classifier(fit_intercept=False)]


SOURCES: dict[str, Callable[[], list[object]]] = {
    each.__name__: each
    for each in (
        of_terms,
        of_models,
        of_partitions,
        of_posteriors,
        of_routes,
        of_comparisons,
        of_selection,
        of_conventions,
        of_exercises,
        of_questions,
        of_demonstrations,
        of_estimators,
    )
}
# the class that both comparisons have in common, and a protocol
WITHOUT_OBJECTS = {"Comparison", "Loss"}


@pytest.mark.parametrize("source", SOURCES)
def test_a_text_is_one_short_line_that_says_what_the_object_is(source: str) -> None:
    for each in SOURCES[source]():
        text = repr(each)
        assert len(text) <= LONGEST, text
        assert "\n" not in text
        assert " at 0x" not in text
        assert "array(" not in text
        if not isinstance(each, Catalogue):
            kind = type(each).__name__
            assert ("Comparison" if "Comparison" in kind else kind) in text


def test_every_public_class_is_looked_at() -> None:
    seen = {type(each) for source in SOURCES.values() for each in source()}
    modules = (bayes_l2, likelihoods, priors, conventions, exercises, partitions)
    public = {
        value
        for module in modules
        for value in (getattr(module, name) for name in module.__all__)
        if inspect.isclass(value) and not inspect.isabstract(value)
    }
    unseen = {each.__name__ for each in public - seen}
    assert unseen <= WITHOUT_OBJECTS


def test_a_text_names_what_a_reader_looks_for() -> None:
    path, choice = penalty_path(KNOWN), choose_penalty(KNOWN)
    assert f"<{len(path.penalties)} penalties, 40 features>" in repr(path)
    assert f"best by evidence {path.best('evidence'):.4g}" in repr(path)
    assert f"penalty={choice.penalty:.6g}" in repr(choice)
    covariances = ridge_covariances(KNOWN)
    first = covariances.posterior_sd[0], covariances.sampling_sd[0]
    assert "{:.4g} and {:.4g}".format(*first) in repr(covariances)
    estimate = fit_ridge(KNOWN)
    assert f"intercept: {estimate.intercept:.4g}, " in repr(estimate)
    assert repr(estimate).endswith("; by scikit-learn Ridge, converged)")
    ridge = "Convention(ridge: sklearn.linear_model.Ridge(alpha) minimises "
    assert repr(conventions.find("ridge")).startswith(ridge)
    assert repr(conventions.CONVENTIONS).startswith(
        f"<{len(conventions.CONVENTIONS)} conventions by name: ridge, "
    )
