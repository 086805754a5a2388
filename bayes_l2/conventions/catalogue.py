"""All conventions, and how a name finds one."""

import re
from difflib import get_close_matches

from bayes_l2.conventions import probabilistic, scikit_learn, statistics, training
from bayes_l2.conventions.convention import Convention

RECORDS: tuple[Convention, ...] = (
    *scikit_learn.RECORDS,
    *probabilistic.RECORDS,
    *statistics.RECORDS,
    *training.RECORDS,
)
CONVENTIONS: dict[str, Convention] = {record.name: record for record in RECORDS}


def find(name: object, argument: str = "name") -> Convention:
    """Return the convention of a name, a call as one writes it, or a class.

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
        raise ValueError(f"{argument} must be the name of a convention, such as ridge, got {name!r}")
    exact = [record for record in RECORDS if _key(record.name) == _key(name)]
    found = exact or [record for record in RECORDS if _key(name) in map(_key, spellings(record))]
    if len(found) == 1:
        return found[0]
    if found:
        raise ValueError(f"{argument}: {name!r} may be {_listed(found)}; give one of these")
    keys = {_key(each): record for record in reversed(RECORDS) for each in (record.name, *spellings(record))}
    near = list(dict.fromkeys(keys[key].name for key in get_close_matches(_key(name), keys, n=6, cutoff=0.6)))
    near += [record.name for record in RECORDS if _key(name) in _key(record.name) and record.name not in near]
    hint = f"did you mean {' or '.join(near[:3])}?" if near else "`bayes-l2 conventions` lists them all"
    raise ValueError(f"{argument}: no convention is called {name!r}; {hint}")


def spellings(record: Convention) -> tuple[str, ...]:
    """Return what a convention may be called besides its name: the call, its function, its parameter, aliases."""
    function = re.split(r"[(\s]", record.setting, maxsplit=1)[0]
    return record.setting, function, re.split(r"\.|::", function)[-1], record.parameter, *record.aliases


def _key(name: str) -> str:
    """Return what counts of a name: letters and digits."""
    return re.sub(r"[\W_]", "", name.lower())


def _listed(records: list[Convention]) -> str:
    return ", ".join(record.name for record in records)
