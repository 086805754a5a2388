"""L2Classifier against scikit-learn and against naive Laplace approximations."""

import pickle
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit, softmax
from scipy.stats import norm
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression

from bayes_l2 import L2Classifier, priors

RNG = np.random.default_rng(21)
X = RNG.normal([1.0, -2.0], [1.0, 2.0], (40, 2))
LOGITS = X @ np.array([[1.0, 0.0, -1.0], [0.5, -0.5, 0.0]])
THREE = np.argmax(LOGITS + RNG.gumbel(size=(40, 3)), axis=1)
TWO = np.array(["no", "yes"])[(THREE > 0).astype(int)]
NEW = RNG.normal(0, 4, (5, 2))
ROWS, ROWS_OF_NEW = (np.column_stack([np.ones(len(each)), each]) for each in (X, NEW))


def log_odds(prior_sd: float) -> tuple[np.ndarray, np.ndarray]:
    """Return mode and covariance of [a, b] of two classes, by Newton's method."""
    y, mode = (TWO == "yes").astype(float), np.zeros(3)
    precision = np.diag([0.0, prior_sd**-2, prior_sd**-2])
    hessian = precision
    for _ in range(50):
        p = expit(ROWS @ mode)
        hessian = (ROWS.T * (p * (1 - p))) @ ROWS + precision
        mode = mode + np.linalg.solve(hessian, ROWS.T @ (y - p) - precision @ mode)
    return mode, np.linalg.inv(hessian)


def log_evidence(prior_sd: float) -> float:
    """Return the Laplace evidence of two classes, up to a constant."""
    mode, cov = log_odds(prior_sd)
    signs = np.where(TWO == "yes", 1.0, -1.0)
    log_likelihood = -np.logaddexp(0, -signs * (ROWS @ mode)).sum()
    log_prior = norm.logpdf(mode[1:], scale=prior_sd).sum()
    return log_likelihood + log_prior + 0.5 * np.linalg.slogdet(cov)[1]


@pytest.mark.parametrize("y", [TWO, THREE], ids=["two", "three"])
def test_the_mode_is_logistic_regression(y: Any) -> None:
    ours = L2Classifier(1.5).fit(X, y)
    theirs = LogisticRegression(C=1.5**2, tol=1e-10, max_iter=10_000).fit(X, y)
    assert (ours.classes_ == theirs.classes_).all()
    assert ours.coef_ == pytest.approx(theirs.coef_, abs=1e-5)
    shift = theirs.intercept_ - theirs.intercept_.mean() * (len(theirs.classes_) > 2)
    assert ours.intercept_ == pytest.approx(shift, abs=1e-5)
    assert ours.coef_.shape == ours.coef_sd_.shape == theirs.coef_.shape
    assert ours.penalty_ == pytest.approx(1.5**-2)


def test_two_classes_are_an_integral_over_the_log_odds() -> None:
    found = L2Classifier(1.5).fit(X, TWO)
    mode, cov = log_odds(1.5)
    assert found.coef_sd_[0] == pytest.approx(np.sqrt(np.diag(cov))[1:], rel=1e-8)
    mean = ROWS_OF_NEW @ mode
    sd = np.sqrt(np.diag(ROWS_OF_NEW @ cov @ ROWS_OF_NEW.T))
    expected = [
        quad(lambda z, m=m, s=s: expit(m + s * z) * norm.pdf(z), -12, 12)[0]
        for m, s in zip(mean, sd, strict=True)
    ]
    probabilities = found.predict_proba(NEW)
    assert probabilities[:, 1] == pytest.approx(expected, abs=1e-7)
    assert probabilities.sum(axis=1) == pytest.approx(1.0, abs=1e-14)
    odds = probabilities[:, 1] / probabilities[:, 0]
    assert found.decision_function(NEW) == pytest.approx(np.log(odds), rel=1e-12)
    # the average is nearer to one half than the probability at the mode
    assert (np.abs(probabilities[:, 1] - 0.5) < np.abs(expit(mean) - 0.5)).all()


def test_three_classes_are_an_average_over_the_gaussian() -> None:
    found = L2Classifier(1.5).fit(X, THREE)
    theirs = LogisticRegression(C=1.5**2, tol=1e-10, max_iter=10_000).fit(X, THREE)
    mode = np.column_stack([theirs.intercept_, theirs.coef_]).ravel()
    p = softmax(ROWS @ mode.reshape(3, 3).T, axis=1)
    blocks = np.einsum("nk,kl->nkl", p, np.eye(3)) - np.einsum("nk,nl->nkl", p, p)
    hessian = np.einsum("nkl,ni,nj->kilj", blocks, ROWS, ROWS).reshape(9, 9)
    hessian += np.diag(3 * [0.0, 1.5**-2, 1.5**-2])
    # a number added to all intercepts changes nothing: it has no variance here
    cov = np.linalg.pinv(hessian, hermitian=True)
    draws = RNG.multivariate_normal(mode, cov, size=40_000).reshape(-1, 3, 3)
    expected = softmax(np.einsum("skj,nj->snk", draws, ROWS_OF_NEW), axis=2).mean(
        axis=0
    )
    assert found.predict_proba(NEW) == pytest.approx(expected, abs=0.01)
    logs = np.log(found.predict_proba(NEW))
    assert found.decision_function(NEW) == pytest.approx(logs)
    assert (found.predict(NEW) == expected.argmax(axis=1)).all()


