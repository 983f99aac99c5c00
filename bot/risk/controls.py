"""The controls every order passes before it leaves, in order; the first refusal ends it.

A control answers with the size it lets through: all of it, less where less makes sense (size,
position, capital, tokens), or nothing. Less is never below the market's minimum and always on the
0.01-share grid. Orders under way and orders whose cancel is under way count: they may still trade.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol, TypeAlias

from bot.domain.market import BUY, SELL, Market, Side, TokenId, in_yes_terms
from bot.domain.units import PRICE_SCALE, SIZE_GRID, cash_paid
from bot.domain.value import Value
from bot.risk.limits import RiskLimits


class ProposedOrder(Protocol):
    """What a control looks at in an order, proposed or open; `size` is what may still trade."""

    @property
    def token(self) -> TokenId:
        """The token bought or sold."""
        ...

    @property
    def side(self) -> Side:
        """Buy or sell."""
        ...

    @property
    def price(self) -> int:
        """Price of that token, price units."""
        ...

    @property
    def size(self) -> int:
        """Size that may trade, size units."""
        ...


class RiskState(Value, frozen=True):
    """What the controls know when they judge an order of `market`.

    `tick`, `mid`, `best_bid` and `best_ask` are of the YES book (0 and 10,000 for an empty side,
    `mid` then `None`). `net_size` is YES minus NO, settled and pending. `sellable` maps token to
    the settled size, before open SELL orders. `cash` is the account's balance before reservations,
    `invested` the cash value of all tokens held. `orders` are all open orders of the account, those
    allowed a moment ago included.
    """

    market: Market
    tick: int
    mid: float | None
    best_bid: int
    best_ask: int
    net_size: int
    sellable: Mapping[TokenId, int]
    cash: int
    invested: int
    orders: Sequence[ProposedOrder]


class Allowed(Value, frozen=True):
    """The order may leave as it is."""


class Reduced(Value, frozen=True):
    """The order may leave with this size; `control` names who cut it last."""

    size: int
    control: str


class Denied(Value, frozen=True):
    """The order may not leave; `control` is from `CONTROLS`, `reason` is for the log."""

    control: str
    reason: str


Verdict: TypeAlias = Allowed | Reduced | Denied
Answer: TypeAlias = "int | str"
"""What one control says: the size it lets through, or the reason why nothing passes."""
Control: TypeAlias = Callable[[ProposedOrder, int, RiskState, RiskLimits], Answer]
"""One control: (order, size still wanted, state, limits) -> answer."""


def check(order: ProposedOrder, state: RiskState, limits: RiskLimits) -> Verdict:
    """Return the verdict of all controls. Raises ValueError for a token of another market."""
    size, cut_by = order.size, None
    for name, control in CONTROLS.items():
        answer = control(order, size, state, limits)
        if isinstance(answer, str):
            return Denied(name, answer)
        if answer < size:
            size, cut_by = answer - answer % SIZE_GRID, name
            if size < max(state.market.size_min, SIZE_GRID):
                return Denied(name, f"room for {max(size, 0)}, minimum {state.market.size_min}")
    return Allowed() if cut_by is None else Reduced(size, cut_by)


def _price_grid(order: ProposedOrder, size: int, state: RiskState, _limits: RiskLimits) -> Answer:
    """The exchange takes multiples of the tick between one tick and 1 minus one tick."""
    if order.price % state.tick or not 0 < order.price < PRICE_SCALE:
        return f"price {order.price} is not on the grid of {state.tick}"
    return size


def _price_band(order: ProposedOrder, size: int, state: RiskState, limits: RiskLimits) -> Answer:
    """A price far from the mid is a mistake of ours or of the feed."""
    if state.mid is None:
        return "no mid to judge the price by"
    _, price = _yes_terms(order, state.market)
    if abs(price - state.mid) > limits.price_band:
        return f"price {price} is more than {limits.price_band} from the mid {state.mid}"
    return size


def _order_size(order: ProposedOrder, size: int, state: RiskState, limits: RiskLimits) -> Answer:
    """Sizes lie on the 0.01-share grid, between the market's minimum and our maximum."""
    if size < state.market.size_min or size < SIZE_GRID:
        return f"size {order.size} is below the minimum {state.market.size_min}"
    return min(size - size % SIZE_GRID, limits.order_size_max)


