"""A flat prior over partitions: the search shows whether there is a mode."""

from typing import Any

import numpy as np
import pytest

from bayes_l2 import LinearModel, fit_laplace, fit_map, priors
from bayes_l2.model.partitioned.rows import PartitionedRows
from tests.model.partitioned.arrays import ArrayPartitions, in_memory, model_of
from tests.model.partitioned.data import LIKELIHOODS, columns, response

N = 600
X = columns(N, 3)
KINDS = pytest.mark.parametrize("kind", LIKELIHOODS)
FITS = pytest.mark.parametrize("fit", [fit_map, fit_laplace])


def flat(kind: str, X: Any, y: Any, weights: Any = None, **terms: Any) -> LinearModel:
    """Return a model with a flat prior over four partitions."""
    source = ArrayPartitions(X, y, weights, cuts=[10, 11, 300])
    return model_of(source, likelihood=LIKELIHOODS[kind], prior=priors.Flat(), **terms)


@KINDS
@pytest.mark.parametrize("intercept", [True, False])
def test_the_mode_is_that_in_memory(kind: str, intercept: bool) -> None:
    source = ArrayPartitions(X, response(kind, X), cuts=[10, 11, 300])
    terms: dict[str, Any] = {
        "likelihood": LIKELIHOODS[kind],
        "prior": priors.Flat(),
        "intercept": intercept,
    }
    found = fit_laplace(model_of(source, **terms))
    whole = fit_laplace(in_memory(source, **terms))
    np.testing.assert_allclose((found.mean - whole.mean) / whole.sd, 0.0, atol=1e-9)
    assert found.log_evidence == pytest.approx(whole.log_evidence, rel=1e-11)
    assert source.passes <= 10


@KINDS
@FITS
def test_a_column_that_others_make_up_is_named_after_one_pass(
    kind: str, fit: Any
) -> None:
    Z = np.column_stack([X, X[:, 0] - 2 * X[:, 1]])
    model = flat(kind, Z, response(kind, X))
    with pytest.raises(ValueError, match=r"column 'x[013]', and the prior is flat"):
        fit(model)
    assert isinstance(model.data, PartitionedRows)
    assert isinstance(model.data.partitions, ArrayPartitions)
    assert model.data.partitions.passes == 1


@KINDS
def test_a_constant_column_needs_a_model_without_intercept(kind: str) -> None:
    Z, y = np.column_stack([X, np.full(N, 7.0)]), response(kind, X)
    with pytest.raises(ValueError, match="column 'x3', and the prior is flat"):
        fit_map(flat(kind, Z, y))
    if kind == "two classes":
        assert fit_map(flat(kind, Z, y, intercept=False)).converged


@KINDS
def test_fewer_rows_than_coefficients(kind: str) -> None:
    Z = columns(6, 8)
    y = response(kind, Z)
    if kind != "counts":
        y = np.array(["a", "b", "c"] * 2 if kind == "classes" else ["a", "b"] * 3)
    source = ArrayPartitions(Z, y, cuts=[1, 3])
    model = model_of(source, likelihood=LIKELIHOODS[kind], prior=priors.Flat())
    with pytest.raises(ValueError, match="there are too few rows"):
        fit_laplace(model)


@FITS
@pytest.mark.parametrize("weight", [1.0, 1e-3, 50.0])
def test_separable_classes_have_no_mode(fit: Any, weight: float) -> None:
    y = np.where(X @ [1.0, 2.0, -1.0] > 0.3, "yes", "no")
    model = flat("two classes", X, y, np.full(N, weight))
    with pytest.raises(
        ValueError, match="no maximum: a plane separates the two classes"
    ):
        fit(model)
    source: Any = model.data
    assert source.partitions.passes <= 20


def test_three_separable_classes_have_no_mode() -> None:
    y = np.array(["a", "b", "c"])[np.argmax(X, axis=1)]
    with pytest.raises(ValueError, match="no maximum: planes separate the classes"):
        fit_map(flat("classes", X, y))


def test_a_plane_that_parts_some_rows_only() -> None:
    mark = (X[:, 0] > 1.5) * 1.0
    y = np.where(mark > 0, "yes", response("two classes", X))
    model = flat("two classes", np.column_stack([X, mark]), y)
    with pytest.raises(
        ValueError, match=r"did not reach a mode.*a plane separates"
    ) as seen:
        fit_map(model)
    assert "\n" not in str(seen.value)


def test_counts_without_a_maximum() -> None:
    mark = (X[:, 0] > 1.5) * 1.0
    y = np.where(mark > 0, 0.0, response("counts", X))
    model = flat("counts", np.column_stack([X, mark]), y)
    with pytest.raises(
        ValueError, match=r"did not reach a mode.*only the rates of zero counts"
    ):
        fit_laplace(model)


def test_too_few_iterations_are_no_proof() -> None:
    model = flat("classes", X, response("classes", X))
    with pytest.raises(ValueError, match="or raise max_iterations"):
        fit_map(model, max_iterations=1)
    assert fit_map(model).converged
