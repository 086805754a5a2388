r"""The belief that a penalty states about the data, before and after they are seen.

.. math:: \alpha = \frac{\sigma^2}{\tau^2}, \qquad
          b \sim N(m_0, \tau^2 K), \qquad f_i = x_i^\top b
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_l2 import arguments, validation
from bayes_l2.fits.exact import fit_exact
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.selection.meaning.explained import explained
from bayes_l2.selection.meaning.facts import Facts
from bayes_l2.selection.meaning.figure import alt_text, meaning_figure
from bayes_l2.selection.meaning.scales import require_meaning, scales_and_basis
from bayes_l2.selection.meaning.sensitivity import Sensitivity
from bayes_l2.selection.meaning.sentences import blocks, text_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False, repr=False)
class PenaltyMeaning(Facts):
    r"""The belief that a penalty states, in numbers; ``print`` gives it in sentences.

    Row i has the centred features :math:`\tilde x_i = x_i - \bar x`, or :math:`x_i`
    where there is no intercept, and the weight :math:`w_i`, which is 1 without weights;
    :math:`W = \sum_i w_i`. The prior is :math:`b \sim N(m_0, S_0)`, the posterior
    covariance of b is S. The intercept is apart: its prior is flat.

    Attributes
    ----------
    model : LinearModel
        The model.
    penalty : float or None
        :math:`\alpha = \sigma^2 / \tau^2`; None under a prior without one sd.
    y_sd : float
        The sd of y, with weights and the divisor W.
    column_sd : ndarray of shape (p,)
        The sds of the columns, alike.
    prior_mean, prior_sd : ndarray of shape (p,)
        Prior mean and sd of each coefficient, in y per unit of its column.
    posterior_mean, posterior_sd : ndarray of shape (d,)
        Those of intercept and coefficients, as of ``fit_exact``.
    prior_prediction_sd : float
        The prior sd of a prediction in a typical row, in the units of y: the root mean
        square over the rows,
        :math:`\sqrt{\sum_i w_i\, \tilde x_i^\top S_0 \tilde x_i / W}`.
    prior_prediction_in_y_sds : float
        The same over the sd of y.
    posterior_prediction_sd : float
        The same with S in the place of :math:`S_0`. It is
        :math:`\sigma \sqrt{\nu / W}` for :math:`\nu` degrees of freedom.
    degrees_of_freedom : float
        The effective number of coefficients, which is the trace of the hat matrix,
        :math:`\nu = \sum_k d_k^2 / (d_k^2 + \alpha)`. An intercept is one more.
    prior_r2, posterior_r2 : RSquared
        The distribution of :math:`R^2 = V / (V + \sigma^2)`, where V is the variance of
        the line over the rows, :math:`\sum_i w_i (f_i - \bar f)^2 / (n - 1)`. They have
        ``low``, ``median`` and ``high``, which are the quantiles 0.05, 0.5 and 0.95,
        and ``draws``.
    surprising : ndarray of shape (p,)
        1.96 prior sds. A coefficient is further from its prior mean with a probability
        of 5 %.
    surprising_per_sd : ndarray of shape (p,)
        The same in y per sd of the column.
    prior_sds_out : ndarray of shape (p,)
        Posterior mean less prior mean, in prior sds.
    furthest : str
        The column for which that is the largest.
    mean_by_log_penalty, sd_by_log_penalty : ndarray of shape (d,)
        Derivatives of posterior mean and sd by :math:`\log\alpha`. The noise sd is held
        fixed, so the prior covariance moves as :math:`1/\alpha`.
    mean_by_log_noise_sd, sd_by_log_noise_sd : ndarray of shape (d,)
        Derivatives by :math:`\log\sigma`. The prior is held fixed as it is written: for
        a prior sd in the units of y the penalty moves as :math:`\sigma^2`; for one that
        is relative to the noise the penalty stays.
    held : dict
        The scale that is held fixed: by "penalty" the noise sd, by "noise_sd" the prior
        sd or the penalty.
    alt_text : str
        The figure in words.
    """

    def __repr__(self) -> str:
        of = "" if self.penalty is None else f"penalty={self.penalty:.6g}, "
        return (
            f"PenaltyMeaning({of}prior_prediction_sd={self.prior_prediction_sd:.3g}, "
            f"degrees_of_freedom={self.degrees_of_freedom:.3g}, "
            f"prior_r2={self.prior_r2!r}, posterior_r2={self.posterior_r2!r})"
        )

    def __str__(self) -> str:
        """Return the meaning in sentences, in lines of at most 80 characters."""
        return text_of(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers and the sentences as plain dictionaries, for JSON."""
        said = [each for _, sentences in blocks(self) for each in sentences]
        return {**self.numbers(), "sentences": said}

    def plot(self) -> "Figure":
        """Return prior and posterior predictions over the rows, and both R².

        Without rows the figure has R² alone. Its description is ``alt_text``.
        """
        return meaning_figure(self)

    @property
    def alt_text(self) -> str:
        """The figure in words, for a reader who does not see it."""
        return alt_text(self)


