"""Faults of posteriors, put into the code on purpose."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pytest

from bayes_l2.course.demonstrations.calibration import simulation
from bayes_l2.fits.exact import fit_exact
from bayes_l2.posteriors.distributions.location_scale import UnivariateNormal
from bayes_l2.posteriors.distributions.multivariate import MultivariateNormal
from bayes_l2.posteriors.gaussian import GaussianPosterior
from bayes_l2.posteriors.quadrature.gaussian_mixture import GaussianMixture


class Fault(NamedTuple):
    """A fault, where it is put in, and a quantity that shows it."""

    setting: str
    quantity: str
    put_in: Callable[[pytest.MonkeyPatch], None]


def wrong_sd(factor: float) -> Fault:
    """Return the fault of an sd of a Gaussian that is wrong by a factor."""
    right = MultivariateNormal.marginal

    def wrong(self: MultivariateNormal, names: Any) -> Any:
        found = right(self, names)
        if isinstance(found, UnivariateNormal):
            return UnivariateNormal(found.location, factor * found.scale)
        return found

    return Fault(
        "known scales",
        "first coefficient",
        lambda patch: patch.setattr(MultivariateNormal, "marginal", wrong),
    )


def wrong_sds_of_mixture(factor: float) -> Fault:
    """Return the fault of sds of a mixture's components that are wrong by a factor."""
    right = GaussianMixture.__dict__["_components"]

    def wrong(*arguments: Any) -> Any:
        found = right(*arguments)
        return replace(found, sds=factor * found.sds)

    return Fault(
        "unknown noise",
        "first coefficient",
        lambda patch: patch.setattr(GaussianMixture, "_components", wrong),
    )


def _without_noise() -> Fault:
    right = GaussianPosterior.predictive

    def wrong(self: Any, X: Any, *, observation_noise: bool = True) -> Any:
        return right(self, X, observation_noise=False)

    return Fault(
        "known scales",
        "new y",
        lambda patch: patch.setattr(GaussianPosterior, "predictive", wrong),
    )


def _without_weights() -> Fault:
    def wrong(model: Any) -> Any:
        ones = np.ones(model.n_rows)
        return fit_exact(replace(model, data=replace(model.data, weights=ones)))

    return Fault(
        "conjugate noise",
        "noise_sd",
        lambda patch: patch.setattr(simulation, "fit_exact", wrong),
    )


def _without_variance_of_intercept() -> Fault:
    right = GaussianPosterior.marginal

    def wrong(self: GaussianPosterior, names: Any) -> Any:
        found: Any = right(self, names)
        if names != "intercept":
            return found
        variance = found.scale**2 - 1 / self.precision_at_center
        return UnivariateNormal(found.location, np.sqrt(variance))

    return Fault(
        "known scales",
        "intercept",
        lambda patch: patch.setattr(GaussianPosterior, "marginal", wrong),
    )


FAULTS = {
    "an sd of a Gaussian is half as large again": wrong_sd(1.5),
    "the sds of a mixture are twice as large": wrong_sds_of_mixture(2.0),
    "a predictive distribution has no noise": _without_noise(),
    "a weight is ignored": _without_weights(),
    "the intercept's own variance is left out": _without_variance_of_intercept(),
}
