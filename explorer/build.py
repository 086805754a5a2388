"""Build the explorer: one HTML file, from the sources in this folder.

Usage: ``npm install`` in this folder, then ``uv run python explorer/build.py``. With
``--check`` nothing is written, and the exit status is 1 where the page is another one.

esbuild makes one small script of the modules. A digest of the sources stands in the
page, so that a test knows without Node whether it was built from them.
"""

import hashlib
import json
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PACKAGE = HERE.parent / "bayes_l2"
OUTPUT = PACKAGE / "explorer" / "explorer.html"
DATA = PACKAGE / "datasets" / "data" / "diabetes.csv"
ESBUILD = HERE / "node_modules" / ".bin" / "esbuild"
OPTIONS = ("--bundle", "--minify", "--charset=utf8", "--format=iife", "--target=es2022")


def build() -> str:
    """Return the page."""
    if not ESBUILD.exists():
        raise SystemExit(f"esbuild is not installed: run npm install in {HERE.name}/")
    words = [ESBUILD, "src/main.js", *OPTIONS]
    script = subprocess.run(words, cwd=HERE, check=True, capture_output=True).stdout
    parts = {
        "sources": digest(),
        "style": (HERE / "style.css").read_text(encoding="utf-8"),
        "data": json.dumps(data(), ensure_ascii=False, separators=(",", ":")),
        "script": script.decode("utf-8"),
    }
    page = (HERE / "index.html").read_text(encoding="utf-8")
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


def digest() -> str:
    """Return a digest of everything that the page is built from."""
    sources = [*(HERE / "src").rglob("*.js"), HERE / "index.html", HERE / "style.css"]
    found = hashlib.sha256(json.dumps(data()).encode())
    for path in sorted(sources):
        found.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return found.hexdigest()


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        sys.exit(build() != OUTPUT.read_text(encoding="utf-8"))
    OUTPUT.write_text(build(), encoding="utf-8", newline="\n")
