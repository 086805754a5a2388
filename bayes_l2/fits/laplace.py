r"""The Laplace approximation: a Gaussian at the mode of a smooth posterior.

.. math:: p(\theta \mid y) \approx N(\hat\theta, H^{-1}), \qquad
          H = -\nabla^2 \log p(\hat\theta \mid y)
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from bayes_l2 import arguments, validation
from bayes_l2.arrays import LOG_2PI, FloatArray, triangular_factor
from bayes_l2.fits.search.certificate import CONVERGED_GRADIENT_NORM, newton_step_left
from bayes_l2.fits.search.coordinates import FreeCoordinates
from bayes_l2.fits.search.newton import maximise
from bayes_l2.fits.units import Units, refused_beyond_doubles
from bayes_l2.fits.working_rows import working_model
from bayes_l2.model import pairs
from bayes_l2.model.layout import Layout
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.posteriors.distributions.multivariate import MultivariateNormal
from bayes_l2.posteriors.gaussian import GaussianPosterior
from bayes_l2.posteriors.posterior import Posterior

SMALLEST_CURVATURE = 1e-6  # over that of an axis: sums of products have ten digits left


@dataclass(frozen=True, eq=False, repr=False)
class LaplaceApproximation(MultivariateNormal, Posterior):
    r"""A Gaussian with the mode of the posterior and the curvature of its logarithm.

    .. math:: p(\theta \mid y) \approx N(\hat\theta, H^{-1}), \qquad
              H = -\nabla^2 \log p(\hat\theta \mid y)

    It is the distribution of the model's ``parameter_names``, and exact for a Gaussian
    model. ``intercept`` and ``coef`` are those of the mode, with the shapes (K,) and
    (K, p) for classes. Its log evidence has the constant of flat intercepts, which is
    arbitrary: compare it only between models with the same intercepts.

    Attributes
    ----------
    model : LinearModel
        The model.
    log_evidence : float
        :math:`\log p(y, \hat\theta) + \tfrac{d}{2} \log 2\pi
        - \tfrac12 \log \lvert H \rvert`, the log marginal density of y to the same
        approximation.
    """

    model: LinearModel
    log_evidence: float

    @property
    def layout(self) -> Layout:
        """The order of intercepts and coefficients."""
        return self.model.layout

    def linear_predictor(self, X: Any) -> tuple[FloatArray, FloatArray]:
        """Return mean and sd of the linear predictor of new rows.

        The shape is (m,), or (m, K) for three or more classes.
        """
        mean, roots = self._predictors(X)
        return mean, np.linalg.norm(roots, axis=-1)

    def predict(self, X: Any) -> FloatArray:
        """Return the expected y of new rows, averaged over the approximation.

        Parameters
        ----------
        X : array_like or DataFrame of shape (m, p)
            New features.

        Returns
        -------
        ndarray of shape (m,) or (m, K)
            Numbers; for two classes the probability of the second, to 1e-8, for more
            that of each, to some 1e-3.
        """
        return self.model.likelihood.expected(*self._predictors(X))

    def _predictors(self, X: Any) -> tuple[FloatArray, FloatArray]:
        """Return means of the linear predictors of rows, and roots of covariances."""
        rows = validation.columns_of_fit(X, self.model.feature_names)
        layout = self.model.layout
        # an intercept and coefficients for every axis of the Gaussian
        intercepts, coefs = layout.split(self.inverse_root.T)
        roots = np.einsum("mp,dkp->mkd", rows, coefs) + intercepts.T
        mean = self.intercept + rows @ self.coef.T
        return mean, roots if layout.classes else roots[:, 0]


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
        If a scale is unknown, the posterior is improper, or squares are beyond doubles
        in any units. Under a flat prior over partitions, also if the search does not
        arrive at a mode.
    ArithmeticError
        If the search does not arrive at the mode.

    References
    ----------
    MacKay (2003), Information Theory, Inference, and Learning Algorithms, chapters 27
    and 41.
    """
    arguments.instance(model, LinearModel, "model")
    if model.unknown_scales:
        names = " and ".join(model.unknown_scales)
        raise ValueError(f"fit_laplace needs known scales, got priors on {names}")
    if not model.is_smooth:
        raise ValueError(
            f"fit_laplace needs a smooth log posterior, and that of {model!r} has "
            "kinks; use fit_mcmc"
        )
    pairs.entry(
        dict.fromkeys(pairs.KNOWN_PAIRS),
        model.likelihood,
        model.prior,
        route="fit_laplace",
        instead="approximate its log posterior at a mode of your own",
    )
    validation.natural_number(max_iterations, "max_iterations")
    model.propriety.require_proper()
    with refused_beyond_doubles(model, over="raise", invalid="raise"):
        try:
            return _about_mode(model, max_iterations)
        except ArithmeticError:
            units = Units.of(model)
            if units is None or not units.are_far:
                raise
        return _restored(_about_mode(units.model, max_iterations), units, model)


def _restored(
    found: LaplaceApproximation, units: Units, model: LinearModel
) -> LaplaceApproximation:
    """Return an approximation in other units in those of the model."""
    powers = units.powers_of_location(model)
    flat = model.prior.flat_columns(model.n_features)
    is_flat = model.layout.entries(True, flat).astype(bool)
    shift = powers[is_flat].sum() - model.n_rows * units.response
    return LaplaceApproximation(
        found.names,
        np.ldexp(found.mean, powers),
        np.ldexp(found.root, -powers),
        model,
        found.log_evidence + float(np.log(2) * shift),
    )


def _about_mode(model: LinearModel, max_iterations: int) -> LaplaceApproximation:
    """Return the approximation in the units of the model."""
    coordinates = FreeCoordinates(model)
    u = maximise(coordinates, max_iterations)
    if newton_step_left(coordinates, u) > CONVERGED_GRADIENT_NORM:
        raise ArithmeticError(
            "the search did not reach a mode; the density is too flat for "
            "double precision: use a narrower prior"
        )
    mode = coordinates.parameters(u)
    root = _root(coordinates, u)
    log_volume = 0.5 * len(mode) * LOG_2PI - float(np.log(np.diag(root)).sum())
    log_evidence = coordinates.log_density(u) + log_volume
    return LaplaceApproximation(model.layout.names, mode, root, model, log_evidence)


def _root(coordinates: FreeCoordinates, u: FloatArray) -> FloatArray:
    """Return the root of the precision at u."""
    information = -coordinates.hessian(u)
    working = working_model(coordinates, u) if _lost_digits(information) else None
    if working is not None:
        return GaussianPosterior.of(working).location.root
    # parameters are straight in u: from the curvature there to that of the parameters
    unit = np.eye(len(u))
    axes = coordinates.parameters(unit) - coordinates.parameters(0 * unit)
    lower = np.linalg.cholesky(information)
    return triangular_factor(np.linalg.solve(axes, lower).T)


def _lost_digits(information: FloatArray) -> bool:
    """Return whether sums of products have too few digits for their inverse."""
    sizes = np.sqrt(np.diag(information))
    curvatures = np.linalg.eigvalsh(information / np.outer(sizes, sizes))
    return bool(curvatures.min() < SMALLEST_CURVATURE)
