"""Contrasts of the page, from the colours of its style: WCAG 2.2, 1.4.3 and 1.4.11.

A stroke or a dot has 3:1 and text 4.5:1 against all that lies under it. That is the
paper, a band of the posterior on it, and the stroke's own fill on either.
"""

import re
from pathlib import Path

import numpy as np
import pytest

STYLE = (Path(__file__).parents[2] / "explorer" / "style.css").read_text("utf-8")
MARK, TEXT = 3.0, 4.5
QUIET = {"line", "paper"}  # the grid, and the gap around a dot, carry no meaning
RULES = [
    (selector.strip(), dict(re.findall(r"([\w-]+): ([^;]+)", body)))
    for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", STYLE)
    if ":root" not in selector and ":disabled" not in selector
]


NAMES: list[str] = ["light", "dark"]
SCHEMES = {
    scheme: {
        name: np.array([int(both[place][i : i + 2], 16) / 255 for i in (0, 2, 4)])
        for name, *both in re.findall(
            r"--(\w+): light-dark\(#(\w{6}), #(\w{6})\)", STYLE
        )
    }
    for place, scheme in enumerate(NAMES)
}


def contrast(one: np.ndarray, other: np.ndarray) -> float:
    """Return the ratio of relative luminances (WCAG 2.2)."""
    light = [
        np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
        @ [0.2126, 0.7152, 0.0722]
        for c in (one, other)
    ]
    return float((max(light) + 0.05) / (min(light) + 0.05))


def named(rule: dict[str, str], field: str) -> str | None:
    found = re.search(r"var\(--(\w+)\)", rule.get(field, ""))
    return found[1] if found else None


@pytest.mark.parametrize("scheme", SCHEMES)
def test_strokes_and_dots_stand_out(scheme: str) -> None:
    colour = SCHEMES[scheme]
    paper = colour["paper"]
    band = dict(RULES)[".band path"]
    assert named(band, "fill") == "posterior"
    under = [paper, mixed(colour["posterior"], paper, float(band["fill-opacity"]))]
    seen = []
    for selector, rule in RULES:
        if "text" in selector:
            continue
        fill = named(rule, "fill")
        for name in {
            named(rule, "stroke"),
            fill if "fill-opacity" not in rule else None,
        }:
            if name is None or name in QUIET:
                continue
            grounds = list(under)
            if fill and "fill-opacity" in rule:
                share = float(rule["fill-opacity"])
                grounds += [mixed(colour[fill], ground, share) for ground in under]
            for ground in grounds:
                drawn = mixed(colour[name], ground, float(rule.get("opacity", 1)))
                ratio = contrast(drawn, ground)
                assert ratio >= MARK, f"{selector}: {ratio:.2f}"
            seen.append(name)
    assert {"likelihood", "posterior", "ridge", "other", "prior"} <= set(seen)


def mixed(above: np.ndarray, ground: np.ndarray, share: float) -> np.ndarray:
    return share * above + (1 - share) * ground


@pytest.mark.parametrize("scheme", SCHEMES)
def test_text_can_be_read(scheme: str) -> None:
    colour = SCHEMES[scheme]
    for selector, rule in RULES:
        is_text = "text" in selector and "fill" in rule
        name = named(rule, "fill" if is_text else "color")
        if name is None:
            continue
        own = named(rule, "background")
        for ground in [own] if own else ["paper", "box"]:
            ratio = contrast(colour[name], colour[ground])
            assert ratio >= TEXT, f"{selector} on {ground}: {ratio:.2f}"
