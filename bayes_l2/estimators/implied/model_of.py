"""The model whose MAP a fitted estimator is."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_l2 import arguments, validation
from bayes_l2.arrays import FloatArray
from bayes_l2.estimators.implied.known import holds_rows, reader_of, require_settings
from bayes_l2.estimators.implied.pipelines import inner
from bayes_l2.estimators.implied.terms import Given, name_of
from bayes_l2.fits.exact import fit_exact
from bayes_l2.fits.laplace import fit_laplace
from bayes_l2.fits.mcmc import fit_mcmc
from bayes_l2.model.layout import INTERCEPT
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.origin import Origin, with_origin
from bayes_l2.texts import quantile_name, shown

if TYPE_CHECKING:
    import pandas as pd

ENDS = (0.025, 0.975)
NAMES_OF_ENDS = [quantile_name(each) for each in ENDS]


def model_of(
    estimator: Any,
    X: Any = None,
    y: Any = None,
    *,
    noise_sd: float | None = None,
    sample_weight: Any = None,
    **options: Any,
) -> LinearModel:
    """Return the model whose MAP a fitted estimator is.

    Parameters
    ----------
    estimator : estimator
        A fitted estimator, by itself, at the end of a ``Pipeline``, or chosen by a
        search. In a pipeline the columns of the model are those that it saw.
    X, y : array_like or DataFrame
        The rows that it was fitted to. A result of statsmodels holds its rows.
    noise_sd : float, optional
        The noise sd, in the units of y.
    sample_weight : array_like of shape (n,), optional
        The ``sample_weight`` of the fit.
    **options
        What the fit had and the estimator does not keep. Of ``torch.nn.Linear``:
        ``loss``, such as ``MSELoss()``; ``weight_decay``, a number or the optimiser;
        ``batch_size``, for a loss that is a sum. Of ``fit_regularized`` of statsmodels:
        ``alpha``, one number or one for each column.

    Returns
    -------
    LinearModel
        Its ``origin`` has the estimator's coefficients, and says how its settings were
        converted.

    Raises
    ------
    ValueError
        If the estimator is not fitted, is the MAP of no model here, or was not fitted
        to rows of this kind.
    """
    missing = [name for name, each in {"X": X, "y": y}.items() if each is None]
    if missing and not holds_rows(estimator):
        raise ValueError(
            f"{' and '.join(missing)} must be given beside a fitted estimator: the "
            "rows of its fit"
        )
    within = inner(estimator, X)
    read = reader_of(within.estimator)
    require_settings(within.estimator, read, options)
    if noise_sd is not None:
        noise_sd = validation.positive_number(noise_sd, "noise_sd")
    weights = _weights(sample_weight, y)
    terms = read(within.estimator, Given(within.X, y, noise_sd, weights, options))
    model = LinearModel(
        terms.X,
        terms.y,
        likelihood=terms.likelihood,
        prior=terms.prior,
        intercept=terms.intercept is not None,
        weights=terms.weights,
        feature_names=terms.names,
    )
    notes = (*within.notes, *terms.notes)
    name = terms.name or name_of(within.estimator)
    origin = Origin(name, terms.coef, terms.intercept, notes)
    return with_origin(model, origin)


def as_model(model: Any, X: Any, y: Any, **options: Any) -> LinearModel:
    """Return a model as it is, or that of a fitted estimator beside its X and y."""
    given = {name: each for name, each in options.items() if each is not None}
    if X is not None or y is not None or not isinstance(model, LinearModel):
        return _of_estimator(model, X, y, given)
    if given:
        raise ValueError(_left_out(given))
    return model


def _of_estimator(model: Any, X: Any, y: Any, given: dict[str, Any]) -> LinearModel:
    rows = {name: each for name, each in {"X": X, "y": y}.items() if each is not None}
    if isinstance(model, LinearModel):
        raise ValueError(_left_out(rows | given))
    if len(rows) < 2 and not holds_rows(model):
        raise ValueError(
            "model must be a LinearModel, or a fitted estimator with its X and y after "
            f"it, got {shown(model)} with {' and '.join(rows) or 'neither'}"
        )
    return model_of(model, X, y, **given)


def _left_out(names: Iterable[str]) -> str:
    return (
        f"{' and '.join(names)} must be left out beside a LinearModel, which has its "
        "rows: give a fitted estimator in its place"
    )


def summary_of(
    estimator: Any,
    X: Any = None,
    y: Any = None,
    *,
    noise_sd: float | None = None,
    sample_weight: Any = None,
    seed: int | None = None,
    **options: Any,
) -> "pd.DataFrame":
    """Return the coefficients of a fitted estimator with their posterior sds.

    The posterior is that of ``model_of``: exact where it is Gaussian, else its Laplace
    approximation. Under an L1 penalty or absolute deviations there is neither, and the
    sds and intervals are those of ``fit_mcmc``, which takes up to half a minute. The
    noise sd counts as known.

    Parameters
    ----------
    estimator, X, y, noise_sd, sample_weight, **options
        As for ``model_of``.
    seed : int, optional
        Makes the draws of ``fit_mcmc`` repeatable, where they are needed.

    Returns
    -------
    pandas.DataFrame
        A row a parameter, the intercept first: ``coef`` is the estimator's own number,
        ``sd`` the posterior sd, ``2.5%`` and ``97.5%`` the ends of the equal-tailed
        95 % interval of the posterior, all in the units of the parameter.

    Raises
    ------
    ValueError
        As for ``model_of``, or if the posterior is improper.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> from bayes_l2 import summary_of
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], [1.0, 2.0, 2.0, 4.0]
    >>> table = summary_of(Ridge(alpha=1.0).fit(X, y), X, y)
    >>> print(table.round(2).to_string(index_names=False))
               coef    sd  2.5%  97.5%
    intercept  1.12  0.54  0.08   2.17
    x0         0.75  0.28  0.21   1.29
    """
    import pandas as pd

    seed = arguments.seed(seed)
    known = {"noise_sd": noise_sd, "sample_weight": sample_weight}
    model = model_of(estimator, X, y, **known, **options)
    model.propriety.require_proper()
    origin = model.origin
    assert origin is not None
    intercept = 0.0 if origin.intercept is None else origin.intercept
    sds, ends = _spread(model, seed)
    names = pd.Index(model.layout.names, name="parameter")
    own = model.layout.join(intercept, origin.coef)
    table = pd.DataFrame({"coef": own, "sd": sds}, index=names)
    table[NAMES_OF_ENDS] = ends
    return table


def _spread(model: LinearModel, seed: int | None) -> tuple[FloatArray, FloatArray]:
    """Return sds and the ends of 95 % intervals, shapes (d,) and (d, 2)."""
    if not model.is_smooth:
        draws = fit_mcmc(model, seed=seed, progress=False)["posterior"].to_dataset()
        draws = draws.transpose("chain", "draw", ...)
        intercept = draws[INTERCEPT].to_numpy() if model.intercept else 0.0
        vectors = model.layout.select(intercept, draws["coef"].to_numpy())
        vectors = vectors.reshape(-1, vectors.shape[-1])
        return vectors.std(axis=0, ddof=1), np.quantile(vectors, ENDS, axis=0).T
    fit = fit_exact if model.likelihood.has_statistics else fit_laplace
    table = fit(model).summary()
    return table["sd"].to_numpy(), table[NAMES_OF_ENDS].to_numpy()


def _weights(sample_weight: Any, y: Any) -> FloatArray | None:
    """Return the weights of a fit, one for each row of y, or None."""
    if sample_weight is None:
        return None
    weights = validation.vector(sample_weight, "sample_weight")
    if hasattr(y, "__len__") and len(y) != len(weights):
        raise ValueError(
            f"sample_weight must have an entry for each of the {len(y)} rows of y, "
            f"got {len(weights)}"
        )
    if len(weights) and not (weights.min() >= 0 and weights.max() > 0):
        raise ValueError(
            "sample_weight must not be negative, and not 0 for all rows, got "
            f"{weights.min():g} to {weights.max():g}"
        )
    return weights
