r"""The noise sd of a fit that does not say it.

Least squares and ridge fix the ratio of the prior sd to the noise sd, and leave the
noise sd open. Given that ratio the evidence of y depends on :math:`\sigma` as

.. math:: p(y \mid \sigma) \propto \sigma^{-m} e^{-S / 2 \sigma^2}, \qquad
          S = \min_{a, b} \sum_i w_i (y_i - a - x_i^\top b)^2
              + \sum_j \alpha_j b_j^2

with m the number of rows less that of the parameters with a flat prior. Its maximum is
at :math:`\sigma^2 = S / m`. Without a penalty that is the unbiased estimate of least
squares, and the one of restricted maximum likelihood.
"""

from typing import NamedTuple

import numpy as np

from bayes_l2.arrays import FloatArray


class Noise(NamedTuple):
    """A noise sd, and the sentence that says where it comes from."""

    sd: float
    note: str


class Fit(NamedTuple):
    """A linear fit of numbers: what a noise sd is worked out from."""

    X: FloatArray
    y: FloatArray
    weights: FloatArray | None
    coef: FloatArray  # (p,)
    intercept: float | None
    name: str

    @property
    def residuals(self) -> FloatArray:
        """What the fit leaves of y."""
        return self.y - (self.intercept or 0.0) - self.X @ self.coef

    @property
    def squares(self) -> float:
        """The sum of squared residuals, each times its weight."""
        squares = self.residuals**2
        return float(
            np.sum(squares if self.weights is None else self.weights * squares)
        )

    @property
    def n_rows(self) -> int:
        """The number of rows of positive weight."""
        return len(self.y) if self.weights is None else int(np.sum(self.weights > 0))

    @property
    def total_weight(self) -> float:
        """The sum of the weights."""
        return len(self.y) if self.weights is None else float(self.weights.sum())


def by_evidence(fit: Fit, noise_sd: float | None, alpha: FloatArray) -> Noise:
    """Return the noise sd that was given, or that of the highest evidence.

    Parameters
    ----------
    fit : Fit
        The fit.
    noise_sd : float or None
        The noise sd that was given.
    alpha : ndarray of shape (p,)
        The ridge penalty of each column; 0 is a flat prior.
    """
    if noise_sd is not None:
        return as_given(noise_sd)
    flat = int(np.sum(alpha == 0)) + (fit.intercept is not None)
    squares = fit.squares + float(alpha @ fit.coef**2)
    sd = root(squares, fit.n_rows - flat, fit.name)
    what = "S / m, S the minimum of the objective"
    if not alpha.any():
        what = "S / m, S the sum of squared residuals"
    return Noise(
        sd,
        f"noise_sd = {sd:.6g} has the highest evidence given the penalty: its square "
        f"is {what}, m = {fit.n_rows - flat} rows less flat parameters",
    )


def as_given(noise_sd: float) -> Noise:
    """Return a noise sd that was given."""
    return Noise(noise_sd, f"noise_sd = {noise_sd:.6g} was given")


def root(squares: float, degrees: float, name: str) -> float:
    """Return the root of a mean square, or say that the rows do not determine it."""
    if degrees <= 0 or not squares > 0:
        why = "fits y exactly" if degrees > 0 else "has as many free terms as rows"
        raise ValueError(
            f"noise_sd must be given for this {name}, which {why}: the rows do not say "
            "how large the noise is"
        )
    return float(np.sqrt(squares / degrees))
