"""How a paper bot ends: in order whatever ended it, with the true reason in its journal."""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import closing
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from bot.app import PaperSetup, Session
from bot.beside import Beside
from bot.clock import SystemClock
from bot.domain import events
from bot.domain.errors import InvariantError, PmmError, SettingsError, VenueUnavailable
from bot.journal import Journal
from bot.latch import LatchFile
from bot.run import FEED_ENDED, _drive, flush_often, serve_metrics
from bot.runner import Runner
from bot.settings import Settings
from exporters.http import Condition
from tests.bot.engine.world import MARKET, START_NS, Sink
from tests.bot.test_run import PATIENCE_S, LiveExchange, start
from tests.bot.test_runner import BOOKS, EndlessFeed, Feed, SteppingClock
from tests.ports import free_port


async def fail(error: Exception) -> None:
    """Die at once."""
    raise error


def paper_bot(feed: Feed, sink: Sink) -> tuple[Session, Runner, Beside]:
    """A paper bot on a feed, started."""
    session = Session([MARKET], PaperSetup(), (sink,))
    session.start(START_NS)
    runner = Runner(session.engine, session.venue, feed, SteppingClock(), queue_max=100)
    if isinstance(feed, EndlessFeed):
        feed.at_end = lambda: None
    return session, runner, Beside(runner.stop)


async def test_a_feed_that_ends_is_no_signal() -> None:
    """Nobody asked: it says what happened, and no order rests."""
    sink = Sink()
    session, runner, beside = paper_bot(Feed(BOOKS), sink)
    await driven(session, runner, beside)
    (stopped,) = sink.of(events.RunStopped)
    assert (FEED_ENDED, 0) == (stopped.reason, stopped.open_orders)


@pytest.mark.parametrize(
    ("feed", "dying", "raised", "reason"),
    [
        (Feed(BOOKS, VenueUnavailable("gone")), (), VenueUnavailable, "VenueUnavailable: gone"),
        (Feed(BOOKS, KeyError("text")), (), KeyError, "KeyError"),
        (
            EndlessFeed(BOOKS), (OSError("disk"),), InvariantError,
            "the flushing failed: OSError: disk",
        ),
    ],
)  # fmt: skip
async def test_what_fails_ends_it_in_order_and_comes_out(
    feed: Feed, dying: tuple[Exception, ...], raised: type[Exception], reason: str
) -> None:
    """The feed, or a task beside: orders are off, the journal has the reason, the error is told."""
    sink = Sink()
    session, runner, beside = paper_bot(feed, sink)
    for error in dying:
        beside.start("the flushing", fail(error))
    with pytest.raises(raised):
        await driven(session, runner, beside)
    (stopped,) = sink.of(events.RunStopped)
    assert (reason, 0) == (stopped.reason, stopped.open_orders)


class NoReport(Sink):
    """What is left of a broken engine: its reports fail, once the run is to end."""

    def publish(self, event: events.Event) -> None:
        """Fail at the first figure of a report."""
        if isinstance(event, events.EquityMarked) and event.ts_ns > START_NS:
            raise InvariantError("the report is broken too")
        super().publish(event)


@pytest.mark.parametrize(
    ("feed", "dying", "raised"),
    [
        (Feed(BOOKS, VenueUnavailable("gone")), (), "^gone\nthe last report failed"),
        (EndlessFeed(BOOKS), (OSError("disk"),), "^the flushing failed: OSError: disk$"),
        (Feed(BOOKS), (), "^the report is broken too$"),
    ],
)
async def test_a_last_report_that_fails_hides_nothing(
    feed: Feed, dying: tuple[Exception, ...], raised: str
) -> None:
    """What ended it comes out and is in the journal, and nothing beside it runs on."""
    sink = NoReport()
    session, runner, beside = paper_bot(feed, sink)
    lasting = beside.start("lasting", asyncio.sleep(PATIENCE_S))
    for error in dying:
        beside.start("the flushing", fail(error))
    with pytest.raises(PmmError, match=raised):
        await driven(session, runner, beside)
    assert lasting.cancelled()
    (stopped,) = sink.of(events.RunStopped)
    assert (beside.reason or FEED_ENDED, 0) == (stopped.reason, stopped.open_orders)


async def driven(session: Session, runner: Runner, beside: Beside) -> None:
    """Drive it and raise what a command would."""
    async with asyncio.timeout(PATIENCE_S):
        await _drive(session, runner, beside)
    beside.raise_error()


class Well:
    """Nothing is wrong."""

    is_well = True


def test_a_port_that_is_taken_is_one_line_that_says_what_to_set() -> None:
    """And a free one is free again afterwards."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", free_port()))
        listener.listen()
        port = int(listener.getsockname()[1])
        settings = Settings(metrics_port=port)
        with (
            pytest.raises(SettingsError, match=f"127.0.0.1:{port} .*set PMM_METRICS_PORT"),
            serve_metrics(settings, CollectorRegistry(), well),
        ):
            pass
    for _ in range(2):
        with serve_metrics(settings, CollectorRegistry(), well):
            pass


def well() -> Condition:
    """Say so."""
    return Well()


async def test_a_command_without_its_port_exits_2_with_that_line(tmp_path: Path) -> None:
    """No traceback, nothing traded."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = str(listener.getsockname()[1])
        async with LiveExchange().open() as exchange:
            env = exchange.environment(tmp_path, PMM_METRICS_PORT=port)
            process = await start("run", "--venue", "paper", env=env)
            async with asyncio.timeout(PATIENCE_S):
                _, said = await process.communicate()
    assert (2, 1) == (process.returncode, said.decode().count("\n"))
    assert f"cannot listen on 127.0.0.1:{port} (Address already in use)" in said.decode()


class Latch(LatchFile):
    """Counts how often it was asked to be on the disk."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.syncs = 0
        self.was_synced = threading.Event()

    def sync(self) -> None:
        """Count, and do it."""
        super().sync()
        self.syncs += 1
        self.was_synced.set()


async def test_the_loss_carried_is_synced_beside_the_journal_and_at_the_end(
    tmp_path: Path,
) -> None:
    """From the thread that flushes; the last loss of a run too, whatever ended it."""
    latch = Latch(tmp_path)
    with closing(Journal(tmp_path / "journal", START_NS)) as journal:
        flushing = asyncio.create_task(flush_often(journal, latch, SystemClock()))
        assert await asyncio.to_thread(latch.was_synced.wait, PATIENCE_S)
        flushing.cancel()
        await asyncio.wait([flushing])
        before = latch.syncs
        ended = asyncio.create_task(flush_often(journal, latch, SystemClock()))
        await asyncio.sleep(0)
        ended.cancel()
        await asyncio.wait([ended])
    assert before + 1 == latch.syncs
