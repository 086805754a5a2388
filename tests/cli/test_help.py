"""Help: every group prints its own, whole, on 80 columns."""

from collections.abc import Iterator

import pytest
import typer
from typer.core import TyperGroup

from bayes_l2.cli.main import app, main


def groups() -> Iterator[list[str]]:
    """Yield the words that name each group of commands, the root with none."""
    open_groups = [([], typer.main.get_command(app))]
    while open_groups:
        words, group = open_groups.pop()
        yield words
        assert isinstance(group, TyperGroup)
        open_groups += [
            ([*words, name], each)
            for name, each in group.commands.items()
            if isinstance(each, TyperGroup)
        ]


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[object, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(words)
    captured = capsys.readouterr()
    return stop.value.code, captured.out, captured.err


@pytest.mark.parametrize("words", list(groups()), ids=" ".join)
def test_a_group_without_a_command_prints_its_help(
    capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    status, out, err = run(capsys, *words)
    assert (status, err) == (0, "")
    assert out.startswith(f"Usage: {' '.join(['bayes-l2', *words])} [OPTIONS] COMMAND")
    assert out == run(capsys, *words, "--help")[1]


@pytest.mark.parametrize("words", list(groups()), ids=" ".join)
def test_no_summary_of_a_command_is_cut(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    _, commands = run(capsys, *words)[1].split("Commands:\n")
    for line in commands.splitlines():
        assert line.endswith("."), line
        assert not line.endswith("..."), line


def test_no_name_of_an_exercise_is_cut(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = run(capsys, "exercises", "list", "--json")[1].split('"')[1::4]
    monkeypatch.setenv("COLUMNS", "60")
    shown = run(capsys, "exercises", "list")[1].split()
    assert len(names) > 30
    assert set(names) <= set(shown)


def test_the_help_of_compare_has_sections_on_80_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = run(capsys, "compare", "--help")[1].splitlines()
    assert max(map(len, lines)) <= 80
    headings = ["Data:", "Model:", "Fits:", "Output:", "Options:", "  Examples:"]
    places = [lines.index(heading) for heading in headings]
    assert places == sorted(places)
    sections = {"--target": 0, "--prior": 1, "--draws": 2, "--save": 3}
    for option, section in sections.items():
        (place,) = (
            i for i, line in enumerate(lines) if line.startswith(f"  {option} ")
        )
        assert places[section] < place < places[section + 1]


@pytest.mark.parametrize(
    "words",
    [
        "compare",
        "explore",
        "convert",
        "conventions",
        "exercises list",
        "exercises show",
        "exercises check",
        "exercises hint",
        "exercises assignment",
        "exercises grade",
        "exercises export",
    ],
)
def test_values_have_names_and_no_types_of_python(
    capsys: pytest.CaptureFixture[str], words: str
) -> None:
    _, out, _ = run(capsys, *words.split(), "--help")
    assert "<" not in out
    assert "list[" not in out
    assert "{" not in out.splitlines()[0]
