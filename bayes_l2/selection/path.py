"""What every penalty of a path gives, from one factorisation of the data: coefficients and criteria."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_l2 import validation
from bayes_l2.arrays import LOG_2PI, FloatArray
from bayes_l2.model import likelihoods, priors
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.sufficient_statistics import SufficientStatistics, default_names
from bayes_l2.posteriors.quadrature.eigenbasis import Eigenbasis
from bayes_l2.posteriors.quadrature.scale_density import ScaleDensity

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

CHUNK_ROWS = 2048
GROUP = 16  # rows whose 1 - h are multiplied before the logarithm is taken of them
LEAST_LEFT = 1e-16  # of 1 - h: less is rounding


@dataclass(frozen=True, eq=False)
class PenaltyPath:
    r"""What each penalty of a path gives, from one factorisation of the data.

    With H the hat matrix of ridge regression, its diagonal h, residuals e and effective degrees of freedom
    :math:`\nu = \sum_k d_k^2 / (d_k^2 + \alpha)`:

    .. math:: \mathrm{LOO} = \frac{\sum_i w_i\, (e_i / (1 - h_i))^2}{\sum_i w_i}, \qquad
              \mathrm{GCV} = \frac{n \sum_i w_i e_i^2}{(n - \nu - 1)^2}

    (n - nu without an intercept). Leaving a row out by refitting gives the same residual as dividing by 1 - h.

    Attributes
    ----------
    model : LinearModel
        What was asked about.
    penalties : ndarray of shape (m,)
        The penalties alpha, rising.
    coef, intercept : ndarray of shape (m, p) and (m,)
        The ridge solutions, which are the posterior means given the scales.
    degrees_of_freedom : ndarray of shape (m,)
        Effective number of coefficients; an intercept is one more.
    noise_sd : ndarray of shape (m,)
        The known noise sd, or the most probable one given the penalty.
    log_evidence : ndarray of shape (m,)
        log p(y) given penalty and noise sd, plus the log densities of log noise_sd and log prior_sd where these have
        priors (which for ``FlatLogScale`` is 0): what "evidence" maximises.
    gcv : ndarray of shape (m,)
        Generalised cross-validation, in the units of y squared times those of the weights.
    loo_error, loo_log_density : ndarray of shape (m,) or None
        Mean squared error, and summed log predictive density, of each row by all the others; the latter with
        ``noise_sd`` plugged in. None where the rows are gone.
    cv_error : ndarray of shape (m,) or None
        Mean squared error of each fold by the others. None where no folds were asked for.

    References
    ----------
    Golub, Heath and Wahba (1979), Technometrics 21(2); MacKay (1992), Neural Computation 4(3); Allen (1974),
    Technometrics 16(1).
    """

    model: LinearModel
    penalties: FloatArray
    coef: FloatArray
    intercept: FloatArray
    degrees_of_freedom: FloatArray
    noise_sd: FloatArray
    log_evidence: FloatArray
    gcv: FloatArray
    loo_error: FloatArray | None = None
    loo_log_density: FloatArray | None = None
    cv_error: FloatArray | None = None

    @property
    def losses(self) -> dict[str, FloatArray]:
        """Each criterion that was computed, by its name in ``choose_penalty``, as a loss: the smallest is the best."""
        found = {
            "evidence": -self.log_evidence,
            "loo": self.loo_error,
            "gcv": self.gcv,
            "cv": self.cv_error,
        }
        return {name: values for name, values in found.items() if values is not None}

    def best(self, by: str) -> float:
        """Return the penalty of the path that a criterion prefers."""
        validation.one_of(by, tuple(self.losses), "by")
        return float(self.penalties[np.argmin(self.losses[by])])

    @property
    def table(self) -> "pd.DataFrame":
        """A row a penalty: degrees of freedom, noise sd and all criteria."""
        import pandas as pd

        names = (
            "degrees_of_freedom",
            "noise_sd",
            "log_evidence",
            "gcv",
            "loo_error",
            "loo_log_density",
            "cv_error",
        )
        columns = {
            name: getattr(self, name)
            for name in names
            if getattr(self, name) is not None
        }
        return pd.DataFrame(columns, index=pd.Index(self.penalties, name="penalty"))

    def plot(self) -> "Figure":
        """Draw all criteria on one axis of penalties, and the coefficients below."""
        from bayes_l2.selection.figure import penalty_path_figure

        return penalty_path_figure(self)


def penalty_path(
    model: LinearModel,
    penalties: Any = None,
    *,
    folds: int | None = None,
    seed: int = 0,
) -> PenaltyPath:
    """Compute ridge solutions and all criteria for a path of penalties.

    Parameters
    ----------
    model : LinearModel
        Its prior is ``priors.Normal(sd)``, whose sd only counts if it is a prior on the scale, or ``priors.Flat()``,
        which counts for nothing. Its noise sd is kept if it is a number.
    penalties : array_like of shape (m,), optional
        Positive penalties; by default 100 from a thousandth of the smallest to a thousand times the largest squared
        singular value of the centred columns, within 24 decades.
    folds : int, optional
        Number of folds of K-fold cross-validation; none by default.
    seed : int, default 0
        Deals the rows to folds.

    Returns
    -------
    PenaltyPath
        See its attributes.

    Raises
    ------
    ValueError
        If an argument is not valid, or folds are asked for and the rows are gone.
    """
    return RidgePath(model).over(penalties, folds, seed)


class RidgePath:
    """One factorisation of a model's data, and what can be had from it for any penalty."""

    def __init__(self, model: LinearModel) -> None:
        prior = model.gaussian_prior
        if prior.sd is None and not prior.is_flat:
            raise ValueError(
                f"a penalty to choose needs the prior priors.Normal(sd) or priors.Flat(), got {prior!r}"
            )
        self.model = model
        scale = priors.FlatLogScale() if prior.spread.is_known else prior.spread
        self.mean = (
            prior.mean_vector(model.n_features)
            if prior.size
            else float(prior.mean_vector(1)[0])
        )
        self.prior = priors.Normal(
            scale, mean=self.mean, relative_to_noise=prior.relative_to_noise
        )
        # names of its own: the columns may be called what the model calls an unknown scale
        statistics = replace(
            model.statistics, feature_names=default_names(model.n_features)
        )
        self.basis = Eigenbasis.of(
            LinearModel.from_statistics(
                statistics,
                likelihood=model.likelihood,
                prior=self.prior,
                intercept=model.intercept,
            )
        )
        self.scales = ScaleDensity(self.basis)

    def over(self, penalties: Any, folds: int | None, seed: int) -> PenaltyPath:
        """Return the path over penalties; see ``penalty_path``."""
        if self.basis.rows < 1:
            raise ValueError(
                f"at least {1 + int(self.model.intercept)} rows are needed to choose a penalty, got 1"
            )
        if not (self.basis.residual or self.basis.projections.any()):
            raise ValueError(
                "y is constant, or the prior mean fits it exactly: no criterion can choose a penalty"
            )
        penalties = (
            self.default_penalties()
            if penalties is None
            else _valid_penalties(penalties)
        )
        model, relative = self.model, penalties / self.basis.unit
        coef = self.basis.coefficients(relative)
        noise_sd = self.noise_sd(penalties)
        loo_error = loo_log_density = None
        if model.X is not None:
            loo_error, loo_log_density = self._leave_one_out(relative, noise_sd)
        return PenaltyPath(
            model=model,
            penalties=penalties,
            coef=coef,
            intercept=self._intercepts(coef),
            degrees_of_freedom=self.basis.degrees_of_freedom(relative),
            noise_sd=noise_sd,
            log_evidence=self.log_evidence(penalties),
            gcv=self.gcv(penalties),
            loo_error=loo_error,
            loo_log_density=loo_log_density,
            cv_error=None
            if folds is None
            else self._cross_validation(penalties, folds, seed),
        )

    def default_penalties(self) -> FloatArray:
        """Return 100 penalties from almost none to almost no coefficients."""
        eigenvalues = self.basis.eigenvalues
        smallest = max(float(eigenvalues.min(initial=1.0)), 1e-18)
        return self.basis.unit * np.geomspace(1e-3 * smallest, 1e3, 100)

    def noise_sd(self, penalties: FloatArray) -> FloatArray:
        """Return the known noise sd, or the most probable one for each penalty."""
        return np.exp(self._log_noise(np.log(penalties / self.basis.unit)))

    def _log_noise(self, x: FloatArray) -> FloatArray:
        if self.model.likelihood.noise.is_known:
            return np.full_like(x, np.log(self.model.likelihood.sd))
        return self.scales.most_probable_noise(x)

    def log_evidence(self, penalties: FloatArray) -> FloatArray:
        """Return the log evidence, with the log densities of the logarithms of scales that have priors."""
        x = np.log(penalties / self.basis.unit)
        return self.scales.log_density(x, self._log_noise(x)) + np.log(
            2
        )  # d log tau, not d log alpha

    def gcv(self, penalties: FloatArray) -> FloatArray:
        """Return generalised cross-validation; see ``PenaltyPath``."""
        basis, relative = self.basis, penalties / self.basis.unit
        squares = (
            basis.residual**2 + basis.shrinkage(relative) ** 2 @ basis.projections**2
        )
        n = self.model.statistics.n_rows
        left = n - int(self.model.intercept) - basis.degrees_of_freedom(relative)
        return n * squares / left**2

    def refine(self, by: str, low: float, high: float) -> float:
        """Return the best penalty between two of the path."""
        from scipy.optimize import minimize_scalar

        def loss(x: float) -> float:
            penalty = np.exp(np.array([x])) * self.basis.unit
            return float(
                (
                    -self.log_evidence(penalty)
                    if by == "evidence"
                    else self.gcv(penalty)
                )[0]
            )

        ends = np.log(np.array([low, high]) / self.basis.unit)
        found: Any = minimize_scalar(loss, bounds=tuple(ends), options={"xatol": 1e-11})
        return float(np.exp(found.x) * self.basis.unit)

    def fixed(self, penalty: float, noise_sd: float | None = None) -> LinearModel:
        """Return the model with this penalty."""
        if self.prior.relative_to_noise:
            prior = priors.Normal(penalty**-0.5, mean=self.mean, relative_to_noise=True)
            return replace(self.model, prior=prior)
        noise = self.model.likelihood.noise
        if noise.is_known:
            noise_sd = noise.value
        elif noise_sd is None:
            noise_sd = float(self.noise_sd(np.array([penalty]))[0])
        prior = priors.Normal(noise_sd / np.sqrt(penalty), mean=self.mean)
        return replace(self.model, likelihood=likelihoods.Normal(noise_sd), prior=prior)

    def _intercepts(self, coef: FloatArray) -> FloatArray:
        mean = self.model.statistics.mean
        return (
            mean[-1] - coef @ mean[:-1] if self.model.intercept else np.zeros(len(coef))
        )

    def _leave_one_out(
        self, relative: FloatArray, noise_sd: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return mean squared errors and summed log predictive densities of rows left out, for each penalty."""
        model, basis = self.model, self.basis
        X, y = model.rows("leave-one-out")
        center, mean_y = np.zeros(model.n_features), 0.0
        if model.intercept:
            center, mean_y = model.statistics.mean[:-1], model.statistics.mean[-1]
        # leverages and fitted values of all penalties lie in a few dimensions: their functions of d² are smooth
        spread_basis, spreads = _few_columns(basis.variances(relative).T)
        mean_basis, means = _few_columns(basis.means(relative).T)
        squares, log_products = np.zeros(len(relative)), np.zeros(len(relative))
        weighted_squares = np.zeros(len(relative))
        total_weight = model.statistics.total_weight
        for start in range(0, len(y), CHUNK_ROWS):
            rows = slice(start, start + CHUNK_ROWS)
            weights = 1.0 if model.weights is None else model.weights[rows, np.newaxis]
            centred = (
                X[rows] - center
            )  # before any product: the columns may be far from zero
            projected = centred @ basis.axes
            target = (y[rows] - mean_y) - centred @ basis.origin
            residuals = target[:, np.newaxis] - (projected @ mean_basis) @ means
            left = 1 - ((projected * projected) @ spread_basis) @ spreads * weights
            left -= weights / total_weight if model.intercept else 0.0
            np.maximum(left, LEAST_LEFT, out=left)
            by_others = residuals / left
            squares += np.sum(weights * by_others * by_others, axis=0)
            weighted_squares += np.sum(weights * by_others * residuals, axis=0)
            log_products += _sum_of_logs(left)
        log_weights = model.statistics.sum_log_weights
        constant = log_weights - len(y) * (LOG_2PI + 2 * np.log(noise_sd))
        return squares / total_weight, 0.5 * (
            constant + log_products - weighted_squares / noise_sd**2
        )

    def _cross_validation(
        self, penalties: FloatArray, folds: int, seed: int
    ) -> FloatArray:
        """Return mean squared errors of each fold by the others, for each penalty."""
        from sklearn.model_selection import KFold

        model = self.model
        X, y = model.rows("cross-validation")
        folds = validation.natural_number(folds, "folds", at_least=2)
        if folds > len(y):
            raise ValueError(
                f"folds must be at most the number of rows, {len(y)}; got {folds}"
            )
        weights = np.ones(len(y)) if model.weights is None else model.weights
        parts = [
            held for _, held in KFold(folds, shuffle=True, random_state=seed).split(X)
        ]
        statistics = [
            SufficientStatistics.reduce(
                X[held],
                y[held],
                None if model.weights is None else weights[held],
                model.feature_names,
            )
            for held in parts
        ]
        squares = np.zeros(len(penalties))
        for number, held in enumerate(parts):
            rest = sum(part for other, part in enumerate(statistics) if other != number)
            assert isinstance(rest, SufficientStatistics)
            training = RidgePath(
                LinearModel.from_statistics(
                    rest,
                    likelihood=model.likelihood,
                    prior=model.gaussian_prior,
                    intercept=model.intercept,
                )
            )
            coef = training.basis.coefficients(penalties / training.basis.unit)
            fitted = training._intercepts(coef) + X[held] @ coef.T
            squares += np.sum(
                weights[held, np.newaxis] * (y[held, np.newaxis] - fitted) ** 2, axis=0
            )
        return squares / weights.sum()


def _valid_penalties(penalties: Any) -> FloatArray:
    values = np.unique(validation.vector(penalties, "penalties"))
    if len(values) == 0 or values[0] <= 0:
        raise ValueError(
            f"penalties must be positive, got {values[0] if len(values) else 'none'}"
        )
    return values


def _few_columns(matrix: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return two factors of a matrix, equal to it to rounding, with as few dimensions between them as that takes."""
    left, sizes, right = np.linalg.svd(matrix, full_matrices=False)
    rank = int(np.sum(sizes > 1e-15 * sizes[0])) if len(sizes) else 0
    return left[:, :rank] * sizes[:rank], right[:rank]


def _sum_of_logs(values: FloatArray) -> FloatArray:
    """Return the sum of logarithms down each column, by logarithms of products of a few; numbers from 1e-16 to 1."""
    whole = len(values) // GROUP * GROUP
    total = np.sum(np.log(values[whole:]), axis=0)
    products = np.prod(values[:whole].reshape(-1, GROUP, values.shape[1]), axis=1)
    return total + np.sum(np.log(products), axis=0)
