"""Check every internal link of the built site, and that every picture is described.

Usage: `uv run python docs/check_links.py docs/_build/html`.

Sphinx checks the references in its sources. This script checks the HTML files: links in
menus, figures and raw HTML too. It fetches nothing. The exit status is 1 if a file or
an anchor is missing, or the description of a picture.
"""

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class Page(HTMLParser):
    """The anchors, the links and the pictures of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors = {"", "top"}
        self.links: list[str] = []
        self.pictures: list[str] = []  # without a description
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Store the anchors, the links and the picture of one element."""
        found = {name: value or "" for name, value in attrs}
        source, alt = found.get("src", ""), found.get("alt", "")
        # Sphinx takes the address of a picture where its description is missing
        if tag == "img" and Path(alt).name in ("", Path(source).name):
            self.pictures.append(source)
        for name, value in attrs:
            if value is None:
                continue
            if name == "id" or (tag == "a" and name == "name"):
                self.anchors.add(value)
            elif name in ("href", "src"):
                self.links.append(value)
            elif name == "http-equiv" and value == "refresh":
                self.links.append(str(dict(attrs)["content"]).partition("url=")[2])


def main(folder: str) -> int:
    """Print each broken link; return 1 if any is broken, or if there is no link."""
    # the folder _static holds templates of the theme
    pages = {
        path.resolve(): Page(path)
        for path in sorted(Path(folder).rglob("*.html"))
        if "_static" not in path.relative_to(folder).parts
    }
    broken = count = 0
    for path, page in pages.items():
        for picture in page.pictures:
            broken += 1
            print(f"{path.relative_to(Path(folder).resolve())}: {picture} has no alt")
        for link in page.links:
            url = urlsplit(link)
            if url.scheme or url.netloc:
                continue
            count += 1
            target = (path.parent / unquote(url.path)).resolve() if url.path else path
            missing = not target.is_file() or (
                target in pages and unquote(url.fragment) not in pages[target].anchors
            )
            if missing:
                broken += 1
                print(f"{path.relative_to(Path(folder).resolve())}: {link}")
    print(f"{len(pages)} pages, {count} internal links, {broken} broken")
    return int(broken > 0 or count == 0)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python docs/check_links.py FOLDER")
    sys.exit(main(sys.argv[1]))
