"""The bot's ledger as its journal tells it: the last account, the matches since or on their way.

The journal and not `/metrics`, because only it says which match is settled, and because it is there
when the bot is not. It is only read.
"""

from __future__ import annotations

from pathlib import Path

from bot.domain import events
from bot.domain.errors import InputError, JournalError
from bot.domain.ledger import Key, trade_key
from bot.domain.market import Outcome, Side, TokenId
from bot.domain.reports import TradeState
from bot.domain.units import NS_PER_S, PRICE_SCALE, cash_paid, cash_received
from bot.journal import JournalPosition, read_after
from exporters.wallet.amounts import Amounts, Claim, Comparison
from exporters.wallet.beginning import beginning
from exporters.wallet.income import IncomeBook

CLOCKS_NS = 10 * NS_PER_S
"""How far our clock and the chain's may be apart."""
IN_FLIGHT_NS_MAX = 3_600 * NS_PER_S
"""A match that is not settled after an hour is on its way no more: it counts as the ledger says."""


class _Move:
    """One leg of a trade; `is_marked`: the last account has it."""

    __slots__ = ("amounts", "has_failed", "is_marked", "matched_ns", "settled_ns")

    def __init__(self, amounts: Amounts, matched_ns: int, settled_ns: int | None) -> None:
        self.amounts = amounts
        self.matched_ns = matched_ns
        self.settled_ns = settled_ns
        self.has_failed = False
        self.is_marked = False

    def is_certain(self, block_ns: int) -> bool:
        """True when a block of that time must have it."""
        if self.settled_ns is not None and self.settled_ns < block_ns - CLOCKS_NS:
            return True
        return self.matched_ns < block_ns - IN_FLIGHT_NS_MAX


class JournalLedger:
    """Follows one journal. `tokens` are those of the run, YES first; empty before the first."""

    def __init__(self, directory: Path) -> None:
        """Read nothing yet."""
        self._directory = directory
        self._income = IncomeBook()
        self._forget()

    def _forget(self) -> None:
        self._position: JournalPosition | None = None
        self._start: events.RunStarted | None = None
        self._is_reporting = False
        self._mark: events.EquityMarked | None = None
        self._moves: dict[Key, _Move] = {}
        self._mid = 0.5
        self.tokens: tuple[TokenId, ...] = ()

    def follow(self) -> None:
        """Read what is new. Raises JournalError without a journal, or when it cannot be read."""
        try:
            if self._position is None:
                self._position, started = beginning(self._directory)
                if started is not None:
                    self._take(started)
                    self._is_reporting = True  # it has filled a segment since
            for position, event in read_after(
                self._directory, self._position, lambda _: self._doubt()
            ):
                self._take(event)
                self._position = position
        except JournalError:
            self._forget()  # a segment is gone: from the beginning, next time
            raise

    def claim(self, block_ns: int) -> Claim:
        """Return what a block of that time should show.

        Raises InputError when the journal tells no account to compare with: none yet, a run on
        paper, or a damaged line, which may have been a fill.
        """
        if self._start is None or self._start.cash is None or not self.tokens:
            raise InputError(f"{self._directory} tells of no run with an account in one market")
        if self._mark is None:
            raise InputError("the run has not told its account yet, or a line of it is damaged")
        mark = self._mark
        total = Amounts(
            self._start.cash + mark.cash,
            mark.yes_settled + mark.yes_pending,
            mark.no_settled + mark.no_pending,
        )
        moves = []
        for move in self._moves.values():
            is_open = not move.has_failed and not move.is_certain(block_ns)
            if is_open:
                moves.append(move.amounts)
            is_in = not move.has_failed and not is_open
            if is_in and not move.is_marked:
                total = total.plus(move.amounts)
            elif not is_in and move.is_marked:
                total = total.minus(move.amounts)
        total = total.plus(Amounts(self._income.paid))
        return Claim(total, tuple(moves), self._mid, self._income.offer(block_ns))

    def learn(self, found: Comparison) -> None:
        """Take from a comparison with the last claim which income was paid, if it is whole.

        Otherwise what passes for income may be half of a match that the journal tells of later.
        """
        if found.is_whole:
            self._income.settle(found.is_paid)

    def _doubt(self) -> None:
        # A damaged line may have been a fill: nothing is claimed before the next account.
        self._mark = None

    def _take(self, event: events.Event) -> None:
        match event:
            case events.RunStarted():
                self._on_start(event)
            case events.FeedCounted():
                self._is_reporting = True
            case events.EquityMarked():
                # Before the first report a run still takes over what an earlier one left.
                if self._is_reporting:
                    self._on_mark(event)
            case events.OrderFilled():
                self._on_fill(event)
            case events.TradeStateChanged():
                self._on_state(event)
            case events.IncomeReported():
                self._income.take(event)
            case events.QuoteSampled():
                if event.best_bid is not None and event.best_ask is not None:
                    self._mid = (event.best_bid + event.best_ask) / 2 / PRICE_SCALE
            case _:
                pass

    def _on_start(self, event: events.RunStarted) -> None:
        by_outcome = {outcome: token for token, outcome in event.outcomes.items()}
        is_one_market = len(event.outcomes) == len(by_outcome) == len(Outcome)
        tokens = tuple(by_outcome[each] for each in Outcome) if is_one_market else ()
        if tokens != self.tokens:
            self._moves = {}
        self.tokens = tokens
        self._start, self._mark = event, None
        self._income.begin(event.run_id)
        self._is_reporting = False

    def _on_mark(self, event: events.EquityMarked) -> None:
        self._mark = event
        self._moves = {
            key: move
            for key, move in self._moves.items()
            if not move.has_failed and not move.is_certain(event.ts_ns - IN_FLIGHT_NS_MAX)
        }
        for move in self._moves.values():
            move.is_marked = True

    def _on_fill(self, event: events.OrderFilled) -> None:
        key = trade_key(event.trade_id, event.order_id)
        if key in self._moves or event.token not in self.tokens:
            return
        settled_ns = event.ts_ns if event.state is TradeState.CONFIRMED else None
        is_yes = event.token == self.tokens[0]
        self._moves[key] = _Move(_amounts(event, is_yes=is_yes), event.ts_ns, settled_ns)

    def _on_state(self, event: events.TradeStateChanged) -> None:
        move = self._moves.get(trade_key(event.trade_id, event.order_id))
        if move is None:
            return
        if event.state is TradeState.CONFIRMED:
            move.settled_ns = event.ts_ns
        elif event.state is TradeState.FAILED:
            move.has_failed = True


def _amounts(fill: events.OrderFilled, *, is_yes: bool) -> Amounts:
    is_buy = fill.side is Side.BUY
    flow = -cash_paid(fill.price, fill.size) if is_buy else cash_received(fill.price, fill.size)
    size = fill.side.sign * fill.size
    return Amounts(flow - fill.fee, size if is_yes else 0, 0 if is_yes else size)
