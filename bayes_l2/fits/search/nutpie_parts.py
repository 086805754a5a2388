"""The two functions of nutpie that sample, without the libraries that they do not use.

nutpie imports Numba for models of PyMC, and ArviZ for two functions of ``arviz_base``.
ArviZ imports its plots, and these import pyplot. All that takes half a second, before
the first draw.
"""

import sys
import threading
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any, NamedTuple, override

_one_at_a_time = threading.RLock()


class Parts(NamedTuple):
    """``nutpie.compiled_pyfunc.from_pyfunc`` and ``nutpie.sample``."""

    from_pyfunc: Callable[..., Any]
    sample: Callable[..., Any]


def nutpie_parts() -> Parts:
    """Return the functions; whoever imports nutpie or ArviZ later gets all of them."""
    with _one_at_a_time:
        base, arviz = import_module("arviz_base"), _waiting("arviz")
        for name in ("from_dict", "dict_to_dataset"):
            vars(arviz).setdefault(name, getattr(base, name))
        package = _waiting("nutpie")
        # the other modules look for it in the package
        core = import_module("nutpie._lib")
        vars(package).setdefault("__version__", core.__version__)
        compiled = import_module("nutpie.compiled_pyfunc")
        module = sys.modules["nutpie.sample"]
        # the package has a function of the name that an import gave to the module
        if vars(package).get("sample") is module:
            del vars(package)["sample"]
        return Parts(compiled.from_pyfunc, module.sample)


class _WaitingPackage(ModuleType):
    """A package that runs its ``__init__`` for the first name that it does not have.

    The modules of ``importlib.util.LazyLoader`` run already where a module of theirs is
    imported, or where they are imported a second time.
    """

    def __getattr__(self, name: str) -> Any:
        self._run()
        return super().__getattribute__(name)

    @override
    def __dir__(self) -> list[str]:
        self._run()
        return sorted(vars(self))

    def _run(self) -> None:
        with _one_at_a_time:
            spec = vars(self).pop("_waits", None)
            if spec is not None:
                spec.loader.exec_module(self)


def _waiting(name: str) -> ModuleType:
    """Return a package, as it is if it was imported before, else waiting."""
    if name not in sys.modules:
        spec = find_spec(name)
        if spec is None:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        package = module_from_spec(spec)
        package.__class__ = _WaitingPackage
        vars(package)["_waits"] = spec
        sys.modules[name] = package
    return sys.modules[name]
