"""The public callables: valid values of their arguments, and the kind of each.

A public callable that is in none of the tables fails ``test_the_tables_are_complete``.
"""

from functools import partial
from typing import Any

import numpy as np
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
    penalty_in,
    penalty_meaning,
    penalty_path,
    prior_predictive,
    priors,
    pymc_program,
    ridge_covariances,
)
from tests.bad_input.api.case import (
    ANSWERS,
    CLASSES,
    COMPARISON,
    CONJUGATE,
    CSV,
    FOLDER,
    KNOWN,
    LAPLACE,
    PARTS,
    PATH,
    POINT,
    PROPER,
    STATISTICS,
    TABLE,
    UNKNOWN,
    Case,
    X,
    Y,
    case,
)
from tests.bad_input.api.course import of_course
from tests.bad_input.api.posteriors import of_gaussian, of_posterior
from tests.bad_input.api.sources import of_sources


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
    **of_course(),
    **of_estimators(),
    "choose_penalty": case(
        choose_penalty,
        model=(KNOWN, "model"),
        by=("evidence", "word"),
        penalties=(None, "penalties or None"),
        folds=(3, "count of any size"),
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
        path=(CSV, "folder or file"),
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
        na=(None, "spellings or None"),
    ),
    "Table.rows": case(TABLE.rows, path=(CSV, "folder or file")),
    "datasets.standardise": case(datasets.standardise, X=(X, "frame")),
    "exercises.assignment": case(exercises.assignment, names=(["r-hat"], "words")),
    "exercises.check": case(
        exercises.check,
        name=("r-hat", "word"),
        answer=(1.0, "answer"),
        seed=(1, "whole seed of any size"),
    ),
    "exercises.export": case(
        exercises.export,
        path=(f"{FOLDER.name}/quiz.xml", "folder or file"),
        names=(["r-hat"], "exercises or None"),
        format=("moodle", "word"),
        seeds=(1, "count"),
    ),
    "exercises.derivation": case(
        exercises.derivation, name=("r-hat", "word"), seed=(1, "whole seed of any size")
    ),
    "exercises.hint": case(exercises.hint, name=("r-hat", "word"), number=(1, "count")),
    "exercises.find": case(exercises.find, name=("r-hat", "word")),
    "exercises.numbers": case(
        exercises.numbers, name=("r-hat", "word"), seed=(1, "whole seed of any size")
    ),
    "exercises.question": case(
        exercises.question, name=("r-hat", "word"), seed=(1, "whole seed of any size")
    ),
    "exercises.grade_file": case(
        exercises.grade_file,
        path=(ANSWERS, "folder or file"),
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
        fit_laplace, model=(CLASSES, "model"), max_iterations=(100, "count of any size")
    ),
    "fit_map": case(
        fit_map,
        model=(KNOWN, "model"),
        density=("sd", "word"),
        engine=("scipy", "word"),
        max_iterations=(100, "count of any size"),
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
    "LinearModel of two classes": case(
        partial(
            LinearModel, likelihood=likelihoods.Bernoulli(), prior=priors.Normal(1.0)
        ),
        X=(X, "X"),
        y=(Y > 0, "y"),
    ),
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
