"""Put scenes of the explorer into pages, each after the section that it belongs to.

A section that is not there, or is there twice, fails the build.
"""

import posixpath
from html import escape

from docutils import nodes
from scenes import SCENES, Scene
from sphinx.application import Sphinx
from sphinx.util import logging

from bayes_l2.explorer.page import PAGE


def markup(scene: Scene, address: str) -> str:
    """Return a scene as HTML; the address is that of the explorer's page."""
    source = escape(f"{address}#{scene.fragment}")
    return (
        f'<figure class="scene"><iframe src="{source}" title="{escape(scene.title)}" '
        f'loading="lazy"></iframe>\n<figcaption>{escape(scene.text)} '
        f'<a href="{source}">Open it by itself</a></figcaption></figure>'
    )


def place_scenes(app: Sphinx, doctree: nodes.document) -> None:
    """Put the scenes of a page after their sections, or log a warning."""
    page = app.env.docname
    address = posixpath.relpath(PAGE.name, posixpath.dirname(page))
    for scene in SCENES:
        if scene.page != page:
            continue
        found = [
            each
            for each in doctree.findall(nodes.section)
            if each[0].astext() == scene.heading
        ]
        if len(found) != 1:
            logging.getLogger(__name__).warning(
                "a scene of the explorer needs one section %r, and there are %d",
                scene.heading,
                len(found),
                location=page,
            )
            continue
        section = found[0]
        # before the sections inside of it
        inside = section.first_child_matching_class(nodes.section)
        place = len(section) if inside is None else inside
        section.insert(place, nodes.raw("", markup(scene, address), format="html"))


def setup(app: Sphinx) -> dict[str, bool]:
    """Place the scenes of each page when it is read."""
    app.connect("doctree-read", place_scenes)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
