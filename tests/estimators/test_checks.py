"""The checks of scikit-learn for estimators. None is expected to fail.

An unknown scale takes longer, so all checks of it are among the slow tests, and those
that look at the scales are run always.
"""

from typing import Any

import pytest
from sklearn.utils.estimator_checks import estimator_checks_generator

from bayes_l2 import L2Classifier, L2Regressor

OF_SCALES = {
    "check_estimators_pickle",
    "check_fit2d_1sample",
    "check_sample_weight_equivalence_on_dense_data",
}


def checks(*estimators: Any, only: set[str] | None = None) -> Any:
    """Return the checks of estimators as cases of a test."""
    cases, names = [], []
    for estimator in estimators:
        generated: Any = estimator_checks_generator(estimator)
        for each, check in generated:
            if only is None or check.func.__name__ in only:
                cases.append((each, check))
                names.append(f"{type(estimator).__name__}-{check.func.__name__}")
    return pytest.mark.parametrize(("estimator", "check"), cases, ids=names)


@checks(L2Regressor(1.0, 1.0), L2Classifier(1.0))
def test_known_scales(estimator: Any, check: Any) -> None:
    check(estimator)


@checks(L2Regressor(), only=OF_SCALES)
def test_unknown_scales(estimator: Any, check: Any) -> None:
    check(estimator)


@pytest.mark.slow
@checks(L2Regressor(), L2Classifier(), L2Regressor(choose="evidence"))
def test_unknown_scales_by_all_checks(estimator: Any, check: Any) -> None:
    check(estimator)
