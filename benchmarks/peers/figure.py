"""Draw the growth of time with the number of rows."""

from pathlib import Path

from contender import OURS
from growth import Curve


def draw(panels: dict[str, dict[str, Curve]], path: Path) -> None:
    """Write a figure with a panel for each kind of model, both axes logarithmic."""
    import matplotlib as mpl

    mpl.use("agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(
        1, len(panels), figsize=(11, 4.6), sharey=True, squeeze=False, dpi=110
    )
    for axis, (title, curves) in zip(axes[0], panels.items(), strict=True):
        others = 0
        for name, curve in curves.items():
            ours = name.startswith(OURS)
            others += not ours
            rows, seconds = zip(*curve, strict=True) if curve else ((), ())
            axis.loglog(
                rows,
                seconds,
                marker="o" if ours else "os^Dv"[others],
                markersize=4,
                linewidth=2.5 if ours else 1.2,
                linestyle="--" if ours and "mcmc" in name else "-",
                color="black" if ours else f"C{others - 1}",
                label=name.replace("`", ""),
            )
        axis.set_title(title)
        axis.set_xlabel("rows")
        axis.grid(alpha=0.3)
        axis.legend(
            loc="upper center", bbox_to_anchor=(0.5, -0.16), fontsize=7, frameon=False
        )
    axes[0, 0].set_ylabel("seconds")
    figure.tight_layout()
    figure.savefig(path, metadata={"Software": None})
    plt.close(figure)


def described(panels: dict[str, dict[str, Curve]]) -> str:
    """Return the alternative text: each curve's ends."""
    parts = []
    for title, curves in panels.items():
        ends = [
            f"{name.replace('`', '')} from {curve[0][1]:.2g} s at {curve[0][0]:,} rows "
            f"to {curve[-1][1]:.2g} s at {curve[-1][0]:,}"
            for name, curve in curves.items()
            if curve
        ]
        parts.append(f"{title}: {'; '.join(ends)}.")
    text = " ".join(parts).replace("[", "(").replace("]", ")")
    return f"Seconds over rows, both axes logarithmic. {text}"
