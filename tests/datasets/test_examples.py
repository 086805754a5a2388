"""The built-in data sets."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sklearn.datasets

from bayes_l2 import datasets
from bayes_l2.datasets import examples

THEIRS: dict[str, tuple[Callable[..., Any], dict[str, bool]]] = {
    "diabetes": (sklearn.datasets.load_diabetes, {"scaled": False}),
    "breast_cancer": (sklearn.datasets.load_breast_cancer, {}),
    "iris": (sklearn.datasets.load_iris, {}),
}


@pytest.mark.parametrize("name", THEIRS)
def test_built_in_data_have_the_bits_of_scikit_learn(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    load, options = THEIRS[name]
    theirs = load(as_frame=True, **options)
    X, y = getattr(datasets, name)()
    expected = datasets.standardise(theirs.data)
    pd.testing.assert_frame_equal(X, expected, check_exact=True)
    monkeypatch.setattr(examples, "standardise", lambda X: X)
    raw, _ = getattr(datasets, name)()
    pd.testing.assert_frame_equal(raw, theirs.data, check_exact=True)
    target = theirs.target.rename(y.name)
    if "target_names" in theirs:
        target = target.map(dict(enumerate(theirs.target_names)))
    if name == "breast_cancer":
        target = target == "benign"
    pd.testing.assert_series_equal(y, target, check_exact=True)


def test_diabetes_is_standardised_by_the_divisor_n() -> None:
    X, y = datasets.diabetes()
    assert X.shape == (442, 10)
    np.testing.assert_allclose(X.mean(), 0, atol=1e-14)
    np.testing.assert_allclose((X**2).mean(), 1, rtol=1e-13)
    assert (y.min(), y.max()) == (25, 346)


def test_built_in_data_with_classes() -> None:
    for (X, y), shape, classes in (
        (datasets.breast_cancer(), (569, 30), 2),
        (datasets.iris(), (150, 4), 3),
    ):
        assert X.shape == shape
        assert y.nunique() == classes
        np.testing.assert_allclose(X.std(ddof=0), 1, rtol=1e-12)
    X, benign = datasets.breast_cancer()
    assert benign.sum() == 357  # as scikit-learn's description says
    assert np.mean(X["mean radius"].to_numpy()[benign]) < 0
