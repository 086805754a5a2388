"""Arguments of a model and of its draws that are refused, each by its name."""

from typing import Any

import numpy as np
import pytest

from bayes_l2 import LinearModel, likelihoods, priors, pymc_program
from bayes_l2.model.draws import require_amount, validated_count

TERMS: dict[str, Any] = {
    "likelihood": likelihoods.Normal(1.0),
    "prior": priors.Normal(2.0),
}
NO_DATA: Any = np.eye(3)
NOT_TRUE: Any = 1
MODEL = LinearModel(np.eye(3), np.arange(3.0), **TERMS)  # a vector of 4 numbers
REFUSED: list[tuple[str, Any]] = [
    (
        "intercept must be True or False, got 1",
        lambda: LinearModel(np.eye(3), np.ones(3), intercept=NOT_TRUE, **TERMS),
    ),
    (
        "statistics must be a SufficientStatistics, got",
        lambda: LinearModel.from_statistics(NO_DATA, **TERMS),
    ),
    (
        "partitions must be a Partitions, got",
        lambda: LinearModel.from_partitions(
            NO_DATA, likelihood=likelihoods.Poisson(), prior=priors.Normal(2.0)
        ),
    ),
    ("model must be a LinearModel, got", lambda: pymc_program(NO_DATA)),
    ("draws must be a whole .*, got 0", lambda: require_amount(MODEL, 0, 1, 1, 0)),
    ("tune must be a whole .*, got 0", lambda: require_amount(MODEL, 1, 0, 1, 0)),
    ("chains must be a whole .*, got 0", lambda: require_amount(MODEL, 1, 1, 0, 0)),
    ("chains must be .* 1000, got 1001", lambda: require_amount(MODEL, 1, 1, 1001, 0)),
    ("seed must be a whole .*, got -1", lambda: require_amount(MODEL, 1, 1, 1, -1)),
    ("chains must be a whole .*, got 0", lambda: validated_count(1, 0, 4)),
    ("chains must be .* 1000, got 1001", lambda: validated_count(1, 1001, 4)),
]


@pytest.mark.parametrize(("message", "call"), REFUSED)
def test_a_bad_argument_is_named(message: str, call: Any) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        call()


def test_draws_of_all_chains_fit_in_an_array_of_8_gib() -> None:
    """2**30 numbers: 2 chains of 10 numbers a draw leave 53 687 091 draws."""
    most = 2**30 // 20
    assert validated_count(most, 2, 10) == 2 * most
    with pytest.raises(ValueError, match=f"draws must be .* {most}, got {most + 1}"):
        validated_count(most + 1, 2, 10)


def test_draws_of_a_sampler_fit_in_2_gib() -> None:
    """2**28 numbers: 8 chains of 4 numbers leave 2**23 steps, tuning among them."""
    require_amount(MODEL, 2**22, 2**22, 8, 0)
    with pytest.raises(ValueError, match="must be at most 8388608 together, for 8 ch"):
        require_amount(MODEL, 2**22 + 1, 2**22, 8, 0)


def test_a_model_is_shown_with_its_terms() -> None:
    text = repr(MODEL)
    assert text == (
        "LinearModel(<3 rows, 3 features>, likelihood=likelihoods.Normal(sd=1), "
        "prior=priors.Normal(sd=2))"
    )
    alone = LinearModel(np.eye(3), np.ones(3), intercept=False, **TERMS)
    assert repr(alone) == f"{text[:-1]}, intercept=False)"
