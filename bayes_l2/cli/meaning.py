"""The words of ``bayes-l2 compare --meaning``."""

from typing import TYPE_CHECKING

from bayes_l2.texts import listed, shown

if TYPE_CHECKING:
    from bayes_l2.model.linear_model import LinearModel
    from bayes_l2.selection.meaning.meaning import PenaltyMeaning

WIDEST = 100  # columns of a line that is read with ease


def meaning_of(model: "LinearModel") -> "PenaltyMeaning":
    """Return the meaning of the penalty of a model, or refuse it in one line."""
    from bayes_l2.model import priors
    from bayes_l2.selection.meaning.meaning import penalty_meaning

    likelihood, prior = model.likelihood, model.prior
    if not (likelihood.has_statistics and isinstance(prior, priors.Normal)):
        raise ValueError(
            "--meaning is for --likelihood normal with --prior normal, got "
            f"{shown(likelihood)} with {shown(prior)}"
        )
    if model.unknown_scales:
        raise ValueError(
            "--meaning needs scales that are numbers, got a prior on "
            f"{listed(model.unknown_scales)}; --choose evidence finds a number"
        )
    return penalty_meaning(model)


def meaning_lines(meaning: "PenaltyMeaning", width: int) -> list[str]:
    """Return the sentences in lines of a width, but of at most 100 characters."""
    from bayes_l2.selection.meaning.sentences import text_of

    return text_of(meaning, min(width, WIDEST)).split("\n")
