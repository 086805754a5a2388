"""Ridge on random features and in a wide network: two limits and their rate."""

from collections.abc import Callable

import numpy as np

from bayes_l2 import arguments
from bayes_l2.arrays import FloatArray
from bayes_l2.course.demonstrations.equivalences.equivalence import (
    Curve,
    Equivalence,
    Picture,
)
from bayes_l2.course.demonstrations.equivalences.kernels.curves import (
    curve_with_noise,
    gaussian,
)
from bayes_l2.validation import natural_number

__all__ = ["random_features", "wide_network"]
__dir__ = __all__.copy

NETWORKS = 200  # of the stated width
FALSE_ALARM = 1e-7
TAILS = FALSE_ALARM / 10  # chi-squared is a limit: it leaves out terms of 1/width
WIDTHS = (100, 300, 1000, 3000, 10_000)  # of the picture


def random_features(*, seed: int = 0, n: int = 10, width: int = 1000) -> Equivalence:
    r"""Approach a Gaussian process by ridge on random cosines.

    With :math:`z_j(x) = \sqrt 2 \cos(\omega_j x + \beta_j)`, :math:`\omega_j` normal
    and :math:`\beta_j` uniform, :math:`E\, z_j(x) z_j(x')` is the Gaussian kernel
    (Rahimi and Recht, 2007). So the prediction of ridge regression on D features tends
    to the mean m of the process. To first order its error is a mean of D independent
    terms of known variance V, by :math:`w = (K + \sigma^2 I)^{-1} k(x)` and
    :math:`a = (K + \sigma^2 I)^{-1} y`:

    .. math:: \hat m - m \approx \frac1D \sum_j \bigl(z_j(x) - w^\top z_j(X)\bigr)
       \, z_j(X)^\top a - \sigma^2 w^\top a \;\sim\; N(0, V / D)

    So the error falls as one over the root of the width. 200 draws of the features
    check the rate and V together: their mean square is V/D times chi-squared over its
    200 degrees of freedom.

    Parameters
    ----------
    seed : int
        Seed of the data and the features.
    n : int
        Rows, 2 to 15.
    width : int
        The number D of features, 1000 to 10000.

    Returns
    -------
    Equivalence
        The root mean square of the error at x = 0.5, in its sd by theory, sqrt(V/D).

    Raises
    ------
    ValueError
        If a size is out of its bounds.
    """
    from sklearn.kernel_approximation import RBFSampler

    rng, x, y, width = _few_rows(seed, n, width)
    states = np.random.RandomState(rng.integers(2**32, size=8))

    def features(width: int) -> FloatArray:
        sampler = RBFSampler(gamma=0.5, n_components=width, random_state=states)
        return np.sqrt(width) * sampler.fit_transform(x[:, None])

    def fourth_moment(u: FloatArray, a: FloatArray) -> float:
        """Return E (u'z)²(z'a)²: of four cosines two must cancel the phase of two."""
        products = np.outer(u, a).ravel()
        sums, gaps = np.add.outer(x, x).ravel(), np.subtract.outer(x, x).ravel()
        kernels = gaussian(sums) + gaussian(gaps) + gaussian(gaps, other=-gaps)
        return float(0.5 * products @ kernels @ products)

    return _approach(
        "ridge on random features tends to the mean of a Gaussian process as 1/√width",
        "Rahimi and Recht (2007)",
        gaussian(x),
        y,
        width,
        features,
        fourth_moment,
    )


