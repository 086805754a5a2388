"""Write the slides of one notebook as a page for a lecture, or for nbconvert.

Usage: ``uv run --isolated --group docs python docs/slides.py 3 slides.html``

The page is one file and needs no network: pictures and formulas are in it. With
``slides.ipynb`` the result is a notebook, which ``jupyter nbconvert --to slides``
turns into a show of reveal.js. The texts are in ``docs/teaching/slides``, with a number
for each figure. The figures are those in the stored outputs of the notebook.
"""

import json
import re
import sys
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parent.parent
TEXTS = ROOT / "docs" / "teaching" / "slides"
FIGURE = re.compile(r"!\[\]\(figure:(\d+)\)")
PNG = "image/png"


class Slide(NamedTuple):
    """What the class sees, and what the teacher reads, both in Markdown."""

    text: str
    note: str


def main(arguments: list[str]) -> int:
    """Write the file that is named, and return the exit status."""
    kinds = {".html": page, ".ipynb": notebook}
    if len(arguments) != 2 or Path(arguments[1]).suffix not in kinds:
        print("usage: slides.py NUMBER FILE.html or FILE.ipynb", file=sys.stderr)
        return 2
    output = Path(arguments[1]).resolve()
    try:
        if not output.parent.is_dir():
            raise ValueError(f"there is no folder {output.parent.name!r}")
        made = kinds[output.suffix](slides_of(arguments[0]))
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    output.write_text(made, encoding="utf-8")
    print(f"{output.name}: {output.stat().st_size / 1e3:.0f} kB")
    return 0


def slides_of(number: str) -> list[Slide]:
    """Return the slides of a notebook, with the figures in them."""
    known = sorted(each.stem for each in TEXTS.glob("*.md"))
    if (stem := number.zfill(2)) not in known:
        allowed = f"there are slides for the notebooks 1 to {len(known)}"
        raise ValueError(f"{allowed}, not {number[:20]!r}")
    text = (TEXTS / f"{stem}.md").read_text(encoding="utf-8")
    shown = figures(stem)
    slides = []
    for k, slide in enumerate(text.split("\n---\n"), 1):
        for wanted in map(int, FIGURE.findall(slide)):
            if not 1 <= wanted <= len(shown):
                has = f"notebook {number} has {len(shown)} figures"
                raise ValueError(f"slide {k} wants figure {wanted}, and {has}")
        filled = FIGURE.sub(lambda found: shown[int(found[1]) - 1], slide)
        seen, _, note = filled.partition("\nNote:")
        slides.append(Slide(seen.strip(), note.strip()))
    return slides


def figures(stem: str) -> list[str]:
    """Return the figures of a notebook as images in Markdown, with their words."""
    (path,) = (ROOT / "notebooks").glob(f"{stem}_*.ipynb")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    found = []
    for output in outputs:
        if PNG in output.get("data", {}):
            picture = "".join("".join(output["data"][PNG]).split())
            words = output["metadata"][PNG]["alt"]
            found.append(f"![{words}](data:{PNG};base64,{picture})")
    return found


def notebook(slides: list[Slide]) -> str:
    """Return a notebook that has two cells for each slide, its text and its note."""
    cells: list[dict[str, Any]] = []
    for k, slide in enumerate(slides, 1):
        for kind, text in (("slide", slide.text), ("notes", slide.note)):
            cell = {"cell_type": "markdown", "id": f"{kind}-{k}", "source": text}
            cells.append(cell | {"metadata": {"slideshow": {"slide_type": kind}}})
    whole = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def page(slides: list[Slide]) -> str:
    """Return a page that shows one slide at a time."""
    from markdown_it import MarkdownIt
    from mathml import mathml
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    def formula(tex: str, settings: dict[str, bool]) -> str:
        return mathml(tex, block=settings["display_mode"])

    reader = MarkdownIt().enable("table")
    reader.validateLink = lambda url: True  # a picture is in its address
    reader.use(dollarmath_plugin, renderer=formula)
    sections = (
        f'<section id="{k}">{reader.render(each.text)}'
        f"<aside>{reader.render(each.note)}</aside></section>"
        for k, each in enumerate(slides, 1)
    )
    title = escape(slides[0].text.splitlines()[0].lstrip("# "))
    whole = (TEXTS / "page.html").read_text(encoding="utf-8")
    whole = whole.replace("<!-- title -->", title)
    return whole.replace("<!-- slides -->", "\n".join(sections))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
