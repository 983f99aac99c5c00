"""Production's end of the pipe neither waits nor raises, whatever becomes of the other end."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.domain import events
from bot.domain.messages import BookSnapshot
from bot.settings import bare_environment
from bot.twin import link as module
from bot.twin.frames import HEAD, Item, read_body, read_head
from bot.twin.link import TwinLink, twin_probes
from exporters.catalogue import twin
from tests.bot.engine.world import ASKS, BIDS, START_NS, YES
from tests.bot.twin.test_frames import SETUP
from tests.exporters.samples import SAMPLES, sample

BOOK = BookSnapshot(1, YES, BIDS * 100, ASKS * 100, 100, "", None)
COPY = "import sys, shutil; shutil.copyfileobj(sys.stdin.buffer, open({path!r}, 'wb'))"
ASLEEP = "import time; time.sleep(60)"


def linked(code: str, said: list[str], **more: int) -> TwinLink:
    """A link to a process that runs this code instead of a twin."""
    command = (sys.executable, "-c", code)
    return TwinLink(bare_environment(), SystemClock(), said.append, command=command, **more)


async def until(condition: Callable[[], bool], meanwhile: Callable[[], object]) -> None:
    """Let the loop turn, doing something each time, until a condition holds."""
    async with asyncio.timeout(60):
        while not condition():
            meanwhile()
            await asyncio.sleep(0.001)


def frames(path: Path) -> list[tuple[Item, int]]:
    """What arrived at the other end."""
    data, items = path.read_bytes(), []
    while data:
        kind, length, now_ns = read_head(data[: HEAD.size])
        end = HEAD.size + length
        items.append((read_body(kind, data[HEAD.size : end]), now_ns))
        data = data[end:]
    return items


async def test_everything_that_matters_arrives_in_order(tmp_path: Path) -> None:
    """The setup, the market, decisions and their outcomes; at the end the pipe is read out."""
    said: list[str] = []
    link = linked(COPY.format(path=str(tmp_path / "copy")), said)
    link.on_message(BOOK, START_NS)  # before the start: nobody is there
    await link.open(SETUP)
    link.on_message(BOOK, START_NS)
    for event in SAMPLES:
        link.publish(event)
    await link.close()
    first, *rest = frames(tmp_path / "copy")
    wanted = [(event, event.ts_ns) for event in SAMPLES if isinstance(event, module.WANTED)]
    assert SETUP == first[0]
    assert [(BOOK, START_NS), *wanted] == rest
    assert ([], 0, False) == (said, link.failures, link.is_up)


async def test_a_twin_that_does_not_read_is_let_go_and_never_waited_for() -> None:
    """The pipe holds 64 KB; what waits in memory has a limit, and then it is silence."""
    said: list[str] = []
    link = linked(ASLEEP, said, behind_bytes_max=100_000)
    await link.open(SETUP)
    probes = twin_probes(link)
    assert (1.0, 0.0) == (probes[twin.UP](), probes[twin.FAILURES]())
    await until(lambda: not link.is_up, lambda: link.on_message(BOOK, START_NS))
    link.on_message(BOOK, START_NS)
    await link.close()
    assert (0.0, 1.0) == (probes[twin.UP](), probes[twin.FAILURES]())
    assert [
        "the twin is silent from now on: it does not read any more; production trades on without it"
    ] == said


def test_a_pipe_that_is_waited_for_would_stop_production() -> None:
    """What the test above holds off: the same pipe, written to until it takes no more."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with pytest.raises(BlockingIOError):
        fill(writing)
    os.close(reading)
    os.close(writing)


def fill(pipe: int) -> None:
    """Write for ever."""
    while True:
        os.write(pipe, b"x" * 65_536)


async def test_a_twin_that_ends_by_itself_is_noticed_and_told_once() -> None:
    """By the watch beside production, with its code."""
    said: list[str] = []
    link = linked("raise SystemExit(3)", said)
    await link.open(SETUP)
    await asyncio.wait_for(link.run(), 60)
    link.publish(sample(events.RunStopped))
    await link.close()
    assert 1 == len(said)
    assert "it ended with code 3" in said[0]


async def test_ticks_let_time_go_on_while_nothing_happens(tmp_path: Path) -> None:
    """Until the watch is cancelled; the twin lives on to be closed."""
    said: list[str] = []
    link = linked(COPY.format(path=str(tmp_path / "copy")), said)
    await link.open(SETUP)
    running = asyncio.create_task(link.run())
    await asyncio.wait({running}, timeout=1.2)
    running.cancel()
    await link.close()
    assert 2 <= len(frames(tmp_path / "copy"))
    assert [] == said


async def test_a_twin_that_cannot_be_started_is_told() -> None:
    """Production goes on as if there were none."""
    said: list[str] = []
    link = TwinLink({}, SystemClock(), said.append, command=("/nowhere/python",))
    await link.open(SETUP)
    await link.run()
    link.publish(sample(events.RunStopped))
    await link.close()
    assert 1 == len(said)
    assert "it cannot be started: No such file" in said[0]


async def test_an_end_that_fails_is_told() -> None:
    """A twin that could not write its last events, say."""
    said: list[str] = []
    link = linked("import sys; sys.stdin.buffer.read(); raise SystemExit(1)", said)
    await link.open(SETUP)
    await link.close()
    assert 1 == len(said)
    assert "it ended with code 1" in said[0]
