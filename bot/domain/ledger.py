"""The account in one market, in two stages: a match is pending, only a confirmed one is settled.

A fill counts from MATCHED on (risk must see it at once), settles at CONFIRMED and is taken back
exactly at FAILED (polymarket.md 8.4). CONFIRMED and FAILED are final; states that repeat or come
out of order do no harm. The ledger knows no book and no clock: a mid is handed in.
"""

from __future__ import annotations

import math
import re
from collections import OrderedDict
from collections.abc import Mapping
from enum import Enum
from typing import TypeAlias

from bot.domain.errors import InvariantError
from bot.domain.market import BUY, NO, YES, Market, Outcome, Side, TokenId
from bot.domain.orders import OrderId
from bot.domain.position import Position
from bot.domain.units import PRICE_SCALE, cash_paid, cash_received, complement
from bot.domain.value import Value

KEYS_MAX = 50_000
"""Settled and failed fills remembered so that a repeated one is known; the oldest go first."""

Key: TypeAlias = tuple[str, str]
"""(trade id, order id) of one leg, hex in lower case: one trade may hit several of our orders."""

_HEX_ID = re.compile(r"(0x)?[0-9a-f-]+", re.IGNORECASE)


class Fill(Value, frozen=True):
    """Our leg of one trade, on our own token and side; `fee` and `gas_cost` are cash we paid."""

    trade_id: str
    order_id: OrderId
    token: TokenId
    side: Side
    price: int
    size: int
    fee: int = 0
    gas_cost: int = 0

    def __post_init__(self) -> None:
        """Raise ValueError for a size that is not positive or a price outside [0, 1]."""
        if self.size <= 0:
            raise ValueError(f"fill {self.trade_id} of {self.order_id}: size {self.size}")
        if not 0 <= self.price <= PRICE_SCALE:
            raise ValueError(f"fill {self.trade_id} of {self.order_id}: price {self.price}")

    @property
    def key(self) -> Key:
        """What makes this leg the same leg when it is told again."""
        return trade_key(self.trade_id, self.order_id)


class Equity(Value, frozen=True):
    """What the account is worth at a mid, all cash: `realised + unrealised == equity` exactly.

    `cash` is the flow since the start, `equity` that flow plus all tokens at the mid.
    """

    cash: int
    realised: int
    unrealised: int
    equity: int


class _Final(Enum):
    """How the fate of a leg was decided."""

    SETTLED = "settled"
    FAILED = "failed"
    SETTLED_EARLY = "settled early"  # confirmed before we were told of the fill itself


