"""Every leg of ours in every trade, and how far its settlement is: each step is reported once.

A leg is (trade id, order id): one trade may hit several of our orders (nautilus #3450). Whether a
leg is ours is decided by its order id, which we computed before the order left; never by comparing
addresses, whose letter case varies (#4662). The first telling of a leg is a fill, whatever stage it
is at; a missed MATCHED is no reason to miss the fill. CONFIRMED and FAILED are final (#4876).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from bot.domain.market import FeeSchedule, Side, TokenId
from bot.domain.reports import Evidence, Filled, TradeState, TradeUpdate, VenueReport
from bot.domain.units import CASH_SCALE, NS_PER_S, PRICE_SCALE, SIZE_SCALE, complement
from bot.venues.polymarket.orders import OwnOrder, OwnOrders, Stage
from bot.venues.polymarket.user_wire import Leg, Trade

LATE_NS = 5 * NS_PER_S
"""A trade that matched longer ago than this was missed when it happened."""

_FINAL = frozenset({TradeState.CONFIRMED, TradeState.FAILED})
_IN_BALANCES = frozenset({TradeState.MINED, TradeState.CONFIRMED})
_FEE_GRID = CASH_SCALE // 100_000


class Owner:
    """Who we are in a trade's legs. Does not print the API key."""

    __slots__ = ("_address", "_api_key")

    def __init__(self, api_key: str, address: str) -> None:
        """Take our API key and the wallet's address, in any letter case."""
        self._api_key = api_key
        self._address = address.lower()

    def owns(self, leg: Leg) -> bool:
        """Return True when the leg belongs to our account."""
        return leg.owner == self._api_key or leg.address == self._address


class _Settling:
    """One leg of ours that was reported as a fill.

    `since_ns` is when it matched, or when we were told if that is not stated. `is_opening`: the
    balances that were read at the start have it.
    """

    __slots__ = ("is_opening", "order", "since_ns", "size", "state")

    def __init__(
        self, order: OwnOrder, leg: Leg, trade: Trade, now_ns: int, *, is_opening: bool = False
    ) -> None:
        self.order = order
        self.size = leg.size
        self.state = trade.state
        self.since_ns = min(now_ns, trade.ts_venue_ns or now_ns)
        self.is_opening = is_opening


