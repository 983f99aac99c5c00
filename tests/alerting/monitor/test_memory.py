"""Nothing is repeated every five minutes, and every end is told."""

from pathlib import Path

import pytest

from alerting.monitor.checks import Problem
from alerting.monitor.memory import REPEAT_S, Memory, load, remember, save, to_tell

DOWN = Problem("prod:down", "PmmBotDown", "prod does not answer.")


def tell(memory: Memory, now_s: float, *problems: Problem) -> list[tuple[str, bool]]:
    """What is told at a time, all of it delivered."""
    messages = to_tell(memory, problems, now_s)
    for message in messages:
        remember(memory, message, now_s)
    return [(message.key, message.is_over) for message in messages]


def test_a_problem_is_told_once_then_after_hours_then_its_end() -> None:
    """With the time it began."""
    memory: Memory = {}
    assert [(DOWN.key, False)] == tell(memory, 0.0, DOWN)
    assert [] == tell(memory, 300.0, DOWN)
    assert [(DOWN.key, False)] == tell(memory, REPEAT_S, DOWN)
    assert 0.0 == memory[DOWN.key].since_s
    assert [(DOWN.key, True)] == tell(memory, REPEAT_S + 300.0)
    assert [] == tell(memory, REPEAT_S + 600.0)


def test_what_was_not_delivered_is_told_again() -> None:
    """Only a delivered message is remembered."""
    memory: Memory = {}
    assert to_tell(memory, [DOWN], 0.0)
    assert to_tell(memory, [DOWN], 300.0)


def test_memory_is_kept_on_disk(tmp_path: Path) -> None:
    """And damage is an error that names the file."""
    path = tmp_path / "state" / "monitor.json"
    assert {} == load(path)
    memory: Memory = {}
    tell(memory, 5.0, DOWN)
    save(path, memory)
    assert memory == load(path)
    path.write_text("{")
    with pytest.raises(ValueError, match=r"monitor\.json"):
        load(path)
