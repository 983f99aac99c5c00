"""`python -m bot run --venue paper` and `record`: the bot and the recorder on the live feed."""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from prometheus_client import CollectorRegistry

from bot.app import PRIORS, PaperSetup, Session
from bot.beside import Beside, cause_of
from bot.calibration_watch import CalibrationWatch, calibration_probes
from bot.clock import SystemClock
from bot.domain.calibration import Calibration, PaperConfig
from bot.domain.errors import SettingsError
from bot.domain.market import Market
from bot.journal import Journal
from bot.latch import LatchFile
from bot.log import stderr_log
from bot.markets import MarketWatch, choose_market
from bot.markets.table import why
from bot.record import TapeWriter, record
from bot.runner import Runner
from bot.settings import Settings
from bot.stderr import stderr
from bot.venues.paper.legacy import LEGACY_DEFAULTS
from bot.venues.polymarket.gamma import GammaClient, GammaSettings
from bot.venues.polymarket.market_stream import MarketStream, StreamSettings
from exporters.health import health_check
from exporters.http import Condition, MetricsServer
from exporters.probes import ProbeCollector, journal_probes, terms_probes
from exporters.prometheus import PrometheusSink

FLUSH_INTERVAL_S = 0.02
"""Between two flushes of the journal, which run in a thread: the engine never waits for a disk."""

FEED_ENDED = "the feed ended"
"""Why a run stopped that nobody and nothing else stopped."""


def run_paper(settings: Settings, *, market: str | None, verbose: bool) -> int:
    """Trade one market on paper until SIGINT or SIGTERM. Returns the exit code.

    Without a market the bot takes the one that the screen ranks first.
    """
    return asyncio.run(_run_paper(settings, market or settings.market, verbose=verbose))


def run_record(settings: Settings, *, market: str | None, path: Path) -> int:
    """Record one market's feed until SIGINT or SIGTERM. Returns the exit code."""
    return asyncio.run(_run_record(settings, _wanted(settings, market), path))


def _wanted(settings: Settings, market: str | None) -> str:
    name = market or settings.market
    if not name:
        raise SettingsError("no market: give --market SLUG (or condition id, token) or PMM_MARKET")
    return name


async def _run_paper(settings: Settings, name: str, *, verbose: bool) -> int:
    clock = SystemClock()
    market = await (find_market(settings, name) if name else best_market(settings, clock))
    watch = calibration_watch(settings, lambda new: session.recalibrate(new, runner.now_ns()))
    setup = _setup(settings, None if watch is None else watch.begin(), clock.now_ns())
    latch = LatchFile(Path(settings.state_dir))
    with closing(open_journal(settings, clock)) as journal:
        registry = CollectorRegistry()
        metrics = PrometheusSink(registry, [market])
        sinks = (journal, stderr_log(verbose=verbose), metrics)
        session = Session([market], setup, sinks, latch, clock)
        runner = Runner(
            session.engine,
            session.venue,
            market_feed(settings, market, clock),
            clock,
            queue_max=settings.queue_max,
        )
        probes = journal_probes(journal, lambda: session.publisher.seq) | calibration_probes(watch)
        ProbeCollector(registry, probes)
        health = health_check(metrics.run, clock, lambda: journal.is_healthy)
        with serve_metrics(settings, registry, health):
            beside = Beside(runner.stop)
            on_signals(lambda: beside.stop("signal"))
            session.start(clock.now_ns())
            beside.start("the journal's flushing", flush_often(journal, latch, clock))
            watching = watch_market(settings, runner, market, clock, registry)
            beside.start("watching the market's terms", watching)
            if watch is not None:
                beside.start("watching the calibration", watch.run())
            await _drive(session, runner, beside)
    beside.raise_error()
    return 0


async def _drive(session: Session, runner: Runner, beside: Beside) -> None:
    """Trade until something ends it; the journal then says what.

    Whatever else fails on the way out, all beside is ended and the first error is raised.
    """
    try:
        await runner.run()
    except BaseException as error:
        beside.stop(cause_of(error))
        try:
            session.stop(beside.reason, runner.now_ns())
        except Exception as second:  # noqa: BLE001 - the first error is the reason to tell
            error.add_note(f"the last report failed after it: {second!r}")
        raise
    else:
        try:
            session.stop(beside.reason or FEED_ENDED, runner.now_ns())
        finally:
            beside.raise_error()
    finally:
        await beside.end()


