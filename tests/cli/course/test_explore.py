"""`bayes-l2 explore`: the path is printed, with a browser and without one."""

import webbrowser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.cli.test_compare import run


@pytest.mark.parametrize("is_opened", [True, False])
def test_the_page_is_opened_and_its_path_printed(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    is_opened: bool,
) -> None:
    seen: list[str] = []

    def browser(url: str) -> bool:
        seen.append(url)
        return is_opened

    monkeypatch.setattr(webbrowser, "open", browser)
    status, out, err = run(capsys, "explore")
    assert (status, err) == (0, "")
    (address,) = seen
    assert urlsplit(address).scheme == "file"
    assert unquote(urlsplit(address).path) == out.strip()
    assert Path(out.strip()).read_text(encoding="utf-8").startswith("<!doctype html>")
