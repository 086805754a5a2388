"""Random models at the edges of what doubles hold: Laplace approximations.

The oracle has the gradient and the Hessian at the mode in many digits.
"""

from dataclasses import dataclass, replace
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bayes_l2 import LinearModel, fit_laplace, likelihoods
from tests.differences import SLOW_OR_PICKY, answer
from tests.many_digits import kept_rows, lower_factor, lower_inverse
from tests.strategies import Case, cases

mp: Any = mpmath.mp
few = settings(max_examples=12, suppress_health_check=SLOW_OR_PICKY)
more = settings(max_examples=60, suppress_health_check=SLOW_OR_PICKY)
VALUES = {
    "Bernoulli": [-1.0, 1.0],
    "Poisson": [0.0, 1.0, 3.0, 1e6],
    "Categorical": ["a", "b", "c"],
}


@dataclass(frozen=True)
class Curvature:
    """The Newton step in sds, the covariances and log p(y, mode), in many digits."""

    step: Any
    cov: Any
    log_evidence: Any


def row_terms(kind: str, eta: list[Any], label: Any) -> tuple[Any, list[Any], Any]:
    """Return the loss of a row, its gradient and its Hessian by linear predictors."""
    if kind == "Poisson":
        mean = mp.exp(eta[0])
        return mean - label * eta[0] + mp.loggamma(label + 1), [mean - label], [[mean]]
    if kind == "Bernoulli":
        other = 1 / (1 + mp.exp(label * eta[0]))
        slope, bend = -label * other, other * (1 - other)
        return mp.log(1 + mp.exp(-label * eta[0])), [slope], [[bend]]
    if kind == "Categorical":
        total = mp.fsum(mp.exp(each) for each in eta)
        p = [mp.exp(each) / total for each in eta]
        K = range(len(eta))
        bends = [[p[j] * ((j == k) - p[k]) for k in K] for j in K]
        return mp.log(total) - eta[label], [p[k] - (k == label) for k in K], bends
    raise AssertionError(kind)


def curvature(case: Case, kind: str, places: Any, theta: Any) -> Curvature:
    """Return the oracle; parameters are intercepts, then coefficients by class."""
    with mp.workdps(1000):
        X, _, w = kept_rows(case)
        kept = places if case.weights is None else places[case.weights > 0]
        classes = 3 if kind == "Categorical" else 1
        p = X.shape[1] + case.intercept
        theta = [mp.mpf(float(v)) for v in theta]
        d = len(theta)
        g, H, loss = [mp.mpf(0)] * d, [[mp.mpf(0)] * d for _ in range(d)], mp.mpf(0)
        for row, label, weight in zip(X, kept, w, strict=True):
            z = [mp.mpf(1)] * case.intercept + [mp.mpf(float(v)) for v in row]
            eta = [mp.fdot(z, theta[k * p : (k + 1) * p]) for k in range(classes)]
            value, slopes, bends = row_terms(kind, eta, int(label))
            u = mp.mpf(float(weight))
            loss += u * value
            for i in range(d):
                g[i] += u * slopes[i // p] * z[i % p]
                for j in range(d):
                    H[i][j] += u * bends[i // p][j // p] * z[i % p] * z[j % p]
        for i in range(d):
            if i % p >= case.intercept:
                precision = 1 / mp.mpf(case.prior_sds[i % p - case.intercept]) ** 2
                g[i] += theta[i] * precision
                H[i][i] += precision
                loss += theta[i] ** 2 * precision / 2
                loss += mp.log(2 * mp.pi / precision) / 2
        L = lower_factor(H)
        inverse = lower_inverse(L)
        white = [mp.fdot(row, g) for row in inverse]
        tall = list(zip(*inverse, strict=True))
        cov = [[mp.fdot(a, b) for b in tall] for a in tall]
        volume = d * mp.log(2 * mp.pi) / 2 - mp.fsum(mp.log(L[i][i]) for i in range(d))
        return Curvature(mp.sqrt(mp.fdot(white, white)), cov, volume - loss)


def check(case: Case, kind: str, labels: list[Any]) -> None:
    """Mode, covariances and evidence of ``fit_laplace``."""
    size = np.abs(case.X).max(axis=0)
    sds = np.clip(10 / np.where(size > 0, size, 1.0), 1e-150, 1e150)
    # intercepts of three classes are determined up to one number
    intercept = case.intercept and kind != "Categorical"
    case = replace(
        case, prior_sds=sds, relative=False, noise_sd=1.0, intercept=intercept
    )
    terms: dict[str, Any] = case.terms | {"likelihood": getattr(likelihoods, kind)()}
    y = np.array(labels)
    model = answer(lambda: LinearModel(case.X, y, weights=case.weights, **terms))
    if isinstance(model, str):
        assert "classes" in model or "positive count" in model, model
        return
    found = answer(fit_laplace, model)
    if isinstance(found, str):
        assert "did not reach a mode" in found, found
        return
    places = np.searchsorted(["a", "b", "c"], y) if kind == "Categorical" else y
    truth = curvature(case, kind, places, found.mean)
    total = float(kept_rows(case)[2].sum())
    largest = float(np.abs(y).max()) if kind == "Poisson" else 1.0
    # rounding of predictors, which the weights and counts multiply
    assert truth.step < 1e-4 + 1e-13 * np.sqrt(total) * (1 + largest)
    d = range(len(found.mean))
    sds = [mp.sqrt(truth.cov[i][i]) for i in d]
    cov = answer(lambda: found.cov)
    if not isinstance(cov, str):
        errors = [
            abs(mp.mpf(float(cov[i, j])) - truth.cov[i][j]) / (sds[i] * sds[j])
            for i in d
            for j in d
        ]

        assert max(errors) < 1e-6
    bound = 1e-9 * (1 + abs(truth.log_evidence) + total)
    assert abs(mp.mpf(found.log_evidence) - truth.log_evidence) < bound


@st.composite
def of_kind(draw: Any, case: Case, kind: str) -> list[Any]:
    """Return classes or counts; classes are often separable."""
    n = len(case.y)
    if kind != "Poisson" and draw(st.booleans()):
        values = VALUES[kind]
        order = np.argsort(case.X[:, 0], kind="stable")
        place = np.empty(n, dtype=int)
        place[order] = np.arange(n) * len(values) // n
        return [values[each] for each in place]
    return draw(st.lists(st.sampled_from(VALUES[kind]), min_size=n, max_size=n))


def check_drawn(case: Case, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from([*VALUES]))
    check(case, kind, data.draw(of_kind(case, kind)))


@few
@given(cases(largest_n=4, largest_p=3), st.data())
def test_laplace_approximations(case: Case, data: st.DataObject) -> None:
    check_drawn(case, data)


@pytest.mark.slow
@more
@given(cases(largest_n=7, largest_p=3), st.data())
def test_laplace_approximations_of_more_rows(case: Case, data: st.DataObject) -> None:
    check_drawn(case, data)
