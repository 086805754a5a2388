"""Many names, long names and long labels are shortened in messages."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bayes_l2 import (
    LinearModel,
    SufficientStatistics,
    compare,
    exercises,
    fit_exact,
    likelihoods,
    priors,
)

LONG = "n" * 3000
NAMES = [f"a rather long column name {j}" for j in range(200)]
RNG = np.random.default_rng(0)
X = pd.DataFrame(RNG.standard_normal((20, 200)), columns=NAMES)
Y = RNG.standard_normal(20)


def build(X: Any = X, y: Any = Y, likelihood: Any = None, **options: Any) -> Any:
    density = likelihood or likelihoods.Normal(1.0)
    return LinearModel(X, y, likelihood=density, prior=priors.Normal(1.0), **options)


MODEL = build()
POSTERIOR = fit_exact(MODEL)
OTHER = X.rename(columns=lambda name: f"{name}z")
LABELS = [f"{LONG}{row % 7}" for row in range(20)]
CALLS: dict[str, Callable[[], Any]] = {
    "columns twice": lambda: build(feature_names=[LONG] * 200),
    "other columns": lambda: POSTERIOR.predict(OTHER),
    "few columns": lambda: POSTERIOR.predict(X.to_numpy()[:, :3]),
    "other names": lambda: POSTERIOR.marginal(list(OTHER.columns)),
    "a long name": lambda: POSTERIOR.marginal(LONG),
    "parameters": lambda: MODEL.log_posterior(np.zeros(3)),
    "statistics": lambda: POSTERIOR.condition_on_statistics(
        SufficientStatistics.from_rows(OTHER, Y)
    ),
    "a column of NaN": lambda: build(X.assign(**{LONG: np.nan})),
    "a column of text": lambda: build(X.assign(**{LONG: LONG})),
    "labels": lambda: build(y=LABELS, likelihood=likelihoods.Bernoulli()),
    "draws": lambda: compare(MODEL, mcmc=dict.fromkeys(OTHER.columns, 1.0)),
    "exercises": lambda: exercises.assignment(["r-hat"] * 500),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_message_is_one_line_of_two_hundred_characters(
    call: Callable[[], Any],
) -> None:
    with pytest.raises(ValueError, match=r"\S") as caught:
        call()
    text = str(caught.value)
    assert text.isprintable()
    assert len(text) <= 200
