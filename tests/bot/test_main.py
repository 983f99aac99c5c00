"""The commands: one line for an error, the right exit code, and no harm done by a slip."""

from pathlib import Path

import pytest

from bot.__main__ import main
from bot.latch import LatchFile
from bot.risk.kill_switch import Latch


@pytest.mark.parametrize(
    "arguments",
    [
        ["replay", "no/such/tape.jsonl"],
        ["replay", "--hours", "0.00001"],
        ["replay", "--config", "no.toml"],
        ["record", "--market", "rain", "tape.zip"],
        ["record", "--market", "rain", __file__],
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
    LatchFile(tmp_path / "state")
    assert 0 == main(command)
    LatchFile(tmp_path / "state").save(Latch("loss", 5_000_000, 1))
    assert 1 == main(command)
    assert "$5.00" in capsys.readouterr().err
    assert LatchFile(tmp_path / "state").load() is not None
    assert 0 == main([*command, "--yes"])
    assert LatchFile(tmp_path / "state").load() is None


def test_a_kill_switch_is_not_reset_where_none_ever_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mistyped directory is refused and not made: the real switch is still tripped elsewhere."""
    config = tmp_path / "pmm.toml"
    config.write_text(f'state_dir = "{tmp_path / "stat"}"\n')
    assert 2 == main(["reset-kill-switch", "--yes", "--config", str(config)])
    (line,) = capsys.readouterr().err.splitlines()
    assert f"no bot ever kept a kill switch in {tmp_path / 'stat'}" in line
    assert not (tmp_path / "stat").exists()
