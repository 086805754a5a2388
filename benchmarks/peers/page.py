"""Write what was measured as tables of the page."""

import math
import os
import platform
from importlib.metadata import version
from pathlib import Path
from statistics import median

from contender import OURS
from measure import Entry, digits, error_in_mcse, ratio

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
LIBRARIES = (
    "bayes-l2", "numpy", "scipy", "scikit-learn", "statsmodels", "glum", "pymc",
    "nutpie", "numpyro", "jax", "dask", "dask-ml", "pandas", "pyarrow",
)  # fmt: skip
HEADINGS = {"digits": "coef", "digits of sd": "sd", "digits of LOO": "loo"}
EVEN = 0.95  # a ratio of times above this is not called faster
Truth = dict[str, list[str]]


def put(name: str, text: str) -> None:
    """Replace the part of the page between the marks of a name."""
    start, end = f"<!-- {name} -->\n", f"<!-- end {name} -->\n"
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(start)
    _, after = rest.split(end)
    new = f"{before}{start}\n{text}\n\n{end}{after}"
    PAGE.write_text(new, encoding="utf-8")


def table(header: list[str], rows: list[list[str]]) -> str:
    """Return a table in Markdown."""
    rule = "|" + "---|" * len(header)
    first, *others = (f"| {' | '.join(row)} |" for row in (header, *rows))
    return "\n".join([first, rule, *others])


def machine() -> str:
    """Return the machine and the versions in words."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[2]
    versions = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"Measured on a shared machine with {os.cpu_count()} cores and {memory:.0f} GB "
        f"of memory, under {platform.system()}; {load:.1f} processes were busy on "
        f"average. Python {platform.python_version()}, {versions}."
    )


def shown(value: float, places: int = 1) -> str:
    """Return a number with a few digits, and a dash for none."""
    return "–" if math.isnan(value) else f"{value:.{places}f}"


def seconds(value: float) -> str:
    """Return a time with two digits after the first."""
    return "–" if math.isnan(value) else f"{float(f'{value:.2g}'):.10g}"


def measures(entry: Entry, base: Entry, exact: Truth, far: Truth) -> dict[str, float]:
    """Return the numbers of a row by the heading of their column."""
    found: dict[str, float] = {"s": median(entry.seconds)}
    found["time / ours"] = ratio(entry, base)
    found["import and first run, s"] = entry.prepared + entry.first
    answer, shifted = entry.answer, entry.shifted
    if "ess" in answer:
        found["ESS / s"] = answer["ess"] / found["s"]
        found["ESS / s / ours"] = found["ESS / s"] / (
            base.answer["ess"] / median(base.seconds)
        )
        found["largest error, MCSE"] = error_in_mcse(answer, exact)
    else:
        for heading, name in HEADINGS.items():
            if name in exact:
                has = name in answer
                found[heading] = digits(answer[name], exact[name]) if has else math.nan
        for heading, name in HEADINGS.items():
            if name in far:
                has = name in shifted
                value = digits(shifted[name], far[name]) if has else math.nan
                found[f"{heading}, offset"] = value
    found["peak MB"] = entry.peak
    return found


def section(entries: list[Entry], exact: Truth, far: Truth) -> str:
    """Return the table of a section, and what others do better in it."""
    base, rows, better = entries[0], [], []
    ours = measures(base, base, exact, far)
    header = ["", "gives", *ours]
    for entry in entries:
        contender = entry.contender
        if entry.error:
            blank = ["–"] * (len(ours) - 1)
            rows.append([contender.name, contender.gives, entry.error, *blank])
            continue
        found = measures(entry, base, exact, far)
        cells = [
            seconds(value)
            if name in ("s", "import and first run, s")
            else shown(value, 0 if name in ("peak MB", "ESS / s") else decimals(value))
            for name, value in found.items()
        ]
        rows.append([contender.name, contender.gives, *cells])
        points = advantages(found, ours)
        if points and not contender.name.startswith(OURS):
            better.append(f"{contender.name} ({', '.join(points)})")
    lead = (
        "Better than our first row"
        if better
        else "No other row is better than our first row"
    )
    tail = f": {'; '.join(better)}." if better else " in any column."
    return table(header, rows) + f"\n\n{lead}{tail}"


def decimals(value: float) -> int:
    """Return how many decimals a ratio or a number of digits gets."""
    return 2 if abs(value) < 1 else 1


def advantages(found: dict[str, float], ours: dict[str, float]) -> list[str]:
    """Return in which columns a contender is better than our own row."""
    points = []
    if found["time / ours"] < EVEN:
        points.append(f"{found['time / ours']:.2f} of the time")
    first = "import and first run, s"
    if found[first] < EVEN * ours[first]:
        points.append("a faster first run")
    for name, value in found.items():
        if name.startswith("digits") and value > ours[name] + 0.05:
            points.append(f"{value - ours[name]:.1f} more {name}")
    if found.get("ESS / s / ours", 0.0) > 1 / EVEN:
        points.append(f"{found['ESS / s / ours']:.1f} times the ESS per second")
    if found["peak MB"] < EVEN * ours["peak MB"]:
        points.append(f"{ours['peak MB'] - found['peak MB']:.0f} MB less memory")
    return points
