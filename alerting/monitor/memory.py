"""What was told already, so that nothing is repeated every five minutes and its end is told."""

from __future__ import annotations

from pathlib import Path

import msgspec

from alerting.monitor.checks import Findings
from exporters.whole_file import write_whole

REPEAT_S = 4 * 3_600.0
"""What lasts is told again after this."""


class Told(msgspec.Struct):
    """One problem that was told: since when, when last, and in what words."""

    since_s: float
    told_s: float
    alert: str
    text: str


class Message(msgspec.Struct, frozen=True):
    """One thing to tell."""

    key: str
    alert: str
    text: str
    since_s: float
    is_over: bool


Memory = dict[str, Told]


def to_tell(memory: Memory, findings: Findings, now_s: float) -> list[Message]:
    """Return what is new, what lasts too long not to be said again, and what is over.

    Over is what was looked at and is well: what could not be looked at stays as it was told.
    """
    messages = []
    for key, problem in findings.items():
        told = memory.get(key)
        if problem is None:
            if told is not None:
                messages.append(Message(key, told.alert, told.text, told.since_s, is_over=True))
        elif told is None or now_s - told.told_s >= REPEAT_S:
            since_s = now_s if told is None else told.since_s
            messages.append(Message(key, problem.alert, problem.text, since_s, is_over=False))
    return messages


def remember(memory: Memory, message: Message, now_s: float) -> None:
    """Note that a message was delivered."""
    if message.is_over:
        del memory[message.key]
    else:
        memory[message.key] = Told(message.since_s, now_s, message.alert, message.text)


def load(path: Path) -> Memory:
    """Return what was told; empty when there is no file.

    Raises ValueError naming one that is damaged or cannot be read.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Memory)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ValueError(f"cannot read {path}: {error.strerror}; give a file by --state") from error
    except msgspec.MsgspecError as error:
        raise ValueError(f"{path} is damaged: {error}") from error


def save(path: Path, memory: Memory) -> None:
    """Write what was told, whole or not at all. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, msgspec.json.encode(memory))
