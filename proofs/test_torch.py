"""The model that a linear layer of PyTorch implies."""

from importlib import import_module
from typing import Any

import numpy as np
import pytest

from bayes_l2 import LinearModel, compare, datasets, fit_exact, fit_laplace
from bayes_l2.estimators.implied.model_of import model_of

torch: Any = import_module("torch")
nn = torch.nn
torch.set_num_threads(1)
table, response = datasets.diabetes()
FRAME: Any = table[["age", "bmi", "s5"]][:60]
X = FRAME.to_numpy()
y = response.to_numpy(dtype=float)[:60] / 50
N = len(y)
TWO = (y > np.median(y)).astype(int)
THREE = np.searchsorted(np.quantile(y, [0.3, 0.6]), y)


def train(
    outputs: int,
    loss: Any,
    target: Any,
    *,
    decay: float,
    free_bias: bool = False,
    optimiser: Any = torch.optim.SGD,
    lr: float = 0.1,
    steps: int = 500,
    **options: Any,
) -> tuple[Any, Any]:
    """Train a layer by all rows at once, and return it with its optimiser."""
    torch.manual_seed(0)
    layer = nn.Linear(3, outputs, dtype=torch.float64)
    groups = [{"params": layer.parameters()}]
    if free_bias:
        bias = {"params": [layer.bias], "weight_decay": 0.0}
        groups = [{"params": [layer.weight]}, bias]
    if optimiser is torch.optim.SGD:
        options["momentum"] = 0.8
    trainer = optimiser(groups, lr=lr, weight_decay=decay, **options)
    rows, goal = torch.tensor(X), torch.tensor(target)
    for _ in range(steps):
        trainer.zero_grad()
        loss(layer(rows), goal).backward()
        trainer.step()
    return layer, trainer


def numbers(**options: Any) -> tuple[Any, Any]:
    return train(1, nn.MSELoss(), y[:, np.newaxis], decay=0.2, **options)


def distance(model: LinearModel) -> float:
    """Return how far the layer is from the MAP in posterior sds."""
    fit = fit_exact if model.likelihood.has_statistics else fit_laplace
    posterior, origin = fit(model), model.origin
    assert origin is not None
    intercept = 0.0 if origin.intercept is None else origin.intercept
    own = model.layout.join(intercept, origin.coef)
    return float(np.max(np.abs(posterior.mean - own) / posterior.sd))


@pytest.mark.parametrize("free_bias", [True, False])
def test_squared_error(free_bias: bool) -> None:
    layer, trainer = numbers(free_bias=free_bias)
    model = model_of(
        layer, FRAME, y, loss=nn.MSELoss(), weight_decay=trainer, noise_sd=2.0
    )
    assert distance(model) < 1e-8
    # n / noise_sd² times the decay / 2 is half the precision
    assert model.prior.sd == pytest.approx(2 / np.sqrt(0.2 * N / 2), rel=1e-12)
    own = ("age", "bmi", "s5")
    expected = ("intercept", *own) if free_bias else (*own, "bias")
    assert model.parameter_names == expected
    assert model.origin is not None
    assert any("column of ones" in note for note in model.origin.notes) != free_bias


def test_a_number_decays_the_bias_too() -> None:
    layer, trainer = numbers()
    by_number, by_optimiser = (
        model_of(layer, X, y[:, np.newaxis], loss=nn.MSELoss(), weight_decay=decay)
        for decay in (0.2, trainer)
    )
    assert by_number.parameter_names == ("x0", "x1", "x2", "bias")
    np.testing.assert_array_equal(
        fit_exact(by_number).mean, fit_exact(by_optimiser).mean
    )


def test_tensors_in_the_place_of_arrays() -> None:
    layer, trainer = numbers()
    options = {"loss": nn.MSELoss(), "weight_decay": trainer}
    rows, goal = torch.tensor(X), torch.tensor(y[:, np.newaxis])
    model = model_of(layer, rows, goal, **options)
    np.testing.assert_array_equal(
        fit_exact(model).mean, fit_exact(model_of(layer, X, y, **options)).mean
    )
    single = model_of(layer.to(torch.float32), rows.float(), goal, **options)
    assert distance(single) < 1e-4


def test_bias_and_weights_with_a_decay_each() -> None:
    torch.manual_seed(0)
    layer = nn.Linear(3, 1, dtype=torch.float64)
    groups = [
        {"params": [layer.weight], "weight_decay": 0.3},
        {"params": [layer.bias], "weight_decay": 0.1},
    ]
    trainer = torch.optim.SGD(groups, lr=0.1, momentum=0.8)
    for _ in range(500):
        trainer.zero_grad()
        nn.MSELoss()(layer(torch.tensor(X)), torch.tensor(y[:, np.newaxis])).backward()
        trainer.step()
    model = model_of(layer, X, y, loss=nn.MSELoss(), weight_decay=trainer)
    assert distance(model) < 1e-8


def test_no_bias_and_no_decay() -> None:
    layer = nn.Linear(3, 1, bias=False)
    model = model_of(layer, X, y, loss=nn.MSELoss(), weight_decay=0.2)
    assert model.parameter_names == ("x0", "x1", "x2")
    model = model_of(nn.Linear(3, 1), X, y, loss=nn.MSELoss(), weight_decay=0)
    assert repr(model.prior) == "priors.Flat()"


