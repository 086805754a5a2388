"""The choice of columns: names and types that are checked before a row is read."""

import difflib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bayes_l2 import arguments
from bayes_l2.datasets.one_hot import MOST_LEVELS
from bayes_l2.partitions.arrow import entries
from bayes_l2.texts import listed, shown
from bayes_l2.validation import repeated

if TYPE_CHECKING:
    import pyarrow as pa


def features(
    names: list[str], source: str, target: Any, wanted: Any, weights: Any
) -> list[Any]:
    """Return the columns of X in order; refuse names that are not valid."""
    require_column(target, names, "target", source)
    if weights is not None:
        require_column(weights, names, "weights", source)
        if weights == target:
            raise ValueError(f"weights must not be the target, got {weights!r}")
    others = [target] if weights is None else [target, weights]
    if wanted is None:
        wanted = [name for name in names if name not in others]
        if not wanted:
            raise ValueError(f"{source} has no column but {listed(others)}")
    chosen = arguments.words(wanted, "features", "a list of names of columns")
    for each in chosen:
        require_column(each, names, "features", source)
    twice = repeated(map(str, chosen))
    if twice:
        raise ValueError(
            "features must not hold a column more than once, got "
            f"{listed(map(repr, twice))}"
        )
    shared = [each for each in chosen if each in others]
    if shared:
        raise ValueError(
            "features must not hold the target or the weights, got "
            f"{listed(map(repr, shared))}"
        )
    twice = sorted(set(repeated(names)).intersection([*chosen, *others]))
    if twice:
        raise ValueError(
            f"{source} has more than one column {listed(map(repr, twice))}; "
            "rename them where it is written"
        )
    return chosen


def kinds(
    schema: "pa.Schema", source: str, chosen: list[str], target: str, weights: Any
) -> dict[str, str]:
    """Return whether each column holds numbers or text; refuse other types."""
    found = {name: _kind(schema.field(name), source, "features") for name in chosen}
    found[target] = _kind(schema.field(target), source, "y")
    if weights is not None:
        found[weights] = _kind(schema.field(weights), source, "weights")
    return found


def levels(
    schema: "pa.Schema",
    source: str,
    chosen: list[str],
    kinds: dict[str, str],
    encode: Any,
) -> dict[str, tuple[str, ...] | None]:
    """Return the text columns to be encoded, with the levels that are given."""
    found: dict[Any, tuple[str, ...] | None] = {}
    if isinstance(encode, Mapping):
        found = {name: _given(name, levels) for name, levels in encode.items()}
    elif encode is not None:
        wanted = "a list of columns of text, or a mapping of a column to its levels"
        for name in arguments.words(encode, "encode", wanted):
            _require_feature(name, chosen)
            found[name] = None
    for name in found:
        _require_feature(name, chosen)
        if kinds[name] != "text":
            raise ValueError(
                f"encode must name columns of text, got {name!r}, which holds "
                f"{schema.field(name).type} in {source}; cast it to text where it is "
                "written"
            )
    for name in chosen:
        if kinds[name] == "text" and name not in found:
            raise ValueError(
                f"column {name!r} of {source} holds text; encode=[{name!r}] makes "
                "a column of 0 and 1 of each level, or leave it out of features"
            )
    return found


def _kind(field: "pa.Field", source: str, role: str) -> str:
    """Return whether a column holds numbers or text; refuse other kinds."""
    kind = entries.kind(field.type)
    if kind in ("numbers", "nothing"):
        return "numbers"
    if kind == "text" and role != "weights":
        return "text"
    where = f"column {field.name!r} of {source} holds {field.type}"
    if role == "weights":
        raise ValueError(f"weights must hold numbers, and {where}")
    if role == "y":
        raise ValueError(
            f"the target must hold numbers or text, and {where}; turn it into a number "
            "or text where it is written"
        )
    raise ValueError(
        f"{where}, and a feature holds numbers, True and False, or text; turn it into "
        "a number where it is written, or leave it out of features"
    )


def _require_feature(name: Any, chosen: list[str]) -> None:
    if not isinstance(name, str) or name not in chosen:
        raise ValueError(
            f"encode must name features, got {shown(name)}; the features are "
            f"{listed(chosen)}"
        )


def _given(name: Any, levels: Any) -> tuple[str, ...]:
    wanted = f"encode must give levels of text of column {name!r}"
    found = arguments.words(levels, f"encode[{name!r}]", "a list of levels")
    if not all(isinstance(each, str) for each in found):
        odd = next(each for each in found if not isinstance(each, str))
        raise ValueError(f"{wanted}, got {shown(odd)}")
    texts = tuple(str(each) for each in found)
    if repeated(texts):
        raise ValueError(
            f"{wanted}, each once, got {listed(map(repr, repeated(texts)))} more than "
            "once"
        )
    require_few(name, texts, "encode")
    return texts


def require_few(name: str, levels: Any, source: str) -> None:
    """Refuse a text column of more than 1000 levels."""
    if len(levels) > MOST_LEVELS:
        raise ValueError(
            f"column {name!r} of {source} has more than {MOST_LEVELS} levels, the most "
            "that one-hot takes; leave it out of features"
        )


def require_column(value: Any, names: list[str], role: str, source: str) -> None:
    """Refuse what is not the name of a column, with a name that is like it."""
    if isinstance(value, str) and value in names:
        return
    text = f"{role}: {source} has no column {shown(value)}"
    if isinstance(value, str):
        by_fold = {each.casefold(): each for each in names}
        alike = difflib.get_close_matches(value.strip().casefold(), by_fold, n=1)
        if alike:
            text += f"; did you mean {shown(by_fold[alike[0]])}?"
            raise ValueError(f"{text} Its columns are {listed(names)}")
    raise ValueError(f"{text}; its columns are {listed(names)}")
