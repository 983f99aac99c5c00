"""Wrong use is one line that says what was wrong, where, and where the help is."""

import os
import signal
from collections.abc import Iterator

import pytest

from exporters.command_line import Parser, http_url, port, stop_on_signal


def made() -> Parser:
    """A command with a port and an address."""
    parser = Parser(prog="python -m exporters thing")
    parser.add_argument("--port", type=port)
    parser.add_argument("--demo", type=http_url)
    return parser


def test_what_is_right_is_taken() -> None:
    """Also port 0, any free one."""
    taken = made().parse_args(["--port", "0", "--demo", "https://host/metrics"])
    assert (0, "https://host/metrics") == (taken.port, taken.demo)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--port", "65536"], "argument --port: '65536' is no port: 0 to 65535"),
        (["--port=-1"], "argument --port: '-1' is no port: 0 to 65535"),
        (["--port", "²"], "argument --port: '²' is no port: 0 to 65535"),
        (
            ["--demo", "host"],
            "argument --demo: 'host' is no address: give http://HOST:PORT/metrics",
        ),
        (["--nonsense"], "unrecognized arguments: --nonsense"),
    ],
)
def test_wrong_use_is_one_line(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """And exit code 2."""
    with pytest.raises(SystemExit) as ended:
        made().parse_args(arguments)
    assert 2 == ended.value.code
    line = f"exporters: {says}; see python -m exporters thing --help\n"
    assert line == capsys.readouterr().err


@pytest.fixture
def handlers() -> Iterator[None]:
    """Give the handlers of signals back."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("handlers")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_either_signal_ends_the_wait(number: signal.Signals) -> None:
    """Before it came there was something to wait for."""
    wait = stop_on_signal().wait
    assert not wait(0)
    os.kill(os.getpid(), number)
    assert wait(60)
