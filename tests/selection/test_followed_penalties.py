"""The penalties that follow the default ones, for criteria whose shape is known."""

from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from bayes_l2 import LinearModel, likelihoods, penalty_path, priors
from bayes_l2.selection.path import PenaltyPath
from bayes_l2.selection.penalties import PathSearch, _valid_penalties

Curve = Callable[[Any], Any]
ENDS = (1e-3, 1e3)  # of the default penalties
NO_MODEL: Any = None
NAMES = {"loo": "loo_error", "gcv": "gcv", "cv": "cv_error"}


class Curves:
    """Criteria that are functions of the decimal logarithm of a penalty."""

    def __init__(self, **curves: Curve) -> None:
        self.curves = curves
        self.asked: list[Any] = []

    def at(self, penalties: Any) -> PenaltyPath:
        self.asked.append(penalties)
        x = np.log10(penalties)
        found = {NAMES[by]: f(x) for by, f in self.curves.items() if by in NAMES}
        evidence = -self.curves.get("evidence", lambda x: x**2)(x)
        found.setdefault("gcv", x**2 + 1)
        return PenaltyPath(
            NO_MODEL, penalties, x[:, None], x, x, x, log_evidence=evidence, **found
        )


def search(ends: Any = ENDS, **curves: Curve) -> PathSearch:
    """Return the search for ten rows of criteria, whose default range is ENDS."""
    factor = np.array([[1.0, 7.0, 3.0], [0.0, 2.0, 4.0]])
    statistics = SimpleNamespace(
        n_rows=10, factor=factor, mean=np.array([0.0, 9.0, -2.0]), total_weight=4.0
    )
    ridge = SimpleNamespace(
        range_of_penalties=ends,
        default_penalties=lambda: np.geomspace(*ENDS, 100),
        model=SimpleNamespace(statistics=statistics),
    )
    found: Any = PathSearch.__new__(PathSearch)
    found.ridge, found._criteria = ridge, Curves(**curves)
    return found


def both_ways(curve: Curve) -> list[tuple[str, Curve]]:
    return [("smallest", curve), ("largest", lambda x: curve(-x))]


def reach(path: PenaltyPath, edge: str) -> float:
    """Return how many decades a path goes beyond 1, towards an end."""
    ends = np.log10(path.penalties[[0, -1]])
    return float(-ends[0] if edge == "smallest" else ends[1])


@pytest.mark.parametrize(("edge", "curve"), both_ways(lambda x: 5 + (x + 7) ** 2))
def test_a_best_penalty_beyond_the_default_ones_is_followed_a_decade_further(
    edge: str, curve: Curve
) -> None:
    for by in ("evidence", "gcv", "loo", "cv"):
        path = search(**{by: curve}).path(None)
        assert reach(path, edge) == pytest.approx(8)
        other = "largest" if edge == "smallest" else "smallest"
        assert reach(path, other) == pytest.approx(3)
        steps = np.diff(np.log10(path.penalties))
        np.testing.assert_allclose(np.sort(steps)[-20:], 0.25)  # four a decade
        assert len(path.penalties) == 120
        np.testing.assert_allclose(path.coef[:, 0], np.log10(path.penalties))


@pytest.mark.parametrize(
    ("edge", "curve"), both_ways(lambda x: 5 + np.maximum(x, -5.0) + 5)
)
def test_two_decades_of_a_limit_are_kept(edge: Any, curve: Curve) -> None:
    for by in ("evidence", "gcv", "loo", "cv"):
        found = search(**{by: curve})
        path = found.path(None)
        assert reach(path, edge) == pytest.approx(7)
        assert found.edge_of(path, by) == edge
        assert not found.is_constant(path, by)


@pytest.mark.parametrize(("edge", "curve"), both_ways(lambda x: 100.0 + x))
def test_a_criterion_without_a_limit_is_followed_in_vain(
    edge: Any, curve: Curve
) -> None:
    for by, decades in (("evidence", 63), ("gcv", 27), ("loo", 27), ("cv", 27)):
        found: Any = search(**{by: curve})
        path = found.path(None)
        assert reach(path, edge) == pytest.approx(3)
        assert len(path.penalties) == 100
        # four decades at a time, until 60 or 22 are passed
        furthest = max(np.abs(np.log10(x)).max() for x in found._criteria.asked)
        assert furthest == pytest.approx(decades)
        assert found.edge_of(path, by) is None


def test_a_limit_that_begins_between_two_batches_is_followed_to_its_end() -> None:
    found = search(gcv=lambda x: 10 + np.maximum(x, -5.25))
    assert reach(found.path(None), "smallest") == pytest.approx(7.25)


def steps(less: float, x: Any) -> Any:
    """Return 5 above -2, 4 down to -4, and a little less below."""
    return 4.0 + (x > -2) - less * (x < -4)


def test_a_penalty_beyond_an_end_is_better_by_more_than_a_rounding() -> None:
    """The rounding of 4 is 4e-12: 6e-12 less is better, and 3e-12 less is not."""
    for less, edge in ((6e-12, None), (3e-12, "smallest")):
        found = search(gcv=partial(steps, less))
        path = found._criteria.at(np.geomspace(*ENDS, 13))
        assert found.edge_of(path, "gcv") == edge