def test_an_unknown_prior_sd_is_the_mode_of_its_log() -> None:
    found = L2Classifier().fit(X, TWO)
    scale = 2 / np.sqrt(X.var(axis=0, ddof=1).sum())
    prior = priors.HalfStudentT(3, scale)

    def objective(log_sd: float) -> float:
        sd = np.exp(log_sd)
        return log_evidence(sd) + prior.log_density(sd) + log_sd

    grid = np.linspace(-3, 3, 61)
    best = grid[np.argmax([objective(each) for each in grid])]
    log_sd = np.log(found.model_.prior.sd)
    assert log_sd == pytest.approx(best, abs=0.1)
    assert objective(log_sd) >= max(objective(log_sd + step) for step in (-0.01, 0.01))
    flat = L2Classifier(priors.FlatLogScale()).fit(X, TWO)
    assert log_evidence(flat.model_.prior.sd) >= log_evidence(found.model_.prior.sd)


def test_each_column_may_have_its_prior_sd() -> None:
    found = L2Classifier([1.5, 0.5]).fit(X, TWO)
    theirs = LogisticRegression(C=1.0, tol=1e-10, max_iter=10_000)
    theirs.fit(X * [1.5, 0.5], TWO)
    assert found.coef_ == pytest.approx(theirs.coef_ * [1.5, 0.5], abs=1e-5)


@pytest.mark.parametrize("intercept", [True, False])
def test_the_fit_follows_the_units(intercept: bool) -> None:
    first = L2Classifier(fit_intercept=intercept).fit(X, TWO)
    other = L2Classifier(fit_intercept=intercept).fit(1e4 * X, TWO)
    assert 1e4 * other.coef_ == pytest.approx(first.coef_, rel=1e-3)
    theirs = other.predict_proba(1e4 * NEW)
    assert first.predict_proba(NEW) == pytest.approx(theirs, abs=1e-4)


def test_classes_that_a_plane_parts_have_a_penalty() -> None:
    apart = X + np.outer(X[:, 0] > 1, [5.0, 0.0])
    found = L2Classifier().fit(apart, X[:, 0] > 1)
    assert found.model_.prior.sd * np.sqrt(apart.var(axis=0).sum()) < 30
    assert (found.predict(apart) == (X[:, 0] > 1)).all()


def test_a_weight_is_a_number_of_rows() -> None:
    weights = np.arange(40) % 4
    weighted = L2Classifier().fit(X, TWO, weights)
    repeated = L2Classifier().fit(np.repeat(X, weights, 0), np.repeat(TWO, weights))
    assert weighted.coef_ == pytest.approx(repeated.coef_, rel=1e-6)
    one_left = np.where(THREE == 2, 0.0, 1.0)
    assert (L2Classifier(1.0).fit(X, THREE, one_left).classes_ == [0, 1]).all()


@pytest.mark.parametrize("y", [TWO, THREE], ids=["two", "three"])
def test_draws_have_the_probabilities_of_the_labels(y: Any) -> None:
    found = L2Classifier(1.5).fit(X, y)
    draws = found.sample_y(NEW, 20_000, random_state=3)
    shares = np.stack([(draws == label).mean(axis=1) for label in found.classes_])
    # six Monte-Carlo standard errors, and the 1e-3 of three classes
    assert pytest.approx(found.predict_proba(NEW), abs=6 * 0.0036 + 2e-3) == shares.T


def test_a_pickle_predicts_the_same() -> None:
    found = L2Classifier(1.5).fit(X, THREE)
    again = pickle.loads(pickle.dumps(found))
    assert (again.predict_proba(NEW) == found.predict_proba(NEW)).all()


@pytest.mark.parametrize(
    ("options", "y", "words"),
    [
        ({}, np.zeros(40), "y must have two or more classes, got only one class: 0.0"),
        ({}, X[:, 0], "Unknown label type: continuous"),
        ({"prior_sd": "no"}, TWO, "prior_sd must be 'unknown', a positive number"),
        ({"prior_sd": -1.0}, TWO, "prior_sd must be positive and finite, got -1"),
        ({"prior_sd": [1.0, 2.0, 3.0]}, TWO, "prior"),
        ({"choose": "gcv"}, TWO, "choose must be one of evidence; got 'gcv'"),
        ({"fit_intercept": 1}, TWO, "fit_intercept must be True or False, got 1"),
    ],
)
def test_bad_arguments_are_one_line(
    options: dict[str, Any], y: Any, words: str
) -> None:
    with pytest.raises(ValueError, match=r"^.*$") as caught:
        L2Classifier(**options).fit(X, y)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unfitted_one_says_so() -> None:
    for method in ("predict", "predict_proba", "decision_function", "sample_y"):
        with pytest.raises(NotFittedError, match="L2Classifier instance is not fitted"):
            getattr(L2Classifier(), method)(X)
