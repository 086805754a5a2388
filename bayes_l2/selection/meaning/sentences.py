"""The belief that a penalty states, in sentences."""

from textwrap import fill

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.selection.meaning.explained import RSquared
from bayes_l2.selection.meaning.facts import SURPRISE, Facts
from bayes_l2.texts import printable, shortened

WIDTH = 80
LONGEST_NAME = 30
LEAST = 1e-4  # of a share, to be written as a number
STEP = 0.1  # of a penalty or a noise sd, as a part of it
Block = tuple[str, list[str]]


def blocks(facts: Facts) -> list[Block]:
    """Return headings, and the sentences below each."""
    it = "penalty" if facts.penalty is not None else "prior"
    return [
        (f"This {it} says, before any data:", _before(facts)),
        ("With the data it says:", [*_after(facts, it), *_changes(facts, it)]),
    ]


def text_of(facts: Facts, width: int = WIDTH) -> str:
    """Return the sentences as text, broken between words."""
    lines: list[str] = []
    for heading, sentences in blocks(facts):
        lines.append(heading)
        for each in sentences:
            # a number stays on the line of its sign of per cent
            wrapped = fill(
                each.replace(" %", "\xa0%"),
                max(width, 30),
                initial_indent="- ",
                subsequent_indent="  ",
                break_on_hyphens=False,
            )
            lines.append(wrapped.replace("\xa0", " "))
    return "\n".join(lines)


def percent(share: float) -> str:
    """Return a share in per cent; one near 0 or 100 is said to be beyond a bound."""
    if 0 < share < LEAST:
        return f"below {100 * LEAST:g} %"
    if 0 < 1 - share < LEAST:
        return f"above {100 - 100 * LEAST:g} %"
    rest = min(share, 1 - share)
    digits = 2 - bool(rest >= 0.01 or rest == 0) - bool(rest >= 0.1 or rest == 0)
    return f"{100 * share:.{digits}f} %"


def within(r2: RSquared) -> str:
    """Return median and interval of R², in words that follow its name."""
    sure = "with a probability of 95 %"
    if r2.low > 1 - LEAST:
        return f"is above {100 - 100 * LEAST:g} % {sure}"
    if r2.high < LEAST:
        return f"is below {100 * LEAST:g} % {sure}"
    low, middle, high = map(percent, (r2.low, r2.median, r2.high))
    return (
        f"has the median {middle}, and is between {low} and {high} with a "
        "probability of 90 %"
    )


def _before(facts: Facts) -> list[str]:
    center = "the mean of y" if facts.model.intercept else "0"
    if facts.prior_mean.any():
        center = "its prior mean"
    size, ratio = facts.prior_prediction_sd, facts.prior_prediction_in_y_sds
    return [
        f"In a typical row the prediction is {center} ± {size:.3g}, one prior sd. "
        f"That is {ratio:.2g} times the sd of y.",
        "R², the share of the variance of a new y that the columns explain, "
        f"{within(facts.prior_r2)}.",
        _surprise(facts),
    ]


def _surprise(facts: Facts) -> str:
    """Return the sizes of coefficients that the prior calls surprising."""
    around = " from its prior mean" if facts.prior_mean.any() else ""
    line = (
        f"A coefficient beyond {_of_columns(facts, facts.surprising)}{around} is a "
        f"surprise: its probability is 5 %. That is {SURPRISE} prior sds."
    )
    if _is_one(facts.column_sd) and abs(facts.column_sd[0] - 1) < 0.01:
        return line
    sizes = _of_columns(facts, facts.surprising_per_sd)
    return f"{line} Per sd of its column that is {sizes}."


def _is_one(values: FloatArray) -> bool:
    return bool(np.ptp(values) <= 0.01 * np.max(np.abs(values)))


def _of_columns(facts: Facts, values: FloatArray) -> str:
    """Return numbers of columns: one, or the least and the largest by name."""
    if _is_one(values):
        return f"±{values[0]:.3g}"
    names = facts.model.feature_names
    places = int(np.argmin(values)), int(np.argmax(values))
    ends = [f"±{values[place]:.3g} for {_named(names[place])}" for place in places]
    return " to ".join(ends)


def _named(name: str) -> str:
    return f"'{shortened(printable(name), LONGEST_NAME)}'"


def _after(facts: Facts, it: str) -> list[str]:
    before, after = facts.prior_r2, facts.posterior_r2
    verdict = f"as the {it} expected"
    if after.median > before.high:
        verdict = f"more than the {it} expected"
    elif after.median < before.low:
        verdict = f"less than the {it} expected"
    p, used = facts.model.n_features, facts.degrees_of_freedom
    name, out = facts.furthest, np.max(np.abs(facts.prior_sds_out))
    is_surprise = out > SURPRISE
    return [
        f"R² {within(after)}: {verdict}.",
        f"The effective number of coefficients is {used:.3g} of {p}.",
        f"The coefficient furthest out is that of {_named(name)}, "
        f"{out:.2g} prior sds from its prior mean: "
        f"{'a' if is_surprise else 'no'} surprise.",
    ]


def _changes(facts: Facts, it: str) -> list[str]:
    """Return what a penalty, and a noise sd, that is a tenth larger would change."""
    larger = "A penalty" if it == "penalty" else "A prior precision"
    by_penalty = _change(facts, facts.mean_by_log_penalty, facts.sd_by_log_penalty)
    lines = [f"{larger} 10 % larger{by_penalty} The noise sd is held fixed."]
    if facts.held["noise_sd"] == "penalty":
        same = "moves no mean, and makes each posterior sd 10 % larger."
        return [*lines, f"A noise sd 10 % larger {same} The penalty is held fixed."]
    by_noise = _change(facts, facts.mean_by_log_noise_sd, facts.sd_by_log_noise_sd)
    return [*lines, f"A noise sd 10 % larger{by_noise} The prior sd is held fixed."]


def _change(facts: Facts, mean: FloatArray, sd: FloatArray) -> str:
    """Return the largest change of a coefficient, to first order."""
    first = int(facts.model.intercept)
    sds = facts.posterior_sd[first:]
    means = mean[first:] / sds
    place = int(np.argmax(np.abs(means)))
    name = _named(facts.model.feature_names[place])
    moved, wider = STEP * means[place], 100 * STEP * sd[first + place] / sds[place]
    return (
        f" moves {name} the most: its mean by {moved:.2g} posterior sds, its sd by "
        f"{wider:.2g} %, to first order."
    )
