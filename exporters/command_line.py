"""What the command lines share: wrong use is one line on stderr, and a signal is the end.

A port is a port there, and a URL a URL.
"""

from __future__ import annotations

import argparse
import signal
import threading
from typing import NoReturn

PORT_MAX = 65_535


class Parser(argparse.ArgumentParser):
    """Says in one line what was wrong, and where the help is; `prog` is `python -m PACKAGE ...`."""

    def error(self, message: str) -> NoReturn:
        """Exit with 2."""
        package = self.prog.split()[2]
        self.exit(2, f"{package}: {message}; see {self.prog} --help\n")


def port(text: str) -> int:
    """Return a port number, 0 for any free one. Raises ArgumentTypeError."""
    if not text.isascii() or not text.isdecimal() or int(text) > PORT_MAX:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: 0 to {PORT_MAX}")
    return int(text)


def http_url(text: str) -> str:
    """Return an address that can be asked. Raises ArgumentTypeError."""
    if not text.startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError(f"{text!r} is no address: give http://HOST:PORT/metrics")
    return text


def stop_on_signal() -> threading.Event:
    """Return an event that is set as soon as SIGINT or SIGTERM comes, which then end nothing."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop
