r"""Distributions of several named quantities: the Gaussian and the Student-t.

.. math:: q \sim N(m, (A^\top A)^{-1}) \qquad\text{and}\qquad
          q \sim t_{2a}(m, \tfrac ba S)

The Gaussian is held by its mean m and the upper-triangular root A of its precision. The
Student-t is a Gaussian with an inverse-gamma variance.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, overload

import numpy as np
from scipy.linalg import solve_triangular
from scipy.special import gammaln, ndtri, stdtrit

from bayes_l2 import arguments, validation
from bayes_l2.arrays import (
    LOG_2PI,
    FixedArrays,
    FloatArray,
    fixed,
    norms,
    triangular_factor,
)
from bayes_l2.posteriors.distributions.location_scale import (
    UnivariateNormal,
    UnivariateT,
)
from bayes_l2.posteriors.distributions.named import (
    Names,
    places_of,
    points_of,
    text_of,
)
from bayes_l2.posteriors.distributions.univariate import tails
from bayes_l2.texts import listed


@dataclass(frozen=True, eq=False, repr=False)
class MultivariateNormal(FixedArrays):
    r"""A Gaussian over named quantities, :math:`N(m, (A^\top A)^{-1})`.

    Density:

    .. math:: \log p(b) = \sum_j \log A_{jj} - \tfrac d2 \log 2\pi
              - \tfrac12 \lVert A (b - m) \rVert^2

    Attributes
    ----------
    names : tuple of str
        Names of the d quantities.
    mean : ndarray of shape (d,)
        m, which is also the mode.
    root : ndarray of shape (d, d)
        A, upper-triangular with a positive diagonal: the Cholesky factor of the
        precision. A zero on the diagonal is a flat direction. The distribution is then
        improper: it can be conditioned, and has no draws.
    known_inverse : ndarray of shape (d, d), optional
        The inverse of A, where it is known to more digits than A gives.

    Raises
    ------
    ValueError
        If a covariance is needed and the distribution is improper.
    """

    names: tuple[str, ...]
    mean: FloatArray
    root: FloatArray
    known_inverse: FloatArray | None = field(default=None, kw_only=True)

    def __repr__(self) -> str:
        infinite = np.full(len(self.mean), np.inf)
        return text_of(self, self.sd if self.is_proper else infinite)

    @property
    def is_proper(self) -> bool:
        """Whether there is no flat direction."""
        return bool(np.diag(self.root).all())

    @cached_property
    @fixed
    def inverse_root(self) -> FloatArray:
        """The inverse B of ``root``: upper-triangular, with BB' the covariance."""
        if self.known_inverse is not None:
            return self.known_inverse
        rows = zip(self.names, np.diag(self.root), strict=True)
        flat = [name for name, entry in rows if entry == 0]
        if flat:
            raise ValueError(
                f"the distribution is improper, flat in {listed(flat)}: "
                "it has no covariance"
            )
        return solve_triangular(self.root, np.eye(len(self.mean)))

    @cached_property
    @fixed
    def sd(self) -> FloatArray:
        """Standard deviations, shape (d,)."""
        return norms(self.inverse_root, axis=1)

    @property
    def cov(self) -> FloatArray:
        """Covariance matrix, shape (d, d)."""
        validation.squares(self.sd, "cov")
        return self.inverse_root @ self.inverse_root.T

    @property
    def precision(self) -> FloatArray:
        """Precision matrix, the inverse of the covariance, shape (d, d)."""
        return self.root.T @ self.root

    @property
    def kurtosis(self) -> FloatArray:
        """Fourth central moments over squared variances, 3 each, shape (d,)."""
        return np.full(len(self.mean), 3.0)

    def logpdf(self, points: Any) -> Any:
        """Return the log density.

        Parameters
        ----------
        points : array_like of shape (..., d)
            One point or many.

        Returns
        -------
        float or ndarray of shape (...)
            Log density at each point.

        Raises
        ------
        ValueError
            If the last axis is not of length d.
        """
        points = points_of(points, len(self.mean))
        return self.log_normaliser - 0.5 * self.squared_distance(points)

    def squared_distance(self, points: FloatArray) -> Any:
        """Return the squared Mahalanobis distance of points from the mean."""
        return np.sum(((points - self.mean) @ self.root.T) ** 2, axis=-1)

    @property
    def log_normaliser(self) -> float:
        """The log density at the mean."""
        log_root = np.sum(np.log(np.diag(self.root)))
        return float(log_root - 0.5 * LOG_2PI * len(self.mean))

    def sample(
        self, rng: np.random.Generator | int | None = None, n: int = 1
    ) -> FloatArray:
        """Draw independently.

        Parameters
        ----------
        rng : numpy.random.Generator or int, optional
            Source of randomness, or a seed for one.
        n : int, default 1
            Number of draws.

        Returns
        -------
        ndarray of shape (n, d)
            One draw a row.
        """
        size = arguments.draws_to_keep(n, len(self.mean)), len(self.mean)
        noise = arguments.generator(rng).standard_normal(size)
        return self.mean + noise @ self.inverse_root.T

    @overload
    def marginal(self, names: str) -> UnivariateNormal: ...

    @overload
    def marginal(self, names: Names) -> "MultivariateNormal": ...

    def marginal(self, names: str | Names) -> "UnivariateNormal | MultivariateNormal":
        """Return the distribution of one or several of the quantities.

        Parameters
        ----------
        names : str or sequence of str
            One name, or several.

        Returns
        -------
        UnivariateNormal or MultivariateNormal
            For one name a normal distribution with the methods of a frozen
            ``scipy.stats`` one, for several a MultivariateNormal.

        Raises
        ------
        ValueError
            If a name is not one of ``self.names``, or is given twice.
        """
        places = places_of(names, self.names)
        if isinstance(names, str):
            return UnivariateNormal(self.mean[places[0]], self.sd[places[0]])
        # The rows B of the inverse root have a factor T with T'T = BB', the covariance.
        # So the root of the precision is the inverse of T'.
        factor = triangular_factor(self.inverse_root[places].T)
        root = solve_triangular(factor, np.eye(len(places)), trans=1)
        return MultivariateNormal(
            tuple(names), self.mean[places], triangular_factor(root)
        )

    def interval(self, probability: float = 0.95) -> FloatArray:
        """Return the equal-tailed interval of each quantity.

        It is also the highest-density interval.

        Parameters
        ----------
        probability : float, default 0.95
            Probability inside, between 0 and 1.

        Returns
        -------
        ndarray of shape (d, 2)
            Lower and upper ends.

        """
        quantiles: FloatArray = ndtri(tails(probability))
        return self.mean[:, np.newaxis] + np.outer(self.sd, quantiles)


