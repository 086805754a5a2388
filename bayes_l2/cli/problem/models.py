"""From the options of ``bayes-l2 compare`` to data and a model."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from bayes_l2.cli.options import Criterion
from bayes_l2.cli.problem import terms
from bayes_l2.cli.problem.columns import cautions
from bayes_l2.cli.problem.data import Data, DataOptions, data_of
from bayes_l2.cli.problem.stream import Stream
from bayes_l2.cli.problem.terms import LIKELIHOODS, PRIORS, Typed
from bayes_l2.model import likelihoods, priors
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.scales import Known, Scale
from bayes_l2.texts import shown

if TYPE_CHECKING:
    import pandas as pd

    from bayes_l2.selection.choose import Choice

DIABETES_PRIOR_SD, DIABETES_NOISE_SD = Known(20.0), Known(54.0)
ANY_PRIOR_SD = Known(1.0)  # of a model whose penalty is to be chosen


@dataclass(frozen=True)
class ModelOptions:
    """The options that state the model, as typed."""

    intercept: bool
    likelihood: str
    noise_sd: str | None
    prior: str
    prior_sd: str | None
    choose: Criterion | None
    routes: tuple[str, ...]
    engine: str
    saves: bool


class Problem(NamedTuple):
    """A model, its data, the choice of its penalty, and all warnings, a line each.

    ``new`` holds the features of the rows to predict, None where there are none.
    """

    model: LinearModel
    data: Data | Stream
    choice: "Choice | None"
    warnings: tuple[str, ...]
    new: "pd.DataFrame | None"


def problem_of(data_options: DataOptions, options: ModelOptions) -> Problem:
    """Return the problem that the options state, or raise ValueError."""
    likelihood = terms.typed(options.likelihood, "--likelihood", LIKELIHOODS)
    prior = terms.typed(options.prior, "--prior", PRIORS)
    if options.prior_sd is not None and not prior.term.has_sd_option:
        raise ValueError(
            "--prior-sd is of the normal prior: give it or --prior, not both"
        )
    if options.noise_sd is not None and not likelihood.term.has_sd_option:
        raise ValueError(
            f"--noise-sd is for --likelihood normal, got it with {likelihood.name}"
        )
    data = data_of(
        data_options,
        likelihood.term.example,
        flat_prior=prior.term.make is priors.Flat,
        intercept=options.intercept,
    )
    if isinstance(data, Stream):
        _require_no_rows(options, likelihood)
    # what is wrong with them is said before a long pass
    predict = data_options.predict
    new = None if predict is None else data.rows(predict)
    if likelihood.term.has_sd_option and prior.term.has_sd_option:
        model, by = _gaussian(data, options)
    else:
        model, by = _other(data, options, likelihood, prior)
    warnings = (*data.doubts(model), *cautions(model, data.sds(model)))
    if by is None:
        model.propriety.require_proper()
        return Problem(model, data, None, warnings, new)
    from bayes_l2.selection.choose import choose_penalty

    choice = choose_penalty(model, by=by)
    return Problem(choice.model, data, choice, warnings, new)


def _require_no_rows(options: ModelOptions, likelihood: Typed) -> None:
    """Refuse options that need the rows in memory, before they are read."""
    is_smooth = likelihood.term.make is not likelihoods.Laplace
    if not is_smooth:
        raise ValueError(
            f"--likelihood {likelihood.name} needs the rows in memory, and they are "
            "read a part at a time; --likelihood normal does not, or take a sample of "
            "the rows"
        )
    if options.engine == "pymc":
        raise ValueError(
            "--engine pymc needs the rows in memory, and they are read a part at a "
            "time; leave it out"
        )
    if likelihood.term.has_sd_option:
        if options.choose in ("loo", "cv"):
            raise ValueError(
                f"--choose {options.choose} needs the rows in memory, and they are "
                "read a part at a time; use --choose evidence or --choose gcv"
            )
    elif "map" not in options.routes:
        raise ValueError(
            f"--routes must hold map for --likelihood {likelihood.name} where rows are "
            f"read a part at a time, got {','.join(options.routes)}"
        )
    elif options.saves:
        raise ValueError(
            f"--save keeps the rows of --likelihood {likelihood.name}, and they are "
            "read a part at a time; --json prints all results"
        )
    elif options.prior == "normal" and options.prior_sd is None:
        raise ValueError(
            f"--likelihood {likelihood.name} needs --prior-sd where rows are read a "
            "part at a time: choosing by evidence needs them in memory; choose it on "
            "a sample of the rows"
        )


def _gaussian(
    data: Data | Stream, options: ModelOptions
) -> tuple[LinearModel, Criterion | None]:
    """Return a model with a normal likelihood and prior, and a criterion or None.

    Its scales may be unknown, or chosen.
    """
    noise = _scale(options.noise_sd, "--noise-sd")
    spread = _scale(options.prior_sd, "--prior-sd")
    by, has_file = options.choose, data.has_file
    if by is None and has_file and spread is None:
        by = "evidence"
    if by is None:
        if has_file and noise is None:
            raise ValueError(
                "--noise-sd must be given with --prior-sd, or neither of them: then "
                "evidence chooses both"
            )
        noise, spread = noise or DIABETES_NOISE_SD, spread or DIABETES_PRIOR_SD
    elif spread is not None and spread.is_known:
        raise ValueError(
            "--choose chooses the prior sd: leave out --prior-sd, or give it a prior "
            "such as halfcauchy:20"
        )
    elif by == "hierarchical" and spread is None:
        raise ValueError(
            "--choose hierarchical needs a prior on the prior sd, such as --prior-sd "
            "halfcauchy:20"
        )
    unknown = priors.FlatLogScale()
    model = data.model(
        likelihood=likelihoods.Normal(noise or unknown),
        prior=priors.Normal(spread or unknown),
        intercept=options.intercept,
    )
    return model, by


def _other(
    data: Data | Stream, options: ModelOptions, likelihood: Typed, prior: Typed
) -> tuple[LinearModel, Criterion | None]:
    """Return a model with another likelihood or prior, and a criterion or None."""
    has_file, by = data.has_file, options.choose
    if likelihood.term.has_sd_option:
        default = None if has_file else DIABETES_NOISE_SD
        density = likelihoods.Normal(_number(options.noise_sd, "--noise-sd", default))
    else:
        density = likelihood.build()
    has_evidence = density.is_smooth and not density.has_statistics
    if has_evidence and by not in (None, "evidence"):
        raise ValueError(
            f"--choose must be evidence for --likelihood {likelihood.name}, got {by}"
        )
    is_open = prior.term.has_sd_option and options.prior_sd is None
    choosing = has_evidence and is_open
    if by is not None and not choosing:
        raise ValueError(
            "--choose needs a normal prior without --prior-sd, and a --likelihood "
            "other than laplace"
        )
    if prior.term.has_sd_option:
        default = None if has_file else DIABETES_PRIOR_SD
        default = ANY_PRIOR_SD if choosing else default
        belief = priors.Normal(_number(options.prior_sd, "--prior-sd", default))
    else:
        belief = prior.build()
    model = data.model(
        likelihood=density,
        prior=belief,
        intercept=options.intercept,
    )
    return model, "evidence" if choosing else None


def _scale(text: str | None, option: str) -> Scale | None:
    return None if text is None else terms.scale(text, option)


def _number(text: str | None, option: str, default: Scale | None) -> Scale:
    """Return an option that must be a number here, or its default."""
    scale = _scale(text, option) or default
    if scale is None:
        raise ValueError(
            f"{option} must be given with a file and another likelihood or prior "
            "than normal"
        )
    if not scale.is_known:
        raise ValueError(
            f"{option} must be a number with this likelihood or prior, got "
            f"{shown(text)}"
        )
    return scale
