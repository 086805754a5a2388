"""The rows and the coefficients that a result of statsmodels holds."""

from typing import Any, NamedTuple

import numpy as np

from bayes_l2 import validation
from bayes_l2.arrays import FloatArray
from bayes_l2.estimators.implied import noise
from bayes_l2.estimators.implied.terms import Given, ImpliedTerms, name_of
from bayes_l2.model import likelihoods, priors
from bayes_l2.texts import listed, record_text


class Design(NamedTuple):
    """The rows of a fit, and its coefficients, the constant among the columns.

    Attributes
    ----------
    X : ndarray of shape (n, p)
        All columns, a constant among them if there is one.
    y : ndarray of shape (n,)
        The response.
    weights : ndarray of shape (n,) or None
        Row weights.
    names : tuple of str
        Names of the columns.
    params : ndarray of shape (p,)
        The coefficients of the columns.
    constant : int or None
        The place of the constant that is the intercept, None without any.
    name : str
        The class of the model of statsmodels.
    """

    X: FloatArray
    y: FloatArray
    weights: FloatArray | None
    names: tuple[str, ...]
    params: FloatArray
    constant: int | None
    name: str

    __repr__ = record_text

    @property
    def places(self) -> Any:
        """The places of the columns that are not the intercept."""
        return np.flatnonzero(np.arange(len(self.params)) != self.constant)

    @property
    def fit(self) -> noise.Fit:
        """The fit, with the intercept apart from the columns."""
        coef, intercept = self.params[self.places], None
        if self.constant is not None:
            # a constant other than 1 is the same flat intercept
            size = self.X[0, self.constant]
            intercept = float(size * self.params[self.constant])
        X = self.X[:, self.places]
        return noise.Fit(X, self.y, self.weights, coef, intercept, self.name)

    def terms(
        self, likelihood: likelihoods.Likelihood, prior: priors.Prior, *notes: str
    ) -> ImpliedTerms:
        """Return the terms of a likelihood and a prior."""
        fit = self.fit
        return ImpliedTerms(
            fit.X,
            tuple(self.names[place] for place in self.places),
            fit.y,
            likelihood,
            prior,
            fit.coef[np.newaxis],
            None if fit.intercept is None else np.array([fit.intercept]),
            fit.weights,
            notes,
            name=self.name,
        )


def design_of(result: Any, given: Given) -> Design:
    """Return the rows that a result holds.

    Raises
    ------
    ValueError
        If it does not hold them, X and y are given and differ from them, or its linear
        predictor has a part that is not fitted.
    """
    model = result.model
    name = name_of(model)
    if getattr(model, "exog", None) is None or getattr(model, "endog", None) is None:
        raise ValueError(
            f"the result of {name} must hold its rows: remove_data() took them; fit it "
            "again"
        )
    offsets = ("_offset_exposure", "offset", "exposure")
    if any(np.any(getattr(model, each, 0)) for each in offsets):
        raise ValueError(
            f"model_of does not know {name} with an offset or an exposure: the linear "
            "predictor here has none"
        )
    X, y = (np.asarray(each, dtype=float) for each in (model.exog, model.endog))
    constant = getattr(model.data, "const_idx", None)
    if X.shape[1] == 1 and constant is not None:
        raise ValueError(
            f"{name} must have a column beside its constant, got the constant alone"
        )
    names = tuple(map(str, model.exog_names))
    params = np.asarray(result.params, dtype=float)
    design = Design(X, y, _weights(model), names, params, constant, name)
    _require_same_rows(design, given)
    return design


def _weights(model: Any) -> FloatArray | None:
    """Return the weights of the rows of a model, None where all are 1."""
    weights = getattr(model, "weights", 1.0)
    if name_of(model) == "GLM":
        weights = model.freq_weights * model.var_weights
    weights = np.asarray(weights, dtype=float)
    return None if np.all(weights == 1) else weights


def _require_same_rows(design: Design, given: Given) -> None:
    """Refuse X and y that are not the rows of the fit."""
    same = given.y is None or np.array_equal(
        validation.vector(validation.response(given.y), "y"), design.y
    )
    if given.X is not None:
        X = validation.matrix(given.X)
        own = (design.X, design.X[:, design.places])
        same = same and any(np.array_equal(X, each) for each in own)
    if not same:
        raise ValueError(
            f"X and y must be left out for {design.name}, or be the rows of its fit, "
            f"with the columns {listed(design.names)}: the result holds other rows"
        )
