"""The functions of the course: valid arguments, and the kind of each."""

import inspect
from typing import Any

import numpy as np
from scipy.stats import norm

from bayes_l2 import likelihoods
from bayes_l2.course.demonstrations import (
    absolute_deviations,
    choosing,
    classification,
    expected_loss,
    gauss_markov,
    gradient_descent,
    networks,
    prequential,
    samplers,
    unknown_noise,
    weight_decay,
)
from bayes_l2.course.demonstrations.calibration import SETTINGS, calibrate, uniform
from bayes_l2.course.demonstrations.equivalences.cases import CASES as EQUIVALENCES
from bayes_l2.course.demonstrations.equivalences.splines import brownian_columns
from tests.bad_input.api.case import CONJUGATE, KNOWN, Case, X, Y, case

B = np.array([1.0, -1.0])
LABELS = np.where(Y > 0, 1.0, -1.0)
ROWS: dict[str, Any] = {"X": (X, "X by place"), "y": (Y, "y")}
OF_CLASSES: dict[str, Any] = {"X": (X, "X by place"), "labels": (LABELS, "y")}
SEED = (0, "rng")
DECAY = (1.0, "positive")
NETWORK = networks.draw(alpha=1.0, features=2, hidden=2, rng=0)
OF_NETWORK: dict[str, Any] = {"network": (NETWORK, "word"), **ROWS}
SCALES: dict[str, Any] = {"noise_sd": (1.0, "positive"), "prior_sd": (1.0, "positive")}


def of_equivalences() -> dict[str, Case]:
    """Return the cases of the gallery, which take a seed, sizes and a rate."""
    found = {}
    for name, each in EQUIVALENCES.items():
        arguments = {
            argument: (
                parameter.default,
                {"seed": "rng", "rate": "probability"}.get(argument, "count"),
            )
            for argument, parameter in inspect.signature(each).parameters.items()
        }
        found[f"equivalences.{name}"] = case(each, **arguments)
    return found


