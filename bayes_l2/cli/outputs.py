"""What ``bayes-l2 compare`` writes: a report, predictions, the comparison, and more."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from bayes_l2.cli.files import require_distinct, require_writable
from bayes_l2.cli.numbers import number
from bayes_l2.files import draft_of
from bayes_l2.texts import shown

if TYPE_CHECKING:
    import pandas as pd

    from bayes_l2.comparison.base import Comparison
    from bayes_l2.comparison.document.circumstances import Circumstances
    from bayes_l2.model.linear_model import LinearModel

DEFAULT_COVERAGE = 0.95
FORMATS = {
    "--report": (".html", ".md"),
    "--plot": (".png", ".svg", ".pdf"),
    "--output": (".csv", ".parquet"),
    "--save": (".nc",),
}


def coverage_of(text: str | None) -> float | None:
    """Return the probability that --coverage states."""
    if text is None:
        return None
    try:
        value = number(text)
    except ValueError:
        value = math.nan
    if not 0 < value < 1:
        raise ValueError(
            "--coverage must be a number between 0 and 1, such as 0.9; got "
            f"{shown(text)}"
        )
    return value


@dataclass(frozen=True)
class Outputs:
    """The files to write, each None where it was not asked for.

    Attributes
    ----------
    report, plot, output, save : Path or None
        The report, the figure, the predictions and the comparison.
    coverage : float or None
        Probability of the intervals of the predictions.
    """

    report: Path | None
    plot: Path | None
    output: Path | None
    save: Path | None
    coverage: float | None = None

    def require_writable(self, file: str | None, new: str | None) -> None:
        """Refuse what cannot be written, before anything is fitted.

        Parameters
        ----------
        file, new : str or None
            The tables to read: the data, and the rows to predict.
        """
        if (new is None) != (self.output is None):
            raise ValueError(
                "--predict NEW and --output FILE go together: the rows to predict, and "
                "where to write the predictions"
            )
        if self.coverage is not None and new is None:
            raise ValueError("--coverage is for the intervals of --predict NEW")
        if file == new == "-":
            raise ValueError("FILE and --predict cannot both be standard input")
        written = {"--report": self.report, "--plot": self.plot}
        written |= {"--output": self.output, "--save": self.save}
        for option, path in written.items():
            if path is not None:
                require_writable(path, option, FORMATS[option])
        require_distinct({"FILE": file, "--predict": new}, written)

    @property
    def has_figure(self) -> bool:
        """Whether the figure of the comparison is in one of the files."""
        in_report = self.report is not None and self.report.suffix.lower() == ".html"
        return self.plot is not None or in_report

    def require_intervals(self, model: "LinearModel") -> None:
        """Refuse a coverage where predictions have no intervals."""
        if self.coverage is not None and model.classes is not None:
            raise ValueError(
                "--coverage is for numbers and counts: the prediction of a class is "
                "its probability"
            )

    def cautions(self, comparison: "Comparison") -> Iterator[str]:
        """Yield what a reader of the files should know, a line each."""
        from bayes_l2.comparison.convergence import CONVERGED_DRAWS

        by_draws = comparison.exact is None and comparison.mcmc is not None
        if self.output and by_draws and comparison.lacks(CONVERGED_DRAWS):
            yield "the predictions come from draws that have not converged"

    def write(
        self,
        comparison: "Comparison",
        new: "pd.DataFrame | None",
        told: "Circumstances",
    ) -> Iterator[str]:
        """Write each file whole, and yield a line on each."""
        if new is not None and self.output is not None:
            coverage = DEFAULT_COVERAGE if self.coverage is None else self.coverage
            predictions = comparison.predict(new, coverage=coverage)
            _write_predictions(predictions, self.output)
            by = predictions.attrs["source"]
            rows = "1 row" if len(new) == 1 else f"{len(new)} rows"
            yield f"Predictions of {rows} by the {by}: {self.output}"
        if self.save is not None:
            comparison.save(self.save)
            yield f"Comparison: {self.save}"
        if self.plot is not None or self.report is not None:
            import matplotlib as mpl

            mpl.use("agg")  # no window
        if self.plot is not None:
            _write_figure(comparison, self.plot)
            yield f"Figure: {self.plot}"
        if self.report is not None:
            from bayes_l2.comparison.document.write import write

            write(comparison, self.report, told, name="--report")
            yield f"Report: {self.report}"


def _write_predictions(predictions: "pd.DataFrame", path: Path) -> None:
    rows = predictions.index.to_numpy() + 1  # the first row below the names is 1
    numbered = predictions.reset_index(drop=True)
    numbered.insert(0, "row", rows)
    written = BytesIO()
    if path.suffix.lower() == ".parquet":
        numbered.to_parquet(written, index=False)
    else:
        numbered.to_csv(written, index=False, lineterminator="\n")
    with draft_of(path, "--output") as draft:
        draft.write_bytes(written.getvalue())


def _write_figure(comparison: "Comparison", path: Path) -> None:
    drawn = BytesIO()
    comparison.plot().savefig(drawn, format=path.suffix[1:].lower(), dpi=150)
    with draft_of(path, "--plot") as draft:
        draft.write_bytes(drawn.getvalue())
