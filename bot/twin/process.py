"""The twin's process: frames in, its own journal and its own `/metrics` out.

It ends when production closes the pipe, however that ended, and only then: a signal to the whole
group of processes must not take the end of the run from it. It has no settings, key or latch.
"""

from __future__ import annotations

import asyncio
import os
import signal
import stat
import sys
from asyncio import StreamReader
from contextlib import closing
from pathlib import Path

from prometheus_client import CollectorRegistry

from bot.app import PRIORS
from bot.calibration_watch import CalibrationWatch, calibration_probes
from bot.clock import SystemClock
from bot.domain.calibration import Calibration, PaperConfig
from bot.domain.errors import InputError, PmmError
from bot.domain.ports import Clock
from bot.journal import Journal, Retention
from bot.twin.core import Twin
from bot.twin.frames import HEAD, Item, TwinSetup, read_body, read_head
from exporters.health import health_check
from exporters.http import MetricsServer
from exporters.probes import ProbeCollector, journal_probes
from exporters.prometheus import PrometheusSink

FLUSH_S = 0.1
"""Between two flushes of the twin's journal; nothing waits for it."""
BATCH = 64
"""Frames taken before flushing and watching get their turn."""
BUFFER_BYTES = 1 << 20
"""Read ahead from the pipe."""
PRODUCTION_GONE = "production is gone"


def say(line: str) -> None:
    """Tell a person one line."""
    sys.stderr.write(f"twin: {line}\n")


def main() -> int:
    """Run a twin until its stdin ends. Returns the exit code: 2 when nobody feeds it."""
    if not _is_fed():
        say("production starts it, with `python -m bot run --venue polymarket`")
        return 2
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    try:
        asyncio.run(_main())
    except (PmmError, OSError) as error:
        say(str(error))
        return 1
    return 0


def _is_fed() -> bool:
    mode = os.fstat(sys.stdin.fileno()).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


async def _main() -> None:
    reader = StreamReader(limit=BUFFER_BYTES)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer)
    first = await read_frame(reader)
    if first is None:
        return
    setup, now_ns = first
    if not isinstance(setup, TwinSetup):
        raise InputError(f"the first frame is a {type(setup).__name__}, not the setup of a twin")
    await run_twin(setup, now_ns, reader)


async def read_frame(reader: StreamReader) -> tuple[Item, int] | None:
    """Return the next item and its time, `None` at the end; a frame cut short is the end too."""
    try:
        kind, length, now_ns = read_head(await reader.readexactly(HEAD.size))
        return read_body(kind, await reader.readexactly(length)), now_ns
    except asyncio.IncompleteReadError:
        return None


async def run_twin(setup: TwinSetup, now_ns: int, reader: StreamReader) -> None:
    """Be the twin that `setup` describes until the frames end.

    Raises JournalError when its journal cannot be written, CalibrationError for a file that is no
    calibration, OSError when its port is taken.
    """
    clock, registry = SystemClock(), CollectorRegistry()
    watch, paper, calibration_hash = None, PaperConfig(), PRIORS

    def recalibrate(new: Calibration) -> None:
        twin.recalibrate(new.suggested_paper_config, new.hash, new.window.until_ns)

    if setup.calibration:
        watch = CalibrationWatch(Path(setup.calibration), recalibrate, say)
        began = watch.begin()
        if began is not None:
            paper, calibration_hash = began.suggested_paper_config, began.hash
    metrics = PrometheusSink(registry, [setup.market])
    retention = Retention(
        age_s_max=setup.journal_age_s_max,
        bytes_max=setup.journal_bytes_max,
        shipper=Path(setup.shipper),
    )
    path = Path(setup.directory) / "journal"
    with closing(Journal(path, now_ns, retention=retention)) as journal:
        twin = Twin(setup, paper, calibration_hash, (journal, metrics))
        probes = journal_probes(journal, lambda: twin.last_seq) | calibration_probes(watch)
        ProbeCollector(registry, probes)
        is_well = health_check(metrics.run, clock, lambda: journal.is_healthy)
        server = MetricsServer(registry, is_well, host=setup.metrics_host, port=setup.metrics_port)
        server.start()
        try:
            twin.start(now_ns)
            await _follow(twin, reader, journal, watch, clock)
        finally:
            server.stop()


async def _follow(
    twin: Twin,
    reader: StreamReader,
    journal: Journal,
    watch: CalibrationWatch | None,
    clock: Clock,
) -> None:
    async with asyncio.TaskGroup() as group:
        beside = [group.create_task(_flush_often(journal, clock))]
        if watch is not None:
            beside.append(group.create_task(watch.run()))
        await _read_all(twin, reader)
        for task in beside:
            task.cancel()
    if not twin.is_over:
        twin.stop(PRODUCTION_GONE)


async def _read_all(twin: Twin, reader: StreamReader) -> None:
    taken = 0
    while not twin.is_over and (frame := await read_frame(reader)) is not None:
        twin.take(*frame)
        taken += 1
        if taken % BATCH == 0:
            await asyncio.sleep(0)  # what is read ahead does not let others in by itself


async def _flush_often(journal: Journal, clock: Clock) -> None:
    while True:
        await asyncio.sleep(FLUSH_S)
        await asyncio.to_thread(journal.flush, clock.now_ns())
