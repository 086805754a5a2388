"""The figure of a path of penalties: the names of its coefficients."""

from typing import Any, cast

import numpy as np
import pytest

from bayes_l2 import (
    LinearModel,
    likelihoods,
    penalty_path,
    priors,
)


@pytest.mark.parametrize(("p", "named"), [(3, True), (30, False)])
def test_a_penalty_path_names_its_coefficients_where_they_start(
    p: int, named: bool
) -> None:
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((50, p)), rng.standard_normal(50)
    model = LinearModel(
        X, y, likelihood=likelihoods.Normal(sd=1), prior=priors.Normal(sd=1)
    )
    path = penalty_path(model, [0.1, 1e4])
    bottom = path.plot().axes[1]
    places = {text.get_text(): cast(Any, text).xy for text in bottom.texts}
    assert set(places) == (set(model.feature_names) if named else set())
    for name, (x, height) in places.items():
        assert x < 0.1
        assert (
            abs(height - path.coef[0, model.feature_names.index(name)])
            < np.ptp(path.coef) / 8
        )
