"""nutpie's two functions come alone where its modules allow it, else with all of it.

The packages here stand for versions of nutpie and ArviZ, present and later ones.
"""

import sys
from collections.abc import Iterator
from importlib import import_module, invalidate_caches, metadata
from pathlib import Path
from types import ModuleType

import pytest

from bayes_l2.fits.search.nutpie_parts import nutpie_parts

PACKAGES = ("arviz_base", "arviz", "nutpie")
PRESENT = {
    "arviz_base/__init__.py": "from_dict = dict_to_dataset = print",
    "arviz/__init__.py": "from arviz_base import *\nfrom arviz import plots",
    "arviz/plots.py": "",
    "nutpie/__init__.py": """
from nutpie import _lib
from nutpie.whole import whole
setting = 1
from nutpie.sample import sample
__version__ = "1"
""",
    "nutpie/_lib.py": "",
    "nutpie/whole.py": "whole = True",
    "nutpie/sample.py": "import arviz\nfrom nutpie import _lib\ndef sample(): ...",
    "nutpie/compiled_pyfunc.py": """
from nutpie import _lib
from nutpie.sample import sample
def from_pyfunc(): ...
""",
}


def renamed(name: str) -> dict[str, str]:
    """Return nutpie with another name of ``_lib``."""
    return {
        k.replace("_lib", name): v.replace("_lib", name) for k, v in PRESENT.items()
    }


SAMPLE = PRESENT["nutpie/sample.py"]
ALONE = {"present": PRESENT, "another private name": renamed("_core")}
WHOLE = {
    "a public name for the private one": renamed("core"),
    "a name of the package, read while it waits": PRESENT
    | {"nutpie/sample.py": f"{SAMPLE}\nimport nutpie\nnutpie.setting"},
    "no module of the function's name": {
        name.replace("sample.", "sampling."): text.replace("e.sample", "e.sampling")
        for name, text in PRESENT.items()
    },
    "ArviZ without a name": PRESENT | {"arviz_base/__init__.py": "from_dict = print"},
    "another home of ArviZ's functions": {
        name.replace("arviz_base", "arviz_core"): text.replace("_base", "_core")
        for name, text in PRESENT.items()
    }
    | {"arviz_base/__init__.py": "raise ImportError"},
}


def forget() -> dict[str, ModuleType]:
    """Take the packages out of Python's table of modules, and return them."""
    names = [name for name in sys.modules if name.split(".")[0] in PACKAGES]
    return {name: sys.modules.pop(name) for name in names}


@pytest.fixture(autouse=True)
def modules_put_back() -> Iterator[None]:
    before, path = forget(), list(sys.path)
    yield
    forget()
    sys.modules.update(before)
    sys.path[:] = path
    invalidate_caches()


def install(version: dict[str, str], folder: Path) -> None:
    """Write packages, and have Python find them first."""
    for name, text in version.items():
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    sys.path.insert(0, str(folder))
    invalidate_caches()


def require_whole(parts: object) -> None:
    nutpie, arviz = import_module("nutpie"), import_module("arviz")
    compiled = import_module("nutpie.compiled_pyfunc")
    assert nutpie.whole
    assert parts == (compiled.from_pyfunc, nutpie.sample)
    assert nutpie.__version__ == "1"
    assert arviz.plots.__name__ == "arviz.plots"


@pytest.mark.parametrize("version", ALONE)
def test_the_functions_come_alone_and_all_when_asked(
    version: str, tmp_path: Path
) -> None:
    install(ALONE[version], tmp_path)
    parts = nutpie_parts()
    # the version is there before the rest of the package
    assert import_module("nutpie").__version__ == metadata.version("nutpie")
    assert not {"nutpie.whole", "arviz.plots"} & {*sys.modules}
    assert "whole" in dir(import_module("nutpie"))
    require_whole(parts)


@pytest.mark.parametrize("version", WHOLE)
def test_another_version_is_imported_whole(version: str, tmp_path: Path) -> None:
    install(WHOLE[version], tmp_path)
    parts = nutpie_parts()
    assert "nutpie.whole" in sys.modules
    # in the first two nutpie runs while it waits, and ArviZ waits on
    assert ("arviz.plots" in sys.modules) == (version not in list(WHOLE)[:2])
    require_whole(parts)
    assert nutpie_parts() == parts
