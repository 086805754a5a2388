"""Each library, fitted at a converted setting, has the exact coefficients.

``uv run --project proofs pytest proofs`` installs the libraries and runs this.
"""

import numpy as np
import pytest
from scipy.optimize import lsq_linear

from bayes_l2.conventions.catalogue import CONVENTIONS, RECORDS
from bayes_l2.conventions.convention import Evidence
from bayes_l2.conventions.proofs.problem import patients
from bayes_l2.conventions.proofs.training import adamw, optax
from bayes_l2.conventions.proofs.verify import prove

FITTED = [record.name for record in RECORDS if record.verified is Evidence.FIT]


@pytest.mark.parametrize("name", FITTED)
def test_the_exact_coefficients_are_fitted(name: str) -> None:
    result = prove(CONVENTIONS[name])
    assert result.passed, (result.note, result.digits, result.convention.digits)


def test_adamw_ends_at_the_bounded_minimum() -> None:
    """Xie and Li (2024): for a tiny epsilon, the least loss within 1 / weight_decay."""
    problem, decay = patients(), 0.05
    found = optax(problem, adamw(decay, 1_000_000), "squared_error", 1_000_000)
    boxed = lsq_linear(
        problem.design, problem.y, bounds=(-1 / decay, 1 / decay), tol=1e-14
    ).x
    assert np.abs(boxed).max() == pytest.approx(1 / decay)
    np.testing.assert_allclose(np.append(found.intercept, found.coef), boxed, rtol=1e-6)
