"""Counterexamples of units: one number, and another penalty."""

from typing import Any

import numpy as np
from scipy import optimize
from sklearn.linear_model import Ridge

from bayes_l2 import datasets
from bayes_l2.arrays import FloatArray
from bayes_l2.course.demonstrations.counterexamples.disagreement import (
    NOISE_SD,
    PENALTY,
    PRIOR_SD,
    Disagreement,
    centred,
    posterior_sds,
    textbook_ridge,
)
from bayes_l2.course.demonstrations.equivalences.equivalence import Curve, Picture
from bayes_l2.fits.exact import fit_exact
from bayes_l2.fits.penalised import fit_ridge
from bayes_l2.model import likelihoods, priors
from bayes_l2.model.linear_model import LinearModel

__all__ = [
    "improper_joint_mode",
    "penalised_intercept",
    "standardised_columns",
    "wrong_half",
]
__dir__ = __all__.copy

ALPHAS = np.array([0.1, 1.0, PENALTY, 50.0, 300.0])  # of the pictures
BMI = 2  # its column


def _diabetes_model(prior: Any = None) -> LinearModel:
    X, y = datasets.diabetes()
    prior = prior or priors.Normal(PRIOR_SD)
    return LinearModel(X, y, likelihood=likelihoods.Normal(NOISE_SD), prior=prior)


def penalised_intercept() -> Disagreement:
    r"""Penalise the intercept, as a column of ones beside centred columns.

    It is too small by :math:`\alpha \bar y / (n + \alpha)`. The picture has other
    :math:`\alpha`.
    """
    X, y = datasets.diabetes()
    ones = np.column_stack([np.ones(len(X)), X])
    intercept = fit_ridge(_diabetes_model()).intercept
    by_fits = [
        intercept
        - Ridge(alpha, fit_intercept=False, solver="svd").fit(ones, y).coef_[0]
        for alpha in ALPHAS
    ]
    grid = np.geomspace(ALPHAS[0], ALPHAS[-1], 41)
    by_theory = grid * y.mean() / (len(y) + grid)
    picture = Picture(
        x="penalty α",
        y="intercept taken by the penalty\n(units of y)",
        curves={
            "predicted": Curve(grid, by_theory),
            "measured": Curve(ALPHAS, by_fits, "points"),
        },
        alt=(
            "The part of the intercept that its penalty takes away, over penalties "
            "from 0.1 to 300: points of the fits on the curve of theory. It is "
            f"{by_fits[2]:.2f} at 7.29 and {by_fits[-1]:.1f} at 300, of "
            f"{intercept:.0f}."
        ),
        log_x=True,
    )
    return Disagreement(
        "a column of ones is an intercept",
        float(by_fits[2]),
        float(PENALTY * y.mean() / (len(y) + PENALTY)),
        "units of y",
        "its prior is that of a coefficient: it is drawn towards 0, which is seldom "
        "where y is",
        picture,
    )


def standardised_columns() -> Disagreement:
    """Use the same α on original and on standardised columns.

    The prior sds differ by the sd of each column. The picture has every column.
    """
    from sklearn.datasets import load_diabetes

    data: Any = load_diabetes(as_frame=True, scaled=False)
    sds = data.data.to_numpy().std(axis=0)
    raw = Ridge(alpha=PENALTY, solver="svd").fit(data.data.to_numpy(), data.target)
    exact = fit_exact(_diabetes_model())
    X, y = centred()
    difference = textbook_ridge(X, y, PENALTY / sds**2) - textbook_ridge(X, y, PENALTY)
    by_fits = np.abs(raw.coef_ * sds - exact.coef) / exact.sd[1:]
    by_theory = np.abs(difference) / posterior_sds(X)
    names, worst = [*data.data.columns], int(np.argmax(by_fits))
    picture = Picture(
        x="sd of the column in its own unit",
        y="change when the columns are\nstandardised (posterior sds)",
        curves={
            "predicted": Curve(sds, by_theory, "rings"),
            "measured": Curve(sds, by_fits, "points"),
        },
        alt=(
            "Changes of the ten coefficients, over the sds of their columns from "
            f"{sds.min():.2g} to {sds.max():.2g}: measured points on predicted ones. "
            f"The largest is {by_fits[worst]:.2f} posterior sds, of {names[worst]}."
        ),
        log_x=True,
    )
    return Disagreement(
        "ridge with one α does not depend on the units of the columns",
        float(np.max(by_fits)),
        float(np.max(by_theory)),
        "posterior sds, at the worst coefficient",
        "a prior sd of τ per unit of the column is τ times its sd per sd of the column",
        picture,
    )


