"""What Python reports of the process: network, text that is run, other programs.

Python calls an audit hook for each such event, whichever library causes it. A hook
stays until the process ends, so this one asks watchers, which come and go.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

type Watcher = Callable[[str, tuple[Any, ...]], None]

_watchers: list[Watcher] = []
attempts: list[str] = []  # to reach the network, since the last test
# this machine, for clusters of Dask
HOSTS = ("localhost", "127.0.0.1", "0.0.0.0", "::1", None)
BY_ADDRESS = {"socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1}
BY_NAME = {
    "http.client.connect": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyaddr": 0,
    "socket.gethostbyname": 0,
}


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    for each in _watchers:
        each(event, arguments)


def _refuse_network(event: str, arguments: tuple[Any, ...]) -> None:
    """Raise an error where a host is asked for that is not this machine."""
    if event in BY_ADDRESS:
        address = arguments[BY_ADDRESS[event]]
        if not isinstance(address, tuple):  # a socket of Unix, which is a file
            return
        host = address[0]
    elif event in BY_NAME:
        host = arguments[BY_NAME[event]]
    else:
        return
    if host not in HOSTS:
        attempts.append(f"{event} {host}")
        raise PermissionError(f"a test asks for the network: {attempts[-1]}")


def forbid_network() -> None:
    """Forbid the network to this process, until it ends."""
    if not _watchers:
        sys.addaudithook(_hook)
        _watchers.append(_refuse_network)


@contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """Call a function for each event."""
    _watchers.append(watcher)
    try:
        yield
    finally:
        _watchers.remove(watcher)
