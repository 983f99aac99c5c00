"""No secret of the tests in anything that a run of the tests puts out.

The tests use a few fixed secrets. This plugin looks for them, and for headers that prove who we
are, in everything captured from any test (output, logs, errors), in the JUnit file, and in every
file below the tests' temporary folders: journals, state, metrics and what each bot process said. A
find fails the run and names the place, never the secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest
from eth_account import Account

from bot.sandbox.exchange.config import ExchangeConfig
from bot.sandbox.exchange.keys import Keyring

PRIVATE_KEYS = {"of the stage": "4c" * 32, "of the exchange's tests": "11" * 32}
"""Private keys that tests sign with, without 0x."""
WRITTEN = {"of the scripted exchange": ("c2VjcmV0LTI=", "phrase-3")}
"""API secrets and passphrases that are written in tests."""
CHUNK_BYTES = 1 << 20
FINDS_MAX = 20

_HEADER = (
    rb"poly_(?:signature|passphrase|api_key)['\"]?\s*[,:=]\s*b?['\"]?"
    rb"(?!poly_)[a-z0-9+/_=-]{8,}"
)
_OVERLAP = 256


def secrets_of_tests() -> dict[str, str]:
    """Return every fixed secret by what it is, those that the local exchange draws included."""
    known = {f"private key {whose}": key for whose, key in PRIVATE_KEYS.items()}
    for whose, (secret, passphrase) in WRITTEN.items():
        known |= {f"API secret {whose}": secret, f"passphrase {whose}": passphrase}
    for whose, private_key in PRIVATE_KEYS.items():
        address = str(Account.from_key("0x" + private_key).address)
        key = Keyring(ExchangeConfig().seed).create(address, 0)
        known |= {
            f"API key {whose}": key.key,
            f"API secret {whose}": key.secret,
            f"passphrase {whose}": key.passphrase,
        }
    return known


class Scanner:
    """Finds secrets, in upper and lower case, and header lines that carry one."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        """Look for these, by what they are."""
        self._names = {value.lower().encode(): name for name, value in secrets.items()}
        every = [re.escape(value) for value in self._names] + [_HEADER]
        self._pattern = re.compile(b"|".join(every), re.IGNORECASE)

    def in_bytes(self, content: bytes) -> set[str]:
        """Return what is in there, by name."""
        return {
            self._names.get(found[0].lower(), "a header of the exchange's API")
            for found in self._pattern.finditer(content)
        }

    def in_file(self, path: Path) -> set[str]:
        """Return what is in a file, by name; it may be larger than the memory."""
        found: set[str] = set()
        with path.open("rb") as file:
            before = b""
            while chunk := file.read(CHUNK_BYTES):
                found |= self.in_bytes(before + chunk)
                before = chunk[-_OVERLAP:]
        return found


class SecretWatch:
    """The plugin."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        """Have found nothing."""
        self._scanner = Scanner(secrets)
        self._found: dict[str, None] = {}

    @property
    def finds(self) -> list[str]:
        """Lines for a person: where, and what; each once."""
        return list(self._found)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Look at what a test said and how it failed."""
        texts = [content for _, content in report.sections] + [report.longreprtext]
        self._note(report.nodeid, self._scanner.in_bytes("\n".join(texts).encode()))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Look at every file that the tests left; fail the run for any find."""
        config = session.config
        if hasattr(config, "workerinput"):
            return  # the one that started the workers looks at all their files
        for path in _files(config):
            self._note(str(path), self._scanner.in_file(path))
        if self.finds and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Name the places."""
        for line in self.finds[:FINDS_MAX]:
            terminalreporter.write_line(f"SECRET {line}", red=True)

    def _note(self, where: str, found: Iterable[str]) -> None:
        self._found.update(dict.fromkeys(f"{where}: {name}" for name in sorted(found)))


def _files(config: pytest.Config) -> Iterator[Path]:
    junit = getattr(config.option, "xmlpath", None)
    factory = getattr(config, "_tmp_path_factory", None)
    folder = getattr(factory, "_basetemp", None)  # None where no test asked for one
    roots = [Path(root) for root in (junit, folder) if root is not None]
    for root in roots:
        yield from (
            path
            for path in ([root] if root.is_file() else sorted(root.rglob("*")))
            if path.is_file() and not path.is_symlink()
        )


def pytest_configure(config: pytest.Config) -> None:
    """Watch this run."""
    if not config.pluginmanager.has_plugin("secret-watch"):
        config.pluginmanager.register(SecretWatch(secrets_of_tests()), "secret-watch")
