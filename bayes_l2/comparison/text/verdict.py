"""The last line of a report: the outcome, what it means, and what to do next."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from bayes_l2.comparison.check import Check, Remedy
from bayes_l2.comparison.text.wording import PYTHON, Wording
from bayes_l2.model.linear_model import LinearModel

if TYPE_CHECKING:
    import xarray as xr

MOST_FAULTS = 3  # that are named
LONGER = 4  # times as many draws
DEFAULT_DRAWS = 1000
LONG_CHAIN = 10_000  # draws, beyond which more are no help
LONG_ALREADY = "The chains are long already: they mix better under a narrower prior"
FAR = 10.0  # times the sd of a column, or the size of another
NOTHING_TO_TRY = (
    "The columns are standardised already: report it as a fault of the package"
)
MORE_NOISE = (
    "There are more columns than rows, and with so small a noise sd they fit y "
    "exactly: give a larger noise sd"
)
# of draws that the reader has made
GIVEN = {
    Remedy.LONGER_CHAINS: "Make longer chains: {draws} draws each after {tune} of "
    "adaptation, and more than one chain",
    Remedy.ANOTHER_ENGINE: "Compare the likelihood, the priors and the order of "
    "columns behind these draws with those of the model",
}


class Judged(Protocol):
    """The parts of a comparison that a verdict is about."""

    @property
    def model(self) -> LinearModel:
        """The model."""
        ...

    @cached_property
    def checks(self) -> list[Check]:
        """All checks."""
        ...

    @property
    def mcmc(self) -> "xr.DataTree | None":
        """Draws, or None."""
        ...

    @property
    def reference(self) -> tuple[str, Any] | None:
        """The posterior that the routes are shown on."""
        ...

    @property
    def agreement(self) -> str:
        """What the claims that have passed say together."""
        ...


def shown_checks(comparison: Judged) -> Sequence[Check]:
    """Return the checks of the routes that were asked for."""
    return [check for check in comparison.checks if check.was_asked]


def verdict(comparison: Judged, wording: Wording = PYTHON) -> str:
    """Return the outcome in a few sentences: what it means, and what to do next."""
    checks = shown_checks(comparison)
    found = [check.passed for check in checks]
    passed, failed, neither = map(found.count, (True, False, None))
    if failed:
        faults = _faults(checks)
        return " ".join([f"{failed} FAILED: {faults}.", *advice(comparison, wording)])
    if not passed:
        return f"No check applies: nothing was compared. {wording.all_routes}."
    rest = f", {neither} not applicable" if neither else ""
    outcome = f"{passed} of {passed} checks passed{rest}"
    has_posterior = comparison.reference is not None or comparison.mcmc is not None
    afterwards = wording.next if has_posterior else wording.next_to_points
    return f"{outcome}: {comparison.agreement}. {afterwards}."


def _faults(checks: Sequence[Check]) -> str:
    """Return what is wrong, each fault once."""
    faults = list(dict.fromkeys(check.fault for check in checks if check.fault))
    more = len(faults) - MOST_FAULTS
    named = ", ".join(fault.rstrip(".") for fault in faults[:MOST_FAULTS])
    return f"{named} and {more} more" if more > 0 else named


def advice(comparison: Judged, wording: Wording) -> list[str]:
    """Return what to try where checks have failed, a sentence each."""
    found = [check.remedy for check in comparison.checks if check.remedy]
    # before the chains have converged no other fault of theirs says anything
    if Remedy.LONGER_CHAINS in found:
        found = [each for each in found if each is not Remedy.ANOTHER_ENGINE]
    tree = comparison.mcmc
    is_given = tree is not None and "given" in tree.attrs
    sentences = {**wording.remedies, **(GIVEN if is_given else {})}
    if tree is not None and tree["posterior"].sizes["draw"] >= LONG_CHAIN:
        sentences[Remedy.LONGER_CHAINS] = LONG_ALREADY
    if _is_standardised(comparison.model):
        fits_exactly = _fits_exactly(comparison.model)
        nothing_else = MORE_NOISE if fits_exactly else NOTHING_TO_TRY
        sentences[Remedy.STANDARDISED_COLUMNS] = nothing_else
    return [
        f"{_filled(sentences[remedy], tree, wording)}."
        for remedy in dict.fromkeys(found)
    ]


def _is_standardised(model: LinearModel) -> bool:
    """Return whether columns are near 0 and of about one size."""
    if model.X is None:
        return False
    means, sds = model.X.mean(axis=0), model.X.std(axis=0)
    is_near = np.all(np.abs(means) <= FAR * sds)
    return bool(is_near and np.max(sds) <= FAR * np.min(sds))


def _fits_exactly(model: LinearModel) -> bool:
    """Return whether columns that outnumber the rows fit y within a known noise."""
    is_gaussian = model.likelihood.has_statistics and not model.unknown_scales
    return is_gaussian and model.n_features >= model.n_rows


def _filled(sentence: str, tree: "xr.DataTree | None", wording: Wording) -> str:
    """Return a remedy with numbers that are beyond those of the draws."""
    sizes = {} if tree is None else tree["posterior"].sizes
    draws = max(LONGER * sizes.get("draw", 0), DEFAULT_DRAWS)
    if "{draws}" in sentence and sizes.get("chain") == 1:
        sentence += wording.several_chains
    return sentence.format(draws=draws, tune=max(draws // 2, DEFAULT_DRAWS))
