r"""Weight decay in a network is a Gaussian prior on its weights.

.. math:: \nabla \left[ \tfrac{1}{2} \sum_i (y_i - f(x_i))^2
          + \tfrac{\alpha}{2} (\lVert V \rVert^2 + \lVert w \rVert^2) \right] = 0

Weights that are trained on all rows at once, until that converges, are a stationary
point of a log posterior that is not Gaussian. The functions here draw networks from the
prior, train them, find modes of the posterior, and walk from a mode to its mirror
image.
"""

from dataclasses import replace
from typing import Any

import numpy as np
from scipy import optimize

from bayes_l2 import arguments, validation
from bayes_l2.arrays import FloatArray
from bayes_l2.course import checks
from bayes_l2.course.demonstrations.hidden_layer import Network
from bayes_l2.fits.exact import fit_exact
from bayes_l2.fits.search.quiet import quiet
from bayes_l2.texts import shown

__all__ = ["draw", "exact_last_layer", "find_mode", "profile", "train"]
__dir__ = __all__.copy

SADDLE = 1e-4  # a curvature below minus this is no rounding error
LEVEL = 1e-4  # the largest gradient at a mode, per unit of a weight


def draw(
    *,
    alpha: float,
    features: int,
    hidden: int,
    rng: np.random.Generator | int | None = None,
) -> Network:
    r"""Draw a network whose weights and biases have the prior :math:`N(0, 1/\alpha)`.

    Parameters
    ----------
    alpha : float
        Weight decay, the precision of the prior.
    features, hidden : int
        Number of columns, and of units in the hidden layer.
    rng : numpy.random.Generator or int, optional
        Source of the random numbers, or its seed.

    Returns
    -------
    Network

    Raises
    ------
    ValueError
        If an argument is not valid.
    """
    p = arguments.draws_to_keep(features, 1, "features")
    h = arguments.draws_to_keep(hidden, p, "hidden")
    sd = validation.positive_number(alpha, "alpha") ** -0.5
    rng = arguments.generator(rng)
    V, c, w, a = (sd * rng.standard_normal(shape) for shape in ((p, h), h, h, ()))
    return Network(V, c, w, float(a))


def train(X: Any, y: Any, *, alpha: float, hidden: int, seed: int) -> Network:
    """Train scikit-learn's ``MLPRegressor`` with weight decay, by L-BFGS to the end.

    Parameters
    ----------
    X : array_like of shape (n, p)
        Features.
    y : array_like of shape (n,)
        Response, in units of the noise sd.
    alpha : float
        Weight decay, the precision of the prior of each weight.
    hidden : int
        Number of units in the hidden layer.
    seed : int
        Seed of the starting weights.

    Returns
    -------
    Network

    Raises
    ------
    ValueError
        If an argument is not valid.
    """
    from sklearn.neural_network import MLPRegressor

    columns, response = checks.rows(X, y)
    size = arguments.draws_to_keep(hidden, columns.shape[1], "hidden")
    estimator = MLPRegressor(
        hidden_layer_sizes=(size,),
        activation="tanh",
        solver="lbfgs",
        alpha=validation.positive_number(alpha, "alpha"),
        tol=1e-14,
        max_iter=10_000,
        max_fun=10**6,
        random_state=arguments.seed(seed, bits=32),
        warm_start=True,
    )
    with quiet():
        # L-BFGS stops at a tolerance that cannot be set; a new start continues there
        for _ in range(20):
            estimator.fit(columns, response)
    (V, w), (c, a) = estimator.coefs_, estimator.intercepts_
    return Network(V, c, w[:, 0], float(a[0]))


