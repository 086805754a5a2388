"""Random models at the edges of what doubles hold: every route against many digits.

A route gives the posterior's numbers, or refuses in one line. The oracle decides
whether a refusal is right. Differences are in posterior sds. A number below 1e-308, or
its last digits, are no error.
"""

from dataclasses import replace
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bayes_l2 import (
    LinearModel,
    SufficientStatistics,
    fit_exact,
    fit_map,
    fit_penalised,
    fit_ridge,
    likelihoods,
    priors,
)
from tests.differences import (
    EPS,
    LARGEST,
    SLOW_OR_PICKY,
    SMALLEST,
    answer,
    are_dependent,
    difference,
    loudness,
    relative,
    spread,
    truth_of,
)
from tests.many_digits import (
    Exact,
    gradient_in_sds,
    kept_rows,
    sparse_excess,
)
from tests.strategies import Case, cases

mp: Any = mpmath.mp
ALLOWED = 1e-6  # what the package promises of means and sds, in posterior sds
fast = settings(max_examples=25, suppress_health_check=SLOW_OR_PICKY)
more = settings(max_examples=40, suppress_health_check=SLOW_OR_PICKY)


def require_justified(case: Case, truth: Exact | None, text: str) -> None:
    """Assert that the oracle shows what a refusal says."""
    if truth is None or "must stay within" in text:
        return
    numbers = [abs(each) for each in (*truth.mean, *truth.sd)]
    beyond = max(numbers) > LARGEST / 2**20
    if "do not determine" in text or "not known to 1e-6" in text:
        # a flat column that others fit to rounding; the noise may be far below it
        assert are_dependent(case, 1e-24) or loudness(case) > 1e8, text
    elif "precision of the intercept" in text:
        precision = kept_rows(case)[2].sum() / mp.mpf(case.noise_sd) ** 2
        assert precision > LARGEST or precision < SMALLEST
    elif "cov is beyond" in text:
        assert max(truth.sd) ** 2 > LARGEST / 4 or min(truth.sd) ** 2 < 4 * SMALLEST
    elif "penalty is beyond" in text:
        unit = 1 if case.relative else mp.mpf(case.noise_sd)
        ratios = [(unit / mp.mpf(s)) ** 2 for s in case.prior_sds if np.isfinite(s)]
        assert max(ratios) > LARGEST or min(ratios) < SMALLEST
    elif "scales of the model are so far apart" in text:
        # a search multiplies two squared slopes
        assert beyond or loudness(case) > 1e70 or are_dependent(case, 1e-24), text
    else:
        assert "an sd" in text or "the sd of" in text, text
        assert beyond, text


def check_exact(case: Case, truth: Exact | None) -> None:
    """Mean, sds, covariances, evidence and predictions of ``fit_exact``."""
    exact = answer(fit_exact, case.model)
    if isinstance(exact, str):
        require_justified(case, truth, exact)
        return
    assert truth is not None
    assert difference(exact.mean, truth.mean, truth.sd) < ALLOWED
    assert relative(exact.sd, truth.sd) < ALLOWED
    allowed = 1e-9 * (1 + abs(truth.log_evidence) + truth.squares)
    if allowed < LARGEST:
        assert abs(mp.mpf(exact.log_evidence) - truth.log_evidence) < allowed
    else:
        assert exact.log_evidence == -np.inf
    cov = answer(lambda: exact.cov)
    if isinstance(cov, str):
        require_justified(case, truth, cov)
    else:
        d = range(len(truth.sd))
        units = [truth.sd[i] * truth.sd[j] for i in d for j in d]
        entries = [truth.cov[i, j] for i in d for j in d]
        assert difference(np.ravel(cov), entries, units) < ALLOWED
    _check_predictions(case, truth, exact)