@dataclass(frozen=True, eq=False, repr=False)
class MultivariateT:
    r"""A Student-t over named quantities: a Gaussian with an inverse-gamma variance.

    .. math:: q \mid \sigma \sim N(m, \sigma^2 S), \quad
              \sigma^2 \sim \mathrm{InvGamma}(a, b) \quad\Rightarrow\quad
              q \sim t_{2a}(m, \tfrac ba S)

    Attributes
    ----------
    given_unit_noise : MultivariateNormal
        :math:`N(m, S)`.
    shape, scale : float
        a and b, the latter in the units of the noise variance.
    """

    given_unit_noise: MultivariateNormal
    shape: float
    scale: float

    def __repr__(self) -> str:
        return f"{text_of(self, self.sd)[:-1]}, df={self.df:g})"

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the d quantities."""
        return self.given_unit_noise.names

    @property
    def df(self) -> float:
        """Degrees of freedom, 2a."""
        return 2 * self.shape

    @property
    def mode(self) -> FloatArray:
        """The centre, shape (d,)."""
        return self.given_unit_noise.mean

    @property
    def mean(self) -> FloatArray:
        """The mean, shape (d,); NaN with one degree of freedom or fewer."""
        return self.mode if self.df > 1 else np.full(len(self.mode), np.nan)

    @cached_property
    @fixed
    def sd(self) -> FloatArray:
        """Standard deviations, shape (d,); infinite with at most two degrees."""
        variance = self.scale / (self.shape - 1) if self.shape > 1 else np.inf
        return self.given_unit_noise.sd * np.sqrt(variance)

    @property
    def kurtosis(self) -> FloatArray:
        """Fourth central moments over squared variances, shape (d,).

        They are infinite with four degrees of freedom or fewer.
        """
        return np.full(len(self.mode), 3 + 6 / (self.df - 4) if self.df > 4 else np.inf)

    @property
    def cov(self) -> FloatArray:
        """Covariance matrix, shape (d, d)."""
        if self.shape <= 1:
            raise ValueError(
                "there is no covariance: it needs more than 2 degrees of freedom, "
                f"got {self.df:g}"
            )
        return self.given_unit_noise.cov * (self.scale / (self.shape - 1))

    def logpdf(self, points: Any) -> Any:
        """Return the log density at one point or many, shape (..., d)."""
        d = len(self.mode)
        points = points_of(points, d)
        power = self.shape + d / 2
        constant = gammaln(power) - gammaln(self.shape) - 0.5 * d * np.log(self.scale)
        squares = self.given_unit_noise.squared_distance(points)
        at_mode = self.given_unit_noise.log_normaliser + constant
        return at_mode - power * np.log1p(squares / (2 * self.scale))

    def sample(
        self, rng: np.random.Generator | int | None = None, n: int = 1
    ) -> FloatArray:
        """Draw independently, shape (n, d)."""
        return self.sample_with_noise(rng, n)[0]

    def sample_with_noise(
        self, rng: np.random.Generator | int | None, n: int
    ) -> tuple[FloatArray, FloatArray]:
        r"""Return draws, shape (n, d), and the noise sd :math:`\sigma` of each."""
        rng = arguments.generator(rng)
        n = arguments.draws_to_keep(n, len(self.mode) + 1)
        noise_sd = np.sqrt(self.scale / rng.standard_gamma(self.shape, n))
        unit = self.given_unit_noise.sample(rng, n)
        return self.mode + noise_sd[:, np.newaxis] * (unit - self.mode), noise_sd

    @overload
    def marginal(self, names: str) -> UnivariateT: ...

    @overload
    def marginal(self, names: Names) -> "MultivariateT": ...

    def marginal(self, names: str | Names) -> "UnivariateT | MultivariateT":
        """Return a ``UnivariateT`` for one name, else a ``MultivariateT``."""
        if not isinstance(names, str):
            several = self.given_unit_noise.marginal(names)
            return MultivariateT(several, self.shape, self.scale)
        unit = self.given_unit_noise.marginal(names)
        scale = unit.std() * np.sqrt(self.scale / self.shape)
        return UnivariateT(unit.mean(), scale, self.df)

    def interval(self, probability: float = 0.95) -> FloatArray:
        """Return the equal-tailed interval of each quantity, shape (d, 2)."""
        scales = self.given_unit_noise.sd * np.sqrt(self.scale / self.shape)
        quantiles = stdtrit(self.df, tails(probability))
        return self.mode[:, np.newaxis] + np.outer(scales, quantiles)
