"""Nothing is repeated every five minutes, and every end is told."""

from pathlib import Path

import pytest

from alerting.monitor.checks import Findings, Problem
from alerting.monitor.memory import REPEAT_S, Memory, load, remember, save, to_tell

DOWN = Problem("prod:down", "PmmBotDown", "prod does not answer.")
WELL: Findings = {DOWN.key: None}
BAD: Findings = {DOWN.key: DOWN}


def tell(memory: Memory, now_s: float, findings: Findings) -> list[tuple[str, bool]]:
    """What is told at a time, all of it delivered."""
    messages = to_tell(memory, findings, now_s)
    for message in messages:
        remember(memory, message, now_s)
    return [(message.key, message.is_over) for message in messages]


def test_a_problem_is_told_once_then_after_hours_then_its_end() -> None:
    """With the time it began."""
    memory: Memory = {}
    assert [(DOWN.key, False)] == tell(memory, 0.0, BAD)
    assert [] == tell(memory, 300.0, BAD)
    assert [(DOWN.key, False)] == tell(memory, REPEAT_S, BAD)
    assert 0.0 == memory[DOWN.key].since_s
    assert [(DOWN.key, True)] == tell(memory, REPEAT_S + 300.0, WELL)
    assert [] == tell(memory, REPEAT_S + 600.0, WELL)


def test_what_was_not_delivered_is_told_again() -> None:
    """Only a delivered message is remembered."""
    memory: Memory = {}
    assert to_tell(memory, BAD, 0.0)
    assert to_tell(memory, BAD, 300.0)


def test_what_cannot_be_looked_at_is_not_over() -> None:
    """A tripped kill switch of a bot that is down is no good news."""
    memory: Memory = {}
    tell(memory, 0.0, BAD)
    assert [] == tell(memory, 300.0, {})
    assert [] == tell(memory, REPEAT_S, {})
    assert [(DOWN.key, True)] == tell(memory, REPEAT_S + 300.0, WELL)


def test_memory_is_kept_on_disk(tmp_path: Path) -> None:
    """And damage is an error that names the file."""
    path = tmp_path / "state" / "monitor.json"
    assert {} == load(path)
    memory: Memory = {}
    tell(memory, 5.0, BAD)
    save(path, memory)
    assert memory == load(path)
    path.write_text("{")
    with pytest.raises(ValueError, match=r"monitor\.json is damaged"):
        load(path)


def test_a_directory_in_place_of_the_memory_is_no_file_to_remove(tmp_path: Path) -> None:
    """Whoever followed that advice would lose the directory."""
    with pytest.raises(ValueError, match=r"Is a directory; give a file by --state"):
        load(tmp_path)
