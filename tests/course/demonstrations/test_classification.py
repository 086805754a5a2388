"""Classification: separable classes, and equal softmax losses."""

from typing import Any

import numpy as np
import pytest
from scipy.special import log_softmax
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.linear_model import LogisticRegression

from bayes_l2.course.demonstrations.classification import (
    along_direction,
    parted,
    penalised_norms,
    separable,
    softmax_loss,
)

IRIS: Any = load_iris()
FLOWERS = np.column_stack([np.ones(150), IRIS.data])
SETOSA = np.where(IRIS.target == 0, 1.0, -1.0)  # separable
VIRGINICA = np.where(IRIS.target == 2, 1.0, -1.0)  # not


def test_a_plane_is_found_where_there_is_one() -> None:
    for scale in (1.0, 1e-9, 1e6):
        found = separable(FLOWERS * scale, SETOSA)
        assert found.kind == "complete"
        assert found.direction is not None
        assert np.all(SETOSA * (FLOWERS @ found.direction) > 0)
    none = separable(FLOWERS, VIRGINICA)
    assert (none.kind, none.direction) == ("none", None)
    touching = separable([[1.0, -1], [1, 0], [1, 0], [1, 1]], [-1, -1, 1, 1])
    assert touching.kind == "quasi"
    assert touching.direction is not None
    np.testing.assert_allclose(
        touching.direction / touching.direction[1], [0, 1], atol=1e-8
    )


def test_along_it_the_likelihood_grows_without_end() -> None:
    direction = separable(FLOWERS, SETOSA).direction
    assert direction is not None
    least = (SETOSA * (FLOWERS @ direction)).min()
    losses = along_direction(
        FLOWERS, SETOSA, direction / least, [0.0, 1.0, 3.0, 10.0, 30.0, 100.0]
    )
    assert losses[0] == pytest.approx(150 * np.log(2))
    assert np.all(np.diff(losses) < 0)
    assert 0 < losses[-1] < 1e-20


def test_the_map_is_finite_under_every_prior_and_grows_with_it() -> None:
    sds = [0.1, 1.0, 10.0, 100.0, 1e3, 1e4]
    separable, not_separable = (
        penalised_norms(FLOWERS, labels, sds) for labels in (SETOSA, VIRGINICA)
    )
    assert np.isfinite(separable).all()
    growth = np.diff(separable)
    assert np.all(growth > 1)  # a constant for each factor of ten: no limit
    # the likelihood has a maximum, and the MAP comes to it
    assert np.diff(not_separable)[-1] < 1e-3 * not_separable[-1]


def test_the_map_is_that_of_scikit_learn() -> None:
    for sd, norm in zip(
        [0.1, 1.0], penalised_norms(FLOWERS, SETOSA, [0.1, 1.0]), strict=True
    ):
        other = LogisticRegression(
            C=sd**2, fit_intercept=False, tol=1e-12, max_iter=10**4
        ).fit(FLOWERS, SETOSA)
        assert norm == pytest.approx(np.linalg.norm(other.coef_), rel=1e-5)


def test_breast_cancer_is_not_separable_in_two_columns_and_is_in_thirty() -> None:
    data: Any = load_breast_cancer()
    labels = np.where(data.target == 1, 1.0, -1.0)
    columns = (data.data - data.data.mean(axis=0)) / data.data.std(axis=0)
    designs = [np.column_stack([np.ones(569), columns[:, :k]]) for k in (2, 30)]
    assert [separable(design, labels).kind for design in designs] == [
        "none",
        "complete",
    ]


class TestSoftmax:
    X, classes = FLOWERS, IRIS.target
    coef = np.random.default_rng(0).standard_normal((5, 3))

    def test_is_the_cross_entropy(self) -> None:
        expected = -log_softmax(self.X @ self.coef, axis=1)[
            np.arange(150), self.classes
        ].sum()
        assert softmax_loss(self.coef, self.X, self.classes) == pytest.approx(
            expected, rel=1e-13
        )

    def test_cannot_tell_coefficients_apart_that_differ_by_one_vector(self) -> None:
        shift = np.array([[1.0], [-2.0], [3.0], [0.5], [10.0]])
        before, after = (
            softmax_loss(coef, self.X, self.classes)
            for coef in (self.coef, self.coef + shift)
        )
        assert after == pytest.approx(before, rel=1e-12)

    def test_the_penalty_is_least_where_classes_sum_to_zero(self) -> None:
        fit = LogisticRegression(
            C=1.0, fit_intercept=False, tol=1e-10, max_iter=10**4
        ).fit(self.X, self.classes)
        np.testing.assert_allclose(fit.coef_.sum(axis=0), 0, atol=1e-6)
        for shift in np.eye(5):
            moved = fit.coef_ + 0.1 * shift
            assert (moved**2).sum() > (fit.coef_**2).sum() + 0.02
            assert softmax_loss(moved.T, self.X, self.classes) == pytest.approx(
                softmax_loss(fit.coef_.T, self.X, self.classes), rel=1e-12
            )

    def test_bad_input(self) -> None:
        with pytest.raises(
            ValueError, match="classes must be from 0 to 1, the columns of coef"
        ):
            softmax_loss(self.coef[:, :2], self.X, self.classes)
        with pytest.raises(
            ValueError, match=r"coef must have \d+ rows, the columns of X, got"
        ):
            softmax_loss(self.coef[:-1], self.X, self.classes)
        with pytest.raises(ValueError, match="classes must be whole numbers, got"):
            softmax_loss(self.coef, self.X, self.classes / 2)


def test_bad_input() -> None:
    with pytest.raises(ValueError, match="labels must be -1 or 1, got 0"):
        separable(FLOWERS, IRIS.target)
    with pytest.raises(ValueError, match="labels must have 150 entries"):
        separable(FLOWERS, [1.0])
    with pytest.raises(ValueError, match="prior_sds must be positive"):
        penalised_norms(FLOWERS, SETOSA, [0.0])
    with pytest.raises(ArithmeticError, match="so wide a prior is too flat"):
        penalised_norms(FLOWERS, SETOSA, [1e12])


def test_rows_on_their_own_side_of_a_cut_are_kept() -> None:
    values, labels = [-2.0, -0.1, 0.1, 2.0, -2.0, 2.0], [1, 1, -1, -1, -1, 1]
    kept = parted(values, labels, cut=0.0, gap=0.3)
    assert kept.tolist() == [True, False, False, True, False, False]
    petals = FLOWERS[:, 3]
    few = parted(petals, VIRGINICA * -1, cut=4.9, gap=0.05)
    assert 100 < few.sum() < 150
    columns = np.column_stack([petals[few] - 4.9, FLOWERS[few, 1]])
    assert separable(columns, VIRGINICA[few]).kind == "complete"
    with pytest.raises(ValueError, match="labels must be -1 or 1, got 2"):
        parted([1.0], [2], cut=0.0, gap=1.0)
