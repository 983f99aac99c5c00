"""The compiled core: the same program, byte for byte, and no class that lost its options."""

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

import pytest

from tools.compile_core import copy, core, is_compiled

ROOT = Path(__file__).parent.parent.parent
HEADER = Path(sysconfig.get_path("include")) / "Python.h"
"""Some systems have it in a package of its own."""
CASES = {
    "tape": ["--seed", "1", "--hours", "1"],
    "another seed": ["--seed", "2", "--hours", "0.5"],
    "legacy": ["--seed", "3", "--hours", "0.5", "--model", "legacy"],
}


@pytest.mark.parametrize(
    "statement",
    [
        "class A(msgspec.Struct, frozen=True): ...",
        "class A(Record, frozen=True, kw_only=True): ...",
        "class A(Value, Other, frozen=True): ...",
        "class A(Value, frozen=True, order=True): ...",
        "def make():\n    class A(msgspec.Struct, forbid_unknown_fields=True): ...",
    ],
)
def test_a_class_that_would_lose_its_options_is_left_as_it_is(statement: str) -> None:
    """Whatever else is in its module."""
    assert not is_compiled(f"x = 1\n\n\n{statement}\n")


@pytest.mark.parametrize(
    "statement", ["", "class A: ...", "class A(StrEnum): ...", "class A(Value, frozen=True): ..."]
)
def test_everything_else_may_be_compiled(statement: str) -> None:
    """A value has its options from its base."""
    assert is_compiled(f"x = 1\n\n\n{statement}\n")


def test_the_core_is_what_runs_at_every_message() -> None:
    """Book, decision, limits and venue are in it; what is decoded or waits is not."""
    modules = core(ROOT)
    hot = {"domain/book.py", "strategy/quoter.py", "risk/controls.py", "engine/core.py"}
    assert {f"bot/{each}" for each in hot} <= set(modules)
    assert not {"bot/domain/events.py", "bot/strategy/config.py", "bot/runner.py"} & set(modules)


def test_only_an_earlier_copy_is_removed(tmp_path: Path) -> None:
    """A directory given by mistake keeps what is in it."""
    letter = tmp_path / "letter.txt"
    letter.touch()
    with pytest.raises(SystemExit) as stopped:
        copy(tmp_path)
    assert stopped.value.code == 2
    assert letter.exists()
    copy(tmp_path / "core")
    stale = tmp_path / "core" / "stale.py"
    stale.touch()
    copy(tmp_path / "core")
    assert not stale.exists()
    assert (tmp_path / "core" / "bot" / "engine" / "core.py").exists()


def journal_of(options: list[str], directory: Path, env: Mapping[str, str]) -> str:
    """The digest of what a replay writes down."""
    command = [sys.executable, "-m", "bot", "replay", *options, "--journal", str(directory)]
    subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True)
    segments = sorted(directory.glob("*.jsonl"))
    assert segments
    return hashlib.sha256(b"".join(each.read_bytes() for each in segments)).hexdigest()


@pytest.mark.slow
@pytest.mark.skipif(
    shutil.which("cc") is None or not HEADER.exists(),
    reason="no C compiler on PATH, or no headers of Python",
)
def test_a_compiled_replay_writes_the_same_journal(tmp_path: Path) -> None:
    """Every event of it to the last digit, by trades and by chance, from compiled files."""
    target = tmp_path / "core"
    subprocess.run(
        [sys.executable, "tools/compile_core.py", target], cwd=ROOT, check=True, capture_output=True
    )
    plain = dict(os.environ)  # noqa: TID251 - handed on to the processes
    fast = plain | {"PYTHONSAFEPATH": "1", "PYTHONPATH": str(target)}
    where = [sys.executable, "-c", "import bot.engine.core as core; print(core.__file__)"]
    ran = subprocess.run(where, cwd=ROOT, env=fast, check=True, capture_output=True, text=True)
    assert ran.stdout.startswith(str(target))
    assert ran.stdout.endswith(".so\n")
    for name, options in CASES.items():
        expected = journal_of(options, tmp_path / f"{name}-plain", plain)
        assert expected == journal_of(options, tmp_path / f"{name}-fast", fast), name
