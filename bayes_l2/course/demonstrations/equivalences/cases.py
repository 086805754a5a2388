"""All equivalences by name."""

from collections.abc import Callable

from bayes_l2.course.demonstrations.equivalences import (
    conformal,
    ensembles,
    filters,
    linear_algebra,
    mixed,
    networks,
    noise,
    shrinkage,
    splines,
    stopping,
)
from bayes_l2.course.demonstrations.equivalences.equivalence import Equivalence
from bayes_l2.course.demonstrations.equivalences.kernels import processes, widths
from bayes_l2.texts import Catalogue

__all__ = ["CASES", "find"]
__dir__ = __all__.copy

type Case = Callable[..., Equivalence]

CASES: Catalogue[Case] = Catalogue(
    {
        "kernel ridge": processes.kernel_ridge,
        "linear kernel": processes.linear_kernel,
        "sd of functions": processes.sd_of_functions,
        "dual": linear_algebra.dual,
        "augmented rows": linear_algebra.augmented_rows,
        "minimum norm": linear_algebra.minimum_norm,
        "descent from zero": stopping.descent_from_zero,
        "random features": widths.random_features,
        "wide network": widths.wide_network,
        "early stopping": stopping.early_stopping,
        "early stopping on correlated columns": (
            stopping.early_stopping_on_correlated_columns
        ),
        "dropout": noise.dropout,
        "input noise": noise.input_noise,
        "perturbed fits": ensembles.perturbed_fits,
        "drawn fits": ensembles.drawn_fits,
        "plain ensemble": ensembles.plain_ensemble,
        "Kalman filter": filters.kalman_filter,
        "recursive least squares": filters.recursive_least_squares,
        "one-step predictions": filters.one_step_predictions,
        "random effects": mixed.random_effects,
        "smoothing spline": splines.smoothing_spline,
        "James-Stein": shrinkage.james_stein,
        "penalty by evidence": shrinkage.penalty_by_evidence,
        "double descent": shrinkage.double_descent,
        "batch normalisation": networks.batch_normalisation,
        "last layer": networks.last_layer,
        "wrong noise": conformal.wrong_noise,
        "split conformal": conformal.split_conformal,
    },
    of="equivalences",
)


def find(name: str) -> Case:
    """Return the case of this name; an unknown name is a ValueError."""
    return CASES.find(name, way_out="`bayes-l2 equivalences` lists all")
