"""Exercises of the chapter "one penalty, many names"."""

import numpy as np

from bayes_l2.course.exercises.derivations import units as derivations
from bayes_l2.course.exercises.exercise import Exercise, between, several

CHAPTER = "one penalty, many names"

EXERCISES = (
    Exercise(
        "elastic-net-alpha",
        CHAPTER,
        "Ridge minimises ||y - a - Xb||² + α ||b||² with α = {penalty} on {n} rows. "
        "ElasticNet with l1_ratio=0 minimises ||y - a - Xb||² / (2n) + alpha ||b||² / "
        "2. Which alpha gives the same coefficients?",
        lambda rng: {"penalty": between(rng, 5, 60), "n": int(rng.integers(5, 60))},
        lambda penalty, n: penalty / n,
        lambda penalty, n: {
            "you used α without conversion": penalty,
            "you kept one ½ and dropped the other": penalty / (2 * n),
            "you multiplied by n where you should divide": penalty * n,
            "you put n - 1 where n belongs": penalty / (n - 1),
        },
        derivations.elastic_net_alpha,
    ),
    Exercise(
        "weight-decay",
        CHAPTER,
        "Ridge minimises ||y - a - Xb||² + α ||b||² with α = {penalty} on {n} rows. "
        "PyTorch's MSELoss is the mean of the squared errors, and its SGD adds "
        "weight_decay × b to the gradient of this loss. Which weight_decay gives the "
        "same coefficients?",
        lambda rng: {"penalty": between(rng, 5, 60), "n": int(rng.integers(20, 400))},
        lambda penalty, n: 2 * penalty / n,
        lambda penalty, n: {
            "you forgot that the gradient of α ||b||² is 2 α b": penalty / n,
            "you used α without conversion": penalty,
            "you forgot that the squares are averaged": 2 * penalty,
            "you divided by 2 where you should multiply": penalty / (2 * n),
        },
        derivations.weight_decay,
    ),
    Exercise(
        "prior-of-C",
        CHAPTER,
        "LogisticRegression(C={C}) minimises C × cross-entropy + ||b||² / 2. This is "
        "the MAP under a Gaussian prior. What is the sd of this prior?",
        lambda rng: {"C": between(rng, 2, 30)},
        lambda C: float(np.sqrt(C)),
        lambda C: {
            "you gave the variance, not the sd": C,
            "you used C as a penalty": C**-0.5,
            "you used C as a penalty, and gave the variance": 1 / C,
            "you dropped the ½": np.sqrt(C / 2),
        },
        derivations.prior_of_C,
    ),
    Exercise(
        "raw-prior-sd",
        CHAPTER,
        "A library divides the column {x} by its sd with divisor n. The coefficient of "
        "the divided column has the prior sd {prior_sd}. What is the prior sd of the "
        "coefficient of the original column?",
        lambda rng: {"x": several(rng, 5, 0, 20), "prior_sd": between(rng, 1, 9)},
        lambda x, prior_sd: float(prior_sd / np.std(x)),
        lambda x, prior_sd: {
            "you multiplied by the sd where you should divide": prior_sd * np.std(x),
            "you put n - 1 where n belongs": prior_sd / np.std(x, ddof=1),
            "you divided by the variance": prior_sd / np.var(x),
            "you used the prior sd without conversion": prior_sd,
        },
        derivations.raw_prior_sd,
    ),
)
