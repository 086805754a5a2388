"""Cases in which weight decay is not the Gaussian prior that one might expect.

Each function measures a disagreement and predicts it. The data are the centred diabetes
data, and y is in noise sds.
"""

import numpy as np
from scipy import optimize
from sklearn.linear_model import Lasso

from bayes_l2.arrays import FloatArray
from bayes_l2.course.demonstrations.counterexamples.disagreement import (
    NOISE_SD,
    Disagreement,
    centred,
    textbook_ridge,
)
from bayes_l2.course.demonstrations.equivalences.equivalence import Curve, Picture

__all__ = ["adamw", "factors", "fit_factors", "fit_normalised", "normalised_weights"]
__dir__ = __all__.copy

DECAY = 4.0  # the precision of the prior of each weight


def adamw() -> Disagreement:
    r"""Run AdamW, whose decoupled decay does not end at the Gaussian MAP.

    With the gradients g of the whole loss, a limit b satisfies
    :math:`\lambda b_j = -g_j / (\lvert g_j \rvert + \varepsilon)`. For
    :math:`\varepsilon \to 0` and a convex loss that is the minimum of the loss in the
    box :math:`\lvert b_j \rvert \le 1/\lambda`, the MAP under a uniform prior there
    (Xie and Li 2024, Implicit Bias of AdamW). The steps here shrink, and
    :math:`\varepsilon = 10^{-12}`. The minimum is found by bounded least squares.
    """
    X, y = centred()
    # bmi ends at its bound, and blood pressure does not
    X, y, decay = X[:, [2, 3]], y / NOISE_SD, 2.0
    path = _path_of_adamw(X, y, decay, n_steps=20_000)
    b = path[-1]
    # its penalty adds decay × b to the gradient
    ridge = textbook_ridge(X, y, decay * len(y))
    boxed = optimize.lsq_linear(X, y, bounds=(-1 / decay, 1 / decay), tol=1e-14).x
    steps = np.unique(np.geomspace(1, len(path), 60).astype(int))
    end = [len(path)] * 2
    picture = Picture(
        x="step",
        y="coefficient of this fit (noise sds)",
        curves={
            "bmi": Curve(steps, path[steps - 1, 0]),
            "blood pressure": Curve(steps, path[steps - 1, 1], "dashes"),
            "predicted limit": Curve(end, boxed, "rings"),
            "ridge": Curve(end, ridge, "points"),
        },
        alt=(
            f"Two coefficients over {len(path)} steps of AdamW. They end at the limits "
            f"that theory predicts, bmi at {b[0]:.3f} and blood pressure at "
            f"{b[1]:.3f}. Ridge has {ridge[0]:.3f} and {ridge[1]:.3f}."
        ),
        log_x=True,
    )
    return Disagreement(
        "weight decay is an L2 penalty, whatever the optimiser",
        float(np.max(np.abs(b - ridge))),
        float(np.max(np.abs(boxed - ridge))),
        "noise sds per sd of the column, at the worst coefficient",
        "Adam divides the gradient by its size, and the decay stands outside: "
        "α ||b||² has become a bound",
        picture,
    )


def _path_of_adamw(
    X: FloatArray, y: FloatArray, decay: float, *, n_steps: int
) -> FloatArray:
    """Return the weights after each step of AdamW on all rows, whose steps shrink."""
    b = first = second = np.zeros(X.shape[1])
    beta, squared = 0.9, 0.99
    path = np.empty((n_steps, X.shape[1]))
    for step in range(1, n_steps + 1):
        gradient = X.T @ (X @ b - y) / len(y)
        first = beta * first + (1 - beta) * gradient
        second = squared * second + (1 - squared) * gradient**2
        size = np.sqrt(second / (1 - squared**step)) + 1e-12
        direction = first / (1 - beta**step) / size
        b = b - 2 / (step + 10) * (direction + decay * b)
        path[step - 1] = b
    return path


def fit_factors(
    X: FloatArray, y: FloatArray, penalty: float
) -> tuple[FloatArray, FloatArray]:
    r"""Train two factors of each coefficient with an L2 penalty on both.

    They minimise

    .. math:: \tfrac12 \lVert y - X (w \circ v) \rVert^2
              + \tfrac{\alpha}{2} (\lVert w \rVert^2 + \lVert v \rVert^2).

    Parameters
    ----------
    X, y : ndarray of shape (n, p) and (n,)
        Centred columns and response.
    penalty : float
        The penalty alpha.

    Returns
    -------
    w, v : ndarray of shape (p,)
        The factors.
    """
    p = X.shape[1]

    def objective(weights: FloatArray) -> tuple[float, FloatArray]:
        w, v = weights[:p], weights[p:]
        residual = y - X @ (w * v)
        pull = -X.T @ residual
        value = 0.5 * residual @ residual + penalty / 2 * weights @ weights
        return float(value), np.concatenate([pull * v, pull * w]) + penalty * weights

    start = np.random.default_rng(0).standard_normal(2 * p)
    options = {"gtol": 1e-9, "maxiter": 10_000}
    found = optimize.minimize(objective, start, jac=True, options=options)
    return found.x[:p], found.x[p:]


