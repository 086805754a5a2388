r"""The noise sd of a fit that does not say it.

Least squares and ridge fix the ratio of the prior sd to the noise sd, and leave the
noise sd open. Given that ratio the evidence of y depends on :math:`\sigma` as

.. math:: p(y \mid \sigma) \propto \sigma^{-m} e^{-S / 2 \sigma^2}, \qquad
          S = \min_{a, b} \sum_i w_i (y_i - a - x_i^\top b)^2
              + \sum_j \alpha_j b_j^2

with m the number of rows less that of the parameters with a flat prior. Its maximum is
at :math:`\sigma^2 = S / m`. Without a penalty that is the unbiased estimate of least
squares, and the one of restricted maximum likelihood.

Under an L1 penalty the evidence has no closed form, and it is no good guide: it holds
for coefficients that are drawn from the double-exponential prior of that penalty. Where
most are 0, and the penalty was chosen by cross-validation, its noise sd is a quarter
too large. So the noise sd is that of the residuals, and the rows count less the
effective degrees of freedom of the fit.

References
----------
Harville (1977), J. Am. Statist. Ass. 72(358), for restricted maximum likelihood; Zou,
Hastie and Tibshirani (2007), Ann. Statist. 35(5), and Tibshirani and Taylor (2012),
Ann. Statist. 40(2), for the degrees of freedom; Reid, Tibshirani and Friedman (2016),
Statistica Sinica 26(1), for the noise of the lasso.
"""

from typing import Any, NamedTuple

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.conventions.quantities import quantities_of


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

    def facts(self, convention: str) -> dict[str, Any]:
        """Return the quantities that a convention's penalty depends on."""
        known: dict[str, Any] = {"n": self.n_rows}
        if self.weights is not None:
            known["weight_sum"] = self.total_weight
        names = quantities_of(convention, "prior-sd")
        return {name: each for name, each in known.items() if name in names}


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
    sd = mean_of(squares, fit.n_rows - flat, fit.name) ** 0.5
    what = "S / m, S the minimum of the objective"
    if not alpha.any():
        what = "S / m, S the sum of squared residuals"
    return Noise(
        sd,
        f"noise_sd = {sd:.6g} has the highest evidence given the penalty: its square "
        f"is {what}, and m = {fit.n_rows - flat} the rows less flat parameters",
    )


def by_residuals(fit: Fit, noise_sd: float | None, l2: float) -> Noise:
    r"""Return the noise sd that was given, or that of the residuals of a sparse fit.

    .. math:: \sigma^2 = \frac{\sum_i w_i r_i^2}{n - d}, \qquad
              d = \mathrm{tr}\, X_A (X_A^\top W X_A + \alpha I)^{-1} X_A^\top W

    for the columns A with a coefficient that is not 0, less their means, and 1 more for
    the intercept. Under an L1 penalty alone d is the number of parameters that are not
    0.

    Parameters
    ----------
    fit : Fit
        The fit.
    noise_sd : float or None
        The noise sd that was given.
    l2 : float
        The ridge penalty :math:`\alpha` beside the L1 penalty.
    """
    if noise_sd is not None:
        return as_given(noise_sd)
    degrees = fit.n_rows - (fit.intercept is not None) - _degrees_of_freedom(fit, l2)
    sd = mean_of(fit.squares, degrees, fit.name) ** 0.5
    return Noise(
        sd,
        f"noise_sd = {sd:.6g} is the root of the sum of squared residuals / m, and m = "
        f"{degrees:.6g} the rows less degrees of freedom of the fit",
    )


def by_deviations(fit: Fit, noise_sd: float | None) -> Noise:
    r"""Return the noise sd that was given, or that of absolute deviations.

    .. math:: s = \frac{\sum_i w_i \lvert r_i \rvert}{n - d / 2}, \qquad
              \sigma = \sqrt 2\, s

    for the scale s of a Laplace likelihood, and d parameters that are not 0. Twice the
    log likelihood at the fit exceeds that at the truth by d on average, as the
    chi-square of Wilks does, so that the sum falls short of n s by d s / 2.

    Parameters
    ----------
    fit : Fit
        The fit.
    noise_sd : float or None
        The noise sd that was given.
    """
    if noise_sd is not None:
        return as_given(noise_sd)
    sizes = np.abs(fit.residuals)
    total = float(np.sum(sizes if fit.weights is None else fit.weights * sizes))
    n_free = int(np.sum(fit.coef != 0)) + (fit.intercept is not None)
    m = fit.n_rows - n_free / 2 if n_free < fit.n_rows else 0
    sd = 2**0.5 * mean_of(total, m, fit.name)
    return Noise(
        sd,
        f"noise_sd = {sd:.6g} is sqrt(2) times the sum of absolute deviations / m, and "
        f"m = {m:g} the rows less half the parameters that are not 0",
    )


def _degrees_of_freedom(fit: Fit, l2: float) -> float:
    weights = np.ones(len(fit.y)) if fit.weights is None else fit.weights
    active = fit.X[:, fit.coef != 0]
    if not active.size:
        return 0.0
    if fit.intercept is not None:
        active = active - np.average(active, axis=0, weights=weights)
    squares = (
        np.linalg.svd(np.sqrt(weights)[:, np.newaxis] * active, compute_uv=False) ** 2
    )
    squares = squares[squares > len(fit.y) * np.finfo(float).eps * squares[0]]
    return float(np.sum(squares / (squares + l2)))


def as_given(noise_sd: float) -> Noise:
    """Return a noise sd that was given."""
    return Noise(noise_sd, f"noise_sd = {noise_sd:.6g} was given")


def mean_of(total: float, m: float, name: str) -> float:
    """Return a total over m, or say that the rows do not determine the noise."""
    if m <= 0 or not total > 0:
        why = "fits y exactly" if m > 0 else "has as many free terms as rows"
        raise ValueError(
            f"noise_sd must be given for this {name}, which {why}: the rows do not say "
            "how large the noise is"
        )
    return total / m
