"""Ports for servers that have to be told theirs."""

import os
from contextlib import suppress
from itertools import count
from socket import socket

_FIRST, _COUNT = 20_000, 12_000
"""Below 32768, where the kernel takes those of connections and of servers that do not care."""
_SPREAD = 619
"""Keeps processes apart whose numbers follow each other, as those of one run's workers do."""

_numbers = count(os.getpid() * _SPREAD)


def free_port() -> int:
    """Return a port of the loopback that nobody listens on, and that is given only once.

    A port that the kernel chose and that was closed again may be gone before it is listened on:
    to another test, or to a connection of anybody.
    """
    while True:
        port = _FIRST + next(_numbers) % _COUNT
        with socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