def wrong_half() -> Disagreement:
    r"""Put ½ on the loss and none on the penalty.

    Then α counts twice, and means a prior sd of :math:`\tau / \sqrt 2`. The picture has
    other α.
    """
    X, y = centred()
    exact = fit_exact(_diabetes_model())
    found = _fit_with_one_half(X, y, PENALTY)
    difference = textbook_ridge(X, y, 2 * PENALTY) - textbook_ridge(X, y, PENALTY)
    grid = np.geomspace(ALPHAS[0], ALPHAS[-1], 31)
    doubled, meant = (
        np.array([textbook_ridge(X, y, factor * alpha)[BMI] for alpha in grid])
        for factor in (2, 1)
    )
    by_fits = [_fit_with_one_half(X, y, alpha)[BMI] for alpha in ALPHAS]
    picture = Picture(
        x="penalty α",
        y="coefficient of bmi",
        curves={
            "predicted: ridge at 2α": Curve(grid, doubled),
            "measured": Curve(ALPHAS, by_fits, "points"),
            "ridge at α": Curve(grid, meant, "dashes"),
        },
        alt=(
            "The coefficient of bmi with one ½ too few, over penalties from 0.1 to "
            "300: points on the curve of ridge at twice the penalty, below the curve "
            f"of ridge. At 300 they are {by_fits[-1]:.1f} and {meant[-1]:.1f}."
        ),
        log_x=True,
    )
    return Disagreement(
        "½ ||y - Xb||² + α ||b||² is ridge with that α",
        float(np.max(np.abs(found - exact.coef) / exact.sd[1:])),
        float(np.max(np.abs(difference) / posterior_sds(X))),
        "posterior sds, at the worst coefficient",
        "a common factor does not count, a factor of one term does",
        picture,
    )


def _fit_with_one_half(X: FloatArray, y: FloatArray, penalty: float) -> FloatArray:
    """Return the minimum of half the squares plus the whole penalty, by a search."""

    def objective(b: FloatArray) -> tuple[float, FloatArray]:
        residual = X @ b - y
        value = float(0.5 * residual @ residual + penalty * b @ b)
        return value, X.T @ residual + 2 * penalty * b

    start, options = np.zeros(X.shape[1]), {"gtol": 1e-7}
    return optimize.minimize(
        objective, start, jac=True, method="BFGS", options=options
    ).x


def improper_joint_mode() -> Disagreement:
    r"""Follow the joint density with an unknown prior sd, which has no mode.

    At b = 0 it grows as :math:`\tau^{-p}` for :math:`\tau` towards 0.
    """
    model = _diabetes_model(priors.Normal(priors.HalfCauchy(20.0)))
    zero, p = np.zeros(model.n_features), model.n_features

    def log_density(prior_sd: float) -> float:
        return model.log_posterior(model.join(152.0, zero, prior_sd=prior_sd))

    growth = (log_density(1e-6) - log_density(1e-4)) / np.log(100)
    prior_sds = np.geomspace(1e-6, 1, 7)
    by_fits = [log_density(each) - log_density(1.0) for each in prior_sds]
    picture = Picture(
        x="prior sd τ",
        y="log density above τ = 1 (nats)",
        curves={
            "predicted": Curve(prior_sds, -p * np.log(prior_sds)),
            "measured": Curve(prior_sds, by_fits, "points"),
        },
        alt=(
            "The log of the joint density at coefficients of 0, above its value at the "
            "prior sd 1, for prior sds from a millionth to 1: points on a straight "
            f"line that rises to {by_fits[0]:.0f} nats towards 0."
        ),
        log_x=True,
    )
    return Disagreement(
        "the joint density of coefficients and prior sd has a maximum",
        float(growth),
        float(p),
        "powers of 1/τ",
        "p densities of height 1/τ each at b = 0, where the likelihood is positive and "
        "the same for every τ",
        picture,
    )
