"""Give figures of notebooks the descriptions that are stored beside them.

A figure of the package stores its description under ``alt``, as images of IPython do.
MyST-NB reads the width and the height that stand there, and not ``alt``. A picture
without a description fails the build.
"""

import json
from base64 import b64decode
from hashlib import sha256
from pathlib import Path, PurePosixPath

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

PNG = "image/png"


def descriptions(path: Path) -> dict[str, str]:
    """Return the descriptions of a notebook's figures by the names of their files.

    MyST-NB names a file by the SHA-256 of the picture.
    """
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    return {
        f"{sha256(b64decode(''.join(output['data'][PNG]))).hexdigest()}.png": (
            output["metadata"].get(PNG, {}).get("alt", "")
        )
        for output in outputs
        if PNG in output.get("data", {})
    }


def describe(app: Sphinx, doctree: nodes.document) -> None:
    """Describe each picture of a page, or log a warning."""
    path = Path(app.env.doc2path(app.env.docname))
    known = descriptions(path) if path.suffix == ".ipynb" else {}
    for image in doctree.findall(nodes.image):
        name = PurePosixPath(image["uri"]).name
        image["alt"] = known.get(name) or image.get("alt", "")
        if not image["alt"]:
            logging.getLogger(__name__).warning(
                "picture %s has no description", name, location=image
            )


def setup(app: Sphinx) -> dict[str, bool]:
    """Describe the pictures of each page when it is read."""
    app.connect("doctree-read", describe)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
