"""The engine: the single writer. Every input goes in here, one at a time, with its time.

Inputs are market messages, venue reports and the passing of time; outputs are calls to the venue
port and events, each published once. It has no clock, no loop and no thread of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from bot.domain import events, messages
from bot.domain.book import BookState
from bot.domain.errors import InvariantError
from bot.domain.ledger import MarketLedger
from bot.domain.market import Market, TokenId
from bot.domain.orders import LATE_NS
from bot.domain.ports import NEVER, MarketObserver, Venue
from bot.domain.reports import Lost, VenueReport
from bot.domain.units import NS_PER_MS, NS_PER_S, PRICE_SCALE
from bot.engine.accounting import Accounting
from bot.engine.actions import Actions
from bot.engine.config import EngineConfig
from bot.engine.desk import Desk
from bot.engine.guard import Guard, LatchStore
from bot.engine.market_data import MarketData
from bot.engine.publisher import Publisher
from bot.engine.tokens import TokenState

FORGET_NS = LATE_NS + 600 * NS_PER_S
"""Closed orders are remembered this long: longer than a venue can still tell of a fill."""


class Engine:
    """Trades a fixed set of markets on one venue.

    `tokens` holds the state of every token of `markets`; whoever made it may show its books to the
    venue. `next_due_ns` is when `on_time` must be called at the latest.
    """

    def __init__(
        self,
        markets: Sequence[Market],
        tokens: Mapping[TokenId, TokenState],
        venue: Venue,
        publisher: Publisher,
        config: EngineConfig,
        *,
        observers: Sequence[MarketObserver] = (),
        latch: LatchStore | None = None,
    ) -> None:
        """Be ready; nothing is quoted before the first valid books."""
        self._out = publisher
        self._config = config
        self._venue = venue
        self._tokens = tokens
        ledgers = {market.slug: MarketLedger(market) for market in markets}
        self.data = MarketData(tokens, observers)
        self.accounting = Accounting(
            tokens, ledgers, publisher, shows_own_orders=venue.shows_own_orders
        )
        self.actions = Actions(tokens, venue, self.accounting, publisher, config)
        self.guard = Guard(config.risk, ledgers, tokens, publisher, latch)
        self.desks = {market.slug: self._desk(market) for market in markets}
        self._desk_list = list(self.desks.values())
        self._desk_of = {
            token: desk for desk in self.desks.values() for token in desk.market.tokens
        }
        self._sample_ns = 0
        self._report_ns = 0
        self._halted = False
        self._resolved: set[str] = set()
        self.next_due_ns = NEVER

    def start(self, now_ns: int) -> None:
        """Begin to keep time. A latched kill switch stays latched: nothing will be quoted."""
        self._sample_ns = now_ns + self._config.sample_interval_ms * NS_PER_MS
        self._report_ns = now_ns + self._config.report_interval_ms * NS_PER_MS
        for desk in self.desks.values():
            desk.due_ns = now_ns
        self._wake()

    # inputs ---------------------------------------------------------------------------------

    def on_message(self, message: messages.MarketMessage, now_ns: int) -> None:
        """Take one market message known at `now_ns`; times must not go back."""
        data = self.data
        if type(message) is messages.LevelChanges:
            data.note_time(now_ns, message.ts_venue_ns)
            data.on_changes(message, now_ns)
        else:
            self._on_rare_message(message, now_ns)
        if data.moved:
            self._on_moved(now_ns)

    def on_report(self, report: VenueReport, now_ns: int) -> None:
        """Take one venue report known at `now_ns`."""
        order = self.accounting.handle(report, now_ns)
        if self.accounting.unbooked_fills:
            self.guard.on_unbooked_fill(now_ns)
        if order is not None:
            if isinstance(report, Lost) and order.is_open:
                self.guard.on_unknown_outcome(now_ns)
            self._desk_of[order.new.token].on_report(report, now_ns)
        self._halt_if_tripped(now_ns)

    def on_time(self, now_ns: int) -> None:
        """Do what is due: venue reports, markouts, decisions, samples, reports, forgetting."""
        if now_ns >= self._venue.next_due_ns:
            for report in self._venue.advance(now_ns):
                self.on_report(report, now_ns)
        if now_ns >= self.accounting.markouts.next_due_ns:
            for markout in self.accounting.measure_markouts(now_ns):
                self._desk_of[markout.fill.token].on_markout(markout, now_ns)
        for desk in self._desk_list:
            if now_ns >= desk.due_ns:
                desk.decide(now_ns)
        if now_ns >= self._sample_ns:
            self._sample_ns = now_ns + self._config.sample_interval_ms * NS_PER_MS
            for desk in self._desk_list:
                desk.sample(now_ns)
        if now_ns >= self._report_ns:
            self._report_ns = now_ns + self._config.report_interval_ms * NS_PER_MS
            self.report(now_ns)
            self.accounting.forget(now_ns - FORGET_NS)
        self._wake()

    def on_market(self, market: Market, now_ns: int) -> None:
        """Take the terms of a traded market as somebody read them again.

        The catalogue lags: the grid stays what the feed said, and what is resolved stays closed.
        Raises InvariantError for a market that is not traded here.
        """
        desk = self.desks.get(market.slug)
        if desk is None:
            raise InvariantError(f"market {market.slug} is not traded here")
        is_open = market.accepting_orders and market.slug not in self._resolved
        terms = msgspec.structs.replace(market, tick=desk.market.tick, accepting_orders=is_open)
        if terms != desk.market:
            self._replace(desk, terms, now_ns)
            self._wake()

    def untrusted_tokens(self) -> list[TokenId]:
        """Return the tokens whose book is not valid now."""
        return [
            token
            for token, state in self._tokens.items()
            if state.book.state is not BookState.VALID
        ]

    def stop(self, now_ns: int) -> None:
        """Stop quoting and ask for every order to be taken off; reports keep coming in."""
        for desk in self.desks.values():
            desk.stop(now_ns)
        self.actions.cancel_everything("stop", now_ns)
        self._wake()

    def report(self, now_ns: int) -> None:
        """Publish feed counts since the last report, and the account of every market."""
        self.guard.keep_latch()
        counts = self.data.take_counts()
        self._out.publish(
            events.FeedCounted(
                **self._out.stamp(now_ns), **counts.as_fields(self.data.clock, now_ns)
            )
        )
        for slug in self.desks:
            self.guard.publish_equity(slug, now_ns)

    # inside ---------------------------------------------------------------------------------

    def _on_rare_message(self, message: messages.MarketMessage, now_ns: int) -> None:
        data = self.data
        match message:
            case messages.BookSnapshot():
                data.note_time(now_ns, message.ts_venue_ns)
                data.on_snapshot(message, now_ns)
                self._take_grid(message, now_ns)
            case messages.TradePrint():
                data.note_time(now_ns, message.ts_venue_ns)
                if data.on_print(message, now_ns):
                    self._desk_of[message.token].on_print(message, now_ns)
            case messages.TickSizeChange():
                self._on_tick_size(message, now_ns)
            case messages.MarketResolved():
                self._on_resolved(message, now_ns)
            case messages.FeedGap():
                self._on_gap(message, now_ns)
            case messages.DamagedFrame():
                data.counts.damaged += 1
            case _:
                raise AssertionError(message)

    def _on_moved(self, now_ns: int) -> None:
        moved, self.data.moved = self.data.moved, []
        for state in moved:
            if state.book.state is not state.told_state:
                self._publish_book_state(state, now_ns)
            self._desk_of[state.book.token].on_touch(state, now_ns)
        self._halt_if_tripped(now_ns)
        self._wake()

    def _on_tick_size(self, message: messages.TickSizeChange, now_ns: int) -> None:
        state = self._tokens.get(message.token)
        if state is None:
            return
        state.book.set_tick(message.tick)
        self.data.lose([message.token], now_ns)
        self._change_grid(state, message.ts_venue_ns, now_ns)

    def _take_grid(self, message: messages.BookSnapshot, now_ns: int) -> None:
        # The change itself may have been lost in a gap. The desk thinks on the YES token.
        state = self._tokens.get(message.token)
        if state is None or not state.is_yes:
            return
        if message.tick not in {None, state.market.tick}:
            self._change_grid(state, message.ts_venue_ns, now_ns)

    def _change_grid(self, state: TokenState, ts_venue_ns: int, now_ns: int) -> None:
        token, tick = state.book.token, state.book.tick
        self._out.publish(
            events.TickSizeChanged(
                **self._out.stamp(now_ns, state.market.slug, token, ts_venue_ns), tick=tick
            )
        )
        desk = self._desk_of[token]
        self._replace(desk, msgspec.structs.replace(desk.market, tick=tick), now_ns)

    def _on_resolved(self, message: messages.MarketResolved, now_ns: int) -> None:
        for desk in {id(d): d for t in message.tokens if (d := self._desk_of.get(t))}.values():
            self._resolved.add(desk.market.slug)
            closed = msgspec.structs.replace(desk.market, accepting_orders=False)
            self._replace(desk, closed, now_ns)
            if message.winner in closed.tokens:
                worth = PRICE_SCALE if message.winner == closed.yes else 0
                self.guard.resolve(closed.slug, worth, now_ns)
        self._halt_if_tripped(now_ns)

    def _on_gap(self, message: messages.FeedGap, now_ns: int) -> None:
        self.data.counts.gaps += 1
        lost = [token for token in message.tokens or self._tokens if token in self._tokens]
        self._out.publish(events.FeedLost(**self._out.stamp(now_ns), reason=message.reason))
        self.data.lose(lost, now_ns)

    def _replace(self, desk: Desk, market: Market, now_ns: int) -> None:
        for token in market.tokens:
            self._tokens[token].take_terms(market)
        desk.on_market(market, now_ns)

    def _publish_book_state(self, state: TokenState, now_ns: int) -> None:
        state.told_state = state.book.state
        self._out.publish(
            events.BookStateChanged(
                **self._out.stamp(now_ns, state.market.slug, state.book.token),
                state=state.book.state,
            )
        )

    def _halt_if_tripped(self, now_ns: int) -> None:
        if self.guard.is_tripped and not self._halted:
            self._halted = True
            for desk in self.desks.values():
                desk.decide(now_ns)
            self.actions.cancel_everything("kill_switch", now_ns)

    def _desk(self, market: Market) -> Desk:
        return Desk(
            market, self._tokens, self.accounting, self.actions, self.guard, self._out, self._config
        )

    def _wake(self) -> None:
        due_ns = self.accounting.markouts.next_due_ns
        if self._sample_ns < due_ns:
            due_ns = self._sample_ns
        if self._report_ns < due_ns:
            due_ns = self._report_ns
        for desk in self._desk_list:
            if desk.due_ns < due_ns:
                due_ns = desk.due_ns
        self.next_due_ns = due_ns
