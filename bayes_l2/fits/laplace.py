"""The Laplace approximation: a Gaussian at the mode, for posteriors that are smooth and not Gaussian."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special
from scipy.special import ndtri
from scipy.stats import qmc

from bayes_l2 import validation
from bayes_l2.arrays import LOG_2PI, FloatArray, triangular_factor
from bayes_l2.fits.point_estimate import CONVERGED_GRADIENT_NORM, newton_decrement
from bayes_l2.fits.search.coordinates import FreeCoordinates
from bayes_l2.fits.search.newton import maximise
from bayes_l2.model import likelihoods
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.propriety import require_proper
from bayes_l2.posteriors.multivariate import MultivariateNormal

WIDE = 100.0  # sd of a linear predictor beyond which the logistic distribution may be taken for a normal one
SOBOL_POINTS = 1024


@dataclass(frozen=True, eq=False, repr=False)
class LaplaceApproximation(MultivariateNormal):
    r"""A Gaussian with the mode of the posterior and the curvature of its logarithm there.

    .. math:: p(\theta \mid y) \approx N(\hat\theta, H^{-1}), \qquad H = -\nabla^2 \log p(\hat\theta \mid y)

    It is the distribution of the model's ``parameter_names``. Of a Gaussian model it is exact. Its log evidence has the
    constant of flat intercepts, which is arbitrary: compare it between models with the same ones only.

    Attributes
    ----------
    model : LinearModel
        The model.
    log_evidence : float
        :math:`\log p(y, \hat\theta) + \tfrac{d}{2} \log 2\pi - \tfrac12 \log \lvert H \rvert`, the log marginal
        density of y to the same approximation.
    """

    model: LinearModel
    log_evidence: float

    @property
    def intercept(self) -> Any:
        """The mode's intercept: 0.0 where there is none, of shape (K,) for three or more classes."""
        return self.model.layout.split(self.mean)[0]

    @property
    def coef(self) -> FloatArray:
        """The mode's coefficients, shape (p,) or (K, p)."""
        return self.model.layout.split(self.mean)[1]

    def linear_predictor(self, X: Any) -> tuple[FloatArray, FloatArray]:
        """Return mean and sd of a + x'b for new rows, shape (m,), or (m, K) for three or more classes."""
        rows = validation.columns_of_fit(X, self.model.feature_names)
        roots = self._predictor_roots(rows)
        return self.intercept + rows @ self.coef.T, np.linalg.norm(roots, axis=-1)

    def _predictor_roots(self, rows: FloatArray) -> FloatArray:
        """Return R with RR' the covariance of the linear predictors of each row, shape (m, d) or (m, K, d)."""
        intercepts, coefs = self.model.layout.split(
            self.inverse_root.T
        )  # one of each for every axis of the Gaussian
        if not self.model.layout.classes:
            return intercepts + rows @ coefs.T
        return (
            np.einsum("mp,dkp->mkd", rows, coefs)
            + np.broadcast_to(intercepts, coefs.shape[:2]).T
        )

    def predict(self, X: Any) -> FloatArray:
        """Return what is expected of new rows: y, or the probability of the second of two classes, or of each of more.

        A probability is averaged over the distribution of the linear predictors: for two classes by the trapezoidal
        rule, to 1e-8, for more over 1024 points of a Sobol sequence, which leave an error of some 1e-3.

        Parameters
        ----------
        X : array_like or DataFrame of shape (m, p)
            New features.

        Returns
        -------
        ndarray of shape (m,) or (m, K)
        """
        mean, sd = self.linear_predictor(X)
        if self.model.classes is None:
            return mean
        if self.model.layout.classes:
            return self._softmax_average(X, mean)
        return np.array([_probability(*each) for each in zip(mean, sd, strict=True)])

    def _softmax_average(self, X: Any, mean: FloatArray) -> FloatArray:
        roots = self._predictor_roots(
            validation.columns_of_fit(X, self.model.feature_names)
        )
        points = ndtri(qmc.Sobol(mean.shape[1], rng=0).random(SOBOL_POINTS))
        averages = np.empty_like(mean)
        for row, root in enumerate(roots):
            values, axes = np.linalg.eigh(root @ root.T)  # K x K
            spread = axes * np.sqrt(values.clip(min=0))
            averages[row] = likelihoods.Categorical.mean(
                mean[row] + points @ spread.T
            ).mean(axis=0)
        return averages


def _probability(mean: float, sd: float) -> float:
    """Return E[1 / (1 + exp(-eta))] for eta ~ Normal(mean, sd²)."""
    if sd > WIDE:
        return float(special.ndtr(mean / np.hypot(sd, np.pi / np.sqrt(3))))
    z = np.arange(-9, 9, 0.5 / max(1.0, sd))  # the rule's error falls off as exp(-4 π²)
    weights = np.exp(-0.5 * z**2)
    return float(special.expit(mean + sd * z) @ weights / weights.sum())


def fit_laplace(
    model: LinearModel, *, max_iterations: int = 200
) -> LaplaceApproximation:
    """Return the Gaussian approximation of the posterior at its mode.

    Parameters
    ----------
    model : LinearModel
        Its scales must be known.
    max_iterations : int, default 200
        Bound on the iterations of the search for the mode.

    Returns
    -------
    LaplaceApproximation

    Raises
    ------
    ValueError
        If a scale is unknown, or the posterior is improper.
    ArithmeticError
        If the search does not arrive at the mode.

    References
    ----------
    MacKay (2003), Information Theory, Inference, and Learning Algorithms, chapters 27 and 41.
    """
    if model.unknown_scales:
        raise ValueError(
            f"fit_laplace needs known scales, got priors on {' and '.join(model.unknown_scales)}"
        )
    if not model.is_smooth:
        raise ValueError(
            f"fit_laplace needs a smooth log posterior, and that of {model!r} has kinks; use fit_mcmc"
        )
    validation.natural_number(max_iterations, "max_iterations")
    require_proper(model)
    coordinates = FreeCoordinates(model)
    u = maximise(coordinates, max_iterations)
    if newton_decrement(coordinates, u) > CONVERGED_GRADIENT_NORM:
        raise ArithmeticError(
            "the search for the mode did not arrive; the density is too flat for double precision: use a narrower prior"
        )
    mode = coordinates.parameters(u)
    # parameters are straight in u: from the curvature there, about the mean row, to that of the parameters
    axes = coordinates.parameters(np.eye(len(u))) - coordinates.parameters(
        np.zeros(len(u))
    )
    root = triangular_factor(
        np.linalg.solve(axes, np.linalg.cholesky(-coordinates.hessian(u))).T
    )
    log_determinant = 2 * np.log(np.diag(root)).sum()
    log_evidence = coordinates.log_density(u) + 0.5 * (
        len(mode) * LOG_2PI - log_determinant
    )
    return LaplaceApproximation(
        model.layout.names, mode, root, model, float(log_evidence)
    )
