r"""Ridge solutions of every penalty, from one factorisation of the data.

.. math:: \hat b(\alpha) = o + A\, \frac{d\, g}{d^2 + \alpha}, \qquad
          \nu = \sum_k \frac{d_k^2}{d_k^2 + \alpha}

for singular values d of the centred columns, in the notation of ``Eigenbasis``.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.model import likelihoods, priors
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.statistics.sufficient_statistics import default_names
from bayes_l2.posteriors.quadrature.eigenbasis import Eigenbasis
from bayes_l2.posteriors.quadrature.scale_density import ScaleDensity
from bayes_l2.selection.row_basis import RowBasis
from bayes_l2.texts import shown


class RidgePath:
    """One factorisation of a model's data, and the ridge solutions of any penalty."""

    def __init__(self, model: LinearModel, least_penalty: float | None = None) -> None:
        prior = model.gaussian_prior
        if not (prior.has_one_sd or prior.is_flat):
            raise ValueError(
                "a penalty to choose needs the prior priors.Normal(sd) with one sd, or "
                f"priors.Flat(), got {shown(prior)}; give the sds of columns an "
                "unknown factor=, and fit_exact integrates over it"
            )
        self.model = model
        scale = priors.FlatLogScale() if prior.spread.is_known else prior.spread
        mean = prior.mean_vector(model.n_features)
        self.mean = mean if prior.size else float(mean[0])
        self.prior = priors.Normal(
            scale, mean=self.mean, relative_to_noise=prior.relative_to_noise
        )
        # a column may have the name of an unknown scale
        names = default_names(model.n_features)
        statistics = replace(model.statistics, feature_names=names)
        basis = Eigenbasis.of(replace(model, data=statistics, prior=self.prior))
        self.rows = RowBasis.of(model, basis, least_penalty)
        self.basis = self.rows.basis
        self.scales = ScaleDensity(self.basis)

    @property
    def range_of_penalties(self) -> tuple[float, float]:
        """A thousandth of the least, and a thousand times the largest, of all d²."""
        unit = self.basis.unit
        return 1e-3 * unit * float(self.basis.eigenvalues.min(initial=1.0)), 1e3 * unit

    def default_penalties(self) -> FloatArray:
        """Return 100 penalties of the range, or of its largest 24 decades."""
        low, high = self.range_of_penalties
        return np.geomspace(max(low, 1e-24 * high), high, 100)

    def noise_sd(self, penalties: FloatArray) -> FloatArray:
        """Return the known noise sd, or the most probable one for each penalty."""
        return np.exp(self._log_noise(np.log(penalties / self.basis.unit)))

    def _log_noise(self, x: FloatArray) -> FloatArray:
        noise = self.model.likelihood.noise
        if noise.is_known:
            return np.full_like(x, np.log(noise.value))
        return self.scales.most_probable_noise(x)

    def log_evidence(self, penalties: FloatArray) -> FloatArray:
        """Return the log evidence, with log densities of logs of unknown scales."""
        x = np.log(penalties / self.basis.unit)
        log_density = self.scales.log_density(x, self._log_noise(x))
        return log_density + np.log(2)  # by log tau, not by log alpha

    def gcv(self, penalties: FloatArray) -> FloatArray:
        """Return generalised cross-validation; see ``PenaltyPath``."""
        basis, relative = self.basis, penalties / self.basis.unit
        shrinkage = basis.shrinkage(relative)
        left = basis.rows - len(basis.eigenvalues) + np.sum(shrinkage, axis=-1)
        squares = basis.residual**2 + shrinkage**2 @ basis.projections**2
        return self.model.n_rows * squares / left**2

    def refine(self, by: str, low: float, high: float) -> float:
        """Return the best penalty between two of the path."""
        from scipy.optimize import minimize_scalar

        criteria = {"evidence": lambda at: -self.log_evidence(at), "gcv": self.gcv}

        def loss(x: float) -> float:
            return float(criteria[by](np.exp(np.array([x])) * self.basis.unit)[0])

        ends = np.log(np.array([low, high]) / self.basis.unit)
        found: Any = minimize_scalar(loss, bounds=tuple(ends), options={"xatol": 1e-11})
        return float(np.exp(found.x) * self.basis.unit)

    def fixed(self, penalty: float, noise_sd: float | None = None) -> LinearModel:
        """Return the model with this penalty."""
        if self.prior.relative_to_noise:
            prior = priors.Normal(penalty**-0.5, mean=self.mean, relative_to_noise=True)
            return replace(self.model, prior=prior)
        noise = self.model.likelihood.noise
        if noise.is_known:
            noise_sd = noise.value
        elif noise_sd is None:
            noise_sd = float(self.noise_sd(np.array([penalty]))[0])
        prior = priors.Normal(noise_sd / np.sqrt(penalty), mean=self.mean)
        return replace(self.model, likelihood=likelihoods.Normal(noise_sd), prior=prior)

    @property
    def center(self) -> tuple[FloatArray, float]:
        """The means of X and y where there is an intercept, else zeros."""
        mean = self.model.statistics.mean * int(self.model.intercept)
        return mean[:-1], float(mean[-1])

    def intercepts(self, coef: FloatArray) -> FloatArray:
        """Return the intercept of each row of coefficients."""
        center, mean_y = self.center
        return mean_y - coef @ center
