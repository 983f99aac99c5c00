"""One market's desk: what it believes, what it wants, and when it looks again.

It decides at its own pace: a moved touch, a report or a timer makes it look, but no more often than
the decision interval, except to pull quotes after a jump or when the book is lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from bot.domain import events
from bot.domain.book import VALID
from bot.domain.market import BUY, SELL, Market, Side, TokenId, in_yes_terms
from bot.domain.markout import Markout
from bot.domain.messages import TradePrint
from bot.domain.reports import Accepted, Rejected, VenueReport
from bot.domain.units import NS_PER_MS
from bot.engine.accounting import Accounting
from bot.engine.actions import Actions
from bot.engine.config import EngineConfig
from bot.engine.guard import Guard
from bot.engine.publisher import Publisher
from bot.engine.tokens import TokenState
from bot.execution.config import ReconcileConfig
from bot.execution.reconcile import (
    Cancel,
    OpenOrder,
    Target,
    open_order,
    reconcile,
)
from bot.execution.route import route_quotes
from bot.strategy.config import StrategyConfig
from bot.strategy.estimators import FlowEstimator, ToxicityEstimator, VolatilityEstimator
from bot.strategy.jump import Jump, JumpGuard
from bot.strategy.quoter import QuoteInputs, Quotes, quote

TOXICITY_HORIZON_S = 30
"""The markout that feeds the toxicity estimate: late enough to show, early enough to act on."""
REFUSAL_DOUBLINGS_MAX = 7
"""The wait after a refusal doubles up to this often: 0.5 s to 32 s at the default interval."""
KILL_SWITCH = "kill_switch"
STOPPED = "stopped"


class Desk:
    """Beliefs and pace of one market. `due_ns` is when it wants to look again."""

    def __init__(
        self,
        market: Market,
        tokens: Mapping[TokenId, TokenState],
        accounting: Accounting,
        actions: Actions,
        guard: Guard,
        publisher: Publisher,
        config: EngineConfig,
    ) -> None:
        """Quote nothing until the book is valid."""
        self.market = market
        self._yes, self._no = (tokens[token] for token in market.tokens)
        self._accounting = accounting
        self._ledger = accounting.ledgers[market.slug]
        self._actions = actions
        self._guard = guard
        self._out = publisher
        self._config = config
        strategy = config.strategy
        self._volatility = VolatilityEstimator(strategy.volatility_half_life_s)
        self._flow = FlowEstimator(strategy.flow_half_life_s, strategy.flow_scale)
        self._toxicity = ToxicityEstimator(strategy.toxicity_half_life_s)
        self._jumps = _jump_guard(strategy, market)
        self._reconcile_config = _reconcile_config(config, market)
        self._interval_ns = config.decision_interval_ms * NS_PER_MS
        self._refresh_ns = config.refresh_interval_ms * NS_PER_MS
        self._decided_ns = 0
        self._paused: str | None = ""  # neither paused nor quoting yet
        self._stopped = False
        self._quotes = Quotes((), (), None, 0.0, None)
        self._orders: list[OpenOrder] = []
        self._orders_version = -1
        self._trust = self._yes.book.state, self._no.book.state
        self._is_settled = False
        self._refusals = 0
        self._place_after_ns = 0
        self.due_ns = 0

    # what happens ---------------------------------------------------------------------------

    def on_touch(self, state: TokenState, now_ns: int) -> None:
        """Take that the touch or the trust of one of our books changed."""
        book = state.book
        state.bid_level, state.ask_level = book.bid_level, book.ask_level
        mid = state.note_mid(now_ns)
        if book.state is not VALID:
            self.decide(now_ns)
        elif state is self._yes:
            if mid is not None:
                self._on_mid(mid, now_ns)
            if self._ledger.net_size:
                self._guard.mark(self.market.slug, now_ns)
        self._soon(now_ns)

    def on_print(self, message: TradePrint, now_ns: int) -> None:
        """Take a public trade in this market."""
        outcome = self.market.outcome(message.token)
        side, _ = in_yes_terms(outcome, message.side, message.price)
        self._flow.observe(side, message.size, now_ns)

    def on_report(self, report: VenueReport, now_ns: int) -> None:
        """Take that something happened to an order or a trade of ours."""
        if isinstance(report, Rejected):
            # A venue that refuses is asked less and less often; one that accepts is asked at once.
            self._refusals += 1
            wait_ns = self._interval_ns << min(self._refusals, REFUSAL_DOUBLINGS_MAX)
            self._place_after_ns = now_ns + wait_ns
        elif isinstance(report, Accepted):
            self._refusals = 0
        self._guard.mark(self.market.slug, now_ns)
        self._soon(now_ns)

    def on_markout(self, markout: Markout, now_ns: int) -> None:
        """Learn what a fill cost."""
        if markout.horizon_s == TOXICITY_HORIZON_S:
            self._toxicity.observe(markout.cost_cents, now_ns)

    def on_market(self, market: Market, now_ns: int) -> None:
        """Take changed terms of the market: its grid, its end, whether it accepts orders."""
        if market.tick != self.market.tick:
            self._jumps = _jump_guard(self._config.strategy, market)
        self._reconcile_config = _reconcile_config(self._config, market)
        self.market = market
        self.decide(now_ns)

    def stop(self, now_ns: int) -> None:
        """Quote nothing any more."""
        self._stopped = True
        self.decide(now_ns)

    # deciding -------------------------------------------------------------------------------

    def decide(self, now_ns: int) -> None:
        """Look at everything and send the requests that make our orders what they should be."""
        self._decided_ns = now_ns
        self.due_ns = now_ns + self._refresh_ns
        mid = self._yes.mid
        if mid is not None and self._yes.book.state is VALID:
            self._volatility.observe(mid, now_ns)  # silence is calm, and it has to be told
        before, self._quotes = self._quotes, self._quote(now_ns)
        quotes = self._quotes
        self._note_pause(quotes.reason, now_ns)
        orders = self._open_orders()
        trust = self._yes.book.state, self._no.book.state
        if self._trust != trust:  # which token may carry a quote
            self._trust = trust
            self._is_settled = False
        self._note_stale(orders, quotes.fair_price, now_ns)
        if self._is_settled and (quotes.bids, quotes.asks) == (before.bids, before.asks):
            return
        self._reconcile(quotes, now_ns)

    def _on_mid(self, mid: float, now_ns: int) -> None:
        self._volatility.observe(mid, now_ns)
        jump = self._jumps.observe(mid, now_ns)
        if jump is not None:
            self._publish_jump(jump, now_ns)
            self.decide(now_ns)

    def _reconcile(self, quotes: Quotes, now_ns: int) -> None:
        orders, targets = self._orders, self._targets(quotes)
        actions = reconcile(
            targets,
            orders,
            self._reconcile_config,
            now_ns,
            tick=self._yes.book.tick,
            fair_price=quotes.fair_price,
        )
        # Settled: every order is wanted and every wish is an order, until one of both changes.
        # Equal numbers are not enough: an order may be wrong and wait for its minimum rest.
        self._is_settled = not actions and _places(orders) == _places(targets)
        if now_ns < self._place_after_ns:
            actions = [action for action in actions if isinstance(action, Cancel)]
            self.due_ns = min(self.due_ns, self._place_after_ns)
        if actions:
            intent = self._actions.next_intent(self._yes.mid, quotes.fair_price)
            again_ns = self._actions.carry_out(self._yes, actions, orders, intent, now_ns)
            self.due_ns = min(self.due_ns, again_ns)

    def sample(self, now_ns: int) -> None:
        """Publish the market and our quotes as they stand."""
        touch = self._yes.own.others(self._yes.book)
        bids, asks = self._resting()
        self._out.publish(
            events.QuoteSampled(
                **self._out.stamp(now_ns, self.market.slug),
                best_bid=touch.best_bid or None,
                best_ask=touch.best_ask if touch.best_ask_size else None,
                our_bid=max(bids, default=None),
                our_ask=min(asks, default=None),
                fair_price=self._quotes.fair_price,
                volatility=self._volatility.per_sqrt_s,
                net_size=self._ledger.net_size,
            )
        )

    def _quote(self, now_ns: int) -> Quotes:
        if self._guard.is_tripped:
            return Quotes((), (), None, 0.0, KILL_SWITCH)
        if self._stopped:
            return Quotes((), (), None, 0.0, STOPPED)
        own_bids, own_asks = self._yes.own.shown(self._yes.book)
        inputs = QuoteInputs(
            market=self.market,
            book=self._yes.book,
            net_size=self._ledger.net_size,
            volatility=self._volatility.per_sqrt_s,
            flow=self._flow.imbalance(now_ns),
            toxicity_cents=self._toxicity.cost_cents(now_ns),
            is_calm=self._jumps.is_calm(now_ns),
            now_ns=now_ns,
            own_bids=own_bids,
            own_asks=own_asks,
        )
        return quote(inputs, self._config.strategy)

    def _targets(self, quotes: Quotes) -> list[Target]:
        ledger = self._ledger
        return route_quotes(
            quotes.bids,
            quotes.asks,
            market=self.market,
            sellable={token: ledger.sellable(token) for token in self.market.tokens},
            quotable=[
                state.book.token for state in (self._yes, self._no) if state.book.state is VALID
            ],
        )

    def _open_orders(self) -> list[OpenOrder]:
        """Our open orders as they are now, made anew only when one may have changed."""
        if self._orders_version != self._accounting.version:
            self._orders_version = self._accounting.version
            store = self._accounting.orders
            tokens = self.market.tokens
            orders = [order for token in tokens for order in store.open_of(token)]
            self._orders = [open_order(order, self.market) for order in orders]
            self._is_settled = False
        return self._orders

    def _resting(self) -> tuple[list[int], list[int]]:
        orders = [order for order in self._open_orders() if not order.is_canceling]
        bids = [order.quote_price for order in orders if order.quote_side is BUY]
        asks = [order.quote_price for order in orders if order.quote_side is SELL]
        return bids, asks

    def _soon(self, now_ns: int) -> None:
        soon_ns = self._decided_ns + self._interval_ns
        if soon_ns < now_ns:
            soon_ns = now_ns
        if soon_ns < self.due_ns:
            self.due_ns = soon_ns

    def _note_pause(self, reason: str | None, now_ns: int) -> None:
        if reason == self._paused:
            return
        self._paused = reason
        stamp = self._out.stamp(now_ns, self.market.slug)
        if reason is None:
            self._out.publish(events.QuotingResumed(**stamp))
        else:
            self._out.publish(events.QuotingPaused(**stamp, reason=reason))

    def _note_stale(
        self, orders: Sequence[OpenOrder], fair_price: float | None, now_ns: int
    ) -> None:
        if fair_price is None:
            return
        observe = self._accounting.stale.observe
        for order in orders:
            span = observe(
                order.order_id, order.quote_side, order.quote_price, order.size, fair_price, now_ns
            )
            if span is not None:
                self._accounting.note_stale(span, order.token, now_ns)

    def _publish_jump(self, jump: Jump, now_ns: int) -> None:
        self._out.publish(
            events.PriceJumped(
                **self._out.stamp(now_ns, self.market.slug),
                mid_before=jump.mid_before,
                mid_after=jump.mid_after,
                window_ms=jump.window_ms,
            )
        )


def _jump_guard(strategy: StrategyConfig, market: Market) -> JumpGuard:
    return JumpGuard(
        strategy.jump_ticks * market.tick,
        strategy.jump_window_ms * NS_PER_MS,
        round(strategy.jump_calm_s * 1_000) * NS_PER_MS,
    )


def _reconcile_config(config: EngineConfig, market: Market) -> ReconcileConfig:
    # Where rewards are paid an order has to rest for them (polymarket.md 3.3).
    if market.rewards is None:
        return config.reconcile
    rest_ns = max(config.reconcile.min_rest_ns, market.rewards.age_min_ns)
    return msgspec.structs.replace(config.reconcile, min_rest_ns=rest_ns)


def _places(orders: Sequence[OpenOrder | Target]) -> set[tuple[TokenId, Side, int]]:
    return {(order.token, order.side, order.price) for order in orders}
