r"""Settings that are priors, :math:`b_j \sim N(0, \tau^2)` or a Laplace prior.

They belong to probabilistic programs and to this package.
"""

from dataclasses import replace

from bayes_l2.conventions.convention import (
    HALF,
    ONE,
    VALUE,
    Columns,
    Convention,
    Evidence,
    Intercept,
    Norm,
    SummedLoss,
)

PRECISION = "precision weights, noise variance noise_sd² / w"
POWER = "each weight is a power of its row's likelihood"
AS_WRITTEN = POWER + ", or divides its noise variance, as the model is written"
FIXED = "the noise sd is known, and the intercept has a flat prior"

PRIOR_SD = Convention(
    name="prior-sd",
    setting="bayes_l2.priors.Normal(sd)",
    parameter="sd",
    summed=SummedLoss.ANY,
    loss=ONE,
    penalty=1 / (2 * VALUE**2),
    weights=PRECISION,
    per_column=True,
    digits=12,
    source="bayes_l2.priors.Normal",
    aliases=("tau", "prior", "priors.Normal", "bayes_l2"),
)
# PyMC programs state the prior of the intercept and the noise too
PYMC = replace(
    PRIOR_SD,
    name="pymc",
    setting='pymc.Normal("b", 0, sigma)',
    parameter="sigma",
    intercept=Intercept.YOURS,
    weights=AS_WRITTEN,
    assumes=(FIXED,),
    digits=10,
    source="PyMC API, distributions, Normal",
    aliases=("prior", "numpyro.distributions.Normal"),
)

RECORDS = (
    PRIOR_SD,
    replace(
        PRIOR_SD,
        name="prior-sd-standardised",
        setting="bayes_l2.priors.Normal(sd) on columns minus their mean, over their sd "
        "(divisor n)",
        columns=Columns.SD,
        source="bayes_l2.datasets.standardise, as StandardScaler; the prior sd is "
        "sd / x_sd for a column as given",
        aliases=(),
    ),
    Convention(
        name="prior-sd-relative",
        setting="bayes_l2.priors.Normal(sd, relative_to_noise=True)",
        parameter="sd",
        latex="s",
        loss=HALF,
        penalty=1 / (2 * VALUE**2),
        weights=PRECISION,
        digits=12,
        assumes=("the prior sd of a coefficient is sd · noise_sd",),
        source="bayes_l2.priors.Normal",
    ),
    PYMC,
    replace(
        PYMC,
        name="bambi",
        setting='bambi.Prior("Normal", mu=0, sigma)',
        assumes=(
            FIXED,
            "Bambi keeps this prior as given; it scales only its default priors to the "
            "data",
        ),
        source="Bambi documentation, Default priors",
        aliases=(),
    ),
    replace(
        PYMC,
        name="brms",
        setting='brms::set_prior("normal(0, sigma)", class = "b")',
        weights=POWER,
        assumes=(FIXED, "a prior on coefficients is not scaled to the data"),
        verified=Evidence.DOCUMENTATION,
        source="brms reference manual, set_prior",
        aliases=(),
    ),
    replace(
        PYMC,
        name="rstanarm",
        setting="rstanarm::normal(0, scale, autoscale = FALSE)",
        parameter="scale",
        latex=r"\tau",
        weights=POWER,
        assumes=(FIXED,),
        verified=Evidence.DOCUMENTATION,
        source="rstanarm vignette, Prior Distributions for rstanarm Models",
        aliases=(),
    ),
    Convention(
        name="laplace-scale",
        setting='pymc.Laplace("b", 0, b=scale)',
        parameter="scale",
        norm=Norm.L1,
        summed=SummedLoss.ANY,
        loss=ONE,
        penalty=1 / VALUE,
        intercept=Intercept.YOURS,
        weights=AS_WRITTEN,
        per_column=True,
        verified=Evidence.DOCUMENTATION,
        source="PyMC API, distributions, Laplace: density "
        "exp(-|b| / scale) / (2 scale)",
        aliases=("Laplace", "double_exponential"),
    ),
)
