"""Build the explorer: one HTML file, from the sources in this folder.

Each module becomes a function that is called once, in the order of imports. Its
comments and indentation stay here, so that the page is small.
"""

import json
import re
import runpy
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PACKAGE = HERE.parent / "bayes_l2"
OUTPUT = PACKAGE / "explorer" / "explorer.html"
DATA = PACKAGE / "datasets" / "data" / "diabetes.csv"
IMPORT = re.compile(r'^import \{([^}]*)\} from "([^"]*)";\n', re.MULTILINE)
EXPORT = re.compile(
    r"^export (?=(?:async )?(?:function|class|const) (\w+))", re.MULTILINE
)
INDENT = re.compile(r"^ +", re.MULTILINE)
COMMENT = re.compile(r"^ */\*\*(?:(?!\*/).)*\*/\n", re.MULTILINE | re.DOTALL)
REMARK = re.compile(r"/\*\* @(?:type|param) [^\n]*?\*/ ?|^ *//.*\n", re.MULTILINE)


def build() -> str:
    """Return the page."""
    done: dict[Path, str] = {}
    _add(HERE / "src" / "main.js", done)
    page = (HERE / "index.html").read_text(encoding="utf-8")
    parts = {
        "style": (HERE / "style.css").read_text(encoding="utf-8"),
        "data": _json(data()),
        "script": '"use strict";\n' + "\n".join(done.values()),
    }
    for name, text in parts.items():
        page = page.replace(f"/* {name} */", text.replace("</", "<\\/"))
    return page


def data() -> dict[str, Any]:
    """Return the data of the page; ``explorer_page`` fills in those of a user."""
    packing = runpy.run_path(str(HERE / "packing.py"))
    records = runpy.run_path(str(HERE / "export.py"))["conventions"]()
    return {
        "diabetes": packing["packed_numbers"](DATA.read_text(encoding="utf-8")),
        "conventions": packing["packed_records"](records.values()),
        "own": None,
        "scene": "",
    }


def _json(data: dict[str, Any]) -> str:
    """Return data as short JSON."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _add(path: Path, done: dict[Path, str]) -> None:
    """Add a module after those that it imports."""
    source = path.read_text(encoding="utf-8")
    for _, target in IMPORT.findall(source):
        if (path.parent / target).resolve() not in done:
            _add((path.parent / target).resolve(), done)

    def taken(match: re.Match[str]) -> str:
        home = _name((path.parent / match[2]).resolve())
        return f"const {{{match[1].replace(' as ', ': ')}}} = {home};\n"

    names = ", ".join(EXPORT.findall(source))
    bare = INDENT.sub("", REMARK.sub("", COMMENT.sub("", source)))
    body = EXPORT.sub("", IMPORT.sub(taken, bare))
    if re.search(r"^(import|export)\b", body, re.MULTILINE):
        raise ValueError(f"{path}: an import or export of a form that is not known")
    done[path] = f"const {_name(path)} = (() => {{\n{body}return {{ {names} }};\n}})();"


def _name(path: Path) -> str:
    inside = path.relative_to(HERE / "src").with_suffix("")
    return "module_" + re.sub(r"\W", "_", inside.as_posix())


if __name__ == "__main__":
    OUTPUT.write_text(build(), encoding="utf-8", newline="\n")
