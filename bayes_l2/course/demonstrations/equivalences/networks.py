"""What an L2 penalty is in a network: a step size for some weights, a prior for others.

It is a step size for weights in front of batch normalisation, and an exact Gaussian
prior for the weights of the last layer.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from bayes_l2 import arguments
from bayes_l2.arrays import FloatArray
from bayes_l2.course.demonstrations.equivalences.equivalence import (
    Curve,
    Equivalence,
    Picture,
    furthest,
)
from bayes_l2.course.demonstrations.hidden_layer import Network
from bayes_l2.fits.exact import fit_exact
from bayes_l2.fits.search.quiet import quiet
from bayes_l2.validation import natural_number

__all__ = ["batch_normalisation", "last_layer"]
__dir__ = __all__.copy

EPSILON = float(np.finfo(float).eps)
RATE, DECAY = 0.05, 0.1  # the step and the weight decay of the hidden weights
ALPHA = 1.0  # the weight decay of a network whose last layer is examined


def batch_normalisation(
    *, seed: int = 0, n: int = 40, p: int = 3, hidden: int = 4, steps: int = 150
) -> Equivalence:
    r"""Train with weight decay, and without it by growing steps: the same functions.

    Batch normalisation takes the mean of a hidden unit over the rows off, and divides
    by its sd. So the function does not change with the scale of the unit's weights w,
    the gradient is orthogonal to w, and it scales as :math:`1 / \lVert w \rVert`
    (van Laarhoven, 2017). Gradient descent with the step η and the weight decay λ,

    .. math:: w_{t+1} = c \, w_t - \eta \, g(w_t), \qquad c = 1 - \eta \lambda

    with :math:`u_t = w_t / c^t` and :math:`g(c^t u_t) = g(u_t) / c^t`, is

    .. math:: u_{t+1} = u_t - \eta \, c^{-(2t + 1)} \, g(u_t)

    which is gradient descent without weight decay, by a step that grows exponentially
    (Li and Arora, 2020). Both have the same functions at every t. So the penalty is no
    prior on the function: it sets the effective step
    :math:`\eta / (c \, \lVert w_t \rVert^2)`.

    One side trains with weight decay, with gradients by back-propagation. The other
    side trains without it, by growing steps, with gradients by complex steps: the
    imaginary part of the loss at :math:`u + i h` is h times the slope. The weights
    behind the normalisation have no weight decay on either side.

    Parameters
    ----------
    seed : int
        Seed of the data and of the weights.
    n : int
        Rows, 30 to 100.
    p : int
        Columns, 2 to 5.
    hidden : int
        Hidden units, 2 to 6.
    steps : int
        Steps of gradient descent, 10 to 200.

    Returns
    -------
    Equivalence
        The largest difference of the two functions, over all rows and all steps, in
        sds of y.

    Raises
    ------
    ValueError
        If a size is out of its bounds.
    """
    rng = arguments.generator(seed, "seed")
    n = natural_number(n, "n", at_least=30, at_most=100)
    p = natural_number(p, "p", at_least=2, at_most=5)
    hidden = natural_number(hidden, "hidden", at_least=2, at_most=6)
    steps = natural_number(steps, "steps", at_least=10, at_most=200)
    X = rng.standard_normal((n, p))
    y = np.sin(2 * X[:, 0]) + X[:, 1] + 0.3 * rng.standard_normal(n)
    y = (y - y.mean()) / y.std()
    W = rng.standard_normal((p, hidden))
    W = W / np.linalg.norm(W, axis=0)
    v = rng.standard_normal(hidden) / np.sqrt(hidden)
    c = 1 - RATE * DECAY

    def train(
        slopes: Callable[..., tuple[FloatArray, FloatArray]],
        rates: Any,
        factor: float,
        start: FloatArray,
    ) -> tuple[FloatArray, FloatArray]:
        W, last = start.copy(), v.copy()
        outputs, effective = [], []
        for rate in rates:
            W_slope, v_slope = slopes(W, last, X, y)
            outputs.append(_output(W, last, X))
            effective.append(rate / factor / np.sum(W[:, 0] ** 2))
            W = factor * W - rate * W_slope
            last = last - RATE * v_slope
        outputs.append(_output(W, last, X))
        return np.array(outputs), np.array(effective)

    t = np.arange(steps)
    same = np.full(steps, RATE)
    decayed, first = train(_by_backpropagation, same, c, W)
    grown, second = train(_by_complex_steps, RATE * c ** -(2.0 * t + 1), 1.0, W)
    _, plain = train(_by_backpropagation, same, 1.0, W)
    nudge = 1e-7
    moved, _ = train(
        _by_backpropagation, same, c, W * (1 + nudge * rng.choice([-1, 1], W.shape))
    )
    # the training itself makes an early rounding error larger, or smaller
    growth = max(1.0, furthest(moved, decayed) / nudge)
    found = furthest(grown, decayed)
    every = np.unique(np.linspace(0, steps - 1, 25).astype(int))
    return Equivalence(
        "on weights before batch normalisation, weight decay acts as steps that grow "
        "exponentially",
        found,
        (n + steps) * EPSILON * growth,
        "sds of y",
        "the function does not change with the scale of the weights, so nothing but "
        "rounding, which grows in training, is between them",
        "Li and Arora (2020); van Laarhoven (2017)",
        Picture(
            "step of gradient descent",
            "effective step of unit 1, step / |w|²",
            {
                "decay, constant step": Curve(t, first, "line"),
                "no decay, growing step": Curve(every, second[every], "points"),
                "no decay, constant step": Curve(t, plain, "dashes"),
            },
            f"The effective step goes from {first[0]:.3g} to {first[-1]:.3g} with "
            "weight decay, and without it by steps that grow it is the same. Without "
            f"decay, by a constant step, it ends at {plain[-1]:.3g}.",
            log_y=True,
        ),
    )


def _output(W: Any, v: Any, X: FloatArray) -> Any:
    """Return the output of a network: tanh of normalised hidden units, summed.

    The variance is a sum of squares, not of absolute squares, so that the function is
    analytic and a complex step finds its slope.
    """
    Z = X @ W
    Z = Z - Z.mean(axis=-2, keepdims=True)
    Z = Z / np.sqrt((Z**2).mean(axis=-2, keepdims=True))
    return (np.tanh(Z) @ v[..., np.newaxis])[..., 0]


def _by_backpropagation(
    W: FloatArray, v: FloatArray, X: FloatArray, y: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the slopes of half the mean squared error, back through the layers."""
    Z = X @ W
    centred = Z - Z.mean(axis=0)
    sd = np.sqrt((centred**2).mean(axis=0))
    unit = centred / sd
    active = np.tanh(unit)
    residuals = (active @ v - y) / len(y)
    back = np.outer(residuals, v) * (1 - active**2)
    back = (back - back.mean(axis=0) - unit * (back * unit).mean(axis=0)) / sd
    return X.T @ back, active.T @ residuals


