"""The choice of a penalty: errors of rows left out, and the worth of each criterion."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, get_args

import numpy as np
from scipy import stats

from bayes_l2 import arguments, validation
from bayes_l2.arrays import FloatArray
from bayes_l2.course import checks
from bayes_l2.course.demonstrations.prequential import sequential_log_densities
from bayes_l2.fits.exact import fit_exact
from bayes_l2.fits.mcmc import fit_mcmc
from bayes_l2.model import likelihoods, priors
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.selection.choose import Criterion, choose_penalty
from bayes_l2.texts import shown

__all__ = [
    "CRITERIA",
    "compared_densities",
    "differences",
    "left_out_log_densities",
    "narrowing",
    "prediction_errors",
    "prediction_gains",
    "refitted_errors",
]
__dir__ = __all__.copy

CRITERIA: tuple[Criterion, ...] = ("evidence", "loo", "gcv", "cv")


def refitted_errors(X: Any, y: Any, penalty: float) -> FloatArray:
    r"""Return the squared error of each row by ridge on all other rows.

    Scikit-learn fits once for each row. Without a refit the error is
    :math:`(e_i / (1 - h_i))^2`, with the leverage :math:`h_i`.

    Parameters
    ----------
    X, y : array_like of shape (n, p) and (n,)
        The rows.
    penalty : float
        The penalty alpha.

    Returns
    -------
    ndarray of shape (n,)

    References
    ----------
    Allen (1974), The relationship between variable selection and data augmentation.
    """
    from sklearn.linear_model import Ridge
    from sklearn.model_selection import LeaveOneOut, cross_val_score

    alpha = validation.positive_number(penalty, "penalty")
    ridge, scoring = Ridge(alpha=alpha), "neg_mean_squared_error"
    return -cross_val_score(
        ridge, *checks.rows(X, y), cv=LeaveOneOut(), scoring=scoring
    )


def left_out_log_densities(
    X: Any, y: Any, *, noise_sd: float, prior_sd: float
) -> FloatArray:
    r"""Return the log predictive density of each row, given all other rows.

    It is :math:`\log p(y_i \mid y_{-i})` by the exact posterior of the others, which is
    fitted once for each row.

    Parameters
    ----------
    X, y : array_like of shape (n, p) and (n,)
        The rows.
    noise_sd, prior_sd : float
        The noise sd, and the prior sd of each coefficient.

    Returns
    -------
    ndarray of shape (n,)
        In nats.
    """
    X, y = checks.rows(X, y)
    noise = likelihoods.Normal(validation.positive_number(noise_sd, "noise_sd"))
    prior = priors.Normal(validation.positive_number(prior_sd, "prior_sd"))
    found = np.empty(len(y))
    for row in range(len(y)):
        others = np.arange(len(y)) != row
        model = LinearModel(X[others], y[others], likelihood=noise, prior=prior)
        mean, sd = fit_exact(model).predict(X[row : row + 1], return_sd=True)
        found[row] = stats.norm.logpdf(y[row], mean[0], sd[0])
    return found


def compared_densities(
    X: Any, y: Any, *, noise_sd: float, prior_sds: tuple[float, float], seed: int = 1
) -> dict[str, dict[str, float]]:
    """Return log densities of rows left out: exact, by draws, and by another prior.

    ArviZ estimates them by weights on the draws of the whole posterior, PSIS-LOO.

    Parameters
    ----------
    X, y : array_like of shape (n, p) and (n,)
        The rows.
    noise_sd : float
        The noise sd.
    prior_sds : tuple of two floats
        The prior sd, and another one.
    seed : int, default 1
        The seed of the draws.

    Returns
    -------
    dict of str to dict of str to float
        By name: the sum over the rows, and the root mean square of the differences from
        the exact values of single rows, in nats.

    References
    ----------
    Vehtari, Gelman and Gabry (2017), Practical Bayesian model evaluation using
    leave-one-out cross-validation and WAIC.
    """
    sds = checks.positive_numbers(prior_sds, "prior_sds", length=2)
    seed_of_draws = arguments.seed(seed, bits=32)
    exact, other = (
        left_out_log_densities(X, y, noise_sd=noise_sd, prior_sd=each) for each in sds
    )
    noise, prior = likelihoods.Normal(noise_sd), priors.Normal(sds[0])
    model = LinearModel(X, y, likelihood=noise, prior=prior)
    import arviz as az

    draws = fit_mcmc(model, seed=seed_of_draws, log_likelihood=True, progress=False)
    estimate: Any = az.loo(draws, pointwise=True)
    by_draws = np.asarray(estimate.elpd_i)
    named = {"exact": exact, "PSIS-LOO": by_draws}
    named[f"exact, prior sd {sds[1]:g}"] = other
    return {
        name: {
            "sum": float(values.sum()),
            "difference of a row": float(np.sqrt(np.mean((values - exact) ** 2))),
        }
        for name, values in named.items()
    }


def differences(
    named: Mapping[str, FloatArray], base: str
) -> dict[str, dict[str, float]]:
    """Return means of errors, and their differences from the errors of one name.

    Parameters
    ----------
    named : mapping of str to ndarray of shape (m,)
        Errors by name, of the same rows or of the same splits.
    base : str
        The name from which the others differ.

    Returns
    -------
    dict of str to dict of str to float
        By name: the mean error, the mean difference, and its standard error, which
        takes the m differences for independent.
    """
    validation.one_of(base, list(checks.named(named, "named")), "base")
    level = validation.vector(named[base], f"named[{shown(base)}]")
    if len(level) < 2:
        raise ValueError(f"named must hold two or more errors each, got {len(level)}")
    rows = {}
    for name, values in named.items():
        errors = validation.vector(values, f"named[{shown(name)}]", length=len(level))
        above = errors - level
        rows[name] = {
            "error": float(errors.mean()),
            f"above {base}": float(above.mean()),
            "standard error": float(above.std(ddof=1) / np.sqrt(len(above))),
        }
    return rows


def prediction_gains(
    better: LinearModel, worse: LinearModel, *, orders: int, seed: int = 0
) -> FloatArray:
    r"""Return by how much one model predicts each row better than another.

    Each row is predicted from the rows before it, in several orders. The gain is
    :math:`\log p_1(y_i \mid y_1 \ldots y_{i-1})` minus the same of the other model. The
    gains of one order sum to the difference of the log evidences (Dawid, 1984).

    Parameters
    ----------
    better, worse : LinearModel
        Two models of the same rows.
    orders : int
        The number of orders.
    seed : int, default 0
        The seed of the orders.

    Returns
    -------
    ndarray of shape (orders, n)
        In nats.
    """
    better = arguments.instance(better, LinearModel, "better")
    worse = arguments.instance(worse, LinearModel, "worse")
    orders = arguments.draws_to_keep(orders, better.n_rows, "orders")
    rng = arguments.generator(seed, "seed")
    shuffled = [rng.permutation(better.n_rows) for _ in range(orders)]
    return np.array(
        [
            sequential_log_densities(better, order)
            - sequential_log_densities(worse, order)
            for order in shuffled
        ]
    )


def prediction_errors(
    X: Any, y: Any, *, seen: int, splits: int, seed: int = 1
) -> dict[str, FloatArray]:
    """Return the errors on new rows, by the criterion that chose the penalty.

    Each split chooses a penalty on some rows, with an unknown noise sd, and predicts
    all others. All criteria have the same splits. The last entry is least squares,
    which has no penalty.

    Parameters
    ----------
    X, y : array_like of shape (n, p) and (n,)
        The rows.
    seen : int
        The number of rows on which a penalty is chosen.
    splits : int
        The number of splits.
    seed : int, default 1
        The seed of the splits.

    Returns
    -------
    dict of str to ndarray of shape (splits,)
        Root mean squared errors, in units of y.
    """
    X, y = checks.rows(X, y)
    seen = _rows_of_sample(seen, len(y) - 1, "seen")
    splits = checks.repetitions(splits, "splits")
    rng = arguments.generator(seed, "seed")
    noise = likelihoods.Normal(priors.FlatLogScale())
    found: dict[str, FloatArray] = {name: np.empty(splits) for name in CRITERIA}
    found["least squares"] = np.empty(splits)
    for split in range(splits):
        order = rng.permutation(len(y))
        few, new = order[:seen], order[seen:]
        model = LinearModel(X[few], y[few], likelihood=noise, prior=priors.Normal(20.0))
        chosen: dict[str, LinearModel] = {
            name: choose_penalty(model, by=name, seed=split).model for name in CRITERIA
        }
        chosen["least squares"] = replace(model, prior=priors.Flat())
        for name, each in chosen.items():
            residual = y[new] - fit_exact(each).predict(X[new])
            found[name][split] = np.sqrt(np.mean(residual**2))
    return found


def narrowing(
    X: Any,
    y: Any,
    *,
    rows: int,
    samples: int,
    noise_sd: float,
    by: Sequence[Criterion] = ("evidence", "hierarchical"),
    seed: int = 2,
) -> dict[str, FloatArray]:
    """Return how much narrower the posterior is if a chosen penalty counts as known.

    It is the mean posterior sd of the coefficients with the chosen penalty, over the
    mean sd with the prior sd integrated out, for several samples of rows. The prior sd
    has the prior half-Cauchy of scale 20.

    Parameters
    ----------
    X, y : array_like of shape (n, p) and (n,)
        The rows.
    rows : int
        The number of rows in a sample.
    samples : int
        The number of samples.
    noise_sd : float
        The noise sd.
    by : sequence of str
        The criteria.
    seed : int, default 2
        The seed of the samples.

    Returns
    -------
    dict of str to ndarray of shape (samples,)
    """
    X, y = checks.rows(X, y)
    rows = _rows_of_sample(rows, len(y), "rows")
    samples = checks.repetitions(samples, "samples")
    criteria: list[Any] = [
        validation.one_of(each, get_args(Criterion), "by")
        for each in arguments.words(by, "by", "a list of criteria")
    ]
    rng = arguments.generator(seed, "seed")
    noise = likelihoods.Normal(validation.positive_number(noise_sd, "noise_sd"))
    scaled = priors.Normal(priors.HalfCauchy(20.0))
    found: dict[str, FloatArray] = {name: np.empty(samples) for name in criteria}
    for sample in range(samples):
        few = rng.permutation(len(y))[:rows]
        averaging = LinearModel(X[few], y[few], likelihood=noise, prior=scaled)
        known = replace(averaging, prior=priors.Normal(20.0))
        averaged = fit_exact(averaging).location.sd[1:].mean()
        for name in criteria:
            model = averaging if name == "hierarchical" else known
            chosen = choose_penalty(model, by=name).model
            found[name][sample] = fit_exact(chosen).location.sd[1:].mean() / averaged
    return found


def _rows_of_sample(value: object, n_rows: int, name: str) -> int:
    """Return a number of rows that a sample of the rows can have."""
    return validation.natural_number(value, name, at_least=2, at_most=n_rows)
