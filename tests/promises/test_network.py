"""The package asks for no network. ``conftest.py`` forbids it to all tests."""

import socket
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests import audit
from tests.promises.commands import ALL, COMMANDS, status_of, write_inputs


def test_every_command_has_a_use() -> None:
    assert set(COMMANDS) == set(ALL)


def test_a_test_that_asks_for_the_network_is_found() -> None:
    with pytest.raises(PermissionError, match=r"socket\.getaddrinfo example\.org"):
        socket.create_connection(("example.org", 80))
    with (
        pytest.raises(PermissionError, match=r"socket\.connect 192\.0\.2\.1"),
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made,
    ):
        made.connect(("192.0.2.1", 80))
    with pytest.raises((PermissionError, urllib.error.URLError)):
        urllib.request.urlopen("http://example.org")
    assert len(audit.attempts) == 3
    audit.attempts.clear()


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_makes_no_socket(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even one to this machine, or one that is a file."""
    write_inputs(tmp_path)
    monkeypatch.chdir(tmp_path)
    seen: list[tuple[str, Any]] = []

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(("socket.", "urllib.", "http.", "webbrowser.")):
            seen.append((event, arguments))

    with audit.watched(watch):
        assert status_of(COMMANDS[name]) in (0, 1)
    assert seen == []
