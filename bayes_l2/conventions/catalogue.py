"""All conventions, and the search for one by its name."""

import re
from difflib import get_close_matches
from functools import lru_cache

from bayes_l2.conventions.convention import Convention
from bayes_l2.conventions.records import (
    probabilistic,
    scikit_learn,
    statistics,
    training,
)
from bayes_l2.texts import Catalogue, shown

RECORDS: tuple[Convention, ...] = (
    *scikit_learn.RECORDS,
    *probabilistic.RECORDS,
    *statistics.RECORDS,
    *training.RECORDS,
)
CONVENTIONS = Catalogue({each.name: each for each in RECORDS}, of="conventions")


def find(name: object, argument: str = "name") -> Convention:
    """Return the convention with a given name, call, class or alias.

    Parameters
    ----------
    name : str
        Such as "elastic-net", "ElasticNet" or
        "sklearn.linear_model.ElasticNet(alpha, l1_ratio=0)". Only letters and digits
        count, in upper or lower case.
    argument : str
        The name of the argument in an error message.

    Returns
    -------
    Convention

    Raises
    ------
    ValueError
        If no convention has this name, or several have. The message gives similar
        names.
    """
    if not isinstance(name, str) or not _key(name):
        raise ValueError(
            f"{argument} must be the name of a convention, such as ridge, got "
            f"{shown(name)}"
        )
    for wanted in map(_key, (name, name.split("(")[0])):
        found = [record for record in RECORDS if _key(record.name) == wanted] or [
            record for record in RECORDS if wanted in map(_key, spellings(record))
        ]
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(each.name for each in found)
            raise ValueError(
                f"{argument}: {shown(name)} may be {names}; give one of these names"
            )
    near = _near(_key(name))[:3]
    hint = (
        f"did you mean {' or '.join(near)}?"
        if near
        else "`bayes-l2 conventions` lists them all"
    )
    raise ValueError(f"{argument}: no convention is called {shown(name)}; {hint}")


def _near(key: str) -> list[str]:
    """Return names near a key: parts of it, names that contain it, and similar ones."""
    names = {_key(record.name): record.name for record in RECORDS}
    parts = sorted((each for each in names if each in key), key=len, reverse=True)
    wholes = [each for each in names if key in each]
    libraries = [_key(record.name) for record in RECORDS if _key(record.library) in key]
    keys = {
        _key(each): _key(record.name)
        for record in reversed(RECORDS)
        for each in (record.name, *spellings(record))
    }
    alike = [keys[each] for each in get_close_matches(key, keys, n=6, cutoff=0.7)]
    return list(
        dict.fromkeys(names[each] for each in (*parts, *wholes, *alike, *libraries))
    )


def spellings(record: Convention) -> tuple[str, ...]:
    """Return further names of a record: its call, function, library and aliases."""
    function = re.split(r"[(\s]", record.setting)[0]
    return (
        record.setting,
        function,
        re.split(r"\.|::", function)[-1],
        record.parameter,
        record.library,
        *record.aliases,
    )


@lru_cache(maxsize=1024)
def _key(name: str) -> str:
    """Return the letters and digits of a name, in lower case."""
    return re.sub(r"[\W_]", "", name.lower())
