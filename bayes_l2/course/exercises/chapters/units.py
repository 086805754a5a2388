"""One penalty, many names."""

import numpy as np

from bayes_l2.course.exercises.exercise import Exercise, between, several

CHAPTER = "one penalty, many names"

EXERCISES = (
    Exercise(
        "elastic-net-alpha",
        CHAPTER,
        "Ridge, ||y - a - Xb||² + α ||b||², has α = {penalty} on {n} rows. Which alpha gives ElasticNet with "
        "l1_ratio=0, which minimises ||y - a - Xb||² / 2n + alpha ||b||² / 2, the same coefficients?",
        lambda rng: {"penalty": between(rng, 5, 60), "n": int(rng.integers(5, 60))},
        lambda penalty, n: penalty / n,
        {
            "you took it as it is": lambda penalty, n: penalty,
            "you kept one ½ and dropped the other": lambda penalty, n: (
                penalty / (2 * n)
            ),
            "you multiplied by n where you should divide": lambda penalty, n: (
                penalty * n
            ),
            "you put n - 1 where n belongs": lambda penalty, n: penalty / (n - 1),
        },
    ),
    Exercise(
        "weight-decay",
        CHAPTER,
        "Ridge, ||y - a - Xb||² + α ||b||², has α = {penalty} on {n} rows. PyTorch's SGD adds weight_decay × b to "
        "the gradient of MSELoss, the mean of the squared errors. Which weight_decay gives the same coefficients?",
        lambda rng: {"penalty": between(rng, 5, 60), "n": int(rng.integers(20, 400))},
        lambda penalty, n: 2 * penalty / n,
        {
            "you forgot that the gradient of α ||b||² is 2 α b": lambda penalty, n: (
                penalty / n
            ),
            "you took it as it is": lambda penalty, n: penalty,
            "you forgot that the squares are averaged": lambda penalty, n: 2 * penalty,
            "you turned the 2 upside down": lambda penalty, n: penalty / (2 * n),
        },
    ),
    Exercise(
        "prior-of-C",
        CHAPTER,
        "LogisticRegression(C={C}) minimises C × cross-entropy + ||b||² / 2. Which sd has its Gaussian prior?",
        lambda rng: {"C": between(rng, 2, 30)},
        lambda C: float(np.sqrt(C)),
        {
            "you gave the variance, not the sd": lambda C: C,
            "you took C for a penalty": lambda C: float(C**-0.5),
            "you took C for a penalty, and gave the variance": lambda C: 1 / C,
            "you dropped the ½": lambda C: float(np.sqrt(C / 2)),
        },
    ),
    Exercise(
        "raw-prior-sd",
        CHAPTER,
        "A library divides the column {x} by its sd (divisor n) and has the prior sd {prior_sd} on the result. "
        "Which prior sd is that for the coefficient of the column as given?",
        lambda rng: {"x": several(rng, 5, 0, 20), "prior_sd": between(rng, 1, 9)},
        lambda x, prior_sd: float(prior_sd / np.std(x)),
        {
            "you multiplied by the sd where you should divide": lambda x, prior_sd: (
                float(prior_sd * np.std(x))
            ),
            "you put n - 1 where n belongs": lambda x, prior_sd: float(
                prior_sd / np.std(x, ddof=1)
            ),
            "you divided by the variance": lambda x, prior_sd: float(
                prior_sd / np.var(x)
            ),
            "you took it as it is": lambda x, prior_sd: prior_sd,
        },
    ),
)
