"""Ridge regression, MAP, the exact posterior and MCMC on one linear model, checked against each other.

A loss is a negative log-likelihood and a penalty a negative log-prior: L2 regularisation is MAP estimation under a
Gaussian prior, and with a Gaussian likelihood the posterior is Gaussian too.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bayes_l2 import conventions, datasets, exercises, likelihoods, plots, priors
    from bayes_l2.checks import Check
    from bayes_l2.comparison import compare
    from bayes_l2.comparisons.approximate import ApproximateComparison
    from bayes_l2.comparisons.base import Comparison
    from bayes_l2.comparisons.exact import ExactComparison
    from bayes_l2.conventions.convention import Convention
    from bayes_l2.conventions.conversion import Conversion, convert
    from bayes_l2.distributions import MultivariateNormal
    from bayes_l2.fits.exact import fit_exact
    from bayes_l2.fits.laplace import LaplaceApproximation, fit_laplace
    from bayes_l2.fits.map_estimate import fit_map
    from bayes_l2.fits.mcmc import fit_mcmc
    from bayes_l2.fits.penalised import fit_penalised, fit_ridge
    from bayes_l2.fits.point_estimate import PointEstimate
    from bayes_l2.model import LinearModel
    from bayes_l2.penalty_paths import PenaltyPath, penalty_path
    from bayes_l2.posteriors.covariances import RidgeCovariances, ridge_covariances
    from bayes_l2.posteriors.gaussian import GaussianPosterior
    from bayes_l2.posteriors.mixture import MixturePosterior
    from bayes_l2.posteriors.normal_inverse_gamma import NormalInverseGammaPosterior
    from bayes_l2.pymc_model import pymc_program
    from bayes_l2.selection import Choice, choose_penalty
    from bayes_l2.sufficient_statistics import SufficientStatistics

__version__ = "0.1.0"

# Each name and the module it lives in (None: a module itself), imported when first asked for.
_HOMES = {
    "ApproximateComparison": "comparisons.approximate",
    "Check": "checks",
    "Choice": "selection",
    "Comparison": "comparisons.base",
    "Convention": "conventions.convention",
    "Conversion": "conventions.conversion",
    "ExactComparison": "comparisons.exact",
    "GaussianPosterior": "posteriors.gaussian",
    "LaplaceApproximation": "fits.laplace",
    "LinearModel": "model",
    "MixturePosterior": "posteriors.mixture",
    "MultivariateNormal": "distributions",
    "NormalInverseGammaPosterior": "posteriors.normal_inverse_gamma",
    "PenaltyPath": "penalty_paths",
    "PointEstimate": "fits.point_estimate",
    "RidgeCovariances": "posteriors.covariances",
    "SufficientStatistics": "sufficient_statistics",
    "choose_penalty": "selection",
    "compare": "comparison",
    "conventions": None,
    "convert": "conventions.conversion",
    "datasets": None,
    "exercises": None,
    "fit_exact": "fits.exact",
    "fit_laplace": "fits.laplace",
    "fit_map": "fits.map_estimate",
    "fit_mcmc": "fits.mcmc",
    "fit_penalised": "fits.penalised",
    "fit_ridge": "fits.penalised",
    "likelihoods": None,
    "penalty_path": "penalty_paths",
    "plots": None,
    "priors": None,
    "pymc_program": "pymc_model",
    "ridge_covariances": "posteriors.covariances",
}

__all__ = [
    "ApproximateComparison",
    "Check",
    "Choice",
    "Comparison",
    "Convention",
    "Conversion",
    "ExactComparison",
    "GaussianPosterior",
    "LaplaceApproximation",
    "LinearModel",
    "MixturePosterior",
    "MultivariateNormal",
    "NormalInverseGammaPosterior",
    "PenaltyPath",
    "PointEstimate",
    "RidgeCovariances",
    "SufficientStatistics",
    "choose_penalty",
    "compare",
    "conventions",
    "convert",
    "datasets",
    "exercises",
    "fit_exact",
    "fit_laplace",
    "fit_map",
    "fit_mcmc",
    "fit_penalised",
    "fit_ridge",
    "likelihoods",
    "penalty_path",
    "plots",
    "priors",
    "pymc_program",
    "ridge_covariances",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = _HOMES[name]
    value = import_module(f"{__name__}.{home or name}")
    if home is not None:
        value = getattr(value, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
