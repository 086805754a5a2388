r"""Weight decay in a network: trained weights are a stationary point of a log posterior that is not Gaussian.

A network's output is not linear in its weights, so that a Gaussian prior on them and Gaussian noise give a density with
many modes. Only given the features of its last hidden layer the model is linear, and the posterior of the last layer's
weights Gaussian.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import optimize

from bayes_l2 import validation
from bayes_l2.arrays import FloatArray
from bayes_l2.fits.exact import fit_exact
from bayes_l2.model import likelihoods, priors
from bayes_l2.model.linear_model import LinearModel

DIFFERENCE = 1e-5  # of a weight, for second derivatives
SADDLE = 1e-4  # a curvature below minus this leads downhill, and is no rounding
LEVEL = 1e-4  # of a gradient, per unit of a weight


@dataclass(frozen=True)
class Network:
    r"""A network of one hidden layer, :math:`f(x) = a + w^\top \tanh(V^\top x + c)`, and the posterior of its weights.

    .. math:: -\log p = \tfrac{1}{2} \sum_i (y_i - f(x_i))^2 + \tfrac{\alpha}{2} (\lVert V \rVert^2 + \lVert w \rVert^2)

    up to a constant: noise of sd 1 and the prior :math:`N(0, 1/\alpha)` on weights, flat on the biases a and c. (Flat
    on c it is improper as a distribution, since tanh saturates; it is a density to be maximised.) It is n times what
    scikit-learn's ``MLPRegressor(alpha, solver="lbfgs")`` minimises.

    Attributes
    ----------
    hidden_weights : ndarray of shape (p, h)
        V.
    hidden_biases : ndarray of shape (h,)
        c.
    output_weights : ndarray of shape (h,)
        w.
    output_bias : float
        a.
    """

    hidden_weights: FloatArray
    hidden_biases: FloatArray
    output_weights: FloatArray
    output_bias: float

    def features(self, X: Any) -> FloatArray:
        """Return what the hidden layer makes of the rows, shape (n, h)."""
        return np.tanh(validation.matrix(X) @ self.hidden_weights + self.hidden_biases)

    def predict(self, X: Any) -> FloatArray:
        """Return the output for each row."""
        return self.features(X) @ self.output_weights + self.output_bias

    def negative_log_posterior(self, X: Any, y: Any, alpha: float) -> float:
        """Return the negative log posterior of the weights, up to a constant."""
        residuals = validation.vector(y, "y") - self.predict(X)
        squares = (self.hidden_weights**2).sum() + (self.output_weights**2).sum()
        return float(residuals @ residuals / 2 + alpha * squares / 2)

    def gradient(self, X: Any, y: Any, alpha: float) -> "Network":
        """Return the derivatives of the negative log posterior, by back-propagation, in the shape of the network."""
        columns = validation.matrix(X)
        hidden = self.features(columns)
        residuals = self.predict(columns) - validation.vector(
            y, "y", length=len(columns)
        )
        back = np.outer(residuals, self.output_weights) * (1 - hidden**2)
        return Network(
            columns.T @ back + alpha * self.hidden_weights,
            back.sum(axis=0),
            hidden.T @ residuals + alpha * self.output_weights,
            float(residuals.sum()),
        )

    def vector(self) -> FloatArray:
        """Return all weights and biases in one vector."""
        parts = (
            self.hidden_weights.ravel(),
            self.hidden_biases,
            self.output_weights,
            [self.output_bias],
        )
        return np.concatenate(parts)

    def with_vector(self, vector: Any) -> "Network":
        """Return the network of this shape whose weights and biases are those of a vector."""
        p, h = self.hidden_weights.shape
        values = validation.vector(vector, "vector", length=p * h + 2 * h + 1)
        V, c, w, a = np.split(values, [p * h, p * h + h, p * h + 2 * h])
        return Network(V.reshape(p, h), c, w, float(a[0]))

    def hessian(self, X: Any, y: Any, alpha: float) -> FloatArray:
        """Return the second derivatives of the negative log posterior, shape (d, d), in the order of ``vector``.

        They are central differences of the gradient, whose steps of 1e-5 leave an error of about 1e-8 of their size.
        """
        here = self.vector()
        steps = DIFFERENCE * np.eye(len(here))
        slopes = [
            self.with_vector(here + step).gradient(X, y, alpha).vector()
            - self.with_vector(here - step).gradient(X, y, alpha).vector()
            for step in steps
        ]
        found = np.array(slopes) / (2 * DIFFERENCE)
        return (found + found.T) / 2

    def moved(self, other: "Network", share: float) -> "Network":
        """Return the network this share of the way to another, on a straight line between their weights."""
        return self.with_vector((1 - share) * self.vector() + share * other.vector())

    def mirrored(self, unit: int) -> "Network":
        """Return the network with one hidden unit's signs turned: other weights, the same function."""
        signs = np.ones(len(self.output_weights))
        signs[unit] = -1.0
        return Network(
            self.hidden_weights * signs,
            self.hidden_biases * signs,
            self.output_weights * signs,
            self.output_bias,
        )

    def last_layer(self, X: Any, y: Any, alpha: float) -> LinearModel:
        """Return the linear model of the response on the hidden layer's features: its posterior is Gaussian."""
        prior = priors.Normal(sd=alpha**-0.5)
        return LinearModel(
            self.features(X), y, likelihood=likelihoods.Normal(sd=1.0), prior=prior
        )


