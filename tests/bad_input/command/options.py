"""Each command and its options, with the kind of each, and bad values of each kind."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

ODD = (
    *("", " ", "x", "[bold]x", "[/]", "a\nb", "\x1b[31m", "\u202e", "%s{0}%", "a\0b"),
    *("x" * 10_000, "x y " * 2000, "\ud800", "=1+1"),
)
NO_NUMBERS = (*ODD, "nan", "inf", "-inf", "1e400", "1e-400", "True", "None", "1+2j")
POSITIVE = (*NO_NUMBERS, "0", "-1", "1,2", "1;2", "1_000", "\u0661", "9" * 400)
WHOLE = (*NO_NUMBERS, "-1", "1.5", "1e3", "0x10", "1,000")
IN_FOLDERS = ("no/x", "folder", "loop", "/dev/full", "/dev/null", "n" * 300)

# the bad values of each kind of option
BAD: dict[str, tuple[str, ...]] = {
    "name": ODD,
    "names": (*ODD, ",", "x0,,x1", "a,", '"a'),
    "columns": (*ODD, ",", "a,,b", "a,", "z", "y"),
    "column": (*ODD, "z", "0", "a,b"),
    "spellings": ("", " ", ",", " , "),
    "mark": (*(each for each in ODD if len(each) != 1), "ab", "comma,"),
    "decimal": (*ODD, ";", "1", "dot", "point,"),
    "encoding": (*ODD, "klingon", "base64", "rot13"),
    "likelihood": (*ODD, "probit", "laplace", "laplace:", "laplace:nan", "laplace:1:2"),
    "prior": (*ODD, "lasso", "laplace:0", "elasticnet:1", "elasticnet:1,", "normal:1"),
    "scale": (*POSITIVE, "halfnormal", "halfnormal:", "halfnormal:1e400", "flat:1"),
    "choice": (*ODD, "aic", "evidence,", "EVIDENCE"),
    "positive": POSITIVE,
    "count": (*WHOLE, "0"),
    "count of draws": (*WHOLE, "0", str(2**63), str(2**64)),
    "seed": WHOLE,
    "seed of 64 bits": (*WHOLE, str(2**64), "9" * 400),
    "seeds": (
        *(each for each in WHOLE if each != "1,000"),
        "0",
        "3-1",
        "1-",
        ",",
        "1,1",
        "9" * 18,
    ),
    "probability": (*POSITIVE, "1", "95", "90%"),
    "number": NO_NUMBERS,
    "table": (*ODD, *IN_FOLDERS, "endless", "locked", "dangling"),
    "new file": (*ODD, *IN_FOLDERS, "no/x.*", "folder.*", "loop.*", "x.exe", "."),
}


class Asked(NamedTuple):
    """A command that succeeds, and the kinds of its arguments and options.

    A value of an option comes at its end; that of an argument stands in the place of
    its name. The words that are to be in a message beside the option are in ``words``.
    """

    line: str
    kinds: dict[str, str]
    words: tuple[str, ...] = ()
    suffixes: Mapping[str, str] = MappingProxyType({})


TABLE = {
    "FILE": "table",
    "--target": "column",
    "--features": "columns",
    "--drop": "columns",
    "--na": "spellings",
    "--sep": "mark",
    "--decimal": "decimal",
    "--encoding": "encoding",
}
COMMANDS: dict[str, Asked] = {
    "compare": Asked(
        "compare FILE --target y --routes exact --prior-sd 1 --noise-sd 1",
        {
            **TABLE,
            "--likelihood": "likelihood",
            "--prior": "prior",
            "--prior-sd": "scale",
            "--noise-sd": "scale",
            "--choose": "choice",
            "--routes": "names",
            "--engine": "choice",
            "--draws": "count of draws",
            "--tune": "count of draws",
            "--seed": "seed of 64 bits",
            "--report": "new file",
            "--plot": "new file",
            "--save": "new file",
        },
        suffixes={"--report": ".html", "--plot": ".png", "--save": ".nc"},
    ),
    "compare, new rows": Asked(
        "compare data.csv --target y --routes exact --prior-sd 1 --noise-sd 1 "
        "--predict NEW --output p.csv",
        {"NEW": "table", "--output": "new file", "--coverage": "probability"},
        suffixes={"--output": ".csv"},
    ),
    "explore": Asked(
        "explore FILE --target y --features a,b --no-browser --output page.html",
        {**TABLE, "--output": "new file"},
        suffixes={"--output": ".html"},
    ),
    "convert": Asked(
        "convert VALUE --from ridge --to elastic-net --n 10",
        {
            "VALUE": "number",
            "--from": "name",
            "--to": "name",
            "--n": "count",
            "--weight-sum": "positive",
            "--batch-size": "count",
            "--y-sd": "positive",
            "--x-sd": "positive",
            "--noise-sd": "positive",
        },
    ),
    "conventions": Asked("conventions NAME", {"NAME": "name"}),
    "ask": Asked("ask ridge", {"--number": "count"}),
    "equivalences": Asked(
        "equivalences NAME --seed 0",
        {"NAME": "name", "--seed": "seed", "--figures": "new folder"},
    ),
    "exercises show": Asked(
        "exercises show NAME --seed 1", {"NAME": "name", "--seed": "seed"}
    ),
    "exercises check": Asked(
        "exercises check NAME ANSWER --seed 1",
        {"NAME": "name", "ANSWER": "number", "--seed": "seed", "--decimal": "choice"},
    ),
    "exercises hint": Asked(
        "exercises hint NAME N", {"NAME": "name", "N": "count", "--seed": "seed"}
    ),
    "exercises assignment": Asked(
        "exercises assignment NAME --output a.ipynb",
        {"NAME": "name", "--output": "new file"},
        suffixes={"--output": ".ipynb"},
    ),
    "exercises export": Asked(
        "exercises export NAME --format moodle --output q.xml --seeds 2",
        {"NAME": "name", "--format": "choice", "--output": "new file"}
        | {"--seeds": "seeds"},
        suffixes={"--output": ".xml"},
    ),
    "exercises grade": Asked(
        "exercises grade ANSWERS",
        {
            "ANSWERS": "table",
            "--seeds": "table",
            "--student": "column",
            "--exercises": "names",
            "--decimal": "choice",
            "--encoding": "encoding",
            "--output": "new file",
            "--summary": "new file",
        },
        suffixes={"--output": ".csv", "--summary": ".csv"},
    ),
}
BAD["new folder"] = (*ODD[1:], "no", "data.csv", "loop", "/dev/full", "n" * 300)
GOOD = {
    "FILE": "data.csv",
    "NEW": "data.csv",
    "ANSWERS": "answers.csv",
    "VALUE": "1",
    "ANSWER": "1.1",
    "N": "1",
}
NAMES = {"conventions": "ridge", "equivalences": "James-Stein"}


def good(name: str) -> dict[str, str]:
    """Return a good value of each argument of a command."""
    return {**GOOD, "NAME": NAMES.get(name, "r-hat")}


def cases() -> Iterator[tuple[str, str]]:
    """Yield each command with each of its arguments and options."""
    for name, asked in COMMANDS.items():
        for argument in asked.kinds:
            yield name, argument


def is_again(name: str, argument: str) -> bool:
    """Return whether another command before has the same argument of the same kind."""
    before = list(COMMANDS)[: list(COMMANDS).index(name)]
    kind = COMMANDS[name].kinds[argument]
    return any(COMMANDS[each].kinds.get(argument) == kind for each in before)


def words_of(name: str, argument: str, value: str) -> list[str]:
    """Return the words of a command in which an argument or option has a value."""
    asked = COMMANDS[name]
    given = good(name)
    words = asked.line.split()
    if argument in given:
        given[argument] = value
    elif argument in words:
        place = words.index(argument)
        words[place + 1] = value
        return [given.get(word, word) if word != value else word for word in words]
    else:
        words += [argument, value]
    return [given.get(word, word) for word in words]


# how a message may call what is bad, by kind, beside the option itself
NAMED: dict[str, tuple[str, ...]] = {
    "table": (
        "FILE",
        "cannot read",
        "is empty",
        "is no",
        "no file",
        "path must",
        "--predict",
    ),
    "name": ("unknown", "no convention", "convention", "more than one"),
    "names": ("unknown exercise",),
    "column": ("has no column",),
    "seeds": ("each seed",),
    "number": ("no number", "no answer", "too large or too small"),
}


def named(name: str, argument: str) -> tuple[str, ...]:
    """Return the words of which one has to be in a message."""
    option = argument.strip("-").replace("-", "_")
    words = (argument, option, option.lower(), argument.strip("-"))
    return (*words, *NAMED.get(COMMANDS[name].kinds[argument], ()))
