"""The built-in data sets."""

import numpy as np
import pandas as pd

from bayes_l2 import datasets


def test_diabetes_is_standardised_by_the_divisor_n() -> None:
    X, y = datasets.diabetes()
    assert X.shape == (442, 10)
    np.testing.assert_allclose(X.mean(), 0, atol=1e-14)
    np.testing.assert_allclose((X**2).mean(), 1, rtol=1e-13)
    assert (y.min(), y.max()) == (25, 346)


def test_a_constant_column_standardises_to_zero() -> None:
    frame = datasets.standardise(pd.DataFrame({"a": [1.0, 2.0], "c": [0.5, 0.5]}))
    np.testing.assert_array_equal(frame, [[-1, 0], [1, 0]])


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
