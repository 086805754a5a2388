"""Hold the package against its peers, and write ``docs/benchmarks.md``.

Usage: ``uv run --project benchmarks/peers python benchmarks/peers/run.py``, with

- ``--quick``: few rows and two rounds, to see that everything runs;
- ``--only SECTION``: exact, path, hierarchical, nuts, logistic, streaming or growth;
- ``--write``: put the tables and the figure into the page.

Each contender has a process of its own. They run in turn, once in each round, with BLAS
on one thread.
"""

import argparse
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import figure
import growth
import page
from measure import Entry, in_turn, python, truth
from worker import SECTIONS

FIGURE = page.PAGE.parent / "static" / "growth.png"
OFFSET = 1e6  # of all columns, where digits are counted a second time
SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
GROWTH_COLUMNS = 20


@dataclass(frozen=True)
class Size:
    """How large the problem of a section is, and how often it is solved.

    Attributes
    ----------
    rows, columns : int
        Of the features.
    shifted_rows : int
        Rows of the case whose columns are offset; none if 0.
    rounds : int
        Timed runs, after a first one.
    """

    rows: int
    columns: int
    shifted_rows: int
    rounds: int

    def quick(self) -> "Size":
        """Return a small problem."""
        few = min(self.rows, 1000)
        return replace(
            self, rows=few, columns=10, shifted_rows=self.shifted_rows and few, rounds=2
        )


PLAN = {
    "exact": Size(100_000, 100, 20_000, 7),
    "path": Size(10_000, 50, 2_000, 5),
    "hierarchical": Size(10_000, 20, 10_000, 11),
    "nuts": Size(1_000, 20, 0, 3),
    "logistic": Size(20_000, 20, 5_000, 7),
    "streaming": Size(1_000_000, 20, 200_000, 3),
}


def say(text: str) -> None:
    """Tell how far the measurements are."""
    print(f"  {text}", file=sys.stderr, flush=True)


def measure(name: str, size: Size, folder: Path) -> str:
    """Return the text of a section."""
    plain, shifted = folder / name, folder / f"{name}-shifted"
    columns, parquet = str(size.columns), ["--parquet"] * (name == "streaming")
    python("data.py", str(plain), str(size.rows), columns, "0", *parquet)
    exact, far = truth(name, plain), {}
    entries = [Entry(name, number) for number in range(len(SECTIONS[name]))]
    try:
        in_turn(entries, plain, size.rounds, say)
        if size.shifted_rows:
            rows = str(size.shifted_rows)
            python("data.py", str(shifted), rows, columns, str(OFFSET), *parquet)
            far = truth(name, shifted)
            for entry in entries:
                fault = entry.error
                entry.ask_about(shifted)
                entry.error = fault  # without digits it keeps its times
        text = page.section(entries, exact, far)
    finally:
        for entry in entries:
            entry.end()
    facts = f"{size.rows:,} rows × {size.columns} columns".replace(",", " ")
    facts += f", {size.rows * size.columns * 8 / 1e6:.1f} MB; {size.rounds} rounds"
    if size.shifted_rows:
        shown = f"{size.shifted_rows:,}".replace(",", " ")
        facts += f". “Offset”: {shown} rows, {OFFSET:.0e} added to all columns"
        facts = facts.replace("e+0", "e")
    return f"{facts}.\n\n{text}"


def grow(sizes: tuple[int, ...], folder: Path, *, write: bool) -> str:
    """Return the text of the figure, and draw it."""
    target = folder / "growth"
    python("data.py", str(target), str(sizes[-1]), str(GROWTH_COLUMNS), "0")
    panels: dict[str, dict[str, growth.Curve]] = {}
    ends: list[str] = []
    for panel in growth.PANELS:
        panels[panel], ended = growth.grow(panel, target, sizes, say)
        ends += ended
    path = FIGURE if write else folder / FIGURE.name
    figure.draw(panels, path)
    image = f"![{figure.described(panels)}](static/{FIGURE.name})"
    left = (
        f"Stopped at a smaller size: {'; '.join(ends)}."
        if ends
        else "None stopped at a smaller size."
    )
    return f"{image}\n\n{GROWTH_COLUMNS} columns. {growth.rules()}\n\n{left}"


def main() -> None:
    """Measure what the options ask for."""
    parser = argparse.ArgumentParser(description="Hold the package against its peers.")
    parser.add_argument("--quick", action="store_true", help="few rows, two rounds")
    parser.add_argument("--only", choices=[*PLAN, "growth"], help="one section")
    parser.add_argument("--write", action="store_true", help="write the page")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=page.PAGE.parents[1]) as name:
        folder = Path(name)
        for section in [options.only] if options.only else [*PLAN, "growth"]:
            say(section)
            if section == "growth":
                sizes = SIZES[:2] if options.quick else SIZES
                text = grow(sizes, folder, write=options.write)
            else:
                size = PLAN[section]
                text = measure(section, size.quick() if options.quick else size, folder)
            print(f"## {section}\n\n{text}\n", flush=True)
            if options.write:
                page.put(section, text)
        if options.write:
            page.put("machine", page.machine())


if __name__ == "__main__":
    main()
