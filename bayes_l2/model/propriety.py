r"""The verdict on a posterior: whether it is proper, and whether it has a mode.

With the intercept and flat coefficients integrated out, n' rows are left, and r of
the penalised coefficients are determined. The marginal likelihood goes as

.. math:: \sigma^{-n'} \;(\sigma \to \infty), \qquad \tau^{-r} \;(\tau \to \infty),
          \qquad \sigma^{-(n' - r)} \;(\sigma \to 0)

the last if the columns fit y exactly; else it vanishes. It tends to a positive
constant for small :math:`\tau`. Under a prior relative to the noise, the prior mean
has to fit y for that, and the power is n'. The prior of each scale has to make up for
these powers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bayes_l2.arrays import (
    ROUNDING,
    FloatArray,
    centred_columns,
    norms,
    triangular_factor,
)
from bayes_l2.model.layout import NOISE_SD, PRIOR_SD
from bayes_l2.model.likelihoods import Likelihood
from bayes_l2.model.likelihoods.separation import grows_without_end
from bayes_l2.model.partitioned.rows import PartitionedRows
from bayes_l2.model.penalty import unknown_scales
from bayes_l2.model.priors import Prior
from bayes_l2.model.priors.base import BoolArray
from bayes_l2.model.rank import numerical_rank, rank_deficient, sizes
from bayes_l2.model.rows import Rows
from bayes_l2.model.scales import Scale
from bayes_l2.model.statistics.sufficient_statistics import SufficientStatistics


@dataclass(frozen=True, eq=False)
class Propriety:
    """What is known of a model's posterior before any fit, worked out once.

    Attributes
    ----------
    data : Rows, SufficientStatistics or PartitionedRows
        The rows.
    likelihood, prior : Likelihood, Prior
        The terms of the model.
    intercept : bool
        Whether there is an intercept.
    """

    data: Rows | SufficientStatistics | PartitionedRows
    likelihood: Likelihood
    prior: Prior
    intercept: bool

    def require_proper(self) -> None:
        """Raise ValueError where the posterior is improper, naming the reason."""
        _require(self.improper)

    def require_determined(self) -> None:
        """Raise ValueError where the rows do not determine flat coefficients."""
        _require(self.undetermined)

    def require_bounded(self, log_power: float) -> None:
        """Raise ValueError where the joint density grows without bound.

        Parameters
        ----------
        log_power : float
            The density is that in the sds times each of them to this power.
        """
        _require(next(self._unbounded(log_power), ""))

    def require_arrived(self, log_likelihood: float) -> None:
        """Raise ValueError where a search over partitions found no flat maximum."""
        data = self.data
        if not (self.flat.any() and isinstance(data, PartitionedRows)):
            return
        if self.prior.is_flat and log_likelihood > data.separable_above:
            raise ValueError(self._grows_without_end)
        raise ValueError(
            "the search did not reach a mode, and under a flat prior there is none "
            f"where {self.likelihood.separated}; use priors.Normal(sd), or raise "
            "max_iterations"
        )

    @cached_property
    def improper(self) -> str:
        """The reason why the posterior is improper, empty for a proper one."""
        if self.undetermined:
            return self.undetermined
        noise, spread = self.scales.get(NOISE_SD), self.scales.get(PRIOR_SD)
        reasons: list[Iterator[str]] = []
        if noise is not None:
            reasons.append(self._improper_in_noise(noise))
        if spread is not None:
            reasons.append(self._improper_in_spread(spread))
        if noise is not None and spread is not None:
            reasons.append(self._improper_together(noise, spread))
        return next((reason for each in reasons for reason in each), "")

    @cached_property
    def scales(self) -> dict[str, Scale]:
        """The priors of unknown scales, by name."""
        return unknown_scales(self.likelihood, self.prior)

    @cached_property
    def rows_left(self) -> int:
        """The number of rows less that of flat parameters, n'."""
        return self.data.n_rows - int(self.intercept) - int(self.flat.sum())

    @cached_property
    def rank(self) -> int:
        """The number r of penalised coefficients that the rows determine."""
        features = self._reduced[0]
        beside = numerical_rank(features[:, self.flat]) if self.flat.any() else 0
        return numerical_rank(features) - beside

    @cached_property
    def columns_fit(self) -> bool:
        """Whether, to rounding, some coefficients fit every row."""
        return self._fit(*self._reduced)

    @cached_property
    def prior_mean_fits(self) -> bool:
        """Whether, to rounding, the prior mean fits every row."""
        features, response = self._reduced
        mean = np.where(self.flat, 0.0, self.prior.mean_vector(features.shape[1]))
        return self._fit(features[:, self.flat], response - features @ mean)

    def _fit(self, columns: FloatArray, target: FloatArray) -> bool:
        """Return whether, to rounding, some coefficients of columns fit a target."""
        if not columns.shape[1]:
            return self._is_rounding(target)
        scaled = columns / sizes(columns)
        return self._is_rounding(target - scaled @ np.linalg.lstsq(scaled, target)[0])

    def _is_rounding(self, residual: FloatArray) -> bool:
        """Return whether residuals are the rounding of y, or of y less its mean."""
        statistics = self.data.statistics
        level = np.sqrt(statistics.total_weight) * abs(float(statistics.mean[-1]))
        spread = len(residual) * float(np.linalg.norm(self._reduced[1]))
        bound = 16 * ROUNDING * spread + ROUNDING * level
        return bool(np.linalg.norm(residual) <= bound)

    def limits_at_zero(self, log_power: float) -> Iterator[tuple[str, float, str]]:
        r"""Yield the unknown scales whose joint density may grow towards 0.

        With every coefficient at its prior mean the joint density goes as
        :math:`\tau^{-p}` times the prior of :math:`\tau`. With coefficients that fit y
        exactly it goes as :math:`\sigma^{-n}` times its prior, or
        :math:`\sigma^{-n - p}` where these are the mean of a prior relative to the
        noise.

        Yields
        ------
        tuple of str, float and str
            Name of the scale, power of the density, and the place.
        """
        p, relative = int(np.sum(~self.flat)), self.prior.relative_to_noise
        for name, scale in self.scales.items():
            power = scale.power_at_zero + log_power
            if name == PRIOR_SD:
                yield name, power - p, "every coefficient is at its prior mean"
            elif self.prior_mean_fits if relative else self.columns_fit:
                count = self.data.n_rows + p * relative
                yield name, power - count, "the coefficients fit y exactly"

    @cached_property
    def flat(self) -> BoolArray:
        """Which columns have a flat prior, shape (p,)."""
        return self.prior.flat_columns(len(self.data.feature_names))

    @cached_property
    def undetermined(self) -> str:
        """The reason why the rows do not determine flat coefficients, or empty.

        A proper prior on the other columns holds along every direction that moves them.
        So the flat columns alone have to be determined.
        """
        if not self.flat.any():
            return ""
        if self.likelihood.has_statistics or isinstance(self.data, PartitionedRows):
            return self._rank_deficient()
        return self._dependent_columns() or self._separated()

    @cached_property
    def _reduced(self) -> tuple[FloatArray, FloatArray]:
        return self.data.statistics.equivalent_rows(centred=self.intercept)

    def _rank_deficient(self) -> str:
        features = self._reduced[0][:, self.flat]
        p = features.shape[1]
        root = triangular_factor(np.vstack([features, np.zeros((p, p))]))
        return rank_deficient(root, self.data.statistics, 1.0, self.flat)

    @cached_property
    def _centred(self) -> FloatArray:
        X = self._rows.X[:, self.flat]
        if not self.intercept:
            return X
        return np.column_stack([np.ones(len(X)), centred_columns(X)])

    @property
    def _rows(self) -> Rows:
        assert isinstance(self.data, Rows)
        return self.data

    def _dependent_columns(self) -> str:
        """Say if the likelihood does not change along a combination of columns."""
        rows = self._centred
        lengths = norms(rows, axis=0).clip(min=np.finfo(float).tiny)
        rank = np.linalg.matrix_rank(rows / lengths)
        if rank == rows.shape[1]:
            return ""
        return (
            f"the posterior is improper: under a flat prior the {rows.shape[1]} "
            "columns, the intercept among them, must be independent, and their rank "
            f"is {rank}; use priors.Normal(sd)"
        )

    def _separated(self) -> str:
        """Say if the likelihood has no maximum and no integral."""
        if not grows_without_end(self.likelihood, self._centred, self._rows.y):
            return ""
        return self._grows_without_end

    @property
    def _grows_without_end(self) -> str:
        return (
            "the posterior is improper, and its density has no maximum: "
            f"{self.likelihood.separated}, and the likelihood grows without end in "
            "that direction; use priors.Normal(sd)"
        )

    def _improper_in_noise(self, noise: Scale) -> Iterator[str]:
        rows, relative = self.rows_left, self.prior.relative_to_noise
        power = noise.power_at_infinity + 1
        if power >= rows:
            yield (
                f"the posterior is improper at large {NOISE_SD}: under {noise} more "
                f"than {power:g} rows must be left after the flat intercept and "
                f"coefficients are taken from {self.data.n_rows}, got {rows}; add "
                "rows, or use a prior such as priors.HalfNormal"
            )
        missing = rows - (0 if relative else self.rank)
        fits = self.prior_mean_fits if relative else self.columns_fit
        if fits and noise.power_at_zero + 1 <= missing:
            yield (
                f"the posterior is improper at small {NOISE_SD}: the prior mean or the "
                f"columns fit y exactly, and the density goes as "
                f"{NOISE_SD}^{noise.power_at_zero - missing:g} there; "
                "use priors.InverseGamma"
            )

    def _improper_in_spread(self, spread: Scale) -> Iterator[str]:
        if spread.power_at_zero <= -1:
            yield (
                f"the posterior is improper at small {PRIOR_SD}: the likelihood does "
                f"not vanish there, and {spread} cannot be integrated; use "
                "priors.FlatScale() or a proper prior"
            )
        power = spread.power_at_infinity + 1
        if power >= self.rank:
            yield (
                f"the posterior is improper at large {PRIOR_SD}: under {spread} the "
                f"columns must determine more than {power:g} coefficients, got "
                f"{self.rank}; use a proper prior"
            )

    def _improper_together(self, noise: Scale, spread: Scale) -> Iterator[str]:
        """Yield reasons where both scales go to a limit together."""
        rows = self.rows_left
        if self.prior.relative_to_noise:
            power = noise.power_at_zero - spread.power_at_infinity
            if power <= rows - self.rank and self.columns_fit:
                yield (
                    f"the posterior is improper where {NOISE_SD} is small and "
                    f"{PRIOR_SD} large, with a fixed product: the columns fit y "
                    "exactly; use priors.InverseGamma"
                )
            return
        power = noise.power_at_infinity + spread.power_at_infinity + 2
        if power >= rows:
            yield (
                f"the posterior is improper where {NOISE_SD} and {PRIOR_SD} are large "
                f"together: under {noise} and {spread} more than {power:g} rows must "
                f"be left after the intercept, got {rows}"
            )
        power = noise.power_at_zero + spread.power_at_zero + 2
        if power <= rows and self.prior_mean_fits:
            yield (
                f"the posterior is improper where {NOISE_SD} and {PRIOR_SD} are small "
                f"together: the prior mean fits y exactly, and {rows} rows are as many "
                f"as {power:g} or more; use priors.InverseGamma"
            )

    def _unbounded(self, log_power: float) -> Iterator[str]:
        noise, spread = self.scales.get(NOISE_SD), self.scales.get(PRIOR_SD)
        if noise and spread and self.prior.relative_to_noise:
            power = noise.power_at_zero - spread.power_at_infinity - self.data.n_rows
            if power < 0 and self.columns_fit:
                yield (
                    "the density has no maximum: where the coefficients fit y exactly "
                    f"and {PRIOR_SD} times {NOISE_SD} is fixed, it grows as "
                    f"{NOISE_SD}^{power:g} for {NOISE_SD} towards 0; integrate both "
                    "out with fit_exact"
                )
        for name, power, where in self.limits_at_zero(log_power):
            if power < 0:
                yield (
                    f"the density has no maximum: where {where} it grows as "
                    f"{name}^{power:g} for {name} towards 0; integrate {name} out "
                    "with fit_exact"
                )


def _require(reason: str) -> None:
    if reason:
        raise ValueError(reason)