def _check_predictions(case: Case, truth: Exact, exact: Any) -> None:
    rows = np.vstack([case.X, 0 * case.X[:1]])
    mean, sd = exact.predict(rows, return_sd=True, observation_noise=False)
    for row, ours, our_sd in zip(rows, mean, sd, strict=True):
        theirs, expected = truth.at(row, intercept=case.intercept)
        terms = abs(row).tolist()
        sizes = [mp.mpf(1)] * case.intercept + [mp.mpf(each) for each in terms]
        rounding = 32 * EPS * mp.fdot(sizes, [abs(each) for each in truth.mean])
        assert abs(mp.mpf(float(ours)) - theirs) <= ALLOWED * expected + rounding
        assert abs(mp.mpf(float(our_sd)) - expected) <= ALLOWED * expected


def check_rowless(case: Case, truth: Exact | None) -> None:
    """The statistics of all rows, and of two parts that are merged."""
    half = len(case.y) // 2
    weights = np.ones(len(case.y)) if case.weights is None else case.weights
    whole = [slice(None)]
    parts = [slice(half), slice(half, None)]
    if not (weights[:half].any() and weights[half:].any()):
        parts = whole
    for cut in (whole, parts):
        made = [
            SufficientStatistics.from_rows(case.X[k], case.y[k], weights[k])
            for k in cut
        ]
        statistics = sum(made[1:], start=made[0])
        model = LinearModel.from_statistics(statistics, **case.terms)
        exact = answer(fit_exact, model)
        if isinstance(exact, str):
            if "not known to 1e-6" in exact or "do not determine" in exact:
                continue  # rows that are gone have lost digits, and it says so
            require_justified(case, truth, exact)
            continue
        assert truth is not None
        # the mean of the rows is a double, and so is each entry of their factor
        allowed = ALLOWED + 64 * 2.0**-52 * loudness(case)
        assert difference(exact.mean, truth.mean, truth.sd) < allowed
        assert relative(exact.sd, truth.sd) < ALLOWED


def check_points(case: Case, truth: Exact | None) -> None:
    """The estimates of ``fit_map`` and ``fit_ridge`` that say converged."""
    for route in (fit_map, fit_ridge):
        found = answer(route, case.model)
        if isinstance(found, str):
            require_justified(case, truth, found)
        elif found.converged:
            assert truth is not None
            point = case.model.join(found.intercept, found.coef)
            allowed = 1e-5 + 64 * 2.0**-52 * loudness(case)
            assert difference(point, truth.mean, truth.sd) < allowed
        else:
            # a direction is flat to rounding, or y far too loud for its gradient
            is_hard = are_dependent(case, 1e-9) or loudness(case) > 1e7
            # one penalty for all columns needs units in which their sizes differ
            assert is_hard or (route is fit_ridge and spread(case) > 1e6)


def check(case: Case) -> None:
    truth = truth_of(case)
    check_exact(case, truth)
    check_rowless(case, truth)
    check_points(case, truth)


def check_unknown_noise(case: Case, noise: priors.InverseGamma) -> None:
    """A prior relative to the noise: the posterior is Student-t."""
    case = replace(case, noise_sd=1.0, relative=bool(np.isfinite(case.prior_sds).any()))
    terms: dict[str, Any] = case.terms | {"likelihood": likelihoods.Normal(noise)}
    model = LinearModel(case.X, case.y, weights=case.weights, **terms)
    exact, truth = answer(fit_exact, model), truth_of(case)
    if isinstance(exact, str):
        require_justified(case, truth, exact)
        return
    assert truth is not None
    flat = int(case.intercept) + int(np.isinf(case.prior_sds).sum())
    shape = noise.shape + mp.mpf(len(kept_rows(case)[1]) - flat) / 2
    if shape <= 1:
        return
    scale = mp.mpf(noise.scale) + truth.squares / 2
    sds = [sd * mp.sqrt(scale / (shape - 1)) for sd in truth.sd]
    assert difference(exact.mean[:-1], truth.mean, sds) < ALLOWED
    assert relative(exact.sd[:-1], sds) < ALLOWED


