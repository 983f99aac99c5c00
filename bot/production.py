"""`python -m bot run --venue polymarket`: one bot with real orders, from the checks to the sweep.

The order is the safety. Nothing is asked without PMM_LIVE=yes; nothing is signed before the checks
are green and this is the only engine of the wallet; nothing is quoted before everything that rests
was taken off and holdings, fills and matches under way are known; nothing leaves before its intent
is on the disk. At the end quotes go first, then all orders, then the list is looked at, then the
heart stops.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import msgspec
from prometheus_client import CollectorRegistry

from bot import __version__
from bot.app import PRIORS, config_hash
from bot.beside import Beside, cause_of
from bot.calibration_watch import calibration_probes
from bot.clock import SystemClock
from bot.domain import events
from bot.domain.calibration import Calibration
from bot.domain.errors import InputError, SettingsError, VenueUnavailable
from bot.domain.market import Market
from bot.domain.ports import EventSink
from bot.domain.units import dollars, format_size, format_usd
from bot.drive import catch_up
from bot.engine import Engine, Publisher, TokenState
from bot.engine.resume import Past, resume
from bot.journal import Journal
from bot.latch import LatchFile
from bot.live.gate import DurableGate
from bot.live.income import Income, IncomeWatch
from bot.live.past import Recollection, recollect
from bot.lock import EngineLock, is_free
from bot.log import stderr_log
from bot.run import (
    FEED_ENDED,
    best_market,
    calibration_watch,
    find_market,
    flush_often,
    generator,
    market_feed,
    on_signals,
    open_journal,
    say,
    serve_metrics,
    watch_market,
)
from bot.runner import Runner
from bot.settings import Secrets, Settings, bare_environment
from bot.start import check_start, make_past
from bot.twin.frames import TwinSetup
from bot.twin.link import TwinLink, twin_probes
from bot.twin.tap import TappedEngine
from bot.venues.polymarket.client import connect, environment
from bot.venues.polymarket.core import PastOrder
from bot.venues.polymarket.exchange import AccountKeys, ExchangeAccount
from bot.venues.polymarket.health import VenueHealth
from bot.venues.polymarket.rate_limit import SignerLimits
from bot.venues.polymarket.user_stream import UserStreamSettings
from bot.venues.polymarket.venue import PolymarketConfig, PolymarketVenue
from exporters.health import health_check
from exporters.probes import ProbeCollector, exchange_probes, journal_probes
from exporters.prometheus import PrometheusSink

STREAM_S = 30.0
"""Longest wait for the user channel to open."""
STOP_S = 60.0
"""Longest wait for the last sweep, its retries and the answers under way."""


def run_production(
    settings: Settings, secrets: Secrets, *, market: str | None, verbose: bool
) -> int:
    """Trade one market with real orders until SIGINT or SIGTERM. Returns the exit code.

    Raises SettingsError or InputError, one clear line, for whatever stands against starting, and
    VenueUnavailable when the exchange cannot be had.
    """
    return asyncio.run(_run(settings, secrets, market or settings.market, verbose=verbose))


class TripWatch:
    """A sink that notices when the kill switch trips."""

    def __init__(self) -> None:
        """Nothing has tripped."""
        self.tripped = asyncio.Event()

    def publish(self, event: events.Event) -> None:
        """Look at one event."""
        if isinstance(event, events.KillSwitchTripped):
            self.tripped.set()


class LiveSession:
    """One production bot, wired; `begin` makes it ready to be driven.

    `watch` is over the calibration that the twin uses, `None` where it uses the priors.
    """

    def __init__(
        self,
        settings: Settings,
        market: Market,
        accounts: tuple[ExchangeAccount, ExchangeAccount],
        journal: Journal,
        sinks: tuple[EventSink, ...],
        clock: SystemClock,
    ) -> None:
        """Wire the venue to the books the engine will own. `accounts`: for orders, for beats."""
        self._settings = settings
        self.market = market
        self.clock = clock  # the only one: two would part when the wall clock is corrected
        self._tokens = {token: TokenState(market, token) for token in market.tokens}
        self.tripped = TripWatch()
        run_id = f"{clock.now_ns():x}"
        self.twin = TwinLink(bare_environment(), clock, say)
        self.publisher = Publisher(run_id, (journal, *sinks, self.tripped, self.twin))
        self.watch = calibration_watch(settings, self._on_calibration)
        # Of the engine once it runs: what is told beside it must not be earlier than what it did.
        self.now_ns = clock.now_ns
        self.venue = PolymarketVenue(
            *accounts,
            [market],
            {token: state.book for token, state in self._tokens.items()},
            clock,
            PolymarketConfig(stream=UserStreamSettings(url=settings.user_ws_url)),
            rng=generator(settings),
            may_leave=DurableGate(journal, lambda: self.publisher.seq),
        )

    async def begin(self, memory: Recollection, latch: LatchFile) -> Engine:
        """Recover the account, take over what an earlier run left, and return the engine."""
        recovered = await self.venue.recover(memory.trades_after_s)
        orders = [PastOrder(old.order_id, old.new, self.market) for old in memory.orders]
        fills = self.venue.adopt(orders, recovered.trades)
        past, cost = await make_past(self._settings, self.market, memory, recovered, fills)
        config = self._settings.engine
        # What the opening tokens cost comes back as the first cash flow.
        config = msgspec.structs.replace(config, cash=recovered.balances.cash + cost)
        engine = TappedEngine(
            [self.market],
            self._tokens,
            self.venue,
            self.publisher,
            config,
            latch=latch,
            tap=self.twin.on_message,
        )
        await self.twin.open(self._twin_setup(past))
        self._start(engine, past, config.cash)
        return engine

    def _start(self, engine: Engine, past: Past, cash: int) -> None:
        settings, now_ns = self._settings, self.clock.now_ns()
        began = self.watch.begin() if self.watch is not None else None
        self.publisher.publish(
            events.RunStarted(
                **self.publisher.stamp(now_ns),
                version=__version__,
                venue="polymarket",
                seed=settings.seed,
                config_hash=config_hash(settings.engine),
                calibration_hash=PRIORS if began is None else began.hash,
                markets=(self.market.slug,),
                outcomes={token: self.market.outcome(token) for token in self.market.tokens},
                cash=cash,
            )
        )
        resume(engine.accounting, self.publisher, self.market, past, now_ns)
        engine.start(now_ns)

    def _twin_setup(self, past: Past) -> TwinSetup:
        settings, kept = self._settings, self._settings.retention
        return TwinSetup(
            run_id=self.publisher.run_id,
            market=self.market,
            config_hash=config_hash(settings.engine),
            seed=settings.seed,
            directory=str(Path(settings.state_dir).absolute() / "twin"),
            journal_age_s_max=kept.age_s_max,
            journal_bytes_max=kept.bytes_max,
            shipper=str(kept.shipper.absolute() / "twin"),
            calibration=settings.calibration,
            metrics_host=settings.metrics_host,
            metrics_port=settings.twin_metrics_port,
            holdings=past.holdings,
            mid=past.mid,
        )

    def tell_income(self, income: Income) -> None:
        """Tell what the exchange credited besides the trades."""
        total, added = income.total, income.added
        self.publisher.publish(
            events.IncomeReported(
                **self.publisher.stamp(self.now_ns()),
                day=income.day,
                rewards_usd=dollars(total.rewards),
                rebates_usd=dollars(total.rebates),
                rewards_added_usd=dollars(added.rewards),
                rebates_added_usd=dollars(added.rebates),
            )
        )

    def _on_calibration(self, calibration: Calibration) -> None:
        """Tell which calibration the twin takes up; no real order depends on it."""
        self.publisher.publish(
            events.CalibrationLoaded(
                **self.publisher.stamp(self.now_ns()),
                calibration_hash=calibration.hash,
                measured_until_ns=calibration.window.until_ns,
            )
        )


async def _run(settings: Settings, secrets: Secrets, name: str, *, verbose: bool) -> int:
    if not secrets.is_live:
        raise SettingsError("real orders must be asked for: set PMM_LIVE=yes, or run on paper")
    if secrets.account is None:
        raise SettingsError("no key: set PMM_PRIVATE_KEY or PMM_PRIVATE_KEY_FILE")
    clock, keys, state_dir = SystemClock(), secrets.account, Path(settings.state_dir)
    await check_start(settings, secrets, clock)
    market = await (find_market(settings, name) if name else best_market(settings, clock))
    async with _accounts(settings, keys, clock) as accounts:
        with EngineLock(state_dir), _only_engine(settings, accounts[0].address):
            memory = recollect(state_dir / "journal", market, clock.now_ns())
            return await _trade(settings, market, accounts, memory, clock, verbose=verbose)


async def _trade(
    settings: Settings,
    market: Market,
    accounts: tuple[ExchangeAccount, ExchangeAccount],
    memory: Recollection,
    clock: SystemClock,
    *,
    verbose: bool,
) -> int:
    state_dir = Path(settings.state_dir)
    journal = open_journal(settings, clock)
    registry = CollectorRegistry()
    metrics = PrometheusSink(registry, [market])
    session = LiveSession(
        settings, market, accounts, journal, (stderr_log(verbose=verbose), metrics), clock
    )
    probes = journal_probes(journal, lambda: session.publisher.seq)
    probes |= twin_probes(session.twin) | calibration_probes(session.watch)
    probes |= exchange_probes(VenueHealth(session.venue, clock))
    ProbeCollector(registry, probes)
    health = health_check(metrics.run, clock, lambda: journal.is_healthy)
    with closing(journal), serve_metrics(settings, registry, health):
        try:
            latch = LatchFile(state_dir)
            engine = await session.begin(memory, latch)
            return await _drive(settings, market, session, engine, (journal, latch), registry)
        finally:
            await session.twin.close()


async def _drive(
    settings: Settings,
    market: Market,
    session: LiveSession,
    engine: Engine,
    files: tuple[Journal, LatchFile],
    registry: CollectorRegistry,
) -> int:
    venue, clock = session.venue, session.clock
    runner = Runner(
        engine, venue, market_feed(settings, market, clock), clock, queue_max=settings.queue_max
    )
    session.now_ns = runner.now_ns
    beside = Beside(runner.stop)
    on_signals(lambda: beside.stop("signal"))
    beside.start("the journal's flushing", flush_often(*files, clock))
    beside.start("the venue", venue.run())
    watching = watch_market(settings, runner, market, clock, registry)
    beside.start("watching the market's terms", watching)
    beside.start("the sweep after a trip", _stop_when_tripped(session))
    beside.start("the twin", session.twin.run())
    income = IncomeWatch(venue, clock, session.tell_income, say)
    beside.spare("asking for income", income.run(), say)
    if session.watch is not None:
        beside.spare("watching the calibration", session.watch.run(), say)
    try:
        swept = await _trade_until_end(session, runner, beside, engine)
    finally:
        await beside.end()
    beside.raise_error()
    return 0 if not swept else 1


async def _trade_until_end(
    session: LiveSession, runner: Runner, beside: Beside, engine: Engine
) -> str:
    """Trade, sweep, tell how it ended; return why the book may not be clean, empty when it is."""
    swept = ""
    try:
        await _opened(session.venue)
        await runner.run()
    except BaseException as error:
        beside.stop(cause_of(error))
        raise
    finally:
        swept = await _sweep(session.venue)
        now_ns = runner.now_ns()
        if not runner.is_broken:  # what was learned since is asked for again at the next start
            catch_up(engine, session.venue, now_ns)
            engine.report(now_ns)
        _report_end(session, engine, now_ns, beside.reason or FEED_ENDED, left=swept)
    return swept


async def _opened(venue: PolymarketVenue) -> None:
    try:
        async with asyncio.timeout(STREAM_S):
            await venue.stream.opened.wait()
    except TimeoutError as error:
        raise VenueUnavailable(f"the user channel did not open within {STREAM_S:g} s") from error


async def _stop_when_tripped(session: LiveSession) -> None:
    """Sweep, verify and let the heart stop; the process stays to see trades settle."""
    await session.tripped.tripped.wait()
    await _sweep(session.venue)


async def _sweep(venue: PolymarketVenue) -> str:
    """Return why the book may not be clean; empty when the exchange listed no order of ours."""
    try:
        async with asyncio.timeout(STOP_S):
            swept = await venue.stop()
    except TimeoutError:
        venue.heartbeat.stop()
        return f"no end after {STOP_S:g} s"
    return "" if swept.is_clean else swept.error


def _report_end(
    session: LiveSession, engine: Engine, now_ns: int, reason: str, *, left: str
) -> None:
    open_orders = sum(1 for _ in engine.accounting.orders.open_orders())
    session.publisher.publish(
        events.RunStopped(**session.publisher.stamp(now_ns), reason=reason, open_orders=open_orders)
    )
    market = session.market
    ledger = engine.accounting.ledgers[market.slug]
    yes, no = (ledger.holdings(token) for token in market.tokens)
    book = f"orders may rest until the heart is missed: {left}" if left else "no order rests"
    say(f"stopped; {book}; held: {format_size(yes)} YES, {format_size(no)} NO")
    state = engine.desks[market.slug].market
    if state.accepting_orders and engine.guard.is_tripped:
        say("the kill switch has tripped: see `python -m bot reset-kill-switch`")
    if pending := sum(abs(ledger.pending(token)) for token in market.tokens):
        say(f"{format_size(pending)} of it in trades that are not settled yet")
    say(f"cash flow of this run: {format_usd(dollars(ledger.cash))}")


@asynccontextmanager
async def _accounts(
    settings: Settings, keys: AccountKeys, clock: SystemClock
) -> AsyncIterator[tuple[ExchangeAccount, ExchangeAccount]]:
    """The account twice: beats go over a connection of their own."""
    where = environment(settings.clob_url, settings.relayer_url)
    limits = SignerLimits()
    async with (
        connect(keys, limits, clock, where) as account,
        connect(keys, SignerLimits(), clock, where) as heart,
    ):
        yield account, heart


@contextlib.contextmanager
def _only_engine(settings: Settings, address: str) -> Iterator[None]:
    """Hold the wallet's own lock: two state directories do not make two wallets."""
    directory = Path(settings.lock_dir).expanduser() / address.lower()
    if not is_free(directory):
        raise InputError(f"another engine trades for this wallet: see {directory}; stop it")
    with EngineLock(directory):
        yield