def draw(
    *,
    alpha: float,
    features: int,
    hidden: int,
    rng: np.random.Generator | int | None = None,
) -> Network:
    r"""Draw a network from the prior :math:`N(0, 1/\alpha)` of its weights, its biases like its weights.

    Parameters
    ----------
    alpha : float
        Weight decay, the precision of the prior.
    features, hidden : int
        Columns, and units of the hidden layer.
    rng : numpy.random.Generator or int, optional
        Where the numbers come from.

    Returns
    -------
    Network

    Raises
    ------
    ValueError
        If an argument is not valid.
    """
    p, h = (
        validation.natural_number(features, "features"),
        validation.natural_number(hidden, "hidden"),
    )
    rng, sd = (
        np.random.default_rng(rng),
        validation.positive_number(alpha, "alpha") ** -0.5,
    )
    V, c, w, a = (sd * rng.standard_normal(shape) for shape in ((p, h), h, h, ()))
    return Network(V, c, w, float(a))


def train(X: Any, y: Any, *, alpha: float, hidden: int, seed: int) -> Network:
    """Train scikit-learn's ``MLPRegressor`` with weight decay, by L-BFGS until nothing moves.

    Parameters
    ----------
    X : array_like of shape (n, p)
        Features.
    y : array_like of shape (n,)
        Response, in units of the noise sd.
    alpha : float
        Weight decay, the precision of the prior of each weight.
    hidden : int
        Units of the hidden layer.
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
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPRegressor

    columns = validation.matrix(X)
    response = validation.vector(y, "y", length=len(columns))
    estimator = MLPRegressor(
        hidden_layer_sizes=(validation.natural_number(hidden, "hidden"),),
        activation="tanh",
        solver="lbfgs",
        alpha=validation.positive_number(alpha, "alpha"),
        tol=1e-14,
        max_iter=10_000,
        max_fun=10**6,
        random_state=seed,
        warm_start=True,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for _ in range(
            20
        ):  # it stops at a tolerance that cannot be set; starting anew goes on from there
            estimator.fit(columns, response)
    (V, w), (c, a) = estimator.coefs_, estimator.intercepts_
    return Network(V, c, w[:, 0], float(a[0]))


def find_mode(
    network: Network, X: Any, y: Any, *, alpha: float, held: int | None = None
) -> Network:
    """Return the mode downhill from a network, by Newton's method in a trust region; a saddle is left again.

    Parameters
    ----------
    network : Network
        Where to start.
    X : array_like of shape (n, p)
        Features.
    y : array_like of shape (n,)
        Response, in units of the noise sd.
    alpha : float
        Weight decay.
    held : int, optional
        A hidden unit whose output weight is kept as it is.

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
        values = (
            values + 0.01 * directions[:, 0]
        )  # the search stops where the gradient is 0, at a saddle too
    raise ArithmeticError("no mode was found downhill from this network")


def profile(
    network: Network, unit: int, X: Any, y: Any, *, alpha: float, shares: Any
) -> FloatArray:
    """Return the negative log posterior with a unit's output weight scaled, minimised over all others.

    Shares from 1 to 0 lead from a mode to a network that does without the unit, which is half of the way to the
    mirrored mode; the other half is the mirror image. It is a way if the heights do not jump: where they do, the
    others have gone over to another valley.

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
        What to multiply the weight by, one after the other, each search starting where the last has ended.

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
    unit = _unit(network, unit, "unit")
    heights, here = [], network
    for share in validation.vector(shares, "shares"):
        weights = here.output_weights.copy()
        weights[unit] = share * network.output_weights[unit]
        here = find_mode(
            replace(here, output_weights=weights), X, y, alpha=alpha, held=unit
        )
        heights.append(here.negative_log_posterior(X, y, alpha))
    return np.array(heights)


def _unit(network: Network, value: int, name: str) -> int:
    h = len(network.output_weights)
    if validation.natural_number(value, name, at_least=0) >= h:
        raise ValueError(f"{name} must be a hidden unit, 0 to {h - 1}, got {value}")
    return value


def exact_last_layer(
    network: Network, X: Any, y: Any, alpha: float
) -> tuple[float, FloatArray]:
    """Return intercept and weights of the last layer as the exact posterior mean, given the hidden layer."""
    posterior = fit_exact(network.last_layer(X, y, alpha))
    return float(posterior.intercept), posterior.mean
