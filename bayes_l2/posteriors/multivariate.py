"""The multivariate normal distribution, held by its mean and the root of its precision."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import stats
from scipy.linalg import solve_triangular

from bayes_l2.arrays import LOG_2PI, FloatArray, norms, triangular_factor
from bayes_l2.validation import require_probability


@dataclass(frozen=True, eq=False, repr=False)
class MultivariateNormal:
    r"""A Gaussian over named quantities, :math:`N(m, (A^\top A)^{-1})`.

    Density:

    .. math:: \log p(b) = \sum_j \log A_{jj} - \tfrac d2 \log 2\pi - \tfrac12 \lVert A (b - m) \rVert^2

    Attributes
    ----------
    names : tuple of str
        Names of the d quantities.
    mean : ndarray of shape (d,)
        m, which is also the mode.
    root : ndarray of shape (d, d)
        A, upper-triangular with a positive diagonal: the Cholesky factor of the precision. A zero on the diagonal is
        a flat direction; the distribution is improper then, and may be conditioned but not drawn from.

    Raises
    ------
    ValueError
        By all that needs a covariance, where the distribution is improper.
    """

    names: tuple[str, ...]
    mean: FloatArray
    root: FloatArray

    def __repr__(self) -> str:
        proper = np.diag(self.root).all()
        sds = self.sd if proper else np.full(len(self.mean), np.inf)
        quantities = ", ".join(
            f"{name}: {m:.4g} ± {s:.2g}"
            for name, m, s in zip(self.names, self.mean, sds, strict=True)
        )
        return f"{type(self).__name__}({quantities})"

    @cached_property
    def inverse_root(self) -> FloatArray:
        """The inverse of ``root``: upper-triangular B with BB' the covariance."""
        flat = [
            name
            for name, entry in zip(self.names, np.diag(self.root), strict=True)
            if entry == 0
        ]
        if flat:
            raise ValueError(
                f"the distribution is improper, flat in {', '.join(flat)}: it has no covariance"
            )
        return solve_triangular(self.root, np.eye(len(self.mean)))

    @cached_property
    def sd(self) -> FloatArray:
        """Standard deviations, shape (d,)."""
        return norms(self.inverse_root, axis=1)

    @property
    def cov(self) -> FloatArray:
        """Covariance matrix, shape (d, d)."""
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
        points = np.asarray(points, dtype=float)
        if points.shape[-1:] != self.mean.shape:
            raise ValueError(
                f"points must have {len(self.mean)} entries on the last axis, got shape {points.shape}"
            )
        return self.log_normaliser - 0.5 * self.squared_distance(points)

    def squared_distance(self, points: FloatArray) -> Any:
        """Return the squared distance of points from the mean, in sds: that of Mahalanobis; shape (...)."""
        return np.sum(((points - self.mean) @ self.root.T) ** 2, axis=-1)

    @property
    def log_normaliser(self) -> float:
        """The log density at the mean."""
        return float(
            np.sum(np.log(np.diag(self.root))) - 0.5 * LOG_2PI * len(self.mean)
        )

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
        noise = np.random.default_rng(rng).standard_normal((n, len(self.mean)))
        return self.mean + noise @ self.inverse_root.T

    def marginal(self, names: str | Sequence[str]) -> Any:
        """Return the distribution of one or some of the quantities.

        Parameters
        ----------
        names : str or sequence of str
            One name, or several.

        Returns
        -------
        scipy.stats frozen norm, or MultivariateNormal
            For one name a univariate normal with ``pdf``, ``cdf`` and ``ppf``; for several a MultivariateNormal.

        Raises
        ------
        ValueError
            If a name is not one of ``self.names``.
        """
        if isinstance(names, str):
            (index,) = self._indices([names])
            return stats.norm(loc=self.mean[index], scale=self.sd[index])
        indices = self._indices(names)
        # cov = BB' for the kept rows B = (QT)' gives cov = T'T, so the precision root is T'^-1
        factor = triangular_factor(self.inverse_root[indices].T)
        root = triangular_factor(
            solve_triangular(factor, np.eye(len(indices)), trans=1)
        )
        return MultivariateNormal(tuple(names), self.mean[indices], root)

    def _indices(self, names: Sequence[str]) -> list[int]:
        unknown = [
            str(name)
            for name in np.atleast_1d(np.asarray(names, dtype=object))
            if name not in self.names
        ]
        if unknown or not len(names):
            raise ValueError(
                f"names must be among {', '.join(self.names)}; got {', '.join(unknown) or 'none'}"
            )
        return [self.names.index(name) for name in names]

    def interval(self, probability: float = 0.95) -> FloatArray:
        """Return the equal-tailed interval of each quantity, which is also its highest-density interval.

        Parameters
        ----------
        probability : float, default 0.95
            Probability inside, between 0 and 1.

        Returns
        -------
        ndarray of shape (d, 2)
            Lower and upper ends.

        Raises
        ------
        ValueError
            If ``probability`` is not between 0 and 1.
        """
        require_probability(probability)
        half_width = stats.norm.isf((1 - probability) / 2) * self.sd
        return np.column_stack([self.mean - half_width, self.mean + half_width])
