"""Wrong use is one line that says what was wrong, where, and where the help is."""

import pytest

from exporters.command_line import Parser, http_url, port


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
