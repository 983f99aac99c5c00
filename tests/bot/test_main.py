"""The command line: help with an example, one line for an error, and the right exit code."""

from pathlib import Path

import pytest

from bot.__main__ import _parser, main
from bot.latch import LatchFile
from bot.risk.kill_switch import Latch


def commands() -> list[str]:
    """The names of all commands."""
    (choices,) = (a.choices for a in _parser()._actions if isinstance(a.choices, dict))
    return sorted(choices)


@pytest.mark.parametrize("command", commands())
def test_every_command_shows_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`--help` ends with a line that can be copied."""
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert 0 == ended.value.code
    assert f"example: python -m bot {command}" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("arguments", [[], ["dance"], ["replay", "--seed", "x"]])
def test_wrong_use_exits_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """As every program of ours does."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert 2 == ended.value.code
    assert capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["replay", "no/such/tape.jsonl"],
        ["replay", "--hours", "0"],
        ["replay", "--config", "no.toml"],
    ],
)
def test_bad_input_is_one_line_and_exit_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """The line names what is wrong; no trace of the program's inside."""
    assert 2 == main(arguments)
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("bot: ")


def test_the_kill_switch_is_reset_only_at_a_person_s_word(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without `--yes` the reason is told and nothing changes."""
    config = tmp_path / "pmm.toml"
    config.write_text(f'state_dir = "{tmp_path / "state"}"\n')
    command = ["reset-kill-switch", "--config", str(config)]
    assert 0 == main(command)
    LatchFile(tmp_path / "state").save(Latch("loss", 5_000_000, 1))
    assert 1 == main(command)
    assert "$5.00" in capsys.readouterr().err
    assert LatchFile(tmp_path / "state").load() is not None
    assert 0 == main([*command, "--yes"])
    assert LatchFile(tmp_path / "state").load() is None