def factors() -> Disagreement:
    r"""Put the L2 penalty on two factors of each coefficient.

    A product :math:`b_j = w_j v_j` costs least where both factors have the size
    :math:`\sqrt{\lvert b_j \rvert}`, since
    :math:`\tfrac12 (w^2 + v^2) \ge \lvert w v \rvert`. So the penalty of b is
    :math:`\alpha \lVert b \rVert_1`, and the fit is the lasso (Hoff 2017, Lasso,
    Fractional Norm and Structured Sparse Estimation Using a Hadamard Product
    Parametrization).
    """
    X, y = centred()
    y = y / NOISE_SD
    w, v = fit_factors(X, y, DECAY)
    lasso = Lasso(DECAY / len(y), fit_intercept=False, tol=1e-14, max_iter=100_000)
    sparse, ridge = lasso.fit(X, y).coef_, textbook_ridge(X, y, DECAY)
    ends = np.array([ridge.min(), ridge.max()])
    zeros = int(np.sum(np.abs(w * v) < 1e-9))
    picture = Picture(
        x="coefficient of ridge (noise sds)",
        y="coefficient of this fit (noise sds)",
        curves={
            "equal to ridge": Curve(ends, ends, "dashes"),
            "predicted: lasso": Curve(ridge, sparse, "rings"),
            "measured: product w v": Curve(ridge, w * v, "points"),
        },
        alt=(
            "Ten coefficients over those of ridge: the products of factors lie on "
            f"those of the lasso, and off the line of ridge. Of the products {zeros} "
            f"are 0. The largest distance from ridge is "
            f"{np.max(np.abs(w * v - ridge)):.3f} noise sds."
        ),
    )
    return Disagreement(
        "an L2 penalty on all weights is ridge in the coefficients that they make",
        float(np.max(np.abs(w * v - ridge))),
        float(np.max(np.abs(sparse - ridge))),
        "noise sds per sd of the column, at the worst coefficient",
        "a product wv costs (w² + v²) / 2, which is at least |wv|: the penalty of the "
        "product is L1",
        picture,
    )


def fit_normalised(
    X: FloatArray, y: FloatArray, penalty: float, length: float, *, on_gain: bool = True
) -> tuple[float, FloatArray]:
    r"""Train a gain and normalised weights, whose length is held.

    With :math:`\lVert w \rVert` held they minimise

    .. math:: \tfrac12 \lVert y - g\, X w / \lVert w \rVert\, \rVert^2
              + \tfrac{\alpha}{2} (g^2 + \lVert w \rVert^2).

    Parameters
    ----------
    X, y : ndarray of shape (n, p) and (n,)
        Centred columns and response.
    penalty : float
        The penalty alpha.
    length : float
        The length of w.
    on_gain : bool, default True
        Whether the gain g is penalised.

    Returns
    -------
    objective : float
        The least objective at this length.
    coef : ndarray of shape (p,)
        The coefficients :math:`g\, w / \lVert w \rVert` of the fit.
    """

    def unpack(weights: FloatArray) -> tuple[float, FloatArray, float]:
        size = float(np.linalg.norm(weights[1:]))
        return float(weights[0]), weights[1:] / size, size

    def objective(weights: FloatArray) -> tuple[float, FloatArray]:
        gain, direction, size = unpack(weights)
        residual = y - gain * (X @ direction)
        pull = -X.T @ residual
        across = gain * (pull - direction * (direction @ pull)) / size
        decay = penalty * gain * on_gain
        value = 0.5 * residual @ residual + decay * gain / 2 + penalty * length**2 / 2
        return float(value), np.append(direction @ pull + decay, across)

    start = np.append(1.0, X.T @ y / np.linalg.norm(X.T @ y))
    options = {"gtol": 1e-9, "maxiter": 10_000}
    found = optimize.minimize(objective, start, jac=True, options=options)
    gain, direction, _ = unpack(found.x)
    return float(found.fun), gain * direction


def normalised_weights() -> Disagreement:
    r"""Shrink normalised weights, whose objective falls and has no minimum.

    The fit depends on :math:`g` and on the direction of :math:`w`. So a shorter
    :math:`w` makes the same fit at a lower penalty, and :math:`w = 0` makes none. With
    :math:`b = g\, w / \lVert w \rVert` and :math:`\lvert g \rvert = \lVert b \rVert`
    the objective is that of ridge plus
    :math:`\tfrac{\alpha}{2} \lVert w \rVert^2`. The limit is ridge if the gain is
    penalised, and least squares if it is not: then the decay of w does not reach the
    fit (van Laarhoven 2017, L2 Regularization versus Batch and Weight Normalization).
    """
    X, y = centred()
    y = y / NOISE_SD
    ridge = textbook_ridge(X, y, DECAY)
    limit = 0.5 * np.sum((y - X @ ridge) ** 2) + DECAY / 2 * ridge @ ridge
    lengths = np.array([1.0, 0.3, 0.1, 0.03, 0.01])
    above = [fit_normalised(X, y, DECAY, each)[0] - limit for each in lengths]
    picture = Picture(
        x="length of the weights, ||w||",
        y="objective − its limit",
        curves={
            "predicted": Curve(lengths, DECAY / 2 * lengths**2),
            "measured": Curve(lengths, above, "points"),
        },
        alt=(
            "The objective above its limit, over lengths of the weights from 0.01 to "
            "1, on logarithmic axes: points on a line of slope 2, from "
            f"{above[-1]:.1e} to {above[0]:.2g}. It falls and has no minimum."
        ),
        log_x=True,
        log_y=True,
    )
    return Disagreement(
        "an L2 penalty on normalised weights has a minimum",
        float(np.log10(above[2] / above[4])),
        2.0,
        "powers of ||w|| that are left above the limit",
        "the fit depends on the direction of w alone, and the penalty on its length",
        picture,
    )
