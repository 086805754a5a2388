"""Tab completion shows the public names of each public module, and no others."""

import importlib
import re
import rlcompleter
from pathlib import Path
from types import FunctionType, ModuleType

import pytest

import bayes_l2

PAGES = Path(__file__).parent.parent / "docs" / "api"
DOCUMENTED = {
    name
    for page in PAGES.glob("*.rst")
    for name in re.findall(
        r"^\.\. automodule:: (\S+)$", page.read_text(encoding="utf-8"), re.MULTILINE
    )
}
PACKAGES = {"bayes_l2", "bayes_l2.course", "bayes_l2.course.figures"}


def _imported(name: str) -> ModuleType:
    """Return a module; those that bayes_l2 names are found as its attributes."""
    if hasattr(bayes_l2, name.removeprefix("bayes_l2.")):
        return getattr(bayes_l2, name.removeprefix("bayes_l2."))
    return importlib.import_module(name)


# all of them are imported before a test runs: a package then holds its submodules
MODULES = {name: _imported(name) for name in sorted(DOCUMENTED | PACKAGES)}


@pytest.mark.parametrize("name", MODULES)
def test_a_module_completes_its_public_names_alone(name: str) -> None:
    module = MODULES[name]
    completer = rlcompleter.Completer({"module": module})
    found = {each.strip("(). ") for each in completer.attr_matches("module.")}
    assert found == {f"module.{each}" for each in module.__all__}
    assert dir(module) == sorted(module.__all__)


@pytest.mark.parametrize("name", MODULES)
def test_no_public_name_is_private_or_imported(name: str) -> None:
    module = MODULES[name]
    for each in module.__all__:
        assert not each.startswith("_")
        value = getattr(module, each)
        if isinstance(value, ModuleType):
            assert value in MODULES.values()
        elif isinstance(value, type | FunctionType) and not hasattr(module, "__path__"):
            assert value.__module__ == module.__name__


@pytest.mark.parametrize("name", MODULES)
def test_every_public_name_is_there(name: str) -> None:
    module = MODULES[name]
    assert len(set(module.__all__)) == len(module.__all__)
    defined = {
        each
        for each, value in vars(module).items()
        if isinstance(value, type | FunctionType)
        and value.__module__ == module.__name__
        and not each.startswith("_")
    }
    assert defined <= set(module.__all__)
