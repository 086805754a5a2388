r"""Readers of regressions with another loss: counts, and absolute deviations.

.. math:: \min_{a, b} \frac{1}{\sum_i w_i} \sum_i w_i\, \text{loss}(y_i, a + x_i^\top b)
          + \text{penalty}(b)
"""

from typing import Any

import numpy as np

from bayes_l2.estimators.implied import noise
from bayes_l2.estimators.implied.linear import fit_of, of_penalty, terms_of
from bayes_l2.estimators.implied.penalties import converted, normal_prior
from bayes_l2.estimators.implied.terms import Given, ImpliedTerms, name_of, no_noise
from bayes_l2.model import likelihoods, priors

TWEEDIE = "tweedie-regressor"


def poisson(estimator: Any, given: Given) -> ImpliedTerms:
    """Read PoissonRegressor: half its deviance is the negative log-likelihood."""
    no_noise(estimator, given, "counts have no noise sd")
    fit, names = fit_of(estimator, given)
    # the penalty stands beside the mean of half squares over noise_sd², or of deviances
    facts = fit.facts(TWEEDIE) | {"noise_sd": 1.0}
    sds = converted(estimator.alpha, TWEEDIE, "prior-sd", **facts)
    note = sds.note.replace("noise_sd", "1")
    likelihood, prior = likelihoods.Poisson(), normal_prior(sds.values)
    return terms_of(fit, names, likelihood, prior, note)


def tweedie(estimator: Any, given: Given) -> ImpliedTerms:
    """Read TweedieRegressor where its power and link are those of a likelihood here."""
    power, link = float(estimator.power), estimator.link
    if link == "auto":
        link = "identity" if power <= 0 else "log"
    if (power, link) == (0.0, "identity"):
        return of_penalty(estimator, given, estimator.alpha, TWEEDIE)
    if (power, link) == (1.0, "log"):
        return poisson(estimator, given)
    raise ValueError(
        f"model_of does not know {name_of(estimator)}(power={power:g}, link={link!r}): "
        "the package has the likelihoods of power=0 with link='identity' and of "
        "power=1 with link='log'"
    )


def median(estimator: Any, given: Given) -> ImpliedTerms:
    r"""Read QuantileRegressor at the median: absolute deviations and an L1 penalty.

    Its objective times :math:`2 \sum_i w_i / s_y` is the negative log posterior under a
    Laplace likelihood of scale :math:`s_y` and a Laplace prior of scale
    :math:`s_y / 2 \alpha \sum_i w_i`.
    """
    quantile = float(estimator.quantile)
    if quantile != 0.5:
        raise ValueError(
            f"model_of knows QuantileRegressor for quantile=0.5, got {quantile:g}: the "
            "package has the likelihood of the median, and of no other quantile"
        )
    fit, names = fit_of(estimator, given)
    found = noise.by_deviations(fit, given.noise_sd)
    scale, alpha = found.sd / np.sqrt(2), float(estimator.alpha)
    likelihood = likelihoods.Laplace(scale)
    if not alpha:
        note = "alpha = 0 is no penalty, a flat prior"
        return terms_of(fit, names, likelihood, priors.Flat(), note, found.note)
    own = scale / (2 * alpha * fit.total_weight)
    total = "n" if fit.weights is None else "weight_sum"
    note = (
        f"alpha = {alpha:.6g} is the Laplace scale {own:.6g}: noise scale / (2 alpha "
        f"{total})"
    )
    return terms_of(fit, names, likelihood, priors.Laplace(own), note, found.note)
