"""What the first pass finds out, and what later passes make of it, against NumPy."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bayes_l2 import likelihoods, priors
from bayes_l2.model.partitioned.facts import merged
from bayes_l2.model.partitioned.tally import MOST_LABELS, Tally
from bayes_l2.partitions.batch import Batch, Place
from tests.model.partitioned.arrays import ArrayPartitions, model_of
from tests.model.partitioned.data import LIKELIHOODS, columns, response

X = columns(60, 2) * [1.0, 20.0] + [5.0, -40.0]
CUTS = [20, 33]


def observations_of(kind: str, weights: Any = None, **terms: Any) -> Any:
    """Return the log likelihood of 60 rows in three partitions."""
    source = ArrayPartitions(X, response(kind, X), weights, cuts=CUTS)
    prior = priors.Normal(1.0)
    model = model_of(source, likelihood=LIKELIHOODS[kind], prior=prior, **terms)
    return model.log_posterior.observations


def test_ranges_are_those_of_all_rows() -> None:
    facts = observations_of("counts").rows.facts
    rows = np.column_stack([X, response("counts", X)])
    np.testing.assert_array_equal(facts.lowest, rows.min(axis=0))
    np.testing.assert_array_equal(facts.highest, rows.max(axis=0))


@pytest.mark.parametrize("kind", ["two classes", "counts"])
@pytest.mark.parametrize(
    ("weights", "least"),
    [
        (None, 1.0),
        (np.linspace(3.0, 4.0, 60), 1.0),
        (np.linspace(0.25, 4.0, 60), 0.25),
        (np.linspace(4.0, 0.25, 60), 0.25),
    ],
)
def test_classes_are_separable_where_the_lightest_row_has_its_half(
    kind: str, weights: Any, least: float
) -> None:
    rows = observations_of(kind, weights).rows
    assert rows.facts.lowest_weight == least
    assert rows.separable_above == pytest.approx(least * np.log(0.5), rel=1e-15)


def test_no_rows_merge_with_any() -> None:
    add: Any = int.__add__
    assert [merged(*pair, add) for pair in ((2, 5), (2, None), (None, 5))] == [7, 2, 5]


def test_the_largest_move_is_that_of_the_far_corner() -> None:
    observations = observations_of("counts")
    low, high = X.min(axis=0), X.max(axis=0)
    for origin in (low, high, X.mean(axis=0), np.array([0.0, -39.0])):
        shifted = replace(observations, origin=np.append(origin, 7.0))
        for intercept, coef in ((0.5, [2.0, -0.25]), (-0.5, [0.0, 3.0])):
            ends = [
                abs(b) * np.abs([lo, hi]).max()
                for b, lo, hi in zip(coef, low - origin, high - origin, strict=True)
            ]
            move = shifted.largest_move(np.array([intercept]), np.array([coef]))
            assert move == pytest.approx(abs(intercept) + sum(ends), rel=1e-14)


def test_a_step_that_all_classes_share_moves_no_row() -> None:
    observations = observations_of("classes")
    shared = np.tile([2.0, -1.0], (3, 1))
    assert observations.largest_move(np.full(3, 7.0), shared) == pytest.approx(0.0)
    # intercepts (2, -1, -1) and no slope: the first class moves by 2
    one = observations.largest_move(np.array([3.0, 0.0, 0.0]), 0 * shared)
    assert one == pytest.approx(2.0, rel=1e-15)


def test_the_information_of_counts_is_the_sum_over_rows() -> None:
    observations = observations_of("counts")
    source = ArrayPartitions(X, response("counts", X))
    model = model_of(source, likelihood=likelihoods.Poisson(), prior=priors.Normal(1.0))
    parts = model.split(np.array([0.5, 0.1, 0.01]))
    design = np.column_stack([np.ones(60), X])
    rates = np.exp(design @ [0.5, 0.1, 0.01])
    wanted = design.T @ (rates[:, np.newaxis] * design)
    np.testing.assert_allclose(observations.information(parts), wanted, rtol=1e-12)
    # there is no noise sd: no squares in its units, and no slope by it
    assert observations.squares(parts) == 0.0
    assert observations.value_and_slopes(parts)[2] == 0.0


def test_rows_that_are_gone_at_the_second_pass() -> None:
    source = ArrayPartitions(X, response("counts", X))
    model = model_of(source, likelihood=likelihoods.Poisson(), prior=priors.Normal(1.0))
    source.edges = [0]
    with pytest.raises(
        ValueError, match=r"the 60 rows .* got 0: the rows have changed"
    ):
        model.log_likelihood(np.zeros(3))


def test_a_batch_has_a_thousand_labels_at_most() -> None:
    for count in (MOST_LABELS, MOST_LABELS + 1):
        batch = Batch(np.zeros((count, 1)), np.arange(count), None, Place("part 0"))
        if count <= MOST_LABELS:
            assert len(Tally.of(batch).labels) == 1000
        else:
            with pytest.raises(ValueError, match="at most 1000 different labels"):
                Tally.of(batch)


def test_mean_rows_of_labels_keep_the_digits_of_each_column() -> None:
    Z, places = columns(60, 2), np.arange(60) % 3
    tally = Tally.of(Batch(Z + np.array([1e9, 0.0]), places, None, Place("part 0")))
    np.testing.assert_array_equal(tally.weights, [20.0, 20.0, 20.0])
    wanted = [Z[places == label].mean(axis=0) for label in range(3)]
    np.testing.assert_allclose(tally.means[:, 1], np.array(wanted)[:, 1], rtol=1e-13)
