"""PyTorch, Keras and Optax at a converted setting, trained in double precision until nothing moves."""

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
    """Train a linear layer by an optimiser that decays all its parameters, on minibatches in order."""
    library = import_module("torch")
    response = (
        (problem.labels + 1) / 2
        if isinstance(loss, library.nn.BCEWithLogitsLoss)
        else problem.y
    )
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
    blocks = list(
        zip(
            columns.split(problem.batch_size),
            target.split(problem.batch_size),
            strict=True,
        )
    )
    for step in range(STEPS if optimiser == "SGD" else 5 * STEPS):
        x, y = blocks[step % len(blocks)]
        trainer.zero_grad()
        loss(layer(x), y).backward()
        trainer.step()
    return Fitted(layer.bias.item(), layer.weight.detach().numpy().ravel())


def torch_loss(name: str, **options: Any) -> Any:
    """Return one of PyTorch's losses."""
    return getattr(import_module("torch").nn, name)(**options)


@contextmanager
def double_precision() -> Iterator[None]:
    """Let JAX, and Keras on JAX, compute in double precision, and put back what was set before."""
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
    """Train a dense layer whose kernel is regularised, or whose optimiser decays all its parameters."""
    with double_precision():
        library = import_module("keras")
        before = library.config.floatx()
        library.config.set_floatx("float64")
        try:
            inputs, regulariser = (
                library.Input((problem.X.shape[1],)),
                getattr(library.regularizers, norm)(penalty),
            )
            layer = library.layers.Dense(
                1, kernel_regularizer=regulariser, kernel_initializer="zeros"
            )
            model = library.Sequential([inputs, layer])
            step, momentum, epochs = (
                0.8 if labels else 0.1,
                0.8 if decay is None else 0.0,
                STEPS // 2,
            )
            if norm == "L1":  # at its kink only steps that shrink come to rest
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
    """Train by an Optax chain on the mean of a loss, in minibatches in order."""
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
            return (
                w * getattr(library, loss)(parameters["a"] + x @ parameters["b"], y)
            ).mean()

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
    """Return Optax's gradient descent on decayed weights."""
    library = import_module("optax")
    return library.chain(
        library.add_decayed_weights(decay), library.sgd(0.1, momentum=0.8)
    )


def adamw(decay: float, steps: int) -> Any:
    """Return Optax's AdamW with steps that shrink to nothing."""
    library = import_module("optax")
    return library.adamw(
        library.exponential_decay(1.0, steps, 1e-9), weight_decay=decay
    )


MOMENTUM = {"lr": 0.1, "momentum": 0.8}
TORCH, KERAS, OPTAX = ("torch",), ("keras", "jax"), ("optax", "jax")
PROOFS = {
    "torch-sgd": Proof(
        lambda problem, decay: torch(
            problem, decay, "SGD", torch_loss("MSELoss"), **MOMENTUM
        ),
        TORCH,
        weighted=False,
    ),
    "torch-sgd-sum": Proof(
        lambda problem, decay: torch(
            problem,
            decay,
            "SGD",
            torch_loss("MSELoss", reduction="sum"),
            lr=1e-3,
            momentum=0.8,
        ),
        TORCH,
        weighted=False,
    ),
    "torch-sgd-cross-entropy": Proof(
        lambda problem, decay: torch(
            problem, decay, "SGD", torch_loss("BCEWithLogitsLoss"), lr=0.8, momentum=0.8
        ),
        TORCH,
        weighted=False,
    ),
    "torch-adam": Proof(
        lambda problem, decay: torch(
            problem, decay, "Adam", torch_loss("MSELoss"), lr=1.0, amsgrad=True
        ),
        TORCH,
        weighted=False,
    ),
    "torch-adam-sum": Proof(
        lambda problem, decay: torch(
            problem,
            decay,
            "Adam",
            torch_loss("MSELoss", reduction="sum"),
            lr=1.0,
            amsgrad=True,
        ),
        TORCH,
        weighted=False,
    ),
    "torch-adamw-sum": Proof(
        lambda problem, decay: torch(
            problem, decay, "AdamW", torch_loss("MSELoss", reduction="sum"), lr=0.01
        ),
        TORCH,
        weighted=False,
    ),
    "torch-adamw": Proof(
        lambda problem, decay: torch(
            problem, decay, "AdamW", torch_loss("MSELoss"), lr=0.1
        ),
        TORCH,
        weighted=False,
    ),
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
