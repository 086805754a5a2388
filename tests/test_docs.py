"""The site's pages: no public name is forgotten, and no notebook is out of reach. Building them is left to Sphinx."""

import re
from pathlib import Path

import pytest

import bayes_l2

DOCS = Path(__file__).parent.parent / "docs"
API = "\n".join(path.read_text(encoding="utf-8") for path in sorted((DOCS / "api").glob("*.rst")))
DOCUMENTED = set(re.findall(r"^\.\. auto(?:class|function|module):: (?:bayes_l2\.)?(\S+)$", API, flags=re.MULTILINE))
TEACHING = Path(bayes_l2.__file__).parent / "teaching"


@pytest.mark.parametrize("name", bayes_l2.__all__)
def test_every_public_name_is_on_an_api_page_and_in_its_table(name: str) -> None:
    assert name in DOCUMENTED
    assert f"\n   {name}\n" in (DOCS / "api" / "index.rst").read_text(encoding="utf-8")


def test_every_teaching_module_is_on_an_api_page() -> None:
    modules = {f"teaching.{path.stem}" for path in TEACHING.glob("*.py") if path.stem != "__init__"}
    assert modules <= DOCUMENTED
