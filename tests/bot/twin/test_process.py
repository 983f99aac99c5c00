"""The twin's process: from frames on its stdin to its own journal and metrics."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from bot.domain import events
from bot.domain.calibration import encode
from bot.domain.errors import CalibrationError
from bot.domain.market import Side
from bot.domain.messages import BookSnapshot
from bot.journal import read_journal
from bot.settings import bare_environment
from bot.twin.frames import Item, Tick, TwinSetup, to_frame
from bot.twin.process import PRODUCTION_GONE, run_twin
from tests.bot.domain.test_calibration import calibration
from tests.bot.engine.world import ASKS, BIDS, MARKET, SHARE, START_NS, YES
from tests.bot.twin.test_frames import SETUP
from tests.exporters.samples import sample
from tests.ports import free_port

S = 1_000_000_000
ORDER = sample(
    events.OrderSubmitted, ts_ns=START_NS, market=MARKET.slug, token=YES, side=Side.BUY,
    price=4_800, size=5 * SHARE,
)  # fmt: skip
END = sample(events.OrderCanceled, ts_ns=START_NS)
STOP = sample(events.RunStopped, ts_ns=START_NS + 3 * S, reason="signal")
ITEMS: Sequence[tuple[Item, int]] = (
    *((BookSnapshot(1, token, BIDS, ASKS, 100, "", None), START_NS) for token in MARKET.tokens),
    (ORDER, START_NS),
    (END, START_NS),
    *((Tick(), START_NS + number * S // 100) for number in range(300)),
)


def setup_in(directory: Path, **changes: object) -> TwinSetup:
    """A twin that writes here, and listens on any port."""
    return msgspec.structs.replace(SETUP, directory=str(directory), **changes)


def reader_of(*items: tuple[Item, int], cut: bytes = b"") -> asyncio.StreamReader:
    """A pipe with these frames in it, then some bytes, then its end."""
    reader = asyncio.StreamReader()
    for item, now_ns in items:
        reader.feed_data(to_frame(item, now_ns))
    reader.feed_data(cut)
    reader.feed_eof()
    return reader


def told(directory: Path) -> list[events.Event]:
    """The twin's journal."""
    return list(read_journal(directory / "journal"))


async def test_frames_become_a_journal_that_reads_back(tmp_path: Path) -> None:
    """From the start of the run to production's orderly end, with the order's comparison."""
    reader = reader_of(*ITEMS, (STOP, STOP.ts_ns), (Tick(), STOP.ts_ns))
    await run_twin(setup_in(tmp_path), START_NS, reader)
    names = [type(each).__name__ for each in told(tmp_path)]
    assert ["RunStarted", "RunStopped"] == [names[0], names[-1]]
    assert {"OrderSubmitted", "OrderAccepted", "OrderCompared"} <= set(names)


@pytest.mark.parametrize("cut", [b"", b"\x00\x00", to_frame(Tick(), 1)[:-1]])
async def test_a_pipe_that_breaks_is_the_end_of_production(tmp_path: Path, cut: bytes) -> None:
    """Nothing is judged: what production would have made of its orders nobody knows."""
    await run_twin(setup_in(tmp_path), START_NS, reader_of(*ITEMS, cut=cut))
    journal = told(tmp_path)
    last = journal[-1]
    assert isinstance(last, events.RunStopped)
    assert PRODUCTION_GONE == last.reason
    assert [] == [each for each in journal if isinstance(each, events.OrderCompared)]


async def test_it_runs_with_the_calibration_of_its_file(tmp_path: Path) -> None:
    """On the priors while there is none; one that is damaged is an error with its name."""
    path = tmp_path / "calibration.json"
    hashes = []
    for number, content in enumerate((None, encode(calibration()))):
        if content is not None:
            path.write_bytes(content)
        setup = setup_in(tmp_path / str(number), calibration=str(path))
        await run_twin(setup, START_NS, reader_of())
        (started, _) = told(tmp_path / str(number))
        assert isinstance(started, events.RunStarted)
        hashes.append(started.calibration_hash)
    path.write_text("{}")
    with pytest.raises(CalibrationError, match=r"calibration\.json"):
        await run_twin(setup_in(tmp_path, calibration=str(path)), START_NS, reader_of())
    assert "priors" == hashes[0]
    assert msgspec.json.decode(encode(calibration()))["hash"] == hashes[1]


class Spawned:
    """A twin in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    def send(self, *items: tuple[Item, int]) -> None:
        """Write frames into its stdin."""
        assert self.process.stdin is not None
        for item, now_ns in items:
            self.process.stdin.write(to_frame(item, now_ns))

    async def ended(self) -> tuple[int | None, str]:
        """Close its stdin; return its exit code and what it said."""
        async with asyncio.timeout(120):
            _, text = await self.process.communicate(b"")
        return self.process.returncode, text.decode()


async def spawned() -> Spawned:
    """A twin that waits for its setup."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.twin", env=bare_environment(), stdin=pipe, stderr=pipe
    )
    return Spawned(process)


@contextmanager
def taken_port() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield int(listener.getsockname()[1])


async def test_a_process_lives_as_long_as_its_pipe(tmp_path: Path) -> None:
    """Signals to the whole group do not end it; its metrics tell what it runs with."""
    port = free_port()
    twin = await spawned()
    twin.send((setup_in(tmp_path, metrics_port=port), START_NS), *ITEMS)
    url = f"http://127.0.0.1:{port}/metrics"
    text = await asyncio.to_thread(patient_get, url)
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(twin.process.pid, number)
    twin.send((STOP, STOP.ts_ns))
    assert (0, "") == await twin.ended()
    assert 'pmm_twin_orders_total{agreement="both",market="rain"} 0.0' in text
    assert isinstance(told(tmp_path)[-1], events.RunStopped)


def patient_get(url: str) -> str:
    """The text behind a URL whose server is about to start."""
    for _ in range(6_000):
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - our own server
                return str(answer.read().decode())
        except OSError:
            signal.sigtimedwait([], 0.01)
    raise TimeoutError(url)


async def test_what_stands_in_its_way_is_one_line(tmp_path: Path) -> None:
    """A taken port, a frame that is no setup; without any frame it just ends."""
    with taken_port() as port:
        twin = await spawned()
        twin.send((setup_in(tmp_path, metrics_port=port), START_NS))
        code, text = await twin.ended()
    assert (1, 1) == (code, text.count("\n"))
    assert "Address already in use" in text
    twin = await spawned()
    twin.send((Tick(), START_NS))
    assert (1, "twin: the first frame is a Tick, not the setup of a twin\n") == await twin.ended()
    assert (0, "") == await (await spawned()).ended()


def test_nobody_starts_it_by_hand() -> None:
    """Without production at the other end it says who does, and ends."""
    ran = subprocess.run(
        [sys.executable, "-m", "bot.twin"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert 2 == ran.returncode
    assert "twin: production starts it, with `python -m bot run --venue polymarket`\n" == ran.stderr
