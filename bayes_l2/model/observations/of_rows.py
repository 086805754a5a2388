"""The log likelihood of rows in memory, under any likelihood.

A pass goes over the rows by tiles. It gives the value, the gradient and the Hessian
together, so that the rows are read once, and no array of the size of X is made.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import override

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.model.layout import Parameters
from bayes_l2.model.likelihoods import Likelihood
from bayes_l2.model.observations.base import AbsoluteTerms, Observations
from bayes_l2.model.observations.evaluation import Evaluation, Memory, key_of
from bayes_l2.model.observations.tiles import Information, Tiles
from bayes_l2.model.priors import Prior
from bayes_l2.model.rows import Rows

MANY_ROWS = 2**14  # of several points together, whose linear predictors fit in a cache


@dataclass(frozen=True, eq=False)
class RowObservations(Observations):
    """Rows under any likelihood.

    Attributes
    ----------
    rows : Rows
        The rows.
    likelihood : Likelihood
        The likelihood of each row.
    intercept : bool
        Whether each linear predictor has an intercept.
    origin : ndarray of shape (p + 1,) or None
        The origin of [X y], None for 0.
    memory : Memory
        The last evaluations.
    """

    rows: Rows
    likelihood: Likelihood
    intercept: bool
    origin: FloatArray | None = None
    memory: Memory = field(default_factory=Memory, repr=False)

    @property
    @override
    def center(self) -> FloatArray:
        """The mean row of X; the mean of y too if the density depends on y - η."""
        rows = self.rows
        if not self.intercept:
            return np.zeros(rows.X.shape[1] + 1)
        mean_y = 0.0
        if self.likelihood.moves_with_y:
            mean_y = np.average(rows.y, weights=rows.weights)
        return np.append(np.average(rows.X, axis=0, weights=rows.weights), mean_y)

    @override
    def start(self, prior: Prior, lines: int) -> tuple[FloatArray, FloatArray]:
        """Return the intercepts that fit best alone, and the prior mean or 0.

        Far from 0 the prior mean can have rates that are no numbers.
        """
        p = self.rows.X.shape[1]
        intercept = np.zeros(lines)
        mean = np.broadcast_to(prior.mean_vector(p), (lines, p))
        if not prior.is_smooth:
            return intercept, mean
        if self.intercept:
            intercept = self.likelihood.level(self.rows.y, self._weights)
        if not mean.any():
            return intercept, mean

        def value(coef: FloatArray) -> float:
            parts = Parameters(intercept, coef, 1.0, prior.spread.value)
            multiplier = prior.multiplier(1.0, prior.spread.value)
            with np.errstate(all="ignore"):
                of_rows = self.log_likelihood(parts)
            total = of_rows + prior.log_density(coef, multiplier)
            return total if np.isfinite(total) else -np.inf

        return intercept, max(mean, np.zeros_like(mean), key=value)

    @override
    def recentred(self, center: FloatArray) -> "RowObservations":
        return replace(self, origin=self._origin + center)

    @cached_property
    def design(self) -> FloatArray:
        """X about its origin, after a column of ones if there is an intercept."""
        X = self.rows.X - self._origin[:-1]
        return np.column_stack([np.ones(len(X)), X]) if self.intercept else X

    @cached_property
    def y(self) -> FloatArray:
        """The response about its origin."""
        return self.rows.y - self._origin[-1]

    @cached_property
    def log_constant(self) -> float:
        """The terms of the log likelihood that no parameter changes."""
        return self.likelihood.log_constant(self.y, self._weights)

    @override
    def visit(self, parts: Parameters) -> None:
        self._at(parts)

    @override
    def log_likelihood(self, parts: Parameters) -> float:
        return self.value_and_slopes(parts)[0]

    @override
    def value_and_slopes(self, parts: Parameters) -> tuple[float, FloatArray, float]:
        """Return the log likelihood, its gradient, and 0: there is no noise sd."""
        known = self.memory.find(key_of(self._origin, parts))
        if known is not None:
            return known.value, known.slopes.copy(), 0.0
        lines, value = self._lines(parts), self.log_constant
        gradient = np.zeros(lines.T.shape)
        for table, rows in self._tiles:
            of_tile, slope = self.likelihood.value_and_slope(
                self.y[rows], self._eta(lines, table), self._weights[rows]
            )
            value += of_tile
            gradient += np.dot(table, slope.reshape(len(slope), -1))
        return value, self._flattened(gradient), 0.0

    @override
    def slopes(
        self, intercepts: FloatArray, coefs: FloatArray, noise_sd: float
    ) -> FloatArray:
        lines = coefs
        if self.intercept:
            lines = np.concatenate([intercepts[..., np.newaxis], coefs], axis=-1)
        count, first = len(lines), int(self.intercept)
        gradients = np.zeros_like(np.swapaxes(lines, 1, 2))
        for table, rows in self._tiles:
            y, weights = self.y[rows], self._weights[rows]
            most = max(1, MANY_ROWS // len(y))
            for start in range(0, count, most):
                some = slice(start, min(start + most, count))
                times = some.stop - some.start
                # the rows of all points stand below each other
                eta = np.swapaxes(lines[some] @ table, 1, 2)
                shape = (-1, eta.shape[2]) if self.likelihood.by_class else -1
                _, slope = self.likelihood.value_and_slope(
                    np.tile(y, times), eta.reshape(shape), np.tile(weights, times)
                )
                gradients[some] += table @ slope.reshape(eta.shape)
        of_coefs = np.swapaxes(gradients[:, first:], 1, 2).reshape(count, -1)
        return np.hstack([gradients[:, :first].reshape(count, -1), of_coefs])

    @override
    def curvature(self, parts: Parameters) -> FloatArray:
        return self._at(parts).curvature.copy()

    @override
    def information(self, parts: Parameters) -> FloatArray:
        if self.likelihood.is_smooth:
            return -self.curvature(parts)
        lines, total = self._lines(parts), self._information()
        for table, rows in self._tiles:
            information = self.likelihood.information(
                self.y[rows], self._eta(lines, table), self._weights[rows]
            )
            total.add(table, information)
        return total.matrix(intercept=self.intercept)

    @override
    def squares(self, parts: Parameters) -> float:
        """Return 0: there is no noise sd."""
        return 0.0

    @override
    def relative_move(
        self,
        parts: Parameters,
        intercept: FloatArray,
        coef: FloatArray,
        *,
        least: float = 0.0,
    ) -> float:
        if not self.likelihood.is_smooth:
            return least
        intercept, coef = self._less_shared(intercept, coef)
        bound = np.max(np.abs(intercept) + np.abs(coef) @ self._farthest)
        if bound <= least:
            return least
        lines, step = self._lines(parts), self._joined(intercept, coef)
        for table, _ in self._tiles:
            sizes = 1 + np.abs(lines @ table)
            least = max(least, float(np.max(np.abs(step @ table) / sizes)))
        return least

    @override
    def largest_move(self, intercept: FloatArray, coef: FloatArray) -> float:
        step = self._joined(*self._less_shared(intercept, coef))
        return max(float(np.abs(step @ table).max()) for table, _ in self._tiles)

    @override
    def absolute_terms(self) -> AbsoluteTerms | None:
        slopes = self.likelihood.kink_slopes(self._weights)
        if slopes is None:
            return None
        return AbsoluteTerms(self.design, self.y, slopes)

    def evaluation(self, parts: Parameters) -> Evaluation:
        """Return value, gradient and Hessian at a point, by one pass over the rows."""
        lines, value = self._lines(parts), self.log_constant
        gradient, total = np.zeros(lines.T.shape), self._information()
        with np.errstate(over="ignore", invalid="ignore"):  # a trial that is given up
            for table, rows in self._tiles:
                of_tile, slope, bend = self.likelihood.derivatives(
                    self.y[rows], self._eta(lines, table), self._weights[rows]
                )
                value += of_tile
                gradient += np.dot(table, slope.reshape(len(slope), -1))
                total.add(table, -bend)
        curvature = -total.matrix(intercept=self.intercept)
        return Evaluation(self.rows.n_rows, value, self._flattened(gradient), curvature)

    def _at(self, parts: Parameters) -> Evaluation:
        """Return the evaluation at a point, by a pass unless it is one of the last."""
        key = key_of(self._origin, parts)
        found = self.memory.find(key)
        if found is None:
            found = self.evaluation(parts)
            self.memory.keep(key, found)
        return found

    @cached_property
    def _origin(self) -> FloatArray:
        if self.origin is None:
            return np.zeros(self.rows.X.shape[1] + 1)
        return self.origin

    @cached_property
    def _weights(self) -> FloatArray:
        return self.rows.row_weights

    @cached_property
    def _tiles(self) -> Tiles:
        return Tiles(self.rows.X, self._origin[:-1], self.intercept)

    @cached_property
    def _farthest(self) -> FloatArray:
        return self._tiles.farthest()

    def _information(self) -> Information:
        by_class = self.likelihood.by_class
        n_classes = len(self.rows.classes or ()) if by_class else 0
        return Information(self._tiles.width, n_classes)

    def _joined(self, intercept: FloatArray, coef: FloatArray) -> FloatArray:
        """Return intercepts, if there are any, and coefficients, shape (K, 1 + p)."""
        return np.column_stack([intercept, coef]) if self.intercept else coef

    def _lines(self, parts: Parameters) -> FloatArray:
        return self._joined(parts.intercept, parts.coef)

    def _eta(self, lines: FloatArray, table: FloatArray) -> FloatArray:
        """Return the linear predictors, shape (n,), or (n, K) by class."""
        eta = np.dot(lines, table)
        return eta.T if self.likelihood.by_class else eta[0]

    def _less_shared(
        self, intercept: FloatArray, coef: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Take away what all classes share: it changes nothing."""
        if not self.likelihood.by_class:
            return intercept, coef
        return intercept - intercept.mean(), coef - coef.mean(axis=0)

    def _flattened(self, gradient: FloatArray) -> FloatArray:
        """Return all intercepts first, and then the coefficients class by class."""
        first = int(self.intercept)
        return np.append(gradient[:first], gradient[first:].T)
