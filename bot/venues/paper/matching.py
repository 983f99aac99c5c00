"""Matches own resting orders against a public tape of levels and prints.

* An order that reaches the venue off the price grid is refused: tick_size.
* One smaller than the market's minimum is refused: min_size.
* One at or through the opposite best of the book as it stands then, or through an own resting order
  of the market, is refused: post_only_cross.
* Any other rests, behind all that the book shows at its price.
* YES and NO are one market: BUY NO at q rests where SELL YES at 1 - q does, and a print on either
  token meets both.
* A print at our price, taker on the other side, consumes the queue from the front; what is left of
  it when it reaches us fills us, in part or whole.
* A print through our price, worse for the taker than ours, fills us up to its size and proves
  that nobody is before us any more.
* One print is shared by own orders in order of price, then arrival: never more is filled than
  was printed.
* A shrinking level never fills anything. It moves the queue (queue.py) only when no print explains
  it (netting.py).
* A print explained by a shrinking older than the order does not concern it: the order arrived
  behind what was left.
* An order marked as missed rests and is never filled (theta, calibration.md 3.3).
* After lost continuity nothing fills on the token until its book is VALID again; each queue then
  starts anew behind all that is shown, but not behind more than prints had proven. The first print
  that finds a level untouched since the gap fills nothing there: its trade may be older than the
  snapshot.

Knows no clock, latency, account or report: those are the venue's.
"""

from __future__ import annotations

import bisect
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bot.domain.book import VALID
from bot.domain.errors import InputError, InvariantError
from bot.domain.market import BUY, Market, Outcome, Side, TokenId, in_yes_terms
from bot.domain.orders import NewOrder, OrderId
from bot.domain.ports import BookView
from bot.domain.reports import Evidence, RejectionReason
from bot.domain.units import PRICE_SCALE, SIZE_GRID, complement
from bot.domain.value import Value
from bot.venues.paper.level import Level, QueueModel
from bot.venues.paper.queue import QueuePosition

LevelKey = tuple[TokenId, bool, int]
"""(token, is_bid, price)."""


class Match(Value, frozen=True):
    """A part of an own order that traded. `queue_ahead` stood before it, `None` when unknown."""

    order_id: OrderId
    size: int
    evidence: Evidence
    queue_ahead: int | None


class Resting:
    """An own order on the book. `rank` sorts by price, best first, then arrival."""

    __slots__ = ("is_missed", "level", "open_size", "order", "order_id", "position", "rank")

    def __init__(
        self,
        order_id: OrderId,
        order: NewOrder,
        level: Level,
        position: QueuePosition,
        rank: tuple[int, int],
        *,
        is_missed: bool,
    ) -> None:
        """Put the whole order at rest."""
        self.order_id = order_id
        self.order = order
        self.open_size = order.size
        self.level = level
        self.position = position
        self.rank = rank
        self.is_missed = is_missed


class _View(NamedTuple):
    """A token seen from its market."""

    market: Market
    outcome: Outcome


