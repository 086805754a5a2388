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
    texts = {text.get_text(): cast(Any, text) for text in bottom.texts}
    assert set(texts) == (set(model.feature_names) if named else set())
    for name, text in texts.items():
        start = path.coef[0, model.feature_names.index(name)]
        assert text.xy == (pytest.approx(0.1), start)  # the end of its thin line
        x, height = text.xyann
        assert x < 0.1
        assert abs(height - start) < np.ptp(path.coef) / 8