async def _run_record(settings: Settings, name: str, path: Path) -> int:
    clock = SystemClock()
    market = await find_market(settings, name)
    with TapeWriter(path, market.slug) as tape:
        feed = MarketStream(
            market.tokens, clock, generator(settings), _stream(settings), tape.write
        )
        recording = asyncio.create_task(record(feed, tape))
        on_signals(recording.cancel)
        sys.stderr.write(f"recording {market.slug} to {path}; stop with Ctrl-C\n")
        with contextlib.suppress(asyncio.CancelledError):
            await recording
    sys.stderr.write(f"{tape.frames} frames in {path}\n")
    return 0


async def find_market(settings: Settings, name: str) -> Market:
    """Return the market of a slug, condition id or token. Raises InputError when there is none."""
    gamma = GammaSettings(url=settings.gamma_url)
    async with GammaClient(gamma, generator(settings)) as client:
        return await client.market(name)


async def best_market(settings: Settings, clock: SystemClock) -> Market:
    """Return the market that the screen ranks first, and say why."""
    gamma = GammaSettings(url=settings.gamma_url)
    async with GammaClient(gamma, generator(settings)) as client:
        verdict = await choose_market(client, settings.screen, clock.now_ns())
    say(f"no market was named: chose {verdict.listing.market.slug}; {'; '.join(why(verdict))}")
    return verdict.listing.market


async def watch_market(
    settings: Settings,
    runner: Runner,
    market: Market,
    clock: SystemClock,
    registry: CollectorRegistry,
) -> None:
    """Read the terms of the market again, for ever, and hand them to the runner."""
    gamma = GammaSettings(url=settings.gamma_url)
    async with GammaClient(gamma, generator(settings)) as client:
        watch = MarketWatch(client, runner, clock, settings.screen, say)
        ProbeCollector(registry, terms_probes(lambda: watch.failures))
        await watch.run(market.condition_id)


def say(line: str) -> None:
    """Tell a person one line, without waiting for anybody to read it."""
    stderr().write(line)


def market_feed(settings: Settings, market: Market, clock: SystemClock) -> MarketStream:
    """Return the live feed of one market."""
    return MarketStream(market.tokens, clock, generator(settings), _stream(settings))


def _stream(settings: Settings) -> StreamSettings:
    return StreamSettings(url=settings.market_ws_url, queue_max=settings.queue_max)


def generator(settings: Settings) -> random.Random:
    """Return a generator of its own, seeded by the settings."""
    return random.Random(settings.seed)


def _setup(settings: Settings, calibration: Calibration | None, now_ns: int) -> PaperSetup:
    paper, calibration_hash = PaperConfig(), PRIORS
    if settings.paper_model == "legacy":
        paper = LEGACY_DEFAULTS
    if calibration is not None:
        paper, calibration_hash = calibration.suggested_paper_config, calibration.hash
    return PaperSetup(
        engine=settings.engine,
        paper=paper,
        model=settings.paper_model,
        calibration_hash=calibration_hash,
        seed=settings.seed,
        run_id=f"{now_ns:x}",
    )


def on_signals(stop: Callable[[], object]) -> None:
    """Have SIGINT and SIGTERM call `stop` in the running loop."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)


def calibration_watch(
    settings: Settings, take: Callable[[Calibration], None]
) -> CalibrationWatch | None:
    """Return the watch over the calibration of the settings; `None` when they name none."""
    if not settings.calibration:
        return None
    return CalibrationWatch(Path(settings.calibration), take, say)


@contextmanager
def serve_metrics(
    settings: Settings, registry: CollectorRegistry, health: Callable[[], Condition]
) -> Iterator[None]:
    """Serve /metrics and /healthz meanwhile. Raises SettingsError when the port cannot be had."""
    host, port = settings.metrics_host, settings.metrics_port
    try:
        server = MetricsServer(registry, health, host=host, port=port)
    except OSError as error:
        raise SettingsError(
            f"cannot listen on {host}:{port} ({error.strerror}): set PMM_METRICS_PORT, "
            "or PMM_METRICS_HOST"
        ) from error
    server.start()
    try:
        yield
    finally:
        server.stop()


def open_journal(settings: Settings, clock: SystemClock) -> Journal:
    """Return the bot's journal, kept as long as the settings say. Raises JournalError."""
    return Journal(settings.journal_dir, clock.now_ns(), retention=settings.retention)


async def flush_often(journal: Journal, latch: LatchFile, clock: SystemClock) -> None:
    """Make the journal and the loss carried to the next run durable for ever, in a thread."""

    def flush() -> None:
        journal.flush(clock.now_ns())
        latch.sync()

    try:
        while True:
            await asyncio.sleep(FLUSH_INTERVAL_S)
            await asyncio.to_thread(flush)
    finally:
        latch.sync()
