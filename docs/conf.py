"""Configuration of the site.

Usage: `uv run --isolated --group docs sphinx-build -W -c docs . docs/_build/html`.

The source folder is the root of the repository, so that links between its files work on
the site too.
"""

import sys
from pathlib import Path

from numpydoc.xref import DEFAULT_LINKS

import bayes_l2
from bayes_l2 import likelihoods, priors
from bayes_l2.explorer.page import PAGE

sys.path.insert(0, str(Path(__file__).parent))  # for mathml.py and others

project = "bayes_l2"
author = "The bayes_l2 authors"
release = bayes_l2.__version__
root_doc = "docs/index"
include_patterns = [
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "docs/**",
    "notebooks/*.ipynb",
]
exclude_patterns = ["docs/_build", "docs/teaching/slides", ".*"]
extensions = [
    "sphinx.ext.autodoc",
    "numpydoc",
    "myst_nb",
    "mathml",
    "alt_text",
    "scene_frames",
]
nitpicky = True

# Pages
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3  # for links to headings, as code forges make them
nb_execution_mode = "off"  # notebooks are stored with their outputs
nb_mime_priority_overrides = [("html", "text/html", 0)]

# API: the docstrings give the types in words, so the type hints are not printed
autodoc_typehints = "none"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "inherited-members": True}
numpydoc_show_class_members = False  # autodoc lists them
# Types link to names of this package only: other links need downloads from other sites
numpydoc_xref_param_type = True
numpydoc_xref_ignore = "all"
numpydoc_xref_aliases = {
    name: f"bayes_l2.{name}"
    for name in (
        *bayes_l2.__all__,
        *(f"likelihoods.{each.__name__}" for each in likelihoods.KNOWN),
        *(f"priors.{each}" for each in priors.__all__ if each != "Prior"),
    )
}
DEFAULT_LINKS.clear()

# Looks
html_math_renderer = "mathml"
html_theme = "pydata_sphinx_theme"
html_title = "bayes_l2"
html_extra_path = ["site", str(PAGE)]
html_static_path = ["static"]
html_css_files = ["site.css"]
html_js_files = ["scenes.js"]
html_copy_source = False
html_show_sourcelink = False
pages_without_sections = (
    "README",
    "CHANGELOG",
    "CONTRIBUTING",
    "docs/*",
    "docs/guide/*",  # 80 columns of a terminal need the room
)
html_sidebars = {page: [] for page in pages_without_sections}
