"""The last steps before the venue: controls, throttle, and the record before the request.

An order's intent is published (and so journalled) before it is handed to the venue. Placing is
never retried.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain import events
from bot.domain.ledger import MarketLedger
from bot.domain.market import TokenId
from bot.domain.orders import OPEN, PENDING_CANCEL, NewOrder, Order, Trigger
from bot.domain.ports import NEVER, Venue
from bot.domain.units import PRICE_SCALE
from bot.engine.accounting import Accounting
from bot.engine.config import EngineConfig
from bot.engine.publisher import Publisher
from bot.engine.tokens import TokenState
from bot.execution.reconcile import Action, Cancel, OpenOrder, Target, open_order
from bot.execution.throttle import Throttle
from bot.risk.controls import Denied, Reduced, RiskState, check


class Intent:
    """Why an order is wanted: the decision and what was believed when it was made.

    `mid` and `fair_price` are YES-terms prices, `None` when unknown.
    """

    __slots__ = ("decision_id", "fair_price", "mid")

    def __init__(self, decision_id: int, mid: float | None, fair_price: float | None) -> None:
        self.decision_id = decision_id
        self.mid = mid
        self.fair_price = fair_price


class Actions:
    """Carries out what was decided, for all markets of one account."""

    def __init__(
        self,
        tokens: Mapping[TokenId, TokenState],
        venue: Venue,
        accounting: Accounting,
        publisher: Publisher,
        config: EngineConfig,
    ) -> None:
        """Send to `venue`; one throttle serves the whole account."""
        self._tokens = tokens
        self._venue = venue
        self._accounting = accounting
        self._out = publisher
        self._config = config
        self._throttle = Throttle(config.throttle)
        self.decision_id = 0
        self._denials: dict[str, set[tuple[str, Target]]] = {}
        self._denied: set[tuple[str, Target]] = set()

    def next_intent(self, mid: float | None, fair_price: float | None) -> Intent:
        """Return the intent of a new decision."""
        self.decision_id += 1
        return Intent(self.decision_id, mid, fair_price)

    def carry_out(
        self,
        state: TokenState,
        actions: Sequence[Action],
        open_orders: Sequence[OpenOrder],
        intent: Intent,
        now_ns: int,
    ) -> int:
        """Send what throttle and controls let through; `state` is the market's YES token.

        Returns when cancels that were held back are worth asking for; NEVER without any.
        """
        resting = list(open_orders)
        self._denied = set()
        sensible, again_ns = self._without_held(actions, now_ns)
        admitted = self._throttle.admit(sensible, now_ns)
        for action in admitted:
            if isinstance(action, Cancel):
                order = self._accounting.orders.get(action.order_id)
                if order is not None:
                    self.cancel(order, action.reason, intent.decision_id, now_ns)
            else:
                placed = self._place(state, action.target, resting, intent, now_ns)
                if placed is not None:
                    resting.append(open_order(placed, state.market))
        if not all(isinstance(action, Cancel) for action in admitted):
            self._denials[state.market.slug] = self._denied
        return again_ns

    def _without_held(self, actions: Sequence[Action], now_ns: int) -> tuple[list[Action], int]:
        """Leave out the cancels that the venue refused a moment ago, and say until when."""
        sensible, again_ns = [], NEVER
        for action in actions:
            order = None
            if isinstance(action, Cancel):
                order = self._accounting.orders.get(action.order_id)
            if order is not None and now_ns < order.ask_again_ns:
                again_ns = min(again_ns, order.ask_again_ns)
            else:
                sensible.append(action)
        return sensible, again_ns

    def cancel(self, order: Order, reason: str, decision_id: int, now_ns: int) -> None:
        """Ask for one order to be taken off; once is enough."""
        if order.status not in OPEN or order.status is PENDING_CANCEL:
            return
        order.apply(Trigger.REQUEST_CANCEL, now_ns)
        self._accounting.note_change(order)
        self._out.publish(
            events.CancelRequested(
                **self._stamp(order.new.token, now_ns),
                order_id=order.order_id,
                decision_id=decision_id,
                reason=reason,
            )
        )
        self._venue.cancel(order.order_id, now_ns)

    def cancel_everything(self, reason: str, now_ns: int) -> None:
        """Ask for every open order to be taken off, one by one and all at once."""
        for order in list(self._accounting.orders.open_orders()):
            self.cancel(order, reason, self.decision_id, now_ns)
        self._venue.cancel_all(now_ns)

    def _place(
        self,
        state: TokenState,
        target: Target,
        resting: Sequence[OpenOrder],
        intent: Intent,
        now_ns: int,
    ) -> Order | None:
        verdict = check(target, self._risk_state(state, resting), self._config.risk)
        size = target.size
        if isinstance(verdict, (Denied, Reduced)):
            size = verdict.size if isinstance(verdict, Reduced) else 0
            denial = (verdict.control, target)
            self._denied.add(denial)
            if denial not in self._denials.get(state.market.slug, ()):  # once, not at every look
                self._publish_denial(target, verdict.control, size, intent, now_ns)
        if size == 0:
            return None
        new = NewOrder(
            decision_id=intent.decision_id,
            token=target.token,
            side=target.side,
            price=target.price,
            size=size,
            level=self._level(target),
        )
        order = Order(self._venue.prepare(new), new, now_ns)
        self._accounting.orders.add(order)
        self._accounting.note_change(order)
        self._tokens[target.token].watch_order(order)
        self._publish_submitted(order, intent, now_ns)
        self._venue.submit(order.order_id, now_ns)
        return order

    def _level(self, target: Target) -> int:
        # Strictly better levels of others on the order's own token; -1 inside the spread.
        book = self._tokens[target.token].book
        is_bid = target.side.sign > 0
        best = book.best_bid if is_bid else book.best_ask
        if (target.price - best) * target.side.sign > 0:
            return -1
        better = 0
        for price, _ in book.depth(is_bid=is_bid):
            if price == target.price or (target.price - price) * target.side.sign > 0:
                break
            better += 1
        return better

    def _risk_state(self, state: TokenState, resting: Sequence[OpenOrder]) -> RiskState:
        ledgers = self._accounting.ledgers
        ledger = ledgers[state.market.slug]
        book = state.book
        return RiskState(
            market=state.market,
            tick=book.tick,
            mid=state.mid,
            best_bid=book.best_bid,
            best_ask=book.best_ask,
            net_size=ledger.net_size,
            sellable={token: ledger.sellable(token) for token in state.market.tokens},
            cash=self._config.cash + sum(each.cash for each in ledgers.values()),
            invested=sum(self._invested(slug, each) for slug, each in ledgers.items()),
            orders=[*resting, *self._elsewhere(state)],
        )

    def _elsewhere(self, state: TokenState) -> list[OpenOrder]:
        return [
            open_order(order, self._tokens[order.new.token].market)
            for order in self._accounting.orders.open_orders()
            if order.new.token not in state.market.tokens
        ]

    def _invested(self, slug: str, ledger: MarketLedger) -> int:
        # Tokens at their last mid; at the full dollar while no mid was ever seen.
        total = 0
        for token, state in self._tokens.items():
            if state.market.slug == slug:
                price = state.mids[-1][1] if state.mids else PRICE_SCALE
                total += int(ledger.holdings(token) * price) // PRICE_SCALE
        return total

    def _publish_denial(
        self, target: Target, control: str, size: int, intent: Intent, now_ns: int
    ) -> None:
        self._out.publish(
            events.OrderDenied(
                **self._stamp(target.token, now_ns),
                decision_id=intent.decision_id,
                control=control,
                side=target.side,
                price=target.price,
                size=target.size,
                allowed_size=size,
            )
        )

    def _publish_submitted(self, order: Order, intent: Intent, now_ns: int) -> None:
        new = order.new
        self._out.publish(
            events.OrderSubmitted(
                **self._stamp(new.token, now_ns),
                decision_id=new.decision_id,
                order_id=order.order_id,
                side=new.side,
                price=new.price,
                size=new.size,
                level=new.level,
                mid=intent.mid,
                fair_price=intent.fair_price,
            )
        )

    def _stamp(self, token: TokenId, now_ns: int) -> dict[str, Any]:
        return self._out.stamp(now_ns, self._tokens[token].market.slug, token)
