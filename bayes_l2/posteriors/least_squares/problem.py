r"""Prior and data as the rows of one least-squares problem, solved to enough digits.

.. math:: \min_{a, b}\; k (a + c^\top b - m_0)^2 + \lVert R_0 (b - m) \rVert^2
          + \tfrac{1}{\sigma^2} \sum_i w_i (y_i - a - x_i^\top b)^2

A QR decomposition in double precision changes each column by its rounding. That moves
an sd by the condition number times the rounding unit, and a mean by the size of the
terms of a residual, in units of the noise. Where either matters, the residuals are
computed in twice the precision, or the whole problem in decimals.

References
----------
Golub and Van Loan (2013), section 5.3; Higham (2002), section 20.1, on the errors.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_triangular

from bayes_l2.arrays import FloatArray, norms, triangular_factor, twofold_sum
from bayes_l2.model.rank import rank_deficient
from bayes_l2.model.rows import Rows
from bayes_l2.model.statistics.sufficient_statistics import SufficientStatistics
from bayes_l2.posteriors.least_squares.decimals import decimal_line
from bayes_l2.posteriors.least_squares.line import DecimalForm, Line
from bayes_l2.posteriors.least_squares.refinement import (
    condition_number,
    refined,
)

EPS, TINY = float(np.finfo(float).eps), float(np.finfo(float).tiny)
REFINED, DECIMAL = 1e-9, 1e-8  # sds: a larger loss of digits is made up for
REFINABLE = 1.0  # sds: what refinement makes up for, whatever the rows of the prior
ALLOWED = 1e-6  # the largest loss of a mean or an sd, in posterior sds
MODERATE = 1e4  # a condition number that costs few digits
ILL_CONDITIONED = 1 / 3e-3  # refinement is cheap, and adds the last digits


@dataclass(frozen=True, eq=False)
class LeastSquares:
    """The least-squares problem of a Gaussian prior and of rows.

    Attributes
    ----------
    before : Line
        The prior.
    statistics : SufficientStatistics
        The statistics of the rows.
    rows : Rows or None
        The rows, where they are there.
    noise_sd : float
        Noise standard deviation.
    """

    before: Line
    statistics: SufficientStatistics
    rows: Rows | None
    noise_sd: float

    def solve(self) -> Line:
        """Return the posterior.

        Raises
        ------
        ValueError
            If the rows do not determine a flat coefficient, or rounding may move a mean
            or an sd by more than 1e-6 posterior sds.
        """
        before, columns, response = self.before, *self._factor()
        root = columns if before.has_intercept else columns[1:, 1:]
        condition = condition_number(root)
        if before.has_full_covariance:
            condition = max(condition, condition_number(before.root) ** 2)
        self._require_flat_determined()
        loss = EPS * condition * self._cancellation(columns, condition)
        if isinstance(before.exact, DecimalForm) or loss > DECIMAL:
            line = self._by_decimals()
            if line is not None:
                return line
        if loss > DECIMAL:
            self._require_determined(columns)
        if loss > ALLOWED:
            raise ValueError(_LOST.format(f"sds to {loss:.0e}"))
        line = self._line(columns, response)
        if self.rows is None and not before.precision:
            # the one row that knows a flat intercept mixes with no other
            columns, response = columns[1:, 1:], response[1:]
            condition = condition_number(columns)
            loss = self._loss(line, columns, response)
        else:
            loss = self._loss(line, columns[:, 1:], response)
        loss += EPS * condition * np.sqrt(line.sum_of_squares)
        at_mean = self._loss_at_mean(line)
        is_small = condition < ILL_CONDITIONED and loss + at_mean < REFINED
        if self.rows is not None and not is_small:
            better = None
            if loss < REFINABLE:
                better = refined(before, line, self.rows, self.noise_sd)
            better = self._by_decimals() if better is None else better
            if better is not None:
                self._require_prior(better)
                return better
        self._require_prior(line)
        if not before.has_intercept:
            loss += at_mean
        self._require_means(line, loss, at_mean)
        return line

    def _by_decimals(self) -> Line | None:
        if self.rows is None:
            return None
        line = decimal_line(self.before, self.rows, self.noise_sd)
        if line is not None and not isinstance(self.before.exact, DecimalForm):
            self._require_prior(line)
        return line

    def _factor(self) -> tuple[FloatArray, FloatArray]:
        """Return the triangular factor of the rows, and of their constants.

        Every row is a residual in units of its sd, as a linear function of the change
        of the parameters from their present mean. The columns are the change of the
        intercept at the center, the changes of the coefficients, and the constant.
        """
        before, statistics = self.before, self.statistics
        p, coef = len(before.center), before.mean[1:]
        prior = np.zeros((p + 1, p + 2))
        data = np.zeros((len(statistics.factor) + 1, p + 2))
        prior[0, 0] = np.sqrt(before.precision)
        prior[1:, 1:-1] = before.root
        mean_x = statistics.mean[:-1] - before.center
        mean_y = statistics.mean[-1] - before.mean[0]
        data[0, 0] = before.has_intercept
        data[0, 1:-1] = mean_x
        data[0, -1] = mean_y - mean_x @ coef
        data[0] *= np.sqrt(statistics.total_weight)
        data[1:, 1:-1] = statistics.factor[:, :-1]
        data[1:, -1] = statistics.factor[:, -1] - statistics.factor[:, :-1] @ coef
        data /= self.noise_sd
        first = 0 if before.has_intercept else 1
        factor = np.zeros((p + 2, p + 2))
        solved = triangular_factor(np.vstack([prior, data])[:, first:])
        factor[first : first + len(solved), first:] = solved
        return factor[:-1, :-1], factor[:, -1]

    def _cancellation(self, columns: FloatArray, condition: float) -> float:
        """Return how many times larger the terms of the intercept's sd are than it."""
        if not (self.before.has_intercept and MODERATE < condition < 1 / EPS):
            return 1.0
        center = self.before.center + columns[0, 1:] / columns[0, 0]
        inverse = solve_triangular(columns[1:, 1:], np.eye(len(center)))
        terms = np.abs(center) @ norms(inverse, axis=1)
        others = np.append(center @ inverse, 1 / columns[0, 0])
        return max(1.0, float(terms / norms(others, axis=0)))

    def _line(self, columns: FloatArray, response: FloatArray) -> Line:
        before, root = self.before, columns[1:, 1:]
        shift, rise = np.zeros(len(root)), 0.0
        if before.has_intercept:
            shift, rise = columns[0, 1:] / columns[0, 0], response[0] / columns[0, 0]
        rise += shift @ before.mean[1:]
        change = np.append(rise, solve_triangular(root, response[1:-1]))
        mean, rest = twofold_sum(before.mean, change)
        with np.errstate(over="ignore"):  # beyond doubles the density at the mode is 0
            sum_of_squares, precision = (
                float(each**2) for each in (response[-1], columns[0, 0])
            )
        if before.has_intercept and not TINY <= precision < np.inf:
            raise ValueError(
                "the precision of the intercept, total weight / noise_sd², is beyond "
                f"double precision: {self.statistics.total_weight:.3g} / "
                f"{self.noise_sd:.3g}²; use y in other units"
            )
        return Line(
            has_intercept=before.has_intercept,
            center=before.center + shift,
            precision=precision,
            mean=mean,
            rest=rest + before.rest,
            root=root,
            sum_of_squares=sum_of_squares,
        )

    def _require_flat_determined(self) -> None:
        """Raise an error where the rows do not determine the flat columns."""
        flat = np.diag(self.before.root) == 0
        if not flat.any():
            return
        centred = self.before.has_intercept
        features = self.statistics.equivalent_rows(centred=centred)[0][:, flat]
        p = features.shape[1]
        root = triangular_factor(np.vstack([features, np.zeros((p, p))]))
        reason = rank_deficient(root, self.statistics, 1.0, flat)
        if reason:
            raise ValueError(reason)

    def _require_determined(self, columns: FloatArray) -> None:
        reason = rank_deficient(columns[1:, 1:], self.statistics, self.noise_sd)
        if reason:
            raise ValueError(reason)

    def _loss(self, line: Line, columns: FloatArray, response: FloatArray) -> float:
        """Return how far rounding of residuals may move a coefficient, in sds."""
        before = self.before.coef
        change = np.abs(line.coef - before)
        terms = np.abs(columns).max(axis=0) @ change + np.abs(response).max()
        sizes = np.abs(self.statistics.factor).max(axis=0) / self.noise_sd
        return EPS * float(terms + sizes @ np.append(np.abs(before), 1.0))

    def _loss_at_mean(self, line: Line) -> float:
        """Return the same for the response at the mean of the rows."""
        mean, before = np.abs(self.statistics.mean), np.abs(self.before.mean)
        terms = mean[:-1] @ (before[1:] + np.abs(line.mean[1:])) + mean[-1] + before[0]
        root = np.sqrt(self.statistics.total_weight) / self.noise_sd
        return EPS * float(terms * root)

    def _require_prior(self, line: Line) -> None:
        """Raise an error where the rounded root of the prior says too little.

        Rounding changes each of its entries by their own size.
        """
        if not self.before.is_rounded:
            return
        before, root = self.before, self.before.root
        at_center = np.sqrt(before.precision) * np.abs(before.center)
        size = np.vstack([at_center, np.abs(root)])
        inverse = line.coef_inverse
        loss = EPS * float(norms((size @ np.abs(inverse)).ravel(), axis=0))
        if loss > ALLOWED:
            raise ValueError(_LOST.format(f"sds to {loss:.0e}"))
        change = line.coef - before.coef
        loss *= float(norms(root @ change, axis=0))
        loss += EPS * float(norms(size @ np.abs(change), axis=0))
        self._require_means(line, loss, 0.0)

    def _require_means(self, line: Line, loss: float, at_mean: float) -> None:
        """Raise an error where a mean may be off, and by more than its own rounding.

        That of the response at the center is the rounding of the terms that are added:
        the intercept, and the coefficients times the center.
        """
        inverse, sizes = line.coef_inverse, np.abs(line.coef)
        errors = loss * norms(inverse, axis=1)
        if loss > ALLOWED and np.any(errors > 16 * EPS * sizes):
            raise ValueError(_LOST.format(f"means to {loss:.0e}"))
        if not line.has_intercept:
            return
        intercept = abs(float(line.mean[0] - line.center @ line.coef))
        terms = intercept + np.abs(line.center) @ sizes
        error = at_mean / np.sqrt(line.precision)
        if at_mean > ALLOWED and error > 16 * EPS * terms:
            raise ValueError(_LOST.format(f"means to {at_mean:.0e}"))


_LOST = (
    "the posterior is not known to 1e-6 of its sds: rounding may move {} of them, as "
    "noise_sd is small next to the prior sds, or to y; give the rows themselves, a "
    "larger noise_sd, or smaller prior sds"
)