def _by_complex_steps(
    W: FloatArray, v: FloatArray, X: FloatArray, y: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the slopes of half the mean squared error, one weight at a time."""
    weights = np.append(W.ravel(), v)
    moved = weights + 1e-100j * np.eye(len(weights))
    outputs = _output(moved[:, : W.size].reshape(-1, *W.shape), moved[:, W.size :], X)
    slopes = ((outputs - y) ** 2).mean(axis=1).imag / 2e-100
    return slopes[: W.size].reshape(W.shape), slopes[W.size :]


def last_layer(*, seed: int = 0, n: int = 40, hidden: int = 5) -> Equivalence:
    r"""Approximate the last layer of a trained network by Laplace's method.

    A network is linear in the weights of its last layer. So with squared error and
    weight decay its loss is a quadratic function of them, their posterior given the
    hidden layer is Gaussian, and Laplace's approximation of the last layer (Daxberger
    et al., 2021, who recommend it for large networks) is no approximation.

    scikit-learn's ``MLPRegressor`` trains the network. One side knows its loss alone,
    as a function of the weights w and the bias a of the last layer:

    .. math:: L(a, w) = \tfrac{1}{2} \sum_i (y_i - f(x_i))^2
              + \tfrac{\alpha}{2} \lVert w \rVert^2

    in units of the noise sd. Its differences at distance 1 are the gradient and the
    Hessian, without an error of the differences, because the third derivatives are 0.
    A Newton step from the trained weights leads to the mean, and the inverse Hessian is
    the covariance. The other side is the exact posterior of a linear model of y on the
    outputs of the hidden layer, with a flat prior on the intercept.

    Parameters
    ----------
    seed : int
        Seed of the data and of the weights at the start of training.
    n : int
        Rows, 10 to 200.
    hidden : int
        Hidden units, 1 to 10.

    Returns
    -------
    Equivalence
        In posterior sds: the worst mean, or the worst covariance in units of the two
        posterior sds.

    Raises
    ------
    ValueError
        If a size is out of its bounds.
    """
    rng = arguments.generator(seed, "seed")
    n = natural_number(n, "n", at_least=10, at_most=200)
    hidden = natural_number(hidden, "hidden", at_least=1, at_most=10)
    x = np.sort(rng.uniform(-3.0, 3.0, (n, 1)), axis=0)
    y = (np.sin(2 * x[:, 0]) + 0.3 * rng.standard_normal(n)) / 0.3
    network = _trained(x, y, hidden, int(rng.integers(2**32)))

    def loss(last: FloatArray) -> float:
        outputs = np.tanh(x @ network.hidden_weights + network.hidden_biases)
        residuals = y - outputs @ last[1:] - last[0]
        return float(residuals @ residuals + ALPHA * last[1:] @ last[1:]) / 2

    start = np.append(network.output_bias, network.output_weights)
    gradient, hessian, largest = _differences(loss, start)
    cov = np.linalg.inv(hessian)
    mean = start - cov @ gradient

    exact = fit_exact(network.last_layer(x, y, ALPHA))
    found = max(
        furthest(mean, exact.mean, exact.sd),
        furthest(cov, exact.cov, np.outer(exact.sd, exact.sd)),
    )
    # a difference of losses keeps their rounding errors
    precision = float(np.linalg.eigvalsh(hessian)[0])
    allowed = n * EPSILON * largest / precision
    grid = np.linspace(-4.0, 8.0, 181)
    outputs = network.features(grid[:, np.newaxis])
    columns = np.column_stack([np.ones(len(grid)), outputs])
    middle = columns @ exact.mean
    wide = 2 * np.sqrt(np.einsum("ij,jk,ik->i", columns, exact.cov, columns))
    laplace = 2 * np.sqrt(np.einsum("ij,jk,ik->i", columns, cov, columns))
    band = np.concatenate([middle - wide, [np.nan], middle + wide])
    fewer = slice(None, None, 6)
    other = columns @ mean
    return Equivalence(
        "with squared error, Laplace's approximation of the last layer is exact, given "
        "the hidden layer",
        found,
        allowed,
        "posterior sds",
        "the loss is quadratic in the last layer, so nothing but rounding of the "
        "losses is between them",
        "Daxberger et al. (2021)",
        Picture(
            "x",
            "y (noise sds)",
            {
                "posterior mean": Curve(grid, middle, "line"),
                "exact ± 2 sd": Curve(np.r_[grid, np.nan, grid], band, "dashes"),
                "Laplace ± 2 sd": Curve(
                    np.r_[grid[fewer], grid[fewer]],
                    np.r_[(other - laplace)[fewer], (other + laplace)[fewer]],
                    "points",
                ),
            },
            "The mean of Laplace's approximation plus and minus two sds lies on that "
            "of the exact posterior. The sd of the function goes from "
            f"{wide.min() / 2:.2f} to {wide.max() / 2:.2f} noise sds.",
        ),
    )


def _trained(x: FloatArray, y: FloatArray, hidden: int, seed: int) -> Network:
    """Train a network by L-BFGS. It need not come to its end."""
    from sklearn.neural_network import MLPRegressor

    estimator = MLPRegressor(
        hidden_layer_sizes=(hidden,),
        activation="tanh",
        solver="lbfgs",
        alpha=ALPHA,
        random_state=seed,
    )
    with quiet():
        estimator.fit(x, y)
    (V, w), (c, a) = estimator.coefs_, estimator.intercepts_
    return Network(V, c, w[:, 0], float(a[0]))


def _differences(
    function: Callable[[FloatArray], float], here: FloatArray
) -> tuple[FloatArray, FloatArray, float]:
    """Return gradient, Hessian and largest value, by differences at distance 1."""
    steps = np.eye(len(here))
    up = np.array([function(here + step) for step in steps])
    down = np.array([function(here - step) for step in steps])
    both = np.array([[function(here + a + b) for b in steps] for a in steps])
    middle = function(here)
    hessian = both - up - up[:, np.newaxis] + middle
    return (up - down) / 2, hessian, float(np.max(both))
