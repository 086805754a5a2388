r"""The share of variance that the regression line explains, before and after the data.

.. math:: R^2 = \frac{V(f)}{V(f) + \sigma^2}, \qquad
          V(f) = \frac{1}{n - 1} \sum_i w_i (f_i - \bar f)^2

The line f is random, so :math:`R^2` is too. Gelman and others have two versions. This
is the model-based one, with the variance :math:`\sigma^2`. The residual-based one has
the variance of :math:`y - f` in its place; before the data there is no y.

References
----------
Gelman, Goodrich, Gabry and Vehtari (2019), The American Statistician 73(3).
"""

from dataclasses import dataclass

import numpy as np

from bayes_l2.arrays import FixedArrays, FloatArray
from bayes_l2.posteriors.quadrature.eigenbasis import Eigenbasis
from bayes_l2.selection.meaning.scales import Scales

DRAWS = 20_000  # the error of a median is a hundredth of the sd of R²
NUMBERS = 2**21  # normal numbers that are held at once
ENDS = (0.05, 0.5, 0.95)


@dataclass(frozen=True, eq=False, repr=False)
class RSquared(FixedArrays):
    """The distribution of R², by independent exact draws.

    Attributes
    ----------
    draws : ndarray of shape (20000,)
        The draws, rising.
    low, median, high : float
        Their quantiles 0.05, 0.5 and 0.95.
    """

    draws: FloatArray

    def __repr__(self) -> str:
        return (
            f"RSquared(median={self.median:.3g}, 90 % from {self.low:.3g} "
            f"to {self.high:.3g})"
        )

    @property
    def low(self) -> float:
        """The quantile 0.05."""
        return float(np.quantile(self.draws, ENDS[0]))

    @property
    def median(self) -> float:
        """The median."""
        return float(np.quantile(self.draws, ENDS[1]))

    @property
    def high(self) -> float:
        """The quantile 0.95."""
        return float(np.quantile(self.draws, ENDS[2]))

    def to_dict(self) -> dict[str, float]:
        """Return the quantiles by name, for JSON."""
        return {"5%": self.low, "50%": self.median, "95%": self.high}


def explained(
    basis: Eigenbasis, scales: Scales, seed: int
) -> tuple[RSquared, RSquared]:
    """Return the prior and the posterior distribution of R².

    Parameters
    ----------
    basis : Eigenbasis
        The basis of a model without flat columns.
    scales : Scales
        Its scales.
    seed : int
        The seed of the draws, which are by the same normal numbers for both.
    """
    k = len(basis.eigenvalues)
    before = np.zeros(k), np.full(k, scales.prior_sd)
    sds = scales.noise_sd * np.sqrt(basis.variances(scales.relative))
    after = basis.means(scales.relative), sds
    first, second = (
        _of(basis, *each, scales.noise_sd, seed) for each in (before, after)
    )
    return first, second


def _of(
    basis: Eigenbasis, means: FloatArray, sds: FloatArray, noise_sd: float, seed: int
) -> RSquared:
    """Return R² for independent coefficients in the basis, of these means and sds."""
    center, sizes = _centred_line(basis, means / noise_sd, sds / noise_sd)
    rng, squares = np.random.default_rng(seed), np.empty(DRAWS)
    step = max(1, NUMBERS // max(len(sizes), 1))
    for start in range(0, DRAWS, step):
        part = squares[start : start + step]
        line = rng.standard_normal((len(part), len(sizes))) * sizes + center
        np.einsum("ij,ij->i", line, line, out=part)
    ratio = squares / (basis.model.n_rows - 1)
    return RSquared(np.sort(ratio / (ratio + 1)))


def _centred_line(
    basis: Eigenbasis, means: FloatArray, sds: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return means and sds of the line along axes where its parts are independent.

    Means and sds of the coefficients are in units of the noise, so that no square
    overflows. The signs of the means do not count: those of singular vectors differ
    between machines.
    """
    model = basis.model
    origin = basis.unit_axes @ model.gaussian_prior.whiten(basis.origin)
    means = means + origin / model.likelihood.noise.value
    if model.intercept:  # the rows of the basis are centred already
        sizes = np.sqrt(basis.eigenvalues * basis.unit)
        return np.abs(sizes * means), sizes * sds
    rows, _ = model.statistics.equivalent_rows(centred=True)
    along = rows @ basis.axes
    left, sizes, _ = np.linalg.svd(along * sds, full_matrices=False)
    return np.abs(left.T @ (along @ means)), sizes
