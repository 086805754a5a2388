"""Exercises of the chapter "one prior, many disguises"."""

import numpy as np

from bayes_l2.course.exercises.derivations import disguises as derivations
from bayes_l2.course.exercises.exercise import Exercise, between, several

CHAPTER = "one prior, many disguises"


def _dual(x: list[float], y: float, penalty: float) -> float:
    row = np.array(x)
    return float(row[0] * y / (row @ row + penalty))


def _kalman(mean: float, prior: float, noise: float, y: float) -> float:
    """Return the mean after y, for the variances of the state and of the noise."""
    return mean + prior / (prior + noise) * (y - mean)


EXERCISES = (
    Exercise(
        "ridge-in-the-dual",
        CHAPTER,
        "There is one row, with x = ({x}) and y = {y}, and there is no intercept. "
        "Ridge with α = {penalty} has a coefficient for each of the four columns. What "
        "is the coefficient of the first column?",
        lambda rng: {
            "x": several(rng, 4, 1, 5),
            "y": between(rng, 3, 9),
            "penalty": between(rng, 3, 20),
        },
        _dual,
        lambda x, y, penalty: {
            "you fitted the first column alone": _dual(x[:1], y, penalty),
            "you gave the unknown of the row, not the coefficient: multiply it by x": (
                _dual(x, y, penalty) / x[0]
            ),
            "you left out the penalty: this is the fit of least norm": _dual(x, y, 0.0),
            "you put the length of the row where its square belongs": (
                x[0] * y / (np.linalg.norm(x) + penalty)
            ),
        },
        derivations.ridge_in_the_dual,
    ),
    Exercise(
        "prior-as-a-row",
        CHAPTER,
        "A model has one column and no intercept. The noise sd is σ = {noise_sd}, and "
        "the coefficient has the prior Normal({prior_mean}, τ²) with τ = {prior_sd}. "
        "Least squares on the data and one more row finds the posterior mean. That row "
        "has x = σ/τ. Which y does it have?",
        lambda rng: {
            "noise_sd": between(rng, 2, 9),
            "prior_mean": between(rng, 1, 6),
            "prior_sd": between(rng, 0.5, 4),
        },
        lambda noise_sd, prior_mean, prior_sd: prior_mean * noise_sd / prior_sd,
        lambda noise_sd, prior_mean, prior_sd: {
            "you gave the prior mean: x and y of the row are both multiplied by σ/τ": (
                prior_mean
            ),
            "you put variances where sds belong": (
                prior_mean * (noise_sd / prior_sd) ** 2
            ),
            "you swapped numerator and denominator of the ratio": prior_mean
            * prior_sd
            / noise_sd,
            "you left out the noise": prior_mean / prior_sd,
        },
        derivations.prior_as_a_row,
    ),
    Exercise(
        "gaussian-process-of-one-row",
        CHAPTER,
        "A Gaussian process has the prior mean 0. The prior covariance of its values "
        "at two inputs with the distance d is s² exp(-d² / (2ℓ²)), with s = {prior_sd} "
        "and ℓ = {length}. One row is seen: y = {y}, with noise sd {noise_sd}. What is "
        "the posterior mean at an input with the distance {distance} from that row?",
        lambda rng: {
            "prior_sd": between(rng, 1.5, 4),
            "length": between(rng, 1, 3),
            "y": between(rng, 3, 9),
            "noise_sd": between(rng, 1.5, 4),
            "distance": between(rng, 0.5, 2.5),
        },
        lambda prior_sd, length, y, noise_sd, distance: float(
            y
            * prior_sd**2
            * np.exp(-((distance / length) ** 2) / 2)
            / (prior_sd**2 + noise_sd**2)
        ),
        lambda prior_sd, length, y, noise_sd, distance: {
            "you left out the noise": y * np.exp(-((distance / length) ** 2) / 2),
            "you left out the ½ of the exponent": (
                y
                * prior_sd**2
                * np.exp(-((distance / length) ** 2))
                / (prior_sd**2 + noise_sd**2)
            ),
            "you gave the mean at the row itself": (
                y * prior_sd**2 / (prior_sd**2 + noise_sd**2)
            ),
            "you put sds where variances belong": (
                y
                * prior_sd
                * np.exp(-((distance / length) ** 2) / 2)
                / (prior_sd + noise_sd)
            ),
            "you left out the prior variance s²": (
                y * np.exp(-((distance / length) ** 2) / 2) / (1 + noise_sd**2)
            ),
        },
        derivations.gaussian_process_of_one_row,
    ),
    Exercise(
        "kalman-filter",
        CHAPTER,
        "In a Kalman filter the state has the mean {mean} and the sd {sd}. Then the "
        "state moves by a step with the distribution Normal(0, {move}²). Then y = {y} "
        "is measured. It is the new state plus noise of sd {noise_sd}. What is the "
        "mean of the new state, given this y?",
        lambda rng: {
            "mean": between(rng, 10, 20),
            "sd": between(rng, 1, 4),
            "move": between(rng, 1, 4),
            "y": between(rng, 25, 50),
            "noise_sd": between(rng, 1, 5),
        },
        lambda mean, sd, move, y, noise_sd: _kalman(
            mean, sd**2 + move**2, noise_sd**2, y
        ),
        lambda mean, sd, move, y, noise_sd: {
            "you left out the move of the state": _kalman(mean, sd**2, noise_sd**2, y),
            "you added the variance of the move to the noise": (
                _kalman(mean, sd**2, noise_sd**2 + move**2, y)
            ),
            "you put sds where variances belong": (
                _kalman(mean, sd + move, noise_sd, y)
            ),
            "you swapped the weights of y and of the mean": (
                _kalman(mean, noise_sd**2, sd**2 + move**2, y)
            ),
        },
        derivations.kalman_filter,
    ),
    Exercise(
        "shrunken-group-mean",
        CHAPTER,
        "A mixed model has a random intercept for each group. The share {share} of the "
        "variance of a row lies between the groups, and the rest within them. The mean "
        "of the {n} rows of one group is {deviation} above the overall mean, which is "
        "known. Ridge on a column for each group finds the best linear unbiased "
        "prediction (BLUP) of the group's deviation. What is the BLUP?",
        lambda rng: {
            "share": between(rng, 0.1, 0.6, 2),
            "n": int(rng.integers(3, 13)),
            "deviation": between(rng, 2, 9),
        },
        lambda share, n, deviation: deviation * n * share / (1 + (n - 1) * share),
        lambda share, n, deviation: {
            "you did not shrink the mean": deviation,
            "you counted the rows as one": deviation * share,
            "you used the share as the ratio of the two variances": (
                deviation * n * share / (1 + n * share)
            ),
            "you gave the part that is removed": (
                deviation * (1 - share) / (1 + (n - 1) * share)
            ),
            "you put sds where variances belong": (
                deviation * n / (n + np.sqrt((1 - share) / share))
            ),
        },
        derivations.shrunken_group_mean,
    ),
)