def find_mode(
    network: Network, X: Any, y: Any, *, alpha: float, held: int | None = None
) -> Network:
    """Return the mode downhill from a network, by Newton's method in a trust region.

    The search leaves saddle points.

    Parameters
    ----------
    network : Network
        The network to start from.
    X : array_like of shape (n, p)
        Features.
    y : array_like of shape (n,)
        Response, in units of the noise sd.
    alpha : float
        Weight decay.
    held : int, optional
        A hidden unit whose output weight stays fixed.

    Returns
    -------
    Network

    Raises
    ------
    ValueError
        If an argument is not valid.
    ArithmeticError
        If no mode is found.
    """
    network = arguments.instance(network, Network, "network")
    X, y = checks.rows(X, y)
    alpha = validation.positive_number(alpha, "alpha")
    start = network.vector()
    free = np.ones(len(start), dtype=bool)
    if held is not None:
        h = len(network.output_weights)
        free[len(start) - 1 - h + _unit(network, held, "held")] = False

    def at(values: FloatArray) -> Network:
        vector = start.copy()
        vector[free] = values
        return network.with_vector(vector)

    def slopes(values: FloatArray) -> FloatArray:
        return at(values).gradient(X, y, alpha).vector()[free]

    def curvatures(values: FloatArray) -> FloatArray:
        return at(values).hessian(X, y, alpha)[np.ix_(free, free)]

    values = start[free]
    for _ in range(20):
        found: Any = optimize.minimize(
            lambda values: at(values).negative_log_posterior(X, y, alpha),
            values,
            jac=slopes,
            hess=curvatures,
            method="trust-exact",
            options={"gtol": 1e-8, "maxiter": 500},
        )
        values = found.x
        least, directions = np.linalg.eigh(curvatures(values))
        if least[0] > -SADDLE:
            if np.abs(slopes(values)).max() > LEVEL:
                break
            return at(values)
        # the search stops where the gradient is 0, and so at a saddle point too
        values = values + 0.01 * directions[:, 0]
    raise ArithmeticError("no mode was found downhill from this network")


def profile(
    network: Network, unit: int, X: Any, y: Any, *, alpha: float, shares: Any
) -> FloatArray:
    """Return the negative log posterior as the output weight of a unit is scaled.

    At each share it is minimised over all other weights. Shares from 1 to 0 lead from a
    mode to a network without the unit. This is half of the way to the mirrored mode;
    the other half is its mirror image. The heights must not jump: at a jump the other
    weights have moved to another valley, and there is no continuous way.

    Parameters
    ----------
    network : Network
        A mode.
    unit : int
        The hidden unit.
    X : array_like of shape (n, p)
        Features.
    y : array_like of shape (n,)
        Response, in units of the noise sd.
    alpha : float
        Weight decay.
    shares : array_like of shape (m,)
        Factors of the weight, in order. Each search starts at the end of the last one.

    Returns
    -------
    ndarray of shape (m,)

    Raises
    ------
    ValueError
        If an argument is not valid.
    ArithmeticError
        If a search finds no minimum.
    """
    network = arguments.instance(network, Network, "network")
    unit = _unit(network, unit, "unit")
    heights, here = [], network
    for share in validation.vector(shares, "shares"):
        weights = here.output_weights.copy()
        weights[unit] = share * network.output_weights[unit]
        here = replace(here, output_weights=weights)
        here = find_mode(here, X, y, alpha=alpha, held=unit)
        heights.append(here.negative_log_posterior(X, y, alpha))
    return np.array(heights)


def exact_last_layer(
    network: Network, X: Any, y: Any, alpha: float
) -> tuple[float, FloatArray]:
    """Return the exact posterior mean of the last layer: intercept and weights.

    The hidden layer is fixed.
    """
    network = arguments.instance(network, Network, "network")
    posterior = fit_exact(network.last_layer(X, y, alpha))
    return float(posterior.intercept), posterior.coef


def _unit(network: Network, value: int, name: str) -> int:
    h = len(network.output_weights)
    if validation.natural_number(value, name, at_least=0) >= h:
        raise ValueError(
            f"{name} must be a hidden unit, 0 to {h - 1}, got {shown(value)}"
        )
    return value