class MarketLedger:
    """Holdings, cash and profit of one market, from fills and their settlement alone.

    Memory: every fill since the oldest pending one (older settled ones are folded into sums),
    and `KEYS_MAX` keys. A fill that stays pending holds the folding back, so whoever owns the
    ledger must ask the venue about old ones.
    """

    def __init__(self, market: Market) -> None:
        """Make an empty ledger: no tokens, unless it is opened with some, and no cash flow."""
        self._market = market
        self._folded = _Account()
        self._total = _Account()
        self._unfolded: OrderedDict[Key, Fill] = OrderedDict()
        self._pending: dict[Key, Fill] = {}
        self._final: OrderedDict[Key, _Final] = OrderedDict()

    # writing -------------------------------------------------------------------------------

    def apply(self, fill: Fill, *, settled: bool = False) -> bool:
        """Count a fill once; False when its key is known already. `settled`: seen at CONFIRMED.

        A pending fill that is told again as settled becomes settled. Raises ValueError for a
        token of another market.
        """
        key, outcome = fill.key, self._market.outcome(fill.token)
        final = self._final.get(key)
        if key in self._unfolded or final in (_Final.SETTLED, _Final.FAILED):
            if settled:
                self.settle(key)
            return False
        self._total.add(fill, outcome)
        self._unfolded[key] = fill
        if settled or final is _Final.SETTLED_EARLY:
            self._decide(key, _Final.SETTLED)
        else:
            self._pending[key] = fill
        return True

    def open(self, sizes: Mapping[TokenId, int], mid: int) -> int:
        """Begin with tokens as if bought now at the YES price `mid`; return what they cost.

        So they are worth what they cost, up to a unit of cash a token, and no profit comes of them.
        Raises InvariantError after the first fill, ValueError for a foreign token.
        """
        if self._total.sums() != _Account().sums() or self._unfolded:
            raise InvariantError(f"{self._market.slug}: opened after trading began")
        for token, size in sizes.items():
            outcome = self._market.outcome(token)
            price = mid if outcome is YES else complement(mid)
            for account in (self._folded, self._total):
                account.move(outcome, size, -cash_paid(price, size))
        return -self._total.cash

    def settle(self, key: Key) -> bool:
        """Move a pending fill to settled (CONFIRMED); False when nothing changed.

        A key that is not known yet is remembered: its fill settles as soon as it is told.
        """
        key = trade_key(*key)
        if self._pending.pop(key, None) is None:
            self._decide_early(key, _Final.SETTLED_EARLY)
            return False
        self._decide(key, _Final.SETTLED)
        return True

    def fail(self, key: Key) -> bool:
        """Take a pending fill back as if it had never been (FAILED); False when nothing changed.

        A key that is not known yet is remembered: its fill will not count.
        """
        key = trade_key(*key)
        if self._pending.pop(key, None) is None:
            self._decide_early(key, _Final.FAILED)
            return False
        del self._unfolded[key]
        self._total = self._replayed()
        self._decide(key, _Final.FAILED)
        return True

    # reading -------------------------------------------------------------------------------

    def holdings(self, token: TokenId) -> int:
        """Return the tokens held, settled and pending. Raises ValueError for a foreign token."""
        return self._total.held[self._market.outcome(token)]

    def pending(self, token: TokenId) -> int:
        """Return the tokens bought minus sold in matches that are not settled yet."""
        return sum(f.side.sign * f.size for f in self._pending.values() if f.token == token)

    def is_pending(self, key: Key) -> bool:
        """Return True while a fill that was counted may still fail."""
        return trade_key(*key) in self._pending

    def settled(self, token: TokenId) -> int:
        """Return the tokens held for certain. Raises ValueError for a foreign token."""
        return self.holdings(token) - self.pending(token)

    def sellable(self, token: TokenId) -> int:
        """Return the settled tokens that no pending sale has taken already; never negative."""
        # What a pending sale takes is in the holdings already; what a pending purchase brings is
        # in them too, and may still fail.
        size = self.holdings(token)
        for fill in self._pending.values():
            if fill.side is BUY and fill.token == token:
                size -= fill.size
        return max(0, size)

    @property
    def net_size(self) -> int:
        """YES minus NO holdings, pending included: the exposure to the outcome."""
        return self._total.position.size

    @property
    def cash(self) -> int:
        """Cash flow since the start, pending included, fees and gas taken off."""
        return self._total.cash

    @property
    def fees(self) -> int:
        """Fees and gas paid since the start, pending included."""
        return self._total.fees

    def mark(self, mid: float) -> Equity:
        """Return the worth of the account at `mid`, the YES mid in price units.

        The tokens are rounded down to cash, once. Raises ValueError for a mid outside [0, 1].
        """
        if not 0 <= mid <= PRICE_SCALE:
            raise ValueError(f"mid {mid} is outside [0, {PRICE_SCALE}]")
        position = self._total.position
        realised = position.realised - self._total.fees
        unrealised = position.basis + math.floor(position.size * mid / PRICE_SCALE)
        return Equity(self._total.cash, realised, unrealised, realised + unrealised)

    def check(self) -> None:
        """Raise InvariantError unless the running sums equal a replay and all identities hold."""
        total, replayed = self._total, self._replayed()
        if total.sums() != replayed.sums():
            raise InvariantError(f"{self._market.slug}: {total.sums()} but {replayed.sums()}")
        if not self._pending.keys() <= self._unfolded.keys():
            raise InvariantError(f"{self._market.slug}: a pending fill was folded")
        if self._pending.keys() & self._final.keys():
            raise InvariantError(f"{self._market.slug}: a pending fill is also final")
        position, no_size = total.position, total.held[NO]
        if position.size != total.held[YES] - no_size:
            raise InvariantError(f"{self._market.slug}: net size {position.size}")
        if position.realised + position.basis != total.cash + total.fees + no_size:
            raise InvariantError(f"{self._market.slug}: profit and cash differ")

    # inside --------------------------------------------------------------------------------

    def _decide(self, key: Key, final: _Final) -> None:
        self._final[key] = final
        if len(self._final) > KEYS_MAX:
            self._final.popitem(last=False)
        self._fold()

    def _decide_early(self, key: Key, final: _Final) -> None:
        if key not in self._final:
            self._decide(key, final)

    def _fold(self) -> None:
        # Only a prefix may be folded: average cost depends on the order of fills.
        while self._unfolded:
            key = next(iter(self._unfolded))
            if key in self._pending:
                return
            fill = self._unfolded.pop(key)
            self._folded.add(fill, self._market.outcome(fill.token))

    def _replayed(self) -> _Account:
        account = self._folded.copy()
        for fill in self._unfolded.values():
            account.add(fill, self._market.outcome(fill.token))
        return account


class _Account:
    """Sums over a sequence of fills."""

    __slots__ = ("cash", "fees", "held", "position")

    def __init__(self) -> None:
        self.held = {YES: 0, NO: 0}
        self.cash = 0
        self.fees = 0
        self.position = Position()

    def copy(self) -> _Account:
        twin = _Account()
        twin.held, twin.cash, twin.fees = dict(self.held), self.cash, self.fees
        twin.position = self.position.copy()
        return twin

    def add(self, fill: Fill, outcome: Outcome) -> None:
        costs = fill.fee + fill.gas_cost
        self.cash -= costs
        self.fees += costs
        self.move(outcome, fill.side.sign * fill.size, _cash_flow(fill))

    def move(self, outcome: Outcome, size: int, flow: int) -> None:
        self.held[outcome] += size
        self.cash += flow
        if outcome is YES:
            self.position.trade(size, flow)
        else:  # a NO is a dollar and a YES owed
            self.position.trade(-size, flow + size)

    def sums(self) -> tuple[int, ...]:
        position = self.position
        money = (self.cash, self.fees, position.size, position.basis, position.realised)
        return (*self.held.values(), *money)


def trade_key(trade_id: str, order_id: str) -> Key:
    """Return the key of a leg; ids that are hex count the same in upper and lower case."""
    return _same_case(trade_id), _same_case(order_id)


def _same_case(text: str) -> str:
    return text.lower() if _HEX_ID.fullmatch(text) else text


def _cash_flow(fill: Fill) -> int:
    if fill.side is BUY:
        return -cash_paid(fill.price, fill.size)
    return cash_received(fill.price, fill.size)
