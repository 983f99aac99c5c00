"""The production bot in a process of its own, against the local exchange over real sockets."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import random
import signal
import sys
from asyncio.subprocess import STDOUT, Process
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import msgspec

from bot.clock import SystemClock
from bot.domain import events
from bot.domain.calibration import Latency
from bot.domain.errors import JournalError
from bot.domain.ledger import trade_key
from bot.domain.market import ConditionId, Market, Side, TokenId
from bot.domain.messages import BookSnapshot, MarketMessage, TradePrint
from bot.domain.orders import OrderId
from bot.domain.ports import Clock
from bot.domain.reports import TradeState
from bot.journal import JournalPosition, read_after
from bot.sandbox.exchange.account import CASH
from bot.sandbox.exchange.config import ExchangeConfig
from bot.sandbox.exchange.orders import RestingOrder
from bot.sandbox.exchange.server import Server
from bot.sandbox.exchange.state import Exchange

ROOT = Path(__file__).parents[3]
KEY = "0x" + "4c" * 32
YES, NO = TokenId("11" * 20), TokenId("22" * 20)
SHARE = 1_000_000
MARKET = Market(
    condition_id=ConditionId("0x" + "ab" * 32),
    slug="stage-market",
    question="Does it hold?",
    yes=YES,
    no=NO,
    tick=100,
    size_min=5 * SHARE,
)
PATIENCE_S = 120.0
SETTLING = (events.OrderAccepted, events.OrderRejected, events.OrderCanceled, events.OrderFilled)
"""What ends the doubt about an order."""
CONFIG = ExchangeConfig(
    cash=100_000_000,
    mined_delay=Latency(median_ms=150.0, sigma=0.4),
    confirmed_delay=Latency(median_ms=150.0, sigma=0.4),
)


def opening_flow() -> Iterator[tuple[int, MarketMessage]]:
    """Both books, 0.46 / 0.54, and then only what the test does."""
    bids = ((4_600, 100 * SHARE), (4_500, 200 * SHARE))
    asks = ((5_400, 100 * SHARE), (5_500, 200 * SHARE))
    return iter([(0, BookSnapshot(0, token, bids, asks, 100, "", None)) for token in MARKET.tokens])


class Followed:
    """A journal that grows: each look reads on where the last one ended."""

    def __init__(self, directory: Path) -> None:
        """Read nothing yet."""
        self._directory = directory
        self._position: JournalPosition | None = None
        self._told: list[events.Event] = []

    def told(self) -> list[events.Event]:
        """Everything in it so far; nothing before there is a journal."""
        with contextlib.suppress(JournalError):
            for position, event in read_after(self._directory, self._position):
                self._position = position
                self._told.append(event)
        return list(self._told)


class Stage:
    """One exchange and one state directory; bots come and go."""

    def __init__(self, server: Server, state_dir: Path, seed: int = 1) -> None:
        """Show nothing yet."""
        state_dir.mkdir(parents=True, exist_ok=True)
        self.server = server
        self.exchange = server.exchange
        self.state_dir = state_dir
        self.clock = SystemClock()
        self.rng = random.Random(seed)
        self.taken_cash = 0
        self._texts: dict[int, int] = {}
        self._started: list[Process] = []
        self._journal = Followed(state_dir / "journal")

    # the bot --------------------------------------------------------------------------------

    def environment(self, **more: str) -> dict[str, str]:
        """The environment of a bot that trades here."""
        url, ws_url = self.server.url, self.server.ws_url
        return {
            "PATH": "/usr/bin:/bin",
            "PMM_LIVE": "yes",
            "PMM_PRIVATE_KEY": KEY,
            "PMM_CLOB_URL": url,
            "PMM_RELAYER_URL": url,
            "PMM_GAMMA_URL": url,
            "PMM_GEOBLOCK_URL": f"{url}/api/geoblock",
            "PMM_RPC_URLS": "",
            "PMM_MARKET_WS_URL": f"{ws_url}/ws/market",
            "PMM_USER_WS_URL": f"{ws_url}/ws/user",
            "PMM_WALLET_KIND": "eoa",
            "PMM_STATE_DIR": str(self.state_dir),
            "PMM_LOCK_DIR": str(self.state_dir / "locks"),
            "PMM_MARKET": MARKET.slug,
            "PMM_METRICS_PORT": "0",
            "PMM_TWIN_METRICS_PORT": "0",
            "PMM_ENGINE__RISK__UNKNOWN_OUTCOMES_MAX": "1000",
            "PMM_ENGINE__RISK__LOSS_MAX": "1000000000",
            "PMM_ENGINE__REPORT_INTERVAL_MS": "500",
            **more,
        }

    async def start(self, *arguments: str, **more: str) -> Process:
        """Start a bot; `run` unless told otherwise."""
        command = arguments or ("run", "--venue", "polymarket", "--verbose")
        # Into a file: a pipe that nobody empties would stop the bot in the middle of a log line.
        # It stays, so that it is searched for secrets at the end of the run of the tests.
        path = self.state_dir / f"said-{self.clock.now_ns()}.txt"
        with path.open("w+b") as file:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", *command,
                env=self.environment(**more), cwd=ROOT, stdout=file, stderr=STDOUT,
            )  # fmt: skip
            self._texts[process.pid] = os.dup(file.fileno())
            self._started.append(process)
        return process

    async def said(self, process: Process) -> tuple[int | None, str]:
        """Wait for the end; return the exit code and everything the process said."""
        async with asyncio.timeout(PATIENCE_S):
            await process.wait()
        with os.fdopen(self._texts.pop(process.pid), "rb") as file:
            file.seek(0)
            return process.returncode, file.read().decode()

    async def until(self, condition: Callable[[], bool], process: Process | None = None) -> float:
        """Wait for a condition while the process lives; return how many seconds it took."""
        began_ns = self.clock.now_ns()
        async with asyncio.timeout(PATIENCE_S):
            while not condition():
                if process is not None:
                    assert process.returncode is None, await self.said(process)
                await asyncio.sleep(0.02)
        return (self.clock.now_ns() - began_ns) / 1e9

    async def end(self, process: Process) -> tuple[int | None, str]:
        """Ask the bot to stop; return its exit code and what it said."""
        process.send_signal(signal.SIGTERM)
        return await self.said(process)

    async def clear(self) -> None:
        """Leave no bot behind: one whose test failed would trade on for ever."""
        for process in self._started:
            if process.returncode is None:
                process.kill()
                await process.wait()

    async def kill(self, process: Process) -> None:
        """Kill -9."""
        process.kill()
        await self.said(process)

    # the market -----------------------------------------------------------------------------

    def faults(self, **patch: object) -> None:
        """Order some faults."""
        self.exchange.change_faults(msgspec.json.encode(patch))

    def open_orders(self) -> list[RestingOrder]:
        """What rests at the exchange."""
        return self.exchange.desk.open_orders()

    def hit(self, share: float = 1.0) -> bool:
        """Let somebody trade with one of the bot's orders; False when none rests."""
        orders = self.open_orders()
        if not orders:
            return False
        new = self.rng.choice(orders).new
        size = max(SHARE, int(new.size * share) // 10_000 * 10_000)
        now_ns = self.clock.now_ns()
        taker = Side.SELL if new.side is Side.BUY else Side.BUY
        message = TradePrint(now_ns, new.token, taker, new.price, size, "0xaa")
        self.exchange.on_flow(message, now_ns)
        self.server.wake()
        return True

    async def trade(self, seconds: float, every_s: float = 0.15) -> None:
        """Hit the bot now and then."""
        until_ns = self.clock.now_ns() + int(seconds * 1e9)
        while self.clock.now_ns() < until_ns:
            self.hit(self.rng.choice([0.3, 0.6, 1.0, 3.0]))
            await asyncio.sleep(every_s * self.rng.random() * 2)

    def show(self, shift: int = 0, tick: int = 100) -> None:
        """Show both books anew, that of YES moved up by `shift`, on a grid of `tick`."""
        now_ns = self.clock.now_ns()
        for token, move in zip(MARKET.tokens, (shift, -shift), strict=True):
            bids = tuple((price + move, 100 * SHARE) for price in (4_600, 4_600 - tick))
            asks = tuple((price + move, 100 * SHARE) for price in (5_400, 5_400 + tick))
            self.exchange.on_flow(BookSnapshot(now_ns, token, bids, asks, tick, ""), now_ns)
        self.server.wake()

    async def walk(self, seconds: float, every_s: float = 0.4) -> None:
        """Move both books up and down, so that every quote is soon in the wrong place."""
        until_ns = self.clock.now_ns() + int(seconds * 1e9)
        shifts = itertools.cycle((0, 100, 200, 100))
        while self.clock.now_ns() < until_ns:
            self.show(next(shifts))
            await asyncio.sleep(every_s)

    def take_cash(self, amount: int) -> None:
        """Move money out of the wallet, past the bot."""
        self.taken_cash += amount
        wallet = self.exchange.hall.accounts()[0].wallet
        self.exchange.move_balance(wallet, "", -amount, self.clock.now_ns())
        self.server.wake()

    def is_settled(self) -> bool:
        """True when no trade is on its way any more."""
        final = {TradeState.CONFIRMED, TradeState.FAILED}
        return all(trade.state in final for trade in self.exchange.hall.trades.values())

    # both views -----------------------------------------------------------------------------

    def journal(self) -> list[events.Event]:
        """Everything in the journal so far."""
        return self._journal.told()

    def runs(self) -> list[events.RunStarted]:
        """The runs that got as far as trading."""
        return [each for each in self.journal() if isinstance(each, events.RunStarted)]

    def is_reporting(self, run: int) -> bool:
        """True once the run of that number, from 1, trades and has told its account in a report."""
        kinds = [type(each) for each in self.journal()]
        if kinds.count(events.RunStarted) < run:
            return False
        last = kinds[len(kinds) - kinds[::-1].index(events.RunStarted) :]
        is_begun = events.FeedCounted in last  # an account before the first report is of the past
        return is_begun and events.EquityMarked in last[last.index(events.FeedCounted) :]

    def accounts_differ(self) -> list[str]:
        """What the bot's journal and the exchange's truth disagree about; call when all is over."""
        told = self.journal()
        fills = Counter(
            trade_key(each.trade_id, each.order_id)
            for each in told
            if isinstance(each, events.OrderFilled)
        )
        failed = {
            trade_key(each.trade_id, each.order_id)
            for each in told
            if isinstance(each, events.TradeStateChanged) and each.state is TradeState.FAILED
        }
        true_fills = {
            trade_key(trade.trade_id, leg.order_id): trade.state
            for trade in self.exchange.hall.trades.values()
            for leg in trade.legs
            if leg.order_id in self.exchange.hall.orders
        }
        submitted = Counter(
            each.order_id for each in told if isinstance(each, events.OrderSubmitted)
        )
        on_wire = Counter(each.order_id for each in told if isinstance(each, events.OrderSent))
        good = {key for key, state in true_fills.items() if state is not TradeState.FAILED}
        differences = [f"fill {key} told {n} times" for key, n in fills.items() if n > 1]
        differences += [f"fill {key} is lost" for key in good - set(fills)]
        differences += [f"fill {key} is not true" for key in set(fills) - failed - good]
        differences += [f"fill {key} did not fail" for key in failed & good]
        differences += [f"order {i} decided {n} times" for i, n in submitted.items() if n > 1]
        differences += [f"order {i} sent {n} times" for i, n in on_wire.items() if n > 1]
        differences += [
            f"order {order_id} was never written"
            for order_id in self.exchange.hall.orders
            if order_id not in submitted
        ]
        differences += [
            f"order {each.order_id} was called refused and was taken"
            for each in told
            if isinstance(each, events.OrderRejected) and each.order_id in self.exchange.hall.orders
        ]
        return differences + self._balances_differ(told)

    def unknown_orders(self) -> set[OrderId]:
        """The orders of which the journal does not say what became of them after a lost answer."""
        unknown: set[OrderId] = set()
        for each in self.journal():
            if isinstance(each, events.OrderLost):
                unknown.add(each.order_id)
            elif isinstance(each, SETTLING):
                unknown.discard(each.order_id)
        return unknown

    def _balances_differ(self, told: list[events.Event]) -> list[str]:
        marks = [each for each in told if isinstance(each, events.EquityMarked)]
        if not marks:
            return []
        last = marks[-1]
        account = self.exchange.hall.accounts()[0]
        pairs = {
            "YES": (last.yes_settled + last.yes_pending, account.balance(YES)),
            "NO": (last.no_settled + last.no_pending, account.balance(NO)),
        }
        differences = [
            f"{name}: bot {ours}, exchange {theirs}"
            for name, (ours, theirs) in pairs.items()
            if ours != theirs
        ]
        if CONFIG.cash - self.taken_cash + self.cash_flow(told) != account.balance(CASH):
            differences.append(f"cash: {self.cash_flow(told)}, exchange {account.balance(CASH)}")
        return differences

    def cash_flow(self, told: list[events.Event]) -> int:
        """Cash moved by the fills in the journal that did not fail."""
        failed = {
            trade_key(each.trade_id, each.order_id)
            for each in told
            if isinstance(each, events.TradeStateChanged) and each.state is TradeState.FAILED
        }
        return sum(
            -each.side.sign * each.price * each.size // 10_000 - each.fee
            for each in told
            if isinstance(each, events.OrderFilled)
            and trade_key(each.trade_id, each.order_id) not in failed
        )


@contextlib.asynccontextmanager
async def open_stage(
    directory: Path,
    config: ExchangeConfig = CONFIG,
    seed: int = 1,
    clock: Clock | None = None,
) -> AsyncIterator[Stage]:
    """A stage with an open market; the exchange has a clock of its own if given."""
    clock = clock or SystemClock()
    exchange = Exchange([MARKET], config, clock.now_ns())
    async with Server(exchange, opening_flow(), clock) as server:
        stage = Stage(server, directory, seed)
        try:
            yield stage
        finally:
            await stage.clear()
