"""The same advice in the words of Python and in those of the command line."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bayes_l2.comparison.check import Remedy

SMALLER_TOLERANCE = (
    "Fit the estimator with a smaller tol and a larger max_iter, and look whether X, y "
    "and sample_weight are those of its fit"
)


@dataclass(frozen=True)
class Wording:
    """Sentences for a reader who writes Python, or types commands.

    Attributes
    ----------
    remedies : dict of Remedy to str
        What to try; "{draws}" and "{tune}" are filled in.
    several_chains : str
        What to add where there is one chain.
    all_routes : str
        What to try where nothing was compared.
    next : str
        What to look at where all checks have passed.
    next_to_points : str
        The same where there is no posterior.
    left_out : str
        Where the columns are that had no room.
    left_out_rows : str
        Where the rows are that a long table lacks.
    """

    remedies: Mapping[Remedy, str]
    several_chains: str
    all_routes: str
    next: str
    next_to_points: str
    left_out: str
    left_out_rows: str


PYTHON = Wording(
    {
        Remedy.LONGER_CHAINS: "Try draws={draws}, tune={tune}",
        Remedy.STANDARDISED_COLUMNS: "Try datasets.standardise(X), which takes a "
        "DataFrame",
        Remedy.ANOTHER_ENGINE: 'Try the other engine, engine="nutpie" or "pymc"',
        Remedy.SMALLER_TOLERANCE: SMALLER_TOLERANCE,
    },
    several_chains=", chains=4",
    all_routes="Try it without the argument routes",
    next="Look next at .summary() and .plot()",
    next_to_points="Look next at .table and .plot()",
    left_out=".table and .checks_table have all",
    left_out_rows=".table has all",
)
COMMAND_LINE = Wording(
    {
        Remedy.LONGER_CHAINS: "Try --draws {draws} --tune {tune}",
        Remedy.STANDARDISED_COLUMNS: "Try --standardise",
        Remedy.ANOTHER_ENGINE: "Try the other engine, --engine nutpie or pymc",
        Remedy.SMALLER_TOLERANCE: SMALLER_TOLERANCE,
    },
    several_chains="",  # the command draws four
    all_routes="Try it without --routes",
    next="Look next at the figure of --plot FILE.png",
    next_to_points="Look next at the figure of --plot FILE.png",
    left_out="A wider terminal and --json have all",
    left_out_rows="--json has all",
)


def with_figure(wording: Wording) -> Wording:
    """Return the wording where the figure has been asked for."""
    there = "Look next at the figure"
    return replace(wording, next=there, next_to_points=there)