class Matching:
    """Own resting orders of several markets. Reads the books and never changes them.

    An order's level is watched (`watch`) from the moment it is under way, so that its queue begins
    with a known history; `remove` and a whole fill end that, `unwatch` does when it never rested.
    """

    def __init__(
        self, markets: Sequence[Market], books: Mapping[TokenId, BookView], model: QueueModel
    ) -> None:
        """Make an empty one. `books` holds a book for each token of `markets`."""
        self._books = books
        self._model = model
        self._views = {
            token: _View(market, market.outcome(token))
            for market in markets
            for token in market.tokens
        }
        self._levels: dict[LevelKey, Level] = {}
        self._orders: dict[OrderId, Resting] = {}
        self._sides: dict[tuple[TokenId, bool], list[Resting]] = {
            (market.yes, is_bid): [] for market in markets for is_bid in (True, False)
        }
        self._arrivals = 0

    def __len__(self) -> int:
        """Return how many orders rest."""
        return len(self._orders)

    def resting(self) -> list[OrderId]:
        """Return the ids of all resting orders, in order of arrival."""
        return list(self._orders)

    def is_resting(self, order_id: OrderId) -> bool:
        """Return whether the order is on the book."""
        return order_id in self._orders

    def take_power(self, power_n: float) -> None:
        """Use this exponent for the levels watched from now on; those watched keep theirs."""
        self._model = self._model.with_power(power_n)

    def market_of(self, token: TokenId) -> Market:
        """Return the market of a token. Raises InputError for a token we do not trade."""
        view = self._views.get(token)
        if view is None:
            raise InputError(f"token {token} is in no market of this venue")
        return view.market

    # orders --------------------------------------------------------------------------------

    def refusal(self, order: NewOrder) -> RejectionReason | None:
        """Return why the order may not rest now, or `None` when it may."""
        market, book = self.market_of(order.token), self._books[order.token]
        if order.price % book.tick or not 0 < order.price < PRICE_SCALE:
            return RejectionReason.TICK_SIZE
        if order.size < max(market.size_min, SIZE_GRID):
            return RejectionReason.MIN_SIZE
        if self._crosses(order, market, book):
            return RejectionReason.POST_ONLY_CROSS
        return None

    def watch(self, order: NewOrder) -> None:
        """Follow the level of an order that is under way."""
        key = _key(order)
        level = self._levels.get(key)
        if level is None:
            level = self._levels[key] = Level(self._model, self._shown(key))
        level.users += 1

    def unwatch(self, order: NewOrder) -> None:
        """Stop following the level for an order that did not come to rest."""
        key = _key(order)
        self._levels[key].users -= 1
        if not self._levels[key].users:
            del self._levels[key]

    def rest(
        self, order_id: OrderId, order: NewOrder, now_ns: int, *, is_missed: bool = False
    ) -> int | None:
        """Put a watched order that nothing refuses on the book; return the size ahead of it.

        `None` means that the book may not be trusted now. Raises InvariantError when the id rests.
        """
        if order_id in self._orders:
            raise InvariantError(f"order {order_id} rests already")
        level = self._levels[_key(order)]
        self._is_usable(level, _key(order))  # the arrival may find a book that is valid again
        self._arrivals += 1
        is_bid, price = self._in_yes_terms(order.token, order.side, order.price)
        rank = (-price if is_bid else price, self._arrivals)
        position = level.join(now_ns)
        resting = Resting(order_id, order, level, position, rank, is_missed=is_missed)
        self._orders[order_id] = resting
        bisect.insort(self._side(order.token, is_bid=is_bid), resting, key=lambda each: each.rank)
        return position.front if level.is_certain else None

    def remove(self, order_id: OrderId) -> bool:
        """Take an order off the book; False when it does not rest."""
        resting = self._orders.pop(order_id, None)
        if resting is None:
            return False
        order = resting.order
        is_bid, _ = self._in_yes_terms(order.token, order.side, order.price)
        self._side(order.token, is_bid=is_bid).remove(resting)
        resting.level.positions.remove(resting.position)
        self.unwatch(order)
        return True

    # the tape ------------------------------------------------------------------------------

    def on_level(
        self, token: TokenId, *, is_bid: bool, price: int, before: int, after: int, now_ns: int
    ) -> None:
        """Take a change of the size shown at one level, after the book took it."""
        level = self._levels.get((token, is_bid, price))
        if level is None:
            return
        if self._books[token].state is not VALID:
            level.lose()
            return
        if not level.is_certain:
            before = max(before, after)  # what is there now may be before who came in the gap
            level.restart(before)
        level.change(before, after, now_ns)

    def on_print(
        self, token: TokenId, side: Side, price: int, size: int, now_ns: int
    ) -> list[Match]:
        """Take one public trade and return what of ours traded in it, in order of priority."""
        view = self._views.get(token)
        if view is None:
            return []
        # The taker sells into bids and buys from asks: we rest on the opposite side.
        is_bid, yes_price = self._in_yes_terms(token, side.opposite, price)
        limit = -yes_price if is_bid else yes_price
        levels = self._at(view.market, yes_price, is_bid=is_bid)
        explained = {level: level.trade(size, now_ns) for level in levels if level.is_certain}
        usable: dict[Level, bool] = {}
        matches = []
        left = size
        for resting in list(self._sides[view.market.yes, is_bid]):
            if not left or resting.rank[0] > limit:
                break
            level = resting.level
            if level not in usable:
                usable[level] = self._is_usable(level, _key(resting.order))
            if usable[level]:
                is_through = resting.rank[0] < limit
                match = _meet(resting, left, size, None if is_through else explained[level])
                if match is not None:
                    left -= match.size
                    matches.append(match)
        for level in explained:
            level.cap()
        self._drop_filled(matches)
        return matches

    def on_continuity_lost(self, tokens: Sequence[TokenId]) -> None:
        """Take that the books of these tokens may not be trusted."""
        lost = set(tokens)
        for key, level in self._levels.items():
            if key[0] in lost:
                level.lose()

    def _drop_filled(self, matches: list[Match]) -> None:
        for match in matches:
            if not self._orders[match.order_id].open_size:
                self.remove(match.order_id)

    # looking up ----------------------------------------------------------------------------

    def _crosses(self, order: NewOrder, market: Market, book: BookView) -> bool:
        is_buy = order.side is BUY
        if order.price >= book.best_ask if is_buy else order.price <= book.best_bid:
            return True
        is_bid, price = self._in_yes_terms(order.token, order.side, order.price)
        opposing = self._sides[market.yes, not is_bid]
        return bool(opposing) and opposing[0].rank[0] <= (price if is_bid else -price)

    def _in_yes_terms(self, token: TokenId, side: Side, price: int) -> tuple[bool, int]:
        """Return (is_bid, price) on the YES token."""
        yes_side, yes_price = in_yes_terms(self._views[token].outcome, side, price)
        return yes_side is BUY, yes_price

    def _side(self, token: TokenId, *, is_bid: bool) -> list[Resting]:
        return self._sides[self._views[token].market.yes, is_bid]

    def _at(self, market: Market, yes_price: int, *, is_bid: bool) -> list[Level]:
        """Return the watched levels that are one queue: the YES price and its mirror on NO."""
        keys = ((market.yes, is_bid, yes_price), (market.no, not is_bid, complement(yes_price)))
        return [self._levels[key] for key in keys if key in self._levels]

    def _shown(self, key: LevelKey) -> int | None:
        """Return the size shown at a level; `None` when the book cannot be trusted to say."""
        token, is_bid, price = key
        book = self._books[token]
        if book.state is not VALID or price % book.tick or not 0 < price < PRICE_SCALE:
            return None
        return book.size_at(is_bid=is_bid, price=price)

    def _is_usable(self, level: Level, key: LevelKey) -> bool:
        """Return whether the level is followed without a gap; start it anew when it may be."""
        shown = self._shown(key)
        if shown is None:
            level.lose()
        elif not level.is_certain:
            level.restart(shown)
            return False
        return level.is_certain


def _key(order: NewOrder) -> LevelKey:
    return order.token, order.side is BUY, order.price


def _meet(
    resting: Resting, left: int, printed: int, explained: list[tuple[int, int]] | None
) -> Match | None:
    """Let what is `left` of a print meet an order; `explained` is None for a print through it."""
    position = resting.position
    ahead = position.front
    if explained is None:
        position.sweep()
        due = left
    else:
        older = sum(size for since_ns, size in explained if since_ns <= position.arrived_ns)
        due = position.trade(min(left, printed - older))
    size = min(due, resting.open_size)
    if not size or resting.is_missed:
        return None
    resting.open_size -= size
    evidence = Evidence.THROUGH if explained is None else Evidence.QUEUE
    return Match(resting.order_id, size, evidence, ahead)
