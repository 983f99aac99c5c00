"""The words of the command line: help with an example, and one line for wrong use."""

import pytest

from bot.__main__ import COMMANDS, main
from bot.cli import make_parser


def commands() -> list[str]:
    """The names of all commands."""
    return sorted(COMMANDS)


def test_every_command_has_its_words_and_its_function() -> None:
    """The parser raises for words without a function; here no function is without words."""
    words = make_parser(COMMANDS).format_help()
    assert [] == [name for name in COMMANDS if f"\n    {name}" not in words]


@pytest.mark.parametrize("command", commands())
def test_every_command_shows_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`--help` ends with a line that can be copied."""
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert 0 == ended.value.code
    assert f"example: python -m bot {command}" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("command", commands())
def test_help_shows_no_default_that_says_nothing(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither None nor False nor an empty text helps a new user."""
    with pytest.raises(SystemExit):
        main([command, "--help"])
    text = capsys.readouterr().out
    assert not any(f"(default: {value})" in text for value in ("None", "False", ""))


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["dance"],
        ["run"],
        ["run", "--venue", "moon"],
        ["replay", "--seed", "x"],
        ["replay", "--seed", "-1"],
        ["replay", "--hours", "nan"],
        ["replay", "--hours", "-1"],
        ["replay", "--hours", "many"],
        ["sandbox", "--speed", "0"],
        ["sandbox", "--port", "65536"],
        ["markets", "--limit", "-1"],
        ["wallet", "steal"],
        ["wallet", "wrap", "--pol-usd", "inf"],
        ["demo", "--config", "no.toml"],
    ],
)
def test_wrong_use_is_one_line_and_exit_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """It says what is wrong and where the help is."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert 2 == ended.value.code
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("bot: ")
    assert line.endswith(" --help")