def check_sparse(case: Case, prior: str) -> None:
    """An L1 penalty, with or without L2: the objective that is left."""
    sds = np.where(np.isinf(case.prior_sds), 1.0, case.prior_sds)
    case = replace(case, prior_sds=sds)
    if prior == "Laplace":
        scales, ridge, term = sds, None, priors.Laplace(sds.tolist())
    else:
        scales, ridge = np.full(len(sds), sds[0]), float(sds[-1])
        term = priors.ElasticNet(float(sds[0]), ridge)
    terms: dict[str, Any] = case.terms | {"prior": term}
    model = LinearModel(case.X, case.y, weights=case.weights, **terms)
    for route in (fit_map, fit_penalised):
        found = answer(route, model)
        if isinstance(found, str):
            assert "scales of the model" in found or "beyond" in found
            assert loudness(case) > 1e60 or spread(case) > 1e100
        elif found.converged:
            point = model.join(found.intercept, found.coef)
            excess = sparse_excess(case, scales, ridge, point)
            loud = loudness(case)
            assert excess < 1e-5 + 256 * 2.0**-52 * (loud + loud**2)


def check_smooth(case: Case, kind: str, y: Any) -> None:
    """Two classes or counts: the step that is left, in posterior sds."""
    size = np.abs(case.X).max(axis=0)
    sds = np.clip(10 / np.where(size > 0, size, 1.0), 1e-150, 1e150)
    case = replace(case, y=y, prior_sds=sds, relative=False, noise_sd=1.0)
    terms: dict[str, Any] = case.terms | {"likelihood": getattr(likelihoods, kind)()}
    model = answer(lambda: LinearModel(case.X, y, weights=case.weights, **terms))
    if isinstance(model, str):
        assert "two classes" in model or "positive count" in model
        return
    for route in (fit_map, fit_penalised):
        found = answer(route, model)
        if isinstance(found, str):
            assert "scikit-learn's estimator" in found or "has no" in found
        elif found.converged:
            left = gradient_in_sds(case, kind, found.intercept, found.coef)
            total = float(kept_rows(case)[2].sum())
            # rounding of predictors, which the weights and counts multiply
            assert left < 1e-4 + 1e-13 * np.sqrt(total) * (1 + np.abs(y).max())


@st.composite
def labels(draw: Any, case: Case, kind: str) -> Any:
    """Return classes, separable at times, or counts up to 1e6."""
    if kind == "Bernoulli" and draw(st.booleans()):
        return np.where(case.X[:, 0] > np.median(case.X[:, 0]), 1.0, -1.0)
    values = [-1.0, 1.0] if kind == "Bernoulli" else [0.0, 1.0, 3.0, 1e6]
    n = len(case.y)
    return np.array(draw(st.lists(st.sampled_from(values), min_size=n, max_size=n)))


def check_another(case: Case, data: st.DataObject) -> None:
    kind = data.draw(
        st.sampled_from(["noise", "Laplace", "net", "Bernoulli", "Poisson"])
    )
    if kind == "noise":
        largest = max(float(np.abs(case.y).max()), 1e-60)
        power = data.draw(st.integers(-8, 8))
        scale = float(np.clip((largest * 10.0**power) ** 2, 1e-140, 1e140))
        check_unknown_noise(case, priors.InverseGamma(2.0, scale))
    elif kind in ("Laplace", "net"):
        check_sparse(replace(case, relative=False), kind)
    else:
        check_smooth(case, kind, data.draw(labels(case, kind)))


@fast
@given(cases(largest_n=4, largest_p=4))
def test_known_scales(case: Case) -> None:
    check(case)


@pytest.mark.slow
@more
@given(cases(largest_n=6, largest_p=8))
def test_known_scales_of_more_rows(case: Case) -> None:
    check(case)


@fast
@given(cases(largest_n=4, largest_p=3), st.data())
def test_other_terms(case: Case, data: st.DataObject) -> None:
    check_another(case, data)


@pytest.mark.slow
@more
@given(cases(largest_n=7, largest_p=3), st.data())
def test_other_terms_of_more_rows(case: Case, data: st.DataObject) -> None:
    check_another(case, data)
