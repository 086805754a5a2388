r"""A network of one hidden layer, and the posterior of its weights.

.. math:: f(x) = a + w^\top \tanh(V^\top x + c)

The output is not linear in the weights. So a Gaussian prior and Gaussian noise give a
posterior with many modes. Given the features of the hidden layer the model is linear,
and the posterior of the weights of the last layer is Gaussian.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from bayes_l2 import validation
from bayes_l2.arrays import FloatArray
from bayes_l2.model import likelihoods, priors
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.texts import record_text

__all__ = ["Network"]
__dir__ = __all__.copy

DIFFERENCE = 1e-5  # the step of a weight, for second derivatives


@dataclass(frozen=True)
class Network:
    r"""A network :math:`f(x) = a + w^\top \tanh(V^\top x + c)`.

    .. math:: -\log p = \tfrac{1}{2} \sum_i (y_i - f(x_i))^2
              + \tfrac{\alpha}{2} (\lVert V \rVert^2 + \lVert w \rVert^2)

    up to a constant: the noise has sd 1, the weights have the prior
    :math:`N(0, 1/\alpha)`, and the biases a and c have a flat prior. (With a flat prior
    on c the posterior is improper, because tanh saturates. Its density can still be
    maximised.) This is n times the objective of scikit-learn's
    ``MLPRegressor(alpha, solver="lbfgs")``.

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

    __repr__ = record_text

    def features(self, X: Any) -> FloatArray:
        """Return the outputs of the hidden layer for each row, shape (n, h)."""
        return np.tanh(validation.matrix(X) @ self.hidden_weights + self.hidden_biases)

    def predict(self, X: Any) -> FloatArray:
        """Return the output for each row."""
        return self.features(X) @ self.output_weights + self.output_bias

    def negative_log_posterior(self, X: Any, y: Any, alpha: float) -> float:
        """Return the negative log posterior of the weights, up to a constant."""
        alpha = validation.positive_number(alpha, "alpha")
        fitted = self.predict(X)
        residuals = validation.vector(y, "y", length=len(fitted)) - fitted
        squares = (self.hidden_weights**2).sum() + (self.output_weights**2).sum()
        return float(residuals @ residuals / 2 + alpha * squares / 2)

    def gradient(self, X: Any, y: Any, alpha: float) -> "Network":
        """Return the gradient of the negative log posterior, by back-propagation.

        The derivatives come in the shape of the network.
        """
        columns = validation.matrix(X)
        response = validation.vector(y, "y", length=len(columns))
        hidden = self.features(columns)
        residuals = self.predict(columns) - response
        back = np.outer(residuals, self.output_weights) * (1 - hidden**2)
        return Network(
            columns.T @ back + alpha * self.hidden_weights,
            back.sum(axis=0),
            hidden.T @ residuals + alpha * self.output_weights,
            float(residuals.sum()),
        )

    def vector(self) -> FloatArray:
        """Return all weights and biases in one vector: V row by row, c, w, a."""
        V, c, w = self.hidden_weights, self.hidden_biases, self.output_weights
        return np.concatenate([V.ravel(), c, w, [self.output_bias]])

    def with_vector(self, vector: Any) -> "Network":
        """Return a network of this shape with the weights and biases of a vector."""
        p, h = self.hidden_weights.shape
        values = validation.vector(vector, "vector", length=p * h + 2 * h + 1)
        V, c, w, a = np.split(values, [p * h, p * h + h, p * h + 2 * h])
        return Network(V.reshape(p, h), c, w, float(a[0]))

    def hessian(self, X: Any, y: Any, alpha: float) -> FloatArray:
        """Return the second derivatives of the negative log posterior.

        Shape (d, d), in the order of ``vector``. They are central differences of the
        gradient with steps of 1e-5, and have a relative error of about 1e-8.
        """
        here = self.vector()
        slopes = [
            self.with_vector(here + step).gradient(X, y, alpha).vector()
            - self.with_vector(here - step).gradient(X, y, alpha).vector()
            for step in DIFFERENCE * np.eye(len(here))
        ]
        found = np.array(slopes) / (2 * DIFFERENCE)
        return (found + found.T) / 2

    def moved(self, other: "Network", share: float) -> "Network":
        """Return the network at a share of the straight line to another network."""
        return self.with_vector((1 - share) * self.vector() + share * other.vector())

    def mirrored(self, unit: int) -> "Network":
        """Return the network with the signs of one hidden unit flipped.

        Its weights are different, and its function is the same.
        """
        signs = np.ones(len(self.output_weights))
        signs[unit] = -1.0
        return Network(
            self.hidden_weights * signs,
            self.hidden_biases * signs,
            self.output_weights * signs,
            self.output_bias,
        )

    def last_layer(self, X: Any, y: Any, alpha: float) -> LinearModel:
        """Return the linear model of the response on the features of the hidden layer.

        Its posterior is Gaussian.
        """
        precision = validation.positive_number(alpha, "alpha")
        noise, prior = likelihoods.Normal(sd=1.0), priors.Normal(sd=precision**-0.5)
        return LinearModel(self.features(X), y, likelihood=noise, prior=prior)
