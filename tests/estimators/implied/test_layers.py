"""Linear layers of PyTorch, by stand-ins at the minimum of the loss as it is written.

The suite has no PyTorch. ``proofs/test_torch.py`` trains layers.
"""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from bayes_l2 import datasets, fit_exact, model_of

patients, response = datasets.diabetes()
X = patients[["age", "bmi", "bp"]].to_numpy()[:40]
y = response.to_numpy(dtype=float)[:40]
E = np.column_stack([X, np.ones(40)])


class Parameter:
    """What a reader asks of a parameter of a layer."""

    def __init__(self, values: Any) -> None:
        self.values = values

    def detach(self) -> "Parameter":
        return self

    cpu = detach

    def tolist(self) -> Any:
        return np.asarray(self.values).tolist()


def named(name: str, **fields: Any) -> Any:
    """Return an object of a class of PyTorch's by its name."""
    return type(name, (SimpleNamespace,), {"__module__": "torch.nn"})(**fields)


def mean_squared_error(reduction: str = "mean") -> Any:
    return named("MSELoss", reduction=reduction)


def linear(decay: float, bias_decay: float) -> Any:
    """Return a layer at the minimum of the mean square plus half of decays times b².

    Its gradient there is 2 E'(E b - y) / n + D b = 0, for the diagonal D of decays.
    """
    decays = np.diag([decay, decay, decay, bias_decay])
    best = np.linalg.inv(2 / 40 * E.T @ E + decays) @ (2 / 40 * E.T @ y)
    weight, bias = Parameter(best[np.newaxis, :3]), Parameter(best[3:])
    return named("Linear", weight=weight, bias=bias)


def optimiser(name: str, layer: Any, *decays: float, **more: Any) -> Any:
    """Return an optimiser with a group for each decay: weight, then bias."""
    groups = [
        {"params": [parameter], "weight_decay": decay} | more
        for parameter, decay in zip([layer.weight, layer.bias], decays, strict=False)
    ]
    return named(name, param_groups=groups)


def fitted(layer: Any, *, free: bool) -> Any:
    weight, bias = layer.weight.tolist()[0], layer.bias.tolist()
    return [*bias, *weight] if free else [*weight, *bias]


@pytest.mark.parametrize("bias_decay", [0.0, 0.3, 0.7])
def test_the_decays_of_an_optimiser(bias_decay: float) -> None:
    layer = linear(0.3, bias_decay)
    trainer = optimiser("Adam", layer, 0.3, bias_decay)
    model = model_of(layer, X, y, loss=mean_squared_error(), weight_decay=trainer)
    assert model.intercept is (bias_decay == 0)
    expected = fitted(layer, free=bias_decay == 0)
    np.testing.assert_allclose(fit_exact(model).mean, expected, rtol=1e-10)


def test_a_bias_that_decays_alone() -> None:
    layer = linear(0.0, 0.3)
    trainer = optimiser("SGD", layer, 0.0, 0.3)
    model = model_of(layer, X, y, loss=mean_squared_error(), weight_decay=trainer)
    expected = fitted(layer, free=False)
    np.testing.assert_allclose(fit_exact(model).mean, expected, rtol=1e-10)


def test_a_number_decays_all_parameters() -> None:
    layer = linear(0.3, 0.3)
    options = {"loss": mean_squared_error(), "weight_decay": 0.3}
    model = model_of(layer, X, y, **options)
    assert model.parameter_names == ("x0", "x1", "x2", "bias")
    np.testing.assert_allclose(
        fit_exact(model).mean, fitted(layer, free=False), rtol=1e-10
    )


def test_a_sum_over_minibatches() -> None:
    """A decay beside the sum over 10 rows is a tenth of it beside their mean."""
    layer = linear(0.3, 0.3)
    options = {"loss": mean_squared_error("sum"), "weight_decay": 3.0}
    model = model_of(layer, X, y, **options, batch_size=10)
    np.testing.assert_allclose(
        fit_exact(model).mean, fitted(layer, free=False), rtol=1e-10
    )


LAYER = linear(0.3, 0.3)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"loss": None}, "loss must be given for torch.nn.Linear, which does not keep"),
        (
            {"weight_decay": None},
            "weight_decay must be given for torch.nn.Linear, whic",
        ),
        ({"loss": named("HuberLoss", reduction="mean")}, "loss must be one of MSELoss"),
        (
            {"batch_size": 10},
            "batch_size must be left out for MSELoss with reduction='",
        ),
        (
            {"sample_weight": np.ones(40)},
            "sample_weight must be left out for torch.nn.L",
        ),
        (
            {"weight_decay": optimiser("AdamW", LAYER, 0.1, 0.1)},
            "know a layer that AdamW trained: its decay is no part of the gradient",
        ),
        (
            {"weight_decay": optimiser("Rprop", LAYER, 0.1, 0.1)},
            "does not know the weight decay of Rprop; it knows that of SGD, Adam",
        ),
        (
            {"weight_decay": optimiser("SGD", LAYER, 0.1)},
            "weight_decay: SGD must train the bias of this layer, and does not hold it",
        ),
        (
            {"weight_decay": optimiser("SGD", LAYER, 0.1, 0.1, maximize=True)},
            "weight_decay: SGD must minimise, got maximize=True",
        ),
    ],
)
def test_refusals(changes: dict[str, Any], message: str) -> None:
    options = {"loss": mean_squared_error(), "weight_decay": 0.3} | changes
    with pytest.raises(ValueError, match=message) as caught:
        model_of(LAYER, X, y, **options)
    assert "\n" not in str(caught.value)
