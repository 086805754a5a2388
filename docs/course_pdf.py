"""Write the course as one PDF: all notebooks in order, with their outputs.

Usage: ``uv run --isolated --group docs python docs/course_pdf.py course.pdf``

Sphinx makes one page of the notebooks, and a browser prints it: Chromium, Chrome or
Edge, which has to be installed.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
# a chapter begins on a page of its own, and code is not cut off at the right edge
STYLE = """<style>
@page { size: A4; margin: 18mm 16mm }
body { font: 10.5pt/1.45 "Liberation Sans", Arial, sans-serif; max-width: none }
h2 { break-before: page } h1, h2, h3 { break-after: avoid }
pre { font-size: 8.5pt; white-space: pre-wrap; background: #f4f4f4; padding: 2mm }
img { max-width: 100%; max-height: 200mm } img, table { break-inside: avoid }
table { border-collapse: collapse; font-size: 9pt } td, th { padding: 1mm 2mm }
td, th { border-bottom: 0.2mm solid #999; text-align: left }
a { color: inherit; text-decoration: none } a.headerlink { display: none }
div.related, div.sphinxsidebar, div.footer { display: none }
</style></head>"""


def main(arguments: list[str]) -> int:
    """Write the file that is named, and return the exit status."""
    if len(arguments) != 1 or not arguments[0].endswith(".pdf"):
        print("usage: course_pdf.py FILE.pdf", file=sys.stderr)
        return 2
    output = Path(arguments[0]).resolve()
    if not output.parent.is_dir():
        print(f"there is no folder {output.parent.name!r}", file=sys.stderr)
        return 2
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        wanted = "Chromium, Chrome or Edge prints the page, and none is installed"
        print(f"{wanted}: install one of them", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        _print(browser, _page(Path(folder)), Path(folder) / "course.pdf")
        shutil.move(Path(folder) / "course.pdf", output)
    print(f"{output.name}: {output.stat().st_size / 1e6:.1f} MB")
    return 0


def _page(folder: Path) -> Path:
    """Return one page of all notebooks."""
    settings = {
        "root_doc": "docs/course",
        "include_patterns": "docs/course.md,notebooks/*.ipynb",
        "html_theme": "basic",
        "suppress_warnings": "myst.xref_missing",  # other pages are not in the PDF
    }
    given = [word for each in settings.items() for word in ("-D", "=".join(each))]
    words = ["-m", "sphinx", "-q", "-b", "singlehtml", *given, "-c", "docs"]
    subprocess.run([sys.executable, *words, ".", str(folder)], cwd=ROOT, check=True)
    made = (folder / "docs" / "course.html").read_text(encoding="utf-8")
    page = folder / "course.html"  # its pictures are found from here
    page.write_text(made.replace("</head>", STYLE), encoding="utf-8")
    return page


def _print(browser: str, page: Path, output: Path) -> None:
    """Let a browser print a page."""
    words = ["--headless", "--disable-gpu", "--no-sandbox", "--no-pdf-header-footer"]
    profile = f"--user-data-dir={page.parent / 'profile'}"
    command = [browser, *words, profile, f"--print-to-pdf={output}", page.as_uri()]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