def _post_only(order: ProposedOrder, size: int, state: RiskState, _limits: RiskLimits) -> Answer:
    """The exchange refuses a post-only order that would trade at once."""
    side, price = _yes_terms(order, state.market)
    if side is BUY and price >= state.best_ask:
        return f"bid {price} meets the ask {state.best_ask}"
    if side is SELL and price <= state.best_bid:
        return f"ask {price} meets the bid {state.best_bid}"
    return size


def _own_cross(order: ProposedOrder, size: int, state: RiskState, _limits: RiskLimits) -> Answer:
    """We never trade with ourselves: own bid on YES plus own bid on NO stays below 1."""
    side, price = _yes_terms(order, state.market)
    for _, other_side, other in _own_orders(state):
        if side is BUY and other_side is SELL and price >= other:
            return f"bid {price} meets our own ask {other}"
        if side is SELL and other_side is BUY and price <= other:
            return f"ask {price} meets our own bid {other}"
    return size


def _position(order: ProposedOrder, size: int, state: RiskState, limits: RiskLimits) -> Answer:
    """The net size stays within the limit even when every open order of that side fills."""
    side, _ = _yes_terms(order, state.market)
    resting = sum(open_size for open_size, open_side, _ in _own_orders(state) if open_side is side)
    return min(size, limits.position_max - side.sign * state.net_size - resting)


def _tokens(order: ProposedOrder, size: int, state: RiskState, _limits: RiskLimits) -> Answer:
    """A SELL needs settled tokens that no other open SELL has reserved (polymarket.md 2.4)."""
    if order.side is BUY:
        return size
    reserved = sum(
        other.size for other in state.orders if other.token == order.token and other.side is SELL
    )
    return min(size, state.sellable.get(order.token, 0) - reserved)


def _capital(order: ProposedOrder, size: int, state: RiskState, limits: RiskLimits) -> Answer:
    """A BUY reserves its cash: within the account's balance and within the capital at work."""
    if order.side is SELL:
        return size
    reserved = sum(
        cash_paid(other.price, other.size) for other in state.orders if other.side is BUY
    )
    room = min(state.cash, limits.capital - state.invested) - reserved
    return min(size, _size_for(room, order.price))


def _notional(order: ProposedOrder, size: int, state: RiskState, limits: RiskLimits) -> Answer:
    """The cash value of all open orders has a limit."""
    resting = sum(cash_paid(other.price, other.size) for other in state.orders)
    return min(size, _size_for(limits.open_notional_max - resting, order.price))


def _open_orders(_order: ProposedOrder, size: int, state: RiskState, limits: RiskLimits) -> Answer:
    """The number of open orders has a limit."""
    if len(state.orders) >= limits.open_orders_max:
        return f"{len(state.orders)} orders are open, the limit is {limits.open_orders_max}"
    return size


CONTROLS: dict[str, Control] = {
    "price_grid": _price_grid,
    "price_band": _price_band,
    "order_size": _order_size,
    "post_only": _post_only,
    "own_cross": _own_cross,
    "position": _position,
    "tokens": _tokens,
    "capital": _capital,
    "notional": _notional,
    "open_orders": _open_orders,
}
"""All controls by name, in the order in which they are asked."""


def _yes_terms(order: ProposedOrder, market: Market) -> tuple[Side, int]:
    return in_yes_terms(market.outcome(order.token), order.side, order.price)


def _own_orders(state: RiskState) -> Iterator[tuple[int, Side, int]]:
    """Yield (size, side, price) of our open orders in this market, in YES terms."""
    for order in state.orders:
        if order.token in state.market.tokens:
            side, price = _yes_terms(order, state.market)
            yield order.size, side, price


def _size_for(cash: int, price: int) -> int:
    """Return the largest size that `cash` pays for; not positive when there is none."""
    return cash * PRICE_SCALE // price
