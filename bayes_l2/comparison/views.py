"""The views of a comparison: reports, tables, its figure, plain values."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_l2 import arguments, validation
from bayes_l2.comparison.reference import summary_of_draws, summary_of_posterior
from bayes_l2.model.description import assumptions

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

POSTERIORS = ("exact", "mcmc", "laplace")


class Views:
    """The views of a comparison, which has the routes, ``table`` and ``checks``."""

    @property
    def checks_table(self: Any) -> "pd.DataFrame":
        """A row a check of the routes that were asked for, by its claim.

        The columns are ``passed`` (missing where a check does not apply),
        ``statistic`` and ``tolerance`` in ``unit``, ``at_least`` and ``reason``; see
        ``Check``.
        """
        from bayes_l2.comparison import report

        return report.checks_table(report.shown_checks(self))

    def summary(self: Any, *, route: str | None = None) -> "pd.DataFrame":
        """Return a row a parameter: mean, sd, ``2.5%``, ``50%`` and ``97.5%``.

        Unknown scales and the penalty are there themselves, and not by their
        logarithms as in ``table``.

        Parameters
        ----------
        route : {"exact", "mcmc", "laplace"}, optional
            The posterior; by default the first of these that there is.

        Returns
        -------
        pandas.DataFrame
            In the units of the parameters, with their names as its index.

        Raises
        ------
        ValueError
            If there is no posterior, or none by this route.
        """
        there = [name for name in POSTERIORS if getattr(self, name) is not None]
        if not there:
            raise ValueError(
                "there is no posterior to summarise; ask compare for the route 'mcmc'"
            )
        if route is not None:
            validation.one_of(route, there, "route")
        name = route or there[0]
        names = (*self.model.layout.names, *self.scale_names)
        if name == "mcmc":
            return summary_of_draws([self.draws_of(each) for each in names], names)
        return summary_of_posterior(getattr(self, name), names)

    def plot(self: Any) -> "Figure":
        """Draw the reference with the points of all routes, and the draws beside it.

        Returns
        -------
        matplotlib.figure.Figure
            Two panels; the second only where there are draws.
        """
        from bayes_l2.comparison.figure import comparison_figure

        return comparison_figure(self)

    def to_html(self: Any, path: Any) -> None:
        """Write a report that can be handed in, as one file that asks for no other.

        It has the model in words and formulas, the table, each check with its meaning,
        the figures with their descriptions and numbers, and how to reproduce them.

        Parameters
        ----------
        path : str or path
            The file, which ends in ``.html``. One that is there is replaced; nothing
            half-written is left.

        Raises
        ------
        ValueError
            If the ending is another one, or the file cannot be written.
        """
        _write_report(self, path, ".html")

    def to_markdown(self: Any, path: Any) -> None:
        """Write the same report as Markdown, with its figures in words and numbers.

        Parameters
        ----------
        path : str or path
            The file, which ends in ``.md``, as for ``to_html``.

        Raises
        ------
        ValueError
            If the ending is another one, or the file cannot be written.
        """
        _write_report(self, path, ".md")

    def to_dict(self: Any) -> dict[str, Any]:
        """Return model, table, checks and outcome as plain values, ready for JSON.

        A number that is not finite is None.
        """
        result = {
            "model": assumptions(self.model),
            "parameters": self.table.to_dict(orient="index"),
            "scales": self.scales,
            "log_evidence": self.log_evidence,
            "not_applicable": self.not_applicable,
            "failed": self.failed,
            "checks": [asdict(check) for check in self.checks],
            "passed": self.passed,
        }
        return _without_infinities(result)

    def __str__(self: Any) -> str:
        from bayes_l2.comparison import report

        return report.as_text(self)

    def __rich__(self: Any) -> Any:
        from bayes_l2.comparison import report

        return report.as_rich(self)

    def _repr_html_(self: Any) -> str:
        from bayes_l2.comparison import report

        return report.as_html(self)

    def __repr__(self: Any) -> str:
        asked = [check.passed for check in self.checks if check.was_asked]
        passed, failed, neither = map(asked.count, (True, False, None))
        return (
            f"Comparison({passed} checks passed, {failed} failed, "
            f"{neither} not applicable)"
        )


def _write_report(comparison: Any, path: Any, suffix: str) -> None:
    from bayes_l2.comparison.document.circumstances import Circumstances
    from bayes_l2.comparison.document.write import write

    where = arguments.path(path)
    write(comparison, where, Circumstances(), suffixes=(suffix,))


def _without_infinities(value: Any) -> Any:
    """Return nested dictionaries and lists with None for numbers that are not."""
    if isinstance(value, dict):
        return {key: _without_infinities(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_without_infinities(each) for each in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value
