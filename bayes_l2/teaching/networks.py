r"""Weight decay in a network: trained weights are a stationary point of a log posterior that is not Gaussian.

A network's output is not linear in its weights, so that a Gaussian prior on them and Gaussian noise give a density with
many modes. Only given the features of its last hidden layer the model is linear, and the posterior of the last layer's
weights Gaussian.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import optimize

from bayes_l2 import likelihoods, priors, validation
from bayes_l2.fits.exact import fit_exact
from bayes_l2.model import LinearModel
from bayes_l2.validation import FloatArray

DIFFERENCE = 1e-5  # of a weight, for second derivatives


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
        residuals = self.predict(columns) - validation.vector(y, "y", length=len(columns))
        back = np.outer(residuals, self.output_weights) * (1 - hidden**2)
        return Network(
            columns.T @ back + alpha * self.hidden_weights,
            back.sum(axis=0),
            hidden.T @ residuals + alpha * self.output_weights,
            float(residuals.sum()),
        )

    def vector(self) -> FloatArray:
        """Return all weights and biases in one vector."""
        parts = (self.hidden_weights.ravel(), self.hidden_biases, self.output_weights, [self.output_bias])
        return np.concatenate(parts)

    def with_vector(self, vector: FloatArray) -> "Network":
        """Return the network of this shape whose weights and biases are those of a vector."""
        p, h = self.hidden_weights.shape
        V, c, w, a = np.split(np.asarray(vector, dtype=float), [p * h, p * h + h, p * h + 2 * h])
        return Network(V.reshape(p, h), c, w, float(a[0]))

    def hessian(self, X: Any, y: Any, alpha: float) -> FloatArray:
        """Return second derivatives of the negative log posterior by differences of its gradient, in vector order."""
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
        pairs = zip(vars(self).values(), vars(other).values(), strict=True)
        return Network(*((1 - share) * here + share * there for here, there in pairs))

    def mirrored(self, unit: int) -> "Network":
        """Return the network with one hidden unit's signs turned: other weights, the same function."""
        signs = np.ones(len(self.output_weights))
        signs[unit] = -1.0
        return Network(
            self.hidden_weights * signs, self.hidden_biases * signs, self.output_weights * signs, self.output_bias
        )

    def last_layer(self, X: Any, y: Any, alpha: float) -> LinearModel:
        """Return the linear model of the response on the hidden layer's features: its posterior is Gaussian."""
        prior = priors.Normal(sd=alpha**-0.5)
        return LinearModel(self.features(X), y, likelihood=likelihoods.Normal(sd=1.0), prior=prior)


def draw(*, alpha: float, features: int, hidden: int, rng: np.random.Generator | int | None = None) -> Network:
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
    p, h = validation.natural_number(features, "features"), validation.natural_number(hidden, "hidden")
    rng, sd = np.random.default_rng(rng), validation.positive_number(alpha, "alpha") ** -0.5
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
        for _ in range(20):  # it stops at a tolerance that cannot be set; starting anew goes on from there
            estimator.fit(columns, response)
    (V, w), (c, a) = estimator.coefs_, estimator.intercepts_
    return Network(V, c, w[:, 0], float(a[0]))


def settle(network: Network, X: Any, y: Any, *, alpha: float, held: int | None = None) -> Network:
    """Return the mode downhill from a network: Newton's method in a trust region, which does not rest at a saddle.

    Parameters
    ----------
    network : Network
        Where to start.
    X, y, alpha
        As for ``train``.
    held : int, optional
        A hidden unit whose output weight is kept as it is.

    Returns
    -------
    Network
    """
    start = network.vector()
    free = np.ones(len(start), dtype=bool)
    if held is not None:
        free[start.size - 1 - len(network.output_weights) + held] = False

    def at(values: FloatArray) -> Network:
        vector = start.copy()
        vector[free] = values
        return network.with_vector(vector)

    found: Any = optimize.minimize(
        lambda values: at(values).negative_log_posterior(X, y, alpha),
        start[free],
        jac=lambda values: at(values).gradient(X, y, alpha).vector()[free],
        hess=lambda values: at(values).hessian(X, y, alpha)[np.ix_(free, free)],
        method="trust-exact",
        options={"gtol": 1e-8, "maxiter": 500},
    )
    return at(found.x)


def low_pass(network: Network, unit: int, X: Any, y: Any, *, alpha: float, shares: Any) -> FloatArray:
    """Return the negative log posterior with a unit's output weight scaled down, all others free to give way.

    Scaled to minus itself it is the mirrored network's, so that this is a way from one of two modes to the other,
    unless the heights jump: then the others have gone over to another valley.

    Parameters
    ----------
    network : Network
        A mode.
    unit : int
        The hidden unit.
    X, y, alpha
        As for ``train``.
    shares : array_like of shape (m,)
        What to multiply the weight by, one after the other.

    Returns
    -------
    ndarray of shape (m,)
    """
    heights, settled = [], network
    for share in validation.vector(shares, "shares"):
        weights = settled.output_weights.copy()
        weights[unit] = share * network.output_weights[unit]
        settled = settle(replace(settled, output_weights=weights), X, y, alpha=alpha, held=unit)
        heights.append(settled.negative_log_posterior(X, y, alpha))
    return np.array(heights)


def exact_last_layer(network: Network, X: Any, y: Any, alpha: float) -> tuple[float, FloatArray]:
    """Return intercept and weights of the last layer as the exact posterior mean, given the hidden layer."""
    posterior = fit_exact(network.last_layer(X, y, alpha))
    return float(posterior.intercept), posterior.mean
