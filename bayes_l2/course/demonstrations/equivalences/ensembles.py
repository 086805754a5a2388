"""Ensembles of ridge fits, and the posterior that they are draws of."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from bayes_l2 import arguments
from bayes_l2.arrays import FloatArray
from bayes_l2.course.demonstrations.equivalences.equivalence import (
    Curve,
    Equivalence,
    Picture,
    furthest,
    rounding,
)
from bayes_l2.fits.exact import fit_exact
from bayes_l2.model import likelihoods, priors
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.validation import natural_number

__all__ = ["drawn_fits", "perturbed_fits", "plain_ensemble"]
__dir__ = __all__.copy

FALSE_ALARM = 1e-7
SOURCE = "Papandreou and Yuille (2010); Osband, Aslanides and Cassirer (2018)"


@dataclass(frozen=True)
class _Problem:
    """Rows with known scales."""

    X: FloatArray
    y: FloatArray
    noise_sd: float
    prior_sd: float

    @property
    def alpha(self) -> float:
        return (self.noise_sd / self.prior_sd) ** 2

    @property
    def rounding(self) -> float:
        """The relative rounding error of a fit.

        The condition number is that of X over √α I, whose squares are X'X + αI.
        """
        condition = np.sqrt(np.linalg.norm(self.X, 2) ** 2 / self.alpha + 1)
        return rounding(float(condition), 2 * self.X.shape[1])

    def exact(self) -> tuple[FloatArray, FloatArray]:
        """Return the posterior mean and covariance."""
        likelihood = likelihoods.Normal(self.noise_sd)
        prior = priors.Normal(self.prior_sd)
        posterior = fit_exact(
            LinearModel(
                self.X, self.y, likelihood=likelihood, prior=prior, intercept=False
            )
        )
        return posterior.coef, posterior.cov

    def fits(self, responses: FloatArray, centres: FloatArray) -> FloatArray:
        """Return ridge fits to columns of responses, shrunk to columns of centres.

        A penalty on the distance from a centre is a penalty on the coefficients of what
        the centre does not explain.
        """
        from sklearn.linear_model import Ridge

        ridge = Ridge(alpha=self.alpha, fit_intercept=False, solver="svd")
        return centres + ridge.fit(self.X, responses - self.X @ centres).coef_.T


def _problem(rng: np.random.Generator, n: object, p: object) -> _Problem:
    """Draw correlated columns and a response. Some directions are seen, others not."""
    n = natural_number(n, "n", at_least=2, at_most=100)
    p = natural_number(p, "p", at_least=2, at_most=30)
    shared = rng.standard_normal((n, 1))
    X = 0.5 * shared + rng.standard_normal((n, p)) * np.geomspace(1.0, 0.1, p)
    y = X @ rng.standard_normal(p) + 0.8 * rng.standard_normal(n)
    return _Problem(X, y, 0.8, 1.0)


def perturbed_fits(*, seed: int = 0, n: int = 40, p: int = 10) -> Equivalence:
    r"""Fit ridge to noisy responses with drawn centres, and compare the covariances.

    A fit with noise :math:`\varepsilon \sim N(0, \sigma^2 I)` on y, which shrinks to a
    draw :math:`\delta \sim N(0, \tau^2 I)` of the prior, is linear in both:

    .. math:: \hat{b} &= \arg\min_b \lVert y + \varepsilon - X b \rVert^2
              + \alpha \lVert b - \delta \rVert^2
              = A (y + \varepsilon) + B \delta, \\
              A &= (X^\top X + \alpha I)^{-1} X^\top, \qquad
              B = \alpha (X^\top X + \alpha I)^{-1}

    So it is Gaussian with the posterior mean :math:`A y` and the covariance
    :math:`\sigma^2 A A^\top + \tau^2 B B^\top = \sigma^2 (X^\top X + \alpha I)^{-1}`,
    which is that of the posterior (Papandreou and Yuille, 2010; Osband, Aslanides and
    Cassirer, 2018). One side takes A and B from scikit-learn's ``Ridge``, by fits to
    the unit vectors. The other side is the exact posterior.

    Parameters
    ----------
    seed : int
        Seed of the data.
    n : int
        Rows, 2 to 100.
    p : int
        Columns, 2 to 30.

    Returns
    -------
    Equivalence
        In posterior sds: the worst mean, or the worst covariance in units of the two
        posterior sds.

    Raises
    ------
    ValueError
        If a size is out of its bounds.
    """
    problem = _problem(arguments.generator(seed, "seed"), n, p)
    n, p = problem.X.shape
    A = problem.fits(np.eye(n), np.zeros((p, n)))
    B = problem.fits(np.zeros((n, p)), np.eye(p))
    by_fits = problem.noise_sd**2 * A @ A.T + problem.prior_sd**2 * B @ B.T
    mean, cov = problem.exact()
    sd = np.sqrt(np.diag(cov))

    found = max(
        furthest(A @ problem.y, mean, sd), furthest(by_fits, cov, np.outer(sd, sd))
    )
    # no fit is larger than the norm of y over 2 √α
    size = max(
        float(np.linalg.norm(problem.y) / np.sqrt(problem.alpha) / sd.min()),
        float(sd.max() / sd.min()) ** 2,
    )
    places = np.arange(1, p + 1)
    only = np.sqrt(np.diag(by_fits)), np.sqrt(np.diag(A @ A.T)) * problem.noise_sd
    return Equivalence(
        "a ridge fit with noise on y and a draw of the prior as its centre is a draw "
        "of the posterior",
        found,
        size * problem.rounding,
        "posterior sds",
        "the two covariances are the same matrix, so nothing but rounding is between "
        "them",
        SOURCE,
        Picture(
            "column",
            "sd of the coefficient",
            {
                "posterior": Curve(places, sd, "steps"),
                "noise and prior draw": Curve(places, only[0], "points"),
                "noise alone": Curve(places, only[1], "points"),
            },
            f"The sds of perturbed fits lie on the {p} posterior sds, which are "
            f"{sd.min():.2f} to {sd.max():.2f}. Without the draw of the prior they are "
            f"{only[1].min():.2f} to {only[1].max():.2f}.",
        ),
    )


def drawn_fits(
    *, seed: int = 0, n: int = 40, p: int = 10, fits: int = 1000
) -> Equivalence:
    r"""Draw an ensemble of perturbed fits, and test it as draws of the posterior.

    With the posterior mean :math:`m` and covariance :math:`\Sigma` of p coefficients,
    M independent draws :math:`b_1, \dots, b_M` have

    .. math:: M \lVert \bar{b} - m \rVert^2_{\Sigma^{-1}} \sim \chi^2_p, \qquad
              \sum_k \lVert b_k - \bar{b} \rVert^2_{\Sigma^{-1}}
              \sim \chi^2_{(M - 1) p}

    The first is a test of their mean, and the second of their spread. Both become
    standard normal scores, of which the further from 0 is reported. The fits are those
    of ``perturbed_fits``, with random numbers (Papandreou and Yuille, 2010; Osband,
    Aslanides and Cassirer, 2018).

    Parameters
    ----------
    seed : int
        Seed of the data and of the perturbations.
    n : int
        Rows, 2 to 100.
    p : int
        Columns, 2 to 30.
    fits : int
        Fits of the ensemble, 2 to 5000.

    Returns
    -------
    Equivalence
        In standard errors: of the mean or of the spread, the worse of the two.

    Raises
    ------
    ValueError
        If a size is out of its bounds.
    """
    rng = arguments.generator(seed, "seed")
    problem = _problem(rng, n, p)
    n, p = problem.X.shape
    fits = natural_number(fits, "fits", at_least=2, at_most=5000)
    noise = problem.noise_sd * rng.standard_normal((n, fits))
    centres = problem.prior_sd * rng.standard_normal((p, fits))
    draws = problem.fits(problem.y[:, np.newaxis] + noise, centres)

    mean, cov = problem.exact()
    white = np.linalg.solve(np.linalg.cholesky(cov), draws - mean[:, np.newaxis])
    middle = white.mean(axis=1, keepdims=True)
    scores = (
        _score(fits * float((middle**2).sum()), p),
        _score(float(((white - middle) ** 2).sum()), (fits - 1) * p),
    )
    worst = int(np.argmax(np.diag(cov)))
    sd = float(np.sqrt(cov[worst, worst]))
    some = slice(None, None, max(1, fits // 40))
    ordered = np.sort(draws[worst])[some]
    shares = ((np.arange(fits) + 0.5) / fits)[some]
    grid = mean[worst] + sd * np.linspace(-3.5, 3.5, 141)
    return Equivalence(
        "an ensemble with noise on y and draws of the prior has the mean and spread of "
        "the posterior",
        max(abs(score) for score in scores),
        float(stats.norm.isf(FALSE_ALARM / 4)),
        "standard errors",
        f"{fits} fits have a Monte-Carlo error, whose distribution is chi-squared",
        SOURCE,
        Picture(
            f"coefficient of column {worst + 1}",
            "share of fits below",
            {
                "posterior": Curve(grid, stats.norm.cdf(grid, mean[worst], sd)),
                "perturbed fits": Curve(ordered, shares, "points"),
            },
            f"The distribution of {fits} perturbed fits lies on that of the posterior, "
            f"which has mean {mean[worst]:.2f} and sd {sd:.2f}, for the column whose "
            "sd is the largest.",
        ),
        false_alarm=FALSE_ALARM,
    )


def _score(statistic: float, freedom: int) -> float:
    """Return the normal score of a chi-squared statistic."""
    law = stats.chi2(freedom)
    low, high = law.cdf(statistic), law.sf(statistic)
    return float(stats.norm.isf(high) if high < low else stats.norm.ppf(low))


def plain_ensemble(*, seed: int = 0, n: int = 40, p: int = 10) -> Equivalence:
    r"""Leave the draw of the prior out, and find how much too small the sds are.

    An ensemble of ridge fits with noise on y alone has the covariance
    :math:`\sigma^2 A A^\top`. With the singular values :math:`d_k` and the right
    singular vectors :math:`v_k` of X the two variances of coefficient j are

    .. math:: \sigma^2 \sum_k v_{jk}^2 \, \frac{d_k^2}{(d_k^2 + \alpha)^2}
              \quad\text{and, of the posterior,}\quad
              \sigma^2 \sum_k v_{jk}^2 \, \frac{1}{d_k^2 + \alpha}

    so the ratio of the sds in the direction of :math:`v_k` is
    :math:`d_k / \sqrt{d_k^2 + \alpha} < 1`. It is small where the data say little,
    which is where an ensemble is meant to be wide (Osband, Aslanides and Cassirer,
    2018, for networks). One side takes A from scikit-learn's ``Ridge`` and
    the posterior sds from the exact posterior; the other side is the formula.

    Parameters
    ----------
    seed : int
        Seed of the data.
    n : int
        Rows, 2 to 100.
    p : int
        Columns, 2 to 30.

    Returns
    -------
    Equivalence
        The least ratio of an ensemble's sd to the posterior sd, over the coefficients.

    Raises
    ------
    ValueError
        If a size is out of its bounds.
    """
    problem = _problem(arguments.generator(seed, "seed"), n, p)
    n, p = problem.X.shape
    A = problem.fits(np.eye(n), np.zeros((p, n)))
    sd = np.sqrt(np.diag(problem.exact()[1]))
    ratios = problem.noise_sd * np.linalg.norm(A, axis=1) / sd

    _, d, rows = np.linalg.svd(problem.X)
    squares = np.zeros(p)
    squares[: len(d)] = d**2
    alpha, shares = problem.alpha, rows.T**2
    theory = np.sqrt(
        (shares @ (squares / (squares + alpha) ** 2))
        / (shares @ (1 / (squares + alpha)))
    )
    least = float(theory.min())
    largest = problem.noise_sd * np.linalg.norm(A, 2)
    slack = problem.rounding * (1 + float(largest / sd.min()))
    places = np.arange(1, p + 1)
    return Equivalence(
        "an ensemble with noise on y but no draws of the prior has sds smaller than "
        "the posterior's",
        float(ratios.min()),
        least + slack,
        "posterior sds",
        "in the direction of a singular value d the ensemble's sd is the posterior's "
        "times d / √(d² + α), which is below 1",
        SOURCE,
        Picture(
            "column",
            "sd (posterior sds)",
            {
                "posterior": Curve(places, np.ones(p), "dashes"),
                "noise alone, by formula": Curve(places, theory, "steps"),
                "noise alone, fitted": Curve(places, ratios, "points"),
            },
            "The sds of an ensemble without a draw of the prior are "
            f"{theory.min():.2f} to {theory.max():.2f} of the posterior's. The fits "
            "agree with the formula.",
        ),
        at_least=least - slack,
    )
