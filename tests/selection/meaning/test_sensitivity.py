"""Derivatives of posterior means and sds, against 60 digits and finite differences."""

import numpy as np
import pytest

from bayes_l2 import PenaltyMeaning, fit_exact, penalty_meaning
from tests.selection.meaning.cases import PROBLEMS, Problem

BAR = 1e-6  # relative; the worst seen is 3e-7, for twins that differ by 1e-9
STEP = 1e-4  # of central differences in double precision: they have some 8 digits
# a penalty of 1e-8 moves a mean by 1e-10 of its size, which a difference cannot see
SEEN_BY_DIFFERENCES = [name for name in PROBLEMS if "1e-8" not in name]


def slopes(meaning: PenaltyMeaning, *, of_noise: bool) -> tuple[np.ndarray, np.ndarray]:
    if of_noise:
        return meaning.mean_by_log_noise_sd, meaning.sd_by_log_noise_sd
    return meaning.mean_by_log_penalty, meaning.sd_by_log_penalty


def relative(ours: np.ndarray, theirs: np.ndarray, least: float | np.ndarray) -> float:
    """Return the largest relative difference; sizes below ``least`` count as that."""
    return float(np.max(np.abs(ours - theirs) / np.maximum(np.abs(theirs), least)))


@pytest.mark.parametrize("of_noise", [False, True], ids=["penalty", "noise sd"])
@pytest.mark.parametrize("name", PROBLEMS)
def test_derivatives_are_those_of_sixty_digits(name: str, of_noise: bool) -> None:
    problem = PROBLEMS[name]
    ours = slopes(penalty_meaning(problem.model), of_noise=of_noise)
    for one, other in zip(ours, problem.slopes(of_noise=of_noise), strict=True):
        # each number to six digits, however small: 1e-30 stands for zero
        assert relative(one, other, 1e-30) < BAR


def difference(problem: Problem, *, of_noise: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return central differences of ``fit_exact`` by log sigma or log alpha."""
    key = "noise" if of_noise else "penalty"
    above, below = (
        fit_exact(problem.moved(**{key: np.exp(sign * STEP)}).model)
        for sign in (1.0, -1.0)
    )
    means, sds = above.mean - below.mean, above.sd - below.sd
    return means / (2 * STEP), sds / (2 * STEP)


@pytest.mark.parametrize("of_noise", [False, True], ids=["penalty", "noise sd"])
@pytest.mark.parametrize("name", SEEN_BY_DIFFERENCES)
def test_derivatives_are_central_differences_of_fit_exact(
    name: str, of_noise: bool
) -> None:
    problem = PROBLEMS[name]
    meaning = penalty_meaning(problem.model)
    theirs = difference(problem, of_noise=of_noise)
    for one, other in zip(slopes(meaning, of_noise=of_noise), theirs, strict=True):
        # rounding of 1e-15 posterior sds over the step
        assert relative(one, other, 1e-4 * meaning.posterior_sd) < BAR


def test_what_is_held_fixed_is_named() -> None:
    absolute = penalty_meaning(PROBLEMS["plain"].model)
    relative_prior = penalty_meaning(PROBLEMS["relative to the noise"].model)
    assert absolute.held == {"penalty": "noise sd", "noise_sd": "prior sd"}
    assert relative_prior.held == {"penalty": "noise sd", "noise_sd": "penalty"}
    assert not relative_prior.mean_by_log_noise_sd.any()
