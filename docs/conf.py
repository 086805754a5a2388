"""The site: `uv run --isolated --group docs sphinx-build -W -c docs . docs/_build/html`.

The source folder is the root of the repository, so that links written for its files hold on the site too.
"""

import re

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from numpydoc.xref import DEFAULT_LINKS
from sphinx.application import Sphinx
from sphinx.util import logging

import bayes_l2

project = "bayes_l2"
author = "The bayes_l2 authors"
release = bayes_l2.__version__
root_doc = "docs/index"
include_patterns = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "docs/**", "notebooks/*.ipynb"]
exclude_patterns = ["**/_build", "**/.*"]  # folders that are not even looked into
extensions = ["sphinx.ext.autodoc", "numpydoc", "myst_nb"]
nitpicky = True

# Pages
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3  # so that links to headings work as they do on a forge
nb_execution_mode = "off"  # notebooks are stored with their outputs, which .ci/run checks
nb_mime_priority_overrides = [("html", "text/html", 0)]

# API: the docstrings give types in words, so that the hints need not be printed as well
autodoc_typehints = "none"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "inherited-members": True}
numpydoc_show_class_members = False  # autodoc lists them
# Types link to the package's own names and to nothing else: inventories of other sites would have to be fetched.
numpydoc_xref_param_type = True
numpydoc_xref_ignore = "all"
numpydoc_xref_aliases = {name: f"bayes_l2.{name}" for name in bayes_l2.__all__}
DEFAULT_LINKS.clear()

# Looks
html_theme = "pydata_sphinx_theme"
html_title = "bayes_l2"
html_extra_path = ["site"]
html_copy_source = False
html_show_sourcelink = False


def mathml(translator, node: nodes.Element) -> None:
    """Write a formula as MathML, which browsers draw by themselves; MathJax would be fetched from elsewhere."""
    block = isinstance(node, nodes.math_block)
    tex = re.sub(r"\\dots\b", r"\\ldots", node.astext())  # the one common command that docutils does not know
    try:
        formula = tex2mathml(tex, as_block=block)
    except MathError as error:
        logging.getLogger(__name__).warning("formula %r: %s", node.astext(), error, location=node)
        formula = ""
    translator.body.append(formula)
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Add what Sphinx does not have."""
    app.add_html_math_renderer("mathml", (mathml, None), (mathml, None))


html_math_renderer = "mathml"
