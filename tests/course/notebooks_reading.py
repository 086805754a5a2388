"""How long a notebook takes to read, from its words, code, figures and tables."""

import re
from typing import Any

WORDS_A_MINUTE = 200  # of text, and of printed lines
SECONDS_A_LINE = 3  # of code
SECONDS_A_PICTURE = 20  # a figure, a table or a displayed formula
WORDS_A_FORMULA = 3  # in a line of text


def words(source: str) -> int:
    """Return the words of a cell of text; an address of a link is no word."""
    source = re.sub(r"\$\$.*?\$\$", " ", source, flags=re.DOTALL)
    source = re.sub(r"\$[^$]+\$", " word " * WORDS_A_FORMULA, source)
    source = re.sub(r"\]\([^)]*\)", "]", source)
    return len(re.findall(r"[^\s|#*-]\S*", source))


def minutes(notebook: Any) -> float:
    """Return the minutes that a notebook takes to read, without its exercises."""
    seconds = 0.0
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            seconds += words(cell.source) * 60 / WORDS_A_MINUTE
            seconds += len(re.findall(r"\$\$.*?\$\$", cell.source, re.DOTALL)) * (
                SECONDS_A_PICTURE
            )
            continue
        seconds += SECONDS_A_LINE * len(cell.source.splitlines())
        for output in cell.outputs:
            seconds += words(output.get("text", "")) * 60 / WORDS_A_MINUTE
            data = output.get("data", {})
            seconds += SECONDS_A_PICTURE * bool({"image/png", "text/html"} & set(data))
    return seconds / 60
