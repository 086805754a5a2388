"""All conventions, and how a name finds one."""

import re
from difflib import get_close_matches

from bayes_l2.conventions.convention import Convention
from bayes_l2.conventions.records import (
    probabilistic,
    scikit_learn,
    statistics,
    training,
)

RECORDS: tuple[Convention, ...] = (
    *scikit_learn.RECORDS,
    *probabilistic.RECORDS,
    *statistics.RECORDS,
    *training.RECORDS,
)
CONVENTIONS: dict[str, Convention] = {record.name: record for record in RECORDS}


def find(name: object, argument: str = "name") -> Convention:
    """Return the convention of a name, of a call as one writes it, or of the name of a class.

    Parameters
    ----------
    name : str
        "elastic-net", "ElasticNet", "sklearn.linear_model.ElasticNet(alpha, l1_ratio=0)". Letters and digits count.
    argument : str
        What an error calls it.

    Returns
    -------
    Convention

    Raises
    ------
    ValueError
        If no convention is called so, or several are; the message names near ones.
    """
    if not isinstance(name, str) or not _key(name):
        raise ValueError(
            f"{argument} must be the name of a convention, such as ridge, got {name!r}"
        )
    for wanted in (name, name.split("(")[0]):
        exact = [record for record in RECORDS if _key(record.name) == _key(wanted)]
        found = exact or [
            record for record in RECORDS if _key(wanted) in map(_key, spellings(record))
        ]
        if len(found) == 1:
            return found[0]
        if found:
            raise ValueError(
                f"{argument}: {name!r} may be {', '.join(each.name for each in found)}; give one of these"
            )
    near = _near(_key(name))
    hint = (
        f"did you mean {' or '.join(near[:3])}?"
        if near
        else "`bayes-l2 conventions` lists them all"
    )
    raise ValueError(f"{argument}: no convention is called {name!r}; {hint}")


def _near(key: str) -> list[str]:
    """Return names for what was written: those that are part of it or that it is part of, then those alike."""
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
    """Return what a convention may be called besides its name: call, function, parameter, library, aliases."""
    function = re.split(r"[(\s]", record.setting, maxsplit=1)[0]
    return (
        record.setting,
        function,
        re.split(r"\.|::", function)[-1],
        record.parameter,
        record.library,
        *record.aliases,
    )


def _key(name: str) -> str:
    """Return what counts of a name: letters and digits."""
    return re.sub(r"[\W_]", "", name.lower())
