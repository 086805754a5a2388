"""Fits of PyTorch, Keras and Optax at a converted setting.

They train in double precision until they converge.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import numpy as np

from bayes_l2.conventions.proofs.problem import Fitted, Problem, Proof

STEPS = 600


def torch(
    problem: Problem, decay: float, optimiser: str, loss: Any, **options: Any
) -> Fitted:
    """Train a linear layer by an optimiser that decays all its parameters.

    The minibatches are in order.
    """
    library = import_module("torch")
    response = problem.y
    if isinstance(loss, library.nn.BCEWithLogitsLoss):
        response = (problem.labels + 1) / 2
    columns, target = (
        library.tensor(each, dtype=library.float64)
        for each in (problem.X, response[:, None])
    )
    layer = library.nn.Linear(columns.shape[1], 1, dtype=library.float64)
    for parameter in layer.parameters():
        library.nn.init.zeros_(parameter)
    trainer = getattr(library.optim, optimiser)(
        layer.parameters(), weight_decay=decay, **options
    )
    split = (each.split(problem.batch_size) for each in (columns, target))
    blocks = list(zip(*split, strict=True))
    for step in range(STEPS if optimiser == "SGD" else 5 * STEPS):
        x, y = blocks[step % len(blocks)]
        trainer.zero_grad()
        loss(layer(x), y).backward()
        trainer.step()
    return Fitted(layer.bias.item(), layer.weight.detach().numpy().ravel())


@contextmanager
def double_precision() -> Iterator[None]:
    """Let JAX, and Keras on JAX, compute in double precision; restore the setting."""
    os.environ.setdefault("KERAS_BACKEND", "jax")
    config = import_module("jax").config
    before = config.jax_enable_x64
    config.update("jax_enable_x64", True)
    try:
        yield
    finally:
        config.update("jax_enable_x64", before)


def keras(
    problem: Problem,
    penalty: float,
    norm: str = "L2",
    *,
    labels: bool = False,
    decay: float | None = None,
) -> Fitted:
    """Train a dense layer with a kernel regulariser, or by an optimiser with decay."""
    with double_precision():
        library = import_module("keras")
        before = library.config.floatx()
        library.config.set_floatx("float64")
        try:
            inputs = library.Input((problem.X.shape[1],))
            regulariser = getattr(library.regularizers, norm)(penalty)
            layer = library.layers.Dense(
                1, kernel_regularizer=regulariser, kernel_initializer="zeros"
            )
            model = library.Sequential([inputs, layer])
            step, epochs = 0.8 if labels else 0.1, STEPS // 2
            momentum = 0.8 if decay is None else 0.0
            if norm == "L1":  # at its kink only steps that shrink converge
                epochs = 2 * STEPS
                step = library.optimizers.schedules.ExponentialDecay(
                    step, 4 * epochs, 1e-9
                )
            trainer = library.optimizers.SGD(
                step, momentum=momentum, weight_decay=decay
            )
            loss = (
                library.losses.BinaryCrossentropy(from_logits=True) if labels else "mse"
            )
            model.compile(optimizer=trainer, loss=loss)
            response = ((problem.labels + 1) / 2 if labels else problem.y)[:, None]
            options = {
                "batch_size": problem.batch_size,
                "epochs": epochs,
                "shuffle": False,
                "verbose": 0,
            }
            model.fit(problem.X, response, sample_weight=problem.weights, **options)
            coef, bias = model.get_weights()
        finally:
            library.config.set_floatx(before)
    return Fitted(float(bias[0]), np.ravel(coef))


def optax(problem: Problem, trainer: Any, loss: str, steps: int = STEPS) -> Fitted:
    """Train by an Optax chain on the mean of a loss.

    The minibatches are in order.
    """
    with double_precision():
        jax, library = import_module("jax"), import_module("optax")
        weights = (
            np.ones(len(problem.y)) if problem.weights is None else problem.weights
        )
        blocks = len(problem.y) // problem.batch_size
        rows = [
            jax.numpy.asarray(np.split(each, blocks))
            for each in (problem.X, problem.y, weights)
        ]

        def mean_loss(parameters: Any, x: Any, y: Any, w: Any) -> Any:
            predicted = parameters["a"] + x @ parameters["b"]
            return (w * getattr(library, loss)(predicted, y)).mean()

        def step(state: Any, number: Any) -> Any:
            parameters, memory = state
            gradient = jax.grad(mean_loss)(
                parameters, *(each[number % blocks] for each in rows)
            )
            updates, memory = trainer.update(gradient, memory, parameters)
            return (library.apply_updates(parameters, updates), memory), None

        start = {"a": jax.numpy.zeros(()), "b": jax.numpy.zeros(problem.X.shape[1])}
        (found, _), _ = jax.lax.scan(
            step, (start, trainer.init(start)), jax.numpy.arange(steps)
        )
        return Fitted(float(found["a"]), np.asarray(found["b"]))


def decayed(decay: float) -> Any:
    """Return the gradient descent of Optax with weight decay."""
    library = import_module("optax")
    return library.chain(
        library.add_decayed_weights(decay), library.sgd(0.1, momentum=0.8)
    )


def adamw(decay: float, steps: int) -> Any:
    """Return AdamW of Optax with steps that shrink to 0."""
    library = import_module("optax")
    return library.adamw(
        library.exponential_decay(1.0, steps, 1e-9), weight_decay=decay
    )


def torch_proof(
    optimiser: str, loss: str = "MSELoss", reduction: str = "mean", **options: Any
) -> Proof:
    """Return the proof of an optimiser of PyTorch, whose loss takes no row weights."""

    def fit(problem: Problem, decay: float) -> Fitted:
        chosen = getattr(import_module("torch").nn, loss)(reduction=reduction)
        return torch(problem, decay, optimiser, chosen, **options)

    return Proof(fit, ("torch",), weighted=False)


KERAS, OPTAX = ("keras", "jax"), ("optax", "jax")
PROOFS = {
    "torch-sgd": torch_proof("SGD", lr=0.1, momentum=0.8),
    "torch-sgd-sum": torch_proof("SGD", reduction="sum", lr=1e-3, momentum=0.8),
    "torch-sgd-cross-entropy": torch_proof(
        "SGD", "BCEWithLogitsLoss", lr=0.8, momentum=0.8
    ),
    "torch-adam": torch_proof("Adam", lr=1.0, amsgrad=True),
    "torch-adam-sum": torch_proof("Adam", reduction="sum", lr=1.0, amsgrad=True),
    "torch-adamw-sum": torch_proof("AdamW", reduction="sum", lr=0.01),
    "torch-adamw": torch_proof("AdamW", lr=0.1),
    "keras-l2": Proof(keras, KERAS),
    "keras-l1": Proof(lambda problem, penalty: keras(problem, penalty, "L1"), KERAS),
    "keras-l2-cross-entropy": Proof(
        lambda problem, penalty: keras(problem, penalty, labels=True), KERAS
    ),
    "keras-sgd": Proof(lambda problem, decay: keras(problem, 0.0, decay=decay), KERAS),
    "optax": Proof(
        lambda problem, decay: optax(problem, decayed(decay), "squared_error"), OPTAX
    ),
    "optax-l2-loss": Proof(
        lambda problem, decay: optax(problem, decayed(decay), "l2_loss"), OPTAX
    ),
    "optax-adamw": Proof(
        lambda problem, decay: optax(
            problem, adamw(decay, 20_000), "squared_error", 20_000
        ),
        OPTAX,
        weighted=False,
    ),
}