class Settlement:
    """The legs of ours. What it cannot use it counts: nothing is dropped in silence.

    `strangers` are legs of our account on orders we never made, `odd_legs` legs on a token of
    another market, `contradictions` final states that changed.
    """

    def __init__(self, orders: OwnOrders, owner: Owner) -> None:
        """Know no trade yet."""
        self._orders = orders
        self._owner = owner
        self._legs: dict[tuple[str, str], _Settling] = {}
        self._uncounted: dict[tuple[str, str], int] = {}
        self._settled: dict[TokenId, int] = {}
        self.strangers = 0
        self.odd_legs = 0
        self.contradictions = 0

    def observe(self, trade: Trade, now_ns: int) -> list[VenueReport]:
        """Return the reports of one telling of a trade: fills first heard of, and new stages."""
        reports: list[VenueReport] = []
        for leg in trade.legs:
            order = self._orders.get(leg.order_id)
            if order is not None:
                reports += self._observe(trade, leg, order, now_ns)
            elif self._owner.owns(leg):
                self.strangers += self._set_aside((trade.trade_id, leg.order_id), now_ns)
        return reports

    def adopt(self, trade: Trade, now_ns: int) -> list[Filled]:
        """Return the fills of a trade made before the start, whose balances were read since.

        What is on the chain is in those balances and moves no sum. What is mined only may still be
        told of: that it is confirmed, or that it failed after all.
        """
        if trade.state not in _IN_BALANCES:
            return [r for r in self.observe(trade, now_ns) if isinstance(r, Filled)]
        fills = []
        for leg in trade.legs:
            order, key = self._orders.get(leg.order_id), (trade.trade_id, leg.order_id)
            price = None if order is None else _price_on(order, leg)
            if order is None or price is None or key in self._legs:
                continue
            self._legs[key] = _Settling(order, leg, trade, now_ns, is_opening=True)
            _add_fill(order, leg.size, now_ns)
            fills.append(_filled(trade, leg, order, price, now_ns))
        return fills

    def pending_since_ns(self, from_ns: int) -> int | None:
        """Return when the oldest leg that matched since `from_ns` and is not final did.

        `None`: there is none.
        """
        matched = (leg.since_ns for leg in self._pending())
        return min((ns for ns in matched if ns >= from_ns), default=None)

    def pending_before(self, ns: int) -> int:
        """Return how many legs matched before a time and are not final."""
        return sum(leg.since_ns < ns for leg in self._pending())

    def unsettled(self) -> set[str]:
        """Return the ids of the orders with a leg that is not final."""
        return {leg.order.order_id.lower() for leg in self._pending()}

    def net_of(self, token: TokenId) -> tuple[int, int, int]:
        """Return (settled bought minus sold, pending bought, pending sold) of a token."""
        bought = sold = 0
        for leg in self._pending():
            if leg.order.new.token == token and not leg.is_opening:
                is_buy = leg.order.new.side is Side.BUY
                bought += leg.size if is_buy else 0
                sold += 0 if is_buy else leg.size
        return self._settled.get(token, 0), bought, sold

    def forget(self, before_ns: int) -> None:
        """Drop legs whose order is forgotten, and what was set aside before a time."""
        for key, leg in list(self._legs.items()):
            if self._orders.get(leg.order.order_id) is None:
                del self._legs[key]
        for key, told_ns in list(self._uncounted.items()):
            if told_ns < before_ns:
                del self._uncounted[key]

    def _observe(self, trade: Trade, leg: Leg, order: OwnOrder, now_ns: int) -> list[VenueReport]:
        key = (trade.trade_id, leg.order_id)
        known = self._legs.get(key)
        if known is not None:
            return self._advance(known, trade, now_ns)
        if key in self._uncounted:
            return []
        if trade.state is TradeState.FAILED:
            self._set_aside(key, now_ns)  # whatever is told of it later, it never counts
            return []
        price = _price_on(order, leg)
        if price is None:
            self.odd_legs += self._set_aside(key, now_ns)
            return []
        known = self._legs[key] = _Settling(order, leg, trade, now_ns)
        self._count_settled(known)
        _add_fill(order, leg.size, now_ns)
        return [_filled(trade, leg, order, price, now_ns)]

    def _advance(self, known: _Settling, trade: Trade, now_ns: int) -> list[VenueReport]:
        before, after = known.state, trade.state
        if before in _FINAL:
            self.contradictions += after in _FINAL and after is not before
            return []
        if after is before or after is TradeState.MATCHED:
            return []  # told twice, or late
        known.state = after
        known.order.changed_ns = now_ns
        self._count_settled(known)
        if after is TradeState.FAILED:
            known.order.filled -= known.size
        return [TradeUpdate(known.order.order_id, trade.trade_id, after)]

    def _pending(self) -> Iterator[_Settling]:
        # A copy: metrics ask from another thread.
        return (leg for leg in list(self._legs.values()) if leg.state not in _FINAL)

    def _count_settled(self, leg: _Settling) -> None:
        """Move the sum of what the balances should have gained since the start."""
        counts = TradeState.FAILED if leg.is_opening else TradeState.CONFIRMED
        if leg.state is counts:
            new = leg.order.new
            moved = new.side.sign * (-leg.size if leg.is_opening else leg.size)
            self._settled[new.token] = self._settled.get(new.token, 0) + moved

    def _set_aside(self, key: tuple[str, str], now_ns: int) -> bool:
        """Remember a leg that does not count; False when it was set aside before."""
        is_new = key not in self._uncounted
        self._uncounted[key] = now_ns
        return is_new


def taker_fee(fees: FeeSchedule, price: int, size: int) -> int:
    """Return what a taker pays, rounded to 1/100,000 dollar (polymarket.md 3.1); makers pay 0."""
    p = price / PRICE_SCALE
    share_fee = fees.rate * math.pow(p * (1 - p), fees.exponent)
    return round(size / SIZE_SCALE * share_fee * CASH_SCALE / _FEE_GRID) * _FEE_GRID


def _price_on(order: OwnOrder, leg: Leg) -> int | None:
    """The leg's price on our order's token; `None` when the leg is of another market."""
    if leg.token == order.new.token:
        return leg.price
    return complement(leg.price) if leg.token == order.other else None


def _add_fill(order: OwnOrder, size: int, now_ns: int) -> None:
    order.filled += size
    order.changed_ns = now_ns
    if order.filled >= order.new.size:
        order.stage = Stage.ENDED
    elif order.was_refused:
        order.stage, order.was_refused = Stage.RESTING, False  # it was not: the rest still rests


def _filled(trade: Trade, leg: Leg, order: OwnOrder, price: int, now_ns: int) -> Filled:
    # Side and token are those of our order, whatever the message says of the taker's.
    matched_ns = now_ns
    if trade.ts_venue_ns is not None and trade.ts_venue_ns < now_ns - LATE_NS:
        matched_ns = trade.ts_venue_ns
    return Filled(
        order_id=order.order_id,
        trade_id=trade.trade_id,
        token=order.new.token,
        side=order.new.side,
        price=price,
        size=leg.size,
        evidence=Evidence.EXCHANGE,
        state=trade.state,
        fee=taker_fee(order.market.fees, price, leg.size) if leg.is_taker else 0,
        ts_venue_ns=trade.ts_venue_ns,
        matched_ns=matched_ns,
    )