def wide_network(*, seed: int = 0, n: int = 10, width: int = 1000) -> Equivalence:
    r"""Approach a Gaussian process by a network of which the last layer is trained.

    The D hidden units :math:`z_j(x) = \sqrt 2 \max(0, \omega_j x + \beta_j)` have
    random normal weights and stay as they are. The last layer has the prior variance
    1/D. The prior of the function tends to a Gaussian process as D grows (Neal, 1996),
    with the arc-cosine kernel of Cho and Saul (2009): for the inputs :math:`(x, 1)` of
    lengths r, r' and with the angle θ between them

    .. math:: k(x, x') = \frac{r r'}{\pi} (\sin θ + (\pi - θ) \cos θ)

    Training the last layer is ridge regression with the penalty :math:`\sigma^2 D` on
    the units. The error has the form that ``random_features`` states.

    Parameters
    ----------
    seed : int
        Seed of the data and the networks.
    n : int
        Rows, 2 to 15.
    width : int
        The number D of hidden units, 1000 to 10000.

    Returns
    -------
    Equivalence
        The root mean square of the error at x = 0.5, in its sd by theory, sqrt(V/D).

    Raises
    ------
    ValueError
        If a size is out of its bounds.
    """
    rng, x, y, width = _few_rows(seed, n, width)
    inputs = np.c_[x, np.ones_like(x)]

    def features(width: int) -> FloatArray:
        hidden = inputs @ rng.standard_normal((2, width))
        return np.sqrt(2) * np.maximum(hidden, 0)

    lengths = np.hypot(x, 1)
    scale = np.outer(lengths, lengths)
    cosines = np.clip(inputs @ inputs.T / scale, -1, 1)
    angles = np.arccos(cosines)
    kernel = scale / np.pi * (np.sin(angles) + (np.pi - angles) * cosines)

    def fourth_moment(u: FloatArray, a: FloatArray) -> float:
        """Return E (u'z)²(z'a)²: a radius, E r⁴ = 8, times a mean over directions."""
        turn = np.linspace(0, 2 * np.pi, 20_000, endpoint=False)
        units = np.maximum(inputs @ np.array([np.cos(turn), np.sin(turn)]), 0)
        return float(8 * 4 * np.mean((u @ units) ** 2 * (a @ units) ** 2))

    return _approach(
        "a network with only its last layer trained tends to the mean of a Gaussian "
        "process as 1/√width",
        "Neal (1996); Cho and Saul (2009)",
        kernel,
        y,
        width,
        features,
        fourth_moment,
    )


def _approach(
    claim: str,
    source: str,
    kernel: FloatArray,
    y: FloatArray,
    width: int,
    features: Callable[[int], FloatArray],
    fourth_moment: Callable[[FloatArray, FloatArray], float],
) -> Equivalence:
    """Compare predictions at the first point, given the others, with the limit's."""
    from scipy.stats import chi2
    from sklearn.linear_model import Ridge

    noise_variance = 0.5**2
    system = kernel[1:, 1:] + noise_variance * np.eye(len(y))
    w, a = np.linalg.solve(system, kernel[1:, 0]), np.linalg.solve(system, y)
    mean, sd = kernel[0, 1:] @ a, np.sqrt(kernel[0, 0] - kernel[0, 1:] @ w)
    second = fourth_moment(np.r_[1, -w], np.r_[0, a])
    variance = second - (noise_variance * w @ a) ** 2

    def error(width: int, networks: int) -> float:
        """Return the root mean square of the error of ridge, in posterior sds."""
        ridge = Ridge(alpha=noise_variance * width, fit_intercept=False)
        errors = np.empty(networks)
        for each in range(networks):
            z = features(width)
            errors[each] = ridge.fit(z[1:], y).predict(z[:1])[0] - mean
        return float(np.sqrt(np.mean(errors**2))) / sd

    by_theory = np.sqrt(variance / np.array([width, *WIDTHS])) / sd
    found = error(width, NETWORKS) / by_theory[0]
    several = [error(each, 40) for each in WIDTHS]
    lower, upper = chi2.ppf([TAILS / 2, 1 - TAILS / 2], NETWORKS) / NETWORKS
    return Equivalence(
        claim,
        float(found),
        float(np.sqrt(upper)),
        "of the error by theory",
        f"the error is a mean over the width; the mean square of {NETWORKS} errors is "
        "chi-squared",
        source,
        Picture(
            "width",
            "error of the predicted mean\n(posterior sds)",
            {
                "theory, 1/√width": Curve(WIDTHS, by_theory[1:]),
                "root mean square of 40 draws": Curve(WIDTHS, several, "points"),
            },
            f"On logarithmic axes the error falls along the line of theory, from "
            f"{several[0]:.2g} posterior sds at width 100 to {several[-1]:.2g} at "
            f"10000.",
            log_x=True,
            log_y=True,
        ),
        at_least=float(np.sqrt(lower)),
        false_alarm=FALSE_ALARM,
    )


def _few_rows(
    seed: int, n: int, width: int
) -> tuple[np.random.Generator, FloatArray, FloatArray, int]:
    """Return a generator, the point 0.5 before n rows, their outcomes, the width."""
    rng = arguments.generator(seed, "seed")
    n = natural_number(n, "n", at_least=2, at_most=15)
    width = natural_number(width, "width", at_least=1000, at_most=10_000)
    x, y = curve_with_noise(rng, n, 0.5)
    return rng, np.r_[0.5, x], y, width
