"""The report as Markdown: the same content, and names that are no marks."""

import re
from pathlib import Path

import numpy as np
import pandas as pd

from bayes_l2 import LinearModel, compare, likelihoods, priors

NAMES = ["x|y", "`a``b`", "<script>", "*_[a](b)_*", "&lt;", "$x$", "line\nline", "\\|"]
RNG = np.random.default_rng(0)


def test_names_are_no_marks_of_markdown(tmp_path: Path) -> None:
    X = pd.DataFrame(RNG.standard_normal((30, len(NAMES))), columns=NAMES)
    labels = np.where(X["x|y"] > 0, "| `yes`", "<no>")
    model = LinearModel(
        X, labels, likelihood=likelihoods.Bernoulli(), prior=priors.Normal(1.0)
    )
    compared = compare(model, routes=["penalised", "map"])
    path = tmp_path / "out.md"
    compared.to_markdown(path)
    text = path.read_text(encoding="utf-8")
    outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", text.replace("\\`", ""))
    assert not re.findall(r"(?<!\\)<", outside)
    lines = text.split("\n")
    tables = [line for line in lines if line.startswith("|")]
    for block in re.findall(r"(?:^\|.*\n)+", text, flags=re.MULTILINE):
        rows = block.strip().split("\n")
        # bars of the table itself: behind an even number of backslashes
        bars = [
            len(re.findall(r"(?<!\\)(?:\\\\)*\|", row.replace(" | ", "|")))
            for row in rows
        ]
        assert len(set(bars)) == 1
    estimates = [line for line in tables if line.startswith(r"| x\|y | ")]
    assert f"{compared.table['map']['x|y']:.3f}" in estimates[0].split("|")[3]
    assert "y = 1 stands for \\| \\`yes\\`, and y = -1 for \\<no\\>" in text
    assert "`Σ log(1 + exp(∓(a + Xb))), - where y = 1, + ½ α ||b||²`" in text
    assert "Laplace approximation" in text