def test_a_best_penalty_inside_is_at_no_end() -> None:
    found = search(gcv=lambda x: 1 + (x - 1) ** 2)
    path = found.path(None)
    assert len(path.penalties) == 100
    assert found.edge_of(path, "gcv") is None
    assert len(found._criteria.asked) == 1  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize(
    "ends", [(1e-5, 1e3), (1e-3, 1e5), (10**-3.5, 1e3), (1e-3, 10**3.5)]
)
def test_directions_that_are_not_seen_yet_are_followed(ends: Any) -> None:
    """No criterion asks for a penalty at either end, but one direction is beyond it."""
    found = search(ends, gcv=lambda x: 1 + x**2)
    start = found._criteria.at(np.geomspace(*ENDS, 13))
    edge = "smallest" if ends[0] < ENDS[0] else "largest"
    assert found._asks(start, edge, "gcv")
    assert reach(found._followed(start, edge, ["gcv"]), edge) == pytest.approx(7)
    assert not found._asks(
        found._criteria.at(np.geomspace(ends[0], ends[1], 13)), edge, "gcv"
    )


def test_the_wish_of_one_criterion_is_enough() -> None:
    found = search(gcv=lambda x: 1 + x**2, loo=lambda x: 1 + (x + 7) ** 2)
    assert reach(found.path(None), "smallest") == pytest.approx(8)
    # the one whose limit is further in does not cut the other's
    found = search(gcv=lambda x: 9 + np.maximum(x, -5), loo=lambda x: 1 + (x + 9) ** 2)
    assert reach(found.path(None), "smallest") == pytest.approx(10)


def test_the_rounding_of_each_criterion() -> None:
    """That of folds also goes with the size of y, which is |-2| + 5/2 here."""
    found = search(loo=lambda x: 12.0 + x, cv=lambda x: 12.0 + x)
    path = found._criteria.at(np.geomspace(*ENDS, 7))
    assert found._rounding(path, "loo") == pytest.approx(9e-12, rel=1e-12, abs=0)
    of_folds = 9e-12 + 1e-14 * 4.5 * 3
    assert found._rounding(path, "cv") == pytest.approx(of_folds, rel=1e-12, abs=0)
    found = search(evidence=lambda x: 3.0 - x, loo=lambda x: 1e30 * (x + 3))
    path = found._criteria.at(np.geomspace(*ENDS, 7))
    assert found._rounding(path, "evidence") == pytest.approx(1e-11, rel=1e-12, abs=0)
    assert found._rounding(path, "loo") == pytest.approx(6e-10, rel=1e-9, abs=0)
    found = search(evidence=lambda x: x - 7.0)
    path = found._criteria.at(np.geomspace(*ENDS, 7))
    assert found._rounding(path, "evidence") == pytest.approx(2e-11, rel=1e-12, abs=0)


@pytest.mark.parametrize(("roundings", "constant"), [(99, True), (102, False)])
def test_a_criterion_is_constant_within_a_hundred_roundings(
    roundings: float, constant: bool
) -> None:
    found = search(loo=lambda x: 4 * (1 + roundings * 1e-12 * (x + 3) / 6))
    path = found._criteria.at(np.geomspace(*ENDS, 7))
    assert found.is_constant(path, "loo") == constant


def test_penalties_that_are_given_are_sorted_and_positive() -> None:
    np.testing.assert_array_equal(_valid_penalties([3.0, 1.0, 3.0, 2.0]), [1, 2, 3])
    for bad, words in ([[1.0, 0.0], "got 0.0"], [[], "got none"], [[-1, 2], "got -1"]):
        with pytest.raises(ValueError, match=f"penalties must be positive, {words}"):
            _valid_penalties(bad)


def test_one_row_and_a_negative_seed_are_refused() -> None:
    terms: Any = {"likelihood": likelihoods.Normal(1.0), "prior": priors.Normal(1.0)}
    with pytest.raises(ValueError, match=r"at least 2 rows are needed .*, got 1"):
        penalty_path(LinearModel([[1.0]], [2.0], **terms))
    model = LinearModel([[1.0], [2.0]], [2.0, 1.0], **terms)
    with pytest.raises(ValueError, match="seed must be a whole number of at least 0"):
        penalty_path(model, seed=-1)
    assert len(penalty_path(model, [1.0], seed=0).penalties) == 1


def test_a_response_along_one_direction_alone_has_a_path() -> None:
    """Its other projections are 0, and nothing is left of it."""
    terms: Any = {"likelihood": likelihoods.Normal(1.0), "prior": priors.Normal(1.0)}
    columns = np.diag([4.0, 2.0, 1.0])
    model = LinearModel(columns, [0.0, 3.0, 0.0], intercept=False, **terms)
    path = penalty_path(model, [2.0])
    np.testing.assert_allclose(path.coef, [[0.0, 1.0, 0.0]], atol=1e-15)
    with pytest.raises(ValueError, match="y is constant, or the prior mean fits it"):
        penalty_path(LinearModel(np.eye(2), [0.0, 0.0], intercept=False, **terms))


def test_only_a_model_has_a_path() -> None:
    number: Any = 3
    with pytest.raises(ValueError, match="model must be a LinearModel, got 3"):
        penalty_path(number)