def of_course() -> dict[str, Case]:
    """Return the demonstrations, by the name of their module."""
    return {
        **of_equivalences(),
        "brownian_columns": case(brownian_columns, points=([0.1, 0.2, 0.3], "points")),
        "expected_loss": case(
            expected_loss.expected_loss,
            loss=(likelihoods.Normal(1.0), "word"),
            noise=(norm(), "word"),
            predictions=([0.0, 1.0], "points or none"),
        ),
        "best_prediction": case(
            expected_loss.best_prediction,
            loss=(likelihoods.Normal(1.0), "word"),
            noise=(norm(), "word"),
        ),
        "gradient_descent": case(
            gradient_descent.gradient_descent,
            loss=(likelihoods.Normal(1.0), "word"),
            **ROWS,
            step=(0.1, "positive or a function"),
            n_steps=(3, "count"),
            start=(B, "weights or None"),
        ),
        "largest_stable_step": case(gradient_descent.largest_stable_step, X=ROWS["X"]),
        "Huber": case(gradient_descent.Huber, delta=(1.0, "positive")),
        "least_absolute_deviations": case(
            absolute_deviations.least_absolute_deviations, **ROWS
        ),
        "vertices": case(absolute_deviations.vertices, **ROWS),
        "simulated_error": case(
            absolute_deviations.simulated_error,
            X=ROWS["X"],
            b=(B, "points"),
            noise=(np.random.default_rng(0).normal(size=(3, len(Y))), "points"),
        ),
        "calibrate": case(
            calibrate,
            setting=(SETTINGS["known scales"], "word"),
            count=(1, "count"),
            seed=SEED,
        ),
        "uniformity": case(uniform.uniformity, u=([0.1, 0.5], "shares")),
        "power": case(
            uniform.power,
            count=(100, "count"),
            ratio=(1.1, "positive"),
            level=(0.05, "probability"),
            df=(np.inf, "degrees of freedom"),
        ),
        "band": case(
            uniform.band,
            count=(20, "count"),
            probability=(0.9, "probability"),
            simulations=(100, "count"),
            seed=SEED,
        ),
        "gauss_markov.least_squares": case(
            gauss_markov.least_squares, X=ROWS["X"], weights=(None, "weights or None")
        ),
        "gauss_markov.ridge": case(
            gauss_markov.ridge, X=ROWS["X"], penalty=(1.0, "positive")
        ),
        "gauss_markov.ridge_error": case(
            gauss_markov.ridge_error,
            X=ROWS["X"],
            b=(B, "points"),
            noise_sd=(1.0, "positive"),
            penalties=([1.0], "points or none"),
        ),
        "gauss_markov.simulate": case(
            gauss_markov.simulate,
            X=ROWS["X"],
            b=(B, "points"),
            noise=(np.random.default_rng(0).normal(size=(3, len(Y))), "points"),
            variances=(np.ones(len(Y)), "points"),
            estimators=({"zero": np.zeros((2, len(Y)))}, "word"),
        ),
        "separable": case(classification.separable, **OF_CLASSES),
        "parted": case(
            classification.parted,
            values=(X[:, 0], "points"),
            labels=(LABELS, "y"),
            cut=(0.0, "finite"),
            gap=(0.1, "distance"),
        ),
        "along_direction": case(
            classification.along_direction,
            **OF_CLASSES,
            direction=(B, "points"),
            lengths=([1.0, 2.0], "points or none"),
        ),
        "penalised_norms": case(
            classification.penalised_norms, **OF_CLASSES, prior_sds=([1.0], "points")
        ),
        "softmax_loss": case(
            classification.softmax_loss,
            coef=(np.zeros((2, 3)), "points"),
            X=ROWS["X"],
            classes=(np.arange(len(Y)) % 3, "y"),
        ),
        "networks.draw": case(
            networks.draw,
            alpha=DECAY,
            features=(2, "count"),
            hidden=(2, "count"),
            rng=SEED,
        ),
        "networks.train": case(
            networks.train, **ROWS, alpha=DECAY, hidden=(1, "count"), seed=SEED
        ),
        "networks.find_mode": case(
            networks.find_mode, **OF_NETWORK, alpha=DECAY, held=(None, "place or None")
        ),
        "networks.profile": case(
            networks.profile,
            **OF_NETWORK,
            unit=(0, "place"),
            alpha=DECAY,
            shares=([1.0, 0.5], "points or none"),
        ),
        "networks.exact_last_layer": case(
            networks.exact_last_layer, **OF_NETWORK, alpha=DECAY
        ),
        "weight_decay.errors_over_decay": case(
            weight_decay.errors_over_decay,
            **ROWS,
            alphas=([1.0], "points"),
            hidden=(1, "count"),
            splits=(1, "count"),
        ),
        "weight_decay.heights": case(
            weight_decay.heights, networks=([NETWORK], "word"), **ROWS, alpha=DECAY
        ),
        "weight_decay.train_classifier": case(
            weight_decay.train_classifier,
            **OF_CLASSES,
            alpha=DECAY,
            hidden=(1, "count"),
            seed=SEED,
        ),
        "weight_decay.ways_to_twin": case(
            weight_decay.ways_to_twin,
            mode=(NETWORK, "word"),
            **ROWS,
            alpha=DECAY,
            points=(2, "count"),
        ),
        "leapfrog": case(
            samplers.leapfrog,
            model=(KNOWN, "model"),
            start=(np.zeros(3), "points"),
            momentum=(np.ones(3), "points"),
            step=(0.1, "positive"),
            n_steps=(2, "count"),
            mass=(1.0, "positive"),
        ),
        "random_walk": case(
            samplers.random_walk,
            model=(KNOWN, "model"),
            start=(np.zeros(3), "points"),
            step=(0.1, "step"),
            draws=(2, "count"),
            seed=SEED,
        ),
        "coverage": case(
            unknown_noise.coverage,
            X=ROWS["X"],
            b=(B, "points"),
            repetitions=(2, "count"),
            seed=SEED,
        ),
        "mode_distances": case(
            unknown_noise.mode_distances,
            model=(CONJUGATE, "model"),
            densities=(("sd",), "words"),
        ),
        "refitted_errors": case(
            choosing.refitted_errors, **ROWS, penalty=(1.0, "positive")
        ),
        "left_out_log_densities": case(
            choosing.left_out_log_densities, **ROWS, **SCALES
        ),
        "compared_densities": case(
            choosing.compared_densities,
            **ROWS,
            noise_sd=(1.0, "positive"),
            prior_sds=((1.0, 2.0), "points"),
            seed=SEED,
        ),
        "differences": case(
            choosing.differences,
            named=({"a": np.ones(3), "b": np.zeros(3)}, "named"),
            base=("a", "word"),
        ),
        "prediction_gains": case(
            choosing.prediction_gains,
            better=(KNOWN, "model"),
            worse=(KNOWN, "model"),
            orders=(1, "count"),
            seed=SEED,
        ),
        "prediction_errors": case(
            choosing.prediction_errors,
            **ROWS,
            seen=(6, "count"),
            splits=(1, "count"),
            seed=SEED,
        ),
        "narrowing": case(
            choosing.narrowing,
            **ROWS,
            rows=(6, "count"),
            samples=(1, "count"),
            noise_sd=(1.0, "positive"),
            by=(("evidence",), "words"),
            seed=SEED,
        ),
        "sequential_log_densities": case(
            prequential.sequential_log_densities,
            model=(KNOWN, "model"),
            order=(np.arange(len(Y)), "weights or None"),
        ),
    }