def penalty_meaning(model: LinearModel, *, seed: int = 0) -> PenaltyMeaning:
    r"""Return what a penalty says about the data, before and after they are seen.

    A penalty is a prior. This is the prior in units that a reader knows: the sd of a
    prediction next to the sd of y, the share of variance that the columns explain, and
    the size of a coefficient that would be a surprise. Beside them are the posterior,
    and its exact derivatives by the logs of penalty and noise sd.

    Parameters
    ----------
    model : LinearModel
        A Gaussian likelihood with a known sd, and a Gaussian prior with known, finite
        sds or a covariance. A model of statistics has all numbers; its figure lacks
        the predictions of rows.
    seed : int, default 0
        The seed of the draws of :math:`R^2`. Nothing else is random. Each of its
        quantiles has an error of about a hundredth of the sd of :math:`R^2`.

    Returns
    -------
    PenaltyMeaning
        The numbers; ``print`` gives sentences, ``table`` a row a parameter, ``plot``
        the figure.

    Raises
    ------
    ValueError
        If likelihood or prior is another one, a scale is unknown, a column has a flat
        prior, y is constant, or an argument is not valid.

    Notes
    -----
    Gelman and others, in the paper and its supplement, have two versions of
    :math:`R^2`. This is the model-based one, with the variance :math:`\sigma^2`, which
    is known here. The residual-based one has the variance of the residuals of each draw
    in its place. Before the data are seen there are no residuals, so only the first has
    a prior distribution. Under a prior with one sd and mean 0 that distribution depends
    on the penalty and the columns alone, whatever the noise sd is. With weights, V
    counts each row by its weight, and :math:`\sigma` is the noise sd of a row of
    weight 1.

    References
    ----------
    Gelman, Goodrich, Gabry and Vehtari (2019), The American Statistician 73(3); Hastie,
    Tibshirani and Friedman (2009), section 3.4.1, on effective degrees of freedom.

    Examples
    --------
    >>> from bayes_l2 import LinearModel, datasets, likelihoods, penalty_meaning, priors
    >>> X, y = datasets.diabetes()
    >>> noise, prior = likelihoods.Normal(sd=54), priors.Normal(sd=20)
    >>> meaning = penalty_meaning(LinearModel(X, y, likelihood=noise, prior=prior))
    >>> round(meaning.prior_prediction_in_y_sds, 2), meaning.furthest
    (0.82, 's5')
    """
    arguments.instance(model, LinearModel, "model")
    validation.natural_number(seed, "seed", at_least=0, at_most=2**32 - 1)
    require_meaning(model)
    y_sd = model.statistics.summary()["y_sd"]
    scales, basis = scales_and_basis(model)
    posterior, prior = fit_exact(model), model.gaussian_prior
    weight, p = model.statistics.total_weight, model.n_features
    freedom = float(basis.degrees_of_freedom(scales.relative))
    size = scales.prior_sd * np.sqrt(basis.unit)
    prior_r2, posterior_r2 = explained(basis, scales, seed)
    derivatives = Sensitivity.of(basis, scales, posterior.sd)
    penalty = model.penalty_at(scales.noise_sd, prior.spread.value)
    return PenaltyMeaning(
        model=model,
        penalty=float(penalty) if prior.has_one_sd else None,
        y_sd=y_sd,
        column_sd=model.statistics.summary()["x_sd"],
        prior_mean=prior.mean_vector(p),
        prior_sd=scales.prior_sd * np.sqrt(prior.unit_variances(p)),
        posterior_mean=posterior.mean,
        posterior_sd=posterior.sd,
        prior_prediction_sd=float(size * np.sqrt(np.sum(basis.eigenvalues) / weight)),
        posterior_prediction_sd=float(scales.noise_sd * np.sqrt(freedom / weight)),
        degrees_of_freedom=freedom,
        prior_r2=prior_r2,
        posterior_r2=posterior_r2,
        **derivatives._asdict(),
        held={
            "penalty": "noise sd",
            "noise_sd": "penalty" if prior.relative_to_noise else "prior sd",
        },
    )
