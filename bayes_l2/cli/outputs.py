"""What ``bayes-l2 compare`` writes: a figure, predictions, the comparison itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from bayes_l2.cli.files import draft_of, require_distinct, require_writable

if TYPE_CHECKING:
    import pandas as pd

    from bayes_l2.comparison.base import Comparison

FORMATS = {
    "--plot": (".png", ".svg", ".pdf"),
    "--output": (".csv", ".parquet"),
    "--save": (".nc",),
}


@dataclass(frozen=True)
class Outputs:
    """The files to write, each None where it was not asked for."""

    plot: Path | None
    output: Path | None
    save: Path | None

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
        if file == new == "-":
            raise ValueError("FILE and --predict cannot both be standard input")
        written = {"--plot": self.plot, "--output": self.output, "--save": self.save}
        for option, path in written.items():
            if path is not None:
                require_writable(path, option, FORMATS[option])
        require_distinct({"FILE": file, "--predict": new}, written)

    def cautions(self, comparison: "Comparison") -> Iterator[str]:
        """Yield what a reader of the files should know, a line each."""
        from bayes_l2.comparison.convergence import CONVERGED_DRAWS

        by_draws = comparison.exact is None and comparison.mcmc is not None
        if self.output and by_draws and comparison.lacks(CONVERGED_DRAWS):
            yield "the predictions are by draws that have not converged"

    def write(
        self, comparison: "Comparison", new: "pd.DataFrame | None"
    ) -> Iterator[str]:
        """Write each file whole, and yield a line on each."""
        if new is not None and self.output is not None:
            predictions = comparison.predict(new)
            _write_predictions(predictions, self.output)
            by = predictions.attrs["source"]
            rows = "1 row" if len(new) == 1 else f"{len(new)} rows"
            yield f"Predictions of {rows} by the {by}: {self.output}"
        if self.save is not None:
            comparison.save(self.save)
            yield f"Comparison: {self.save}"
        if self.plot is not None:
            _write_figure(comparison, self.plot)
            yield f"Figure: {self.plot}"


def _write_predictions(predictions: "pd.DataFrame", path: Path) -> None:
    rows = predictions.index.to_numpy() + 1  # the first row below the names is 1
    numbered = predictions.reset_index(drop=True)
    numbered.insert(0, "row", rows)
    written = BytesIO()
    if path.suffix.lower() == ".parquet":
        numbered.to_parquet(written, index=False)
    else:
        numbered.to_csv(written, index=False, lineterminator="\n")
    with draft_of(path) as draft:
        draft.write_bytes(written.getvalue())


def _write_figure(comparison: "Comparison", path: Path) -> None:
    import matplotlib as mpl

    mpl.use("agg")  # no window
    drawn = BytesIO()
    comparison.plot().savefig(drawn, format=path.suffix[1:].lower(), dpi=150)
    with draft_of(path) as draft:
        draft.write_bytes(drawn.getvalue())