def test_a_sum_of_squares() -> None:
    loss = nn.MSELoss(reduction="sum")
    layer, trainer = train(1, loss, y[:, np.newaxis], decay=12.0, lr=1e-3)
    model = model_of(layer, X, y, loss=loss, weight_decay=trainer)
    assert distance(model) < 1e-8
    halves = model_of(layer, X, y, loss=loss, weight_decay=trainer, batch_size=N // 2)
    assert halves.penalty == pytest.approx(2 * model.penalty, rel=1e-12)


def test_adam_has_the_same_minimum() -> None:
    layer, trainer = numbers(
        optimiser=torch.optim.Adam, lr=0.3, amsgrad=True, steps=1500
    )
    model = model_of(layer, X, y, loss=nn.MSELoss(), weight_decay=trainer)
    assert distance(model) < 1e-6


@pytest.mark.parametrize("free_bias", [True, False])
def test_two_classes(free_bias: bool) -> None:
    loss = nn.BCEWithLogitsLoss()
    goal = TWO[:, np.newaxis].astype(float)
    layer, trainer = train(1, loss, goal, decay=0.02, free_bias=free_bias, lr=1.0)
    model = model_of(layer, X, TWO, loss=loss, weight_decay=trainer)
    assert distance(model) < 1e-6
    assert model.prior.sd == pytest.approx(1 / np.sqrt(0.02 * N), rel=1e-12)


@pytest.mark.parametrize("free_bias", [True, False])
def test_three_classes(free_bias: bool) -> None:
    loss = nn.CrossEntropyLoss()
    layer, trainer = train(3, loss, THREE, decay=0.02, free_bias=free_bias, lr=1.0)
    model = model_of(nn.Sequential(layer), X, THREE, loss=loss, weight_decay=trainer)
    assert distance(model) < 1e-6


def test_compare_says_how_far_an_untrained_layer_is() -> None:
    torch.manual_seed(0)
    model = model_of(
        nn.Linear(3, 1), X, y, loss=nn.MSELoss(), weight_decay=0.1, noise_sd=1.0
    )
    comparison = compare(model, routes=["map", "exact"])
    first = comparison.checks[0]
    assert first.passed is False
    assert first.statistic is not None
    assert first.statistic > 1
    assert first.claim.startswith("the estimator you fitted is the MAP")


LAYER = nn.Linear(3, 1, dtype=torch.float64)
KNOWN: dict[str, Any] = {"loss": nn.MSELoss(), "weight_decay": 0.1}


class Positive(torch.optim.SGD):
    """An optimiser that nobody knows."""


@pytest.mark.parametrize(
    ("layer", "changes", "message"),
    [
        (LAYER, {"loss": None}, "loss must be given for torch.nn.Linear, which does"),
        (
            LAYER,
            {"weight_decay": None},
            "weight_decay must be given for torch.nn.Linea",
        ),
        (
            LAYER,
            {"weight_decay": -1.0},
            "weight_decay must be positive and finite, got",
        ),
        (
            LAYER,
            {"loss": nn.HuberLoss()},
            "loss must be one of MSELoss\\(reduction='me",
        ),
        (
            LAYER,
            {"loss": nn.BCEWithLogitsLoss(pos_weight=torch.tensor([2.0]))},
            "loss: pos_weight of BCEWithLogitsLoss must be left out",
        ),
        (
            LAYER,
            {"weight_decay": torch.optim.AdamW(LAYER.parameters())},
            "know a layer that AdamW trained: its decay is no part of the gradient",
        ),
        (
            LAYER,
            {
                "weight_decay": torch.optim.Adam(
                    LAYER.parameters(), weight_decay=0.1, decoupled_weight_decay=True
                )
            },
            "know a layer that Adam trained: its decay is no part of the gradient",
        ),
        (
            LAYER,
            {"weight_decay": Positive(LAYER.parameters(), lr=0.1, weight_decay=0.1)},
            "does not know the weight decay of Positive; it knows that of SGD, Adam",
        ),
        (
            LAYER,
            {"weight_decay": torch.optim.SGD(LAYER.parameters(), maximize=True)},
            "weight_decay: SGD must minimise, got maximize=True",
        ),
        (
            LAYER,
            {"weight_decay": torch.optim.SGD([LAYER.weight], weight_decay=0.1)},
            "weight_decay: SGD must train the bias of this layer, and does not hold it",
        ),
        (
            LAYER,
            {"batch_size": 10},
            "batch_size must be left out for MSELoss with redu",
        ),
        (
            LAYER,
            {"alpha": 1.0},
            "alpha must be left out for Linear: model_of takes noi",
        ),
        (
            LAYER,
            {"sample_weight": np.ones(N)},
            "sample_weight must be left out for tor",
        ),
        (
            nn.Linear(2, 1),
            {},
            "X must have the 2 columns that Linear was trained on, g",
        ),
        (nn.Linear(3, 2), {}, "MSELoss of 2 outputs; take one output for one response"),
        (
            nn.Linear(3, 2),
            {"loss": nn.CrossEntropyLoss()},
            "CrossEntropyLoss of 2 outputs; take one output and BCEWithLogitsLoss",
        ),
        (
            nn.Sequential(nn.Linear(3, 2), nn.ReLU(), nn.Linear(2, 1)),
            {},
            "a Sequential of one Linear, got one of Linear, ReLU, Linear",
        ),
        (
            nn.ReLU(),
            {},
            "know ReLU: it may be more than one layer; call model_of for it",
        ),
        (
            LAYER,
            {"loss": nn.BCEWithLogitsLoss(), "noise_sd": 1.0},
            "noise_sd must be left out for Linear: classes have no noise sd",
        ),
        (
            LAYER,
            {"loss": nn.BCEWithLogitsLoss()},
            "y must hold the classes that Linear was fitted to, 0, 1; got",
        ),
    ],
)
def test_refusals(layer: Any, changes: dict[str, Any], message: str) -> None:
    options = {} if isinstance(layer, nn.ReLU) else KNOWN | changes
    with pytest.raises(ValueError, match=message) as caught:
        model_of(layer, X, y, **options)
    assert "\n" not in str(caught.value)
