from . import conventions, datasets, partitions
from .comparison.approximate import ApproximateComparison
from .comparison.base import Comparison
from .comparison.check import Check
from .comparison.compare import compare, load
from .comparison.exact import ExactComparison
from .conventions.convention import Convention
from .conventions.conversion import Conversion, convert
from .conventions.of_model import penalty_in
from .course import exercises
from .estimators.classifier import L2Classifier
from .estimators.implied.model_of import model_of, summary_of
from .estimators.regressor import L2Regressor
from .fits.exact import fit_exact
from .fits.laplace import LaplaceApproximation, fit_laplace
from .fits.map_estimate import fit_map
from .fits.mcmc import fit_mcmc
from .fits.penalised import fit_penalised, fit_ridge
from .fits.point_estimate import PointEstimate
from .fits.prior_predictive import prior_predictive
from .model import likelihoods, priors
from .model.linear_model import LinearModel
from .model.pymc.program import pymc_program
from .model.statistics.sufficient_statistics import SufficientStatistics
from .posteriors.covariances import RidgeCovariances, ridge_covariances
from .posteriors.distributions.multivariate import MultivariateNormal
from .posteriors.gaussian import GaussianPosterior
from .posteriors.mixture import MixturePosterior
from .posteriors.normal_inverse_gamma import NormalInverseGammaPosterior
from .selection.choose import Choice, choose_penalty
from .selection.meaning.meaning import PenaltyMeaning, penalty_meaning
from .selection.path import PenaltyPath
from .selection.penalties import penalty_path

__all__ = [
    "ApproximateComparison",
    "Check",
    "Choice",
    "Comparison",
    "Convention",
    "Conversion",
    "ExactComparison",
    "GaussianPosterior",
    "L2Classifier",
    "L2Regressor",
    "LaplaceApproximation",
    "LinearModel",
    "MixturePosterior",
    "MultivariateNormal",
    "NormalInverseGammaPosterior",
    "PenaltyMeaning",
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
    "load",
    "model_of",
    "partitions",
    "penalty_in",
    "penalty_meaning",
    "penalty_path",
    "prior_predictive",
    "priors",
    "pymc_program",
    "ridge_covariances",
    "summary_of",
]
__version__: str
