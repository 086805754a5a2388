"""The section of a report that holds a scene of the explorer."""

from bayes_l2.comparison.document.blocks import Block, Paragraph, Scene, Table
from bayes_l2.comparison.document.circumstances import Circumstances
from bayes_l2.comparison.document.documented import Documented
from bayes_l2.comparison.document.scene.pair import Pair, obstacle, strongest_pair
from bayes_l2.comparison.document.tables import value_of
from bayes_l2.comparison.report import SCALES
from bayes_l2.explorer.page import explorer_page
from bayes_l2.model.layout import NOISE_SD, PRIOR_SD

CAPTION = "The two columns alone, as the scene opens"


def scene_section(comparison: Documented, told: Circumstances) -> list[Block]:
    """Return a scene of the two strongest columns, or the reason why there is none."""
    reason = obstacle(comparison)
    if reason:
        text = f"The explorer has no scene of this model: {reason}."
        return [Paragraph(text, "quiet")]
    pair = strongest_pair(comparison)
    first, second = pair.columns.names
    rows = [
        (name, value_of(f"{mean:.6g}", mean), value_of(f"{sd:.6g}", sd))
        for name, mean, sd in zip(
            pair.columns.names, pair.mean.tolist(), pair.sd.tolist(), strict=True
        )
    ]
    return [
        Paragraph(_words(comparison, pair)),
        Table(CAPTION, ("parameter", "exact mean", "exact sd"), rows),
        Scene(
            f"The explorer: prior, likelihood and posterior of {first} and {second}",
            explorer_page(pair.columns, scene=pair.fragment),
            "The report as a page for the browser has a scene of the explorer here.",
        ),
    ]


def _words(comparison: Documented, pair: Pair) -> str:
    model = comparison.model
    first, second = pair.columns.names
    sentences = [
        f"The scene shows {first} and {second}, at a noise sd σ of {pair.noise_sd:.6g} "
        f"and a prior sd τ of {pair.prior_sd:.6g}."
    ]
    if model.n_features > 2:
        sentences.append(
            "Their coefficients are the largest for one sd of a column. The scene has "
            "no other column, so these coefficients differ from those above."
        )
    unknown = [
        SCALES[name] for name in (NOISE_SD, PRIOR_SD) if name in model.unknown_scales
    ]
    if unknown:
        sentences.append(
            f"The model does not know the {' and the '.join(unknown)}: the scene opens "
            "at the exact median, as if it were known."
        )
    return " ".join(sentences)
