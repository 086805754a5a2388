"""Check every internal link of the built site, and that every picture is described.

Usage: `uv run python docs/check_links.py docs/_build/html`.

Sphinx checks the references in its sources. This script checks the HTML files: links in
menus, figures, frames and raw HTML too. A link into the explorer is a scene: Node runs
the explorer's page on it. It fetches nothing. The exit status is 1 if a file or an
anchor is missing, the description of a picture, the title of a frame, or if a scene
cannot be read.
"""

import json
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

EXPLORER = "explorer.html"
READER = Path(__file__).parent.parent / "explorer" / "test" / "scenes.mjs"


class Page(HTMLParser):
    """The anchors, the links, the pictures and the frames of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors = {"", "top"}
        self.links: list[str] = []
        self.unnamed: list[str] = []  # pictures and frames without words
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Store the anchors, the links and the picture of one element."""
        found = {name: value or "" for name, value in attrs}
        source, alt = found.get("src", ""), found.get("alt", "")
        # Sphinx takes the address of a picture where its description is missing
        if tag == "img" and Path(alt).name in ("", Path(source).name):
            self.unnamed.append(f"{source} has no alt")
        if tag == "iframe" and not found.get("title", "").strip():
            self.unnamed.append(f"{source} has no title")
        for name, value in attrs:
            if value is None:
                continue
            if name == "id" or (tag == "a" and name == "name"):
                self.anchors.add(value)
            elif name in ("href", "src"):
                self.links.append(value)
            elif name == "http-equiv" and value == "refresh":
                self.links.append(str(dict(attrs)["content"]).partition("url=")[2])


def complaints(page: Path, fragments: list[str]) -> dict[str, str]:
    """Return what the explorer's page says of scenes that it cannot read."""
    if shutil.which("node") is None:
        sys.exit("node is not installed, and the scenes of the explorer need it")
    found = subprocess.run(
        ["node", str(READER), str(page)],
        input=json.dumps(fragments),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    said = zip(fragments, json.loads(found.stdout), strict=True)
    return {fragment: complaint for fragment, complaint in said if complaint}


def main(folder: str) -> int:
    """Print each broken link; return 1 if any is broken, or if there is no link."""
    root = Path(folder).resolve()
    # the folder _static holds templates of the theme
    pages = {
        path: Page(path)
        for path in sorted(root.rglob("*.html"))
        if "_static" not in path.relative_to(root).parts
    }
    faults: list[str] = []
    scenes: dict[tuple[Path, str], list[str]] = {}
    count = 0
    for path, page in pages.items():
        name = path.relative_to(root)
        faults += [f"{name}: {each}" for each in page.unnamed]
        for link in page.links:
            url = urlsplit(link)
            if url.scheme or url.netloc:
                continue
            count += 1
            target = (path.parent / unquote(url.path)).resolve() if url.path else path
            if not target.is_file():
                faults.append(f"{name}: {link}")
            elif target.name == EXPLORER and url.fragment:
                scenes.setdefault((target, url.fragment), []).append(f"{name}: {link}")
            elif target in pages and unquote(url.fragment) not in pages[target].anchors:
                faults.append(f"{name}: {link}")
    for explorer in {target for target, _ in scenes}:
        fragments = [fragment for target, fragment in scenes if target == explorer]
        for fragment, complaint in complaints(explorer, fragments).items():
            faults += [f"{each}: {complaint}" for each in scenes[explorer, fragment]]
    for fault in faults:
        print(fault)
    print(
        f"{len(pages)} pages, {count} internal links, {len(scenes)} scenes, "
        f"{len(faults)} broken"
    )
    return int(bool(faults) or count == 0)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python docs/check_links.py FOLDER")
    sys.exit(main(sys.argv[1]))
