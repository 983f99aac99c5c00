"""What the venue needs from the exchange's account interface, as one protocol.

client.py is the one that speaks the wire; tests bring their own. No secret is in any of these
records.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from bot.domain.errors import InputError
from bot.domain.market import Market, TokenId
from bot.domain.orders import NewOrder, OrderId
from bot.domain.units import PRICE_SCALE, SIZE_GRID
from bot.venues.polymarket.outcomes import CancelAnswer, PostAnswer
from bot.venues.polymarket.rate_limit import SignerLimits
from bot.venues.polymarket.trip import Trip
from bot.venues.polymarket.user_wire import OrderNews, Trade

POST_BATCH_MAX = 15
"""Orders in one request (polymarket.md 2.7)."""
CANCEL_BATCH_MAX = 100
"""Cancels in one request; the exchange's own limit is stated as 1,000 and as 3,000."""


class SignedOrder:
    """An order that is signed and can be posted as often as one likes: it stays one order.

    `order_id` is its EIP-712 hash, known before anything left. `sealed` is the client's own
    record of it and is never printed. `trip` notes where it is on its way.
    """

    __slots__ = ("order_id", "sealed", "trip")

    def __init__(self, order_id: OrderId, sealed: object) -> None:
        """Keep both."""
        self.order_id = order_id
        self.sealed = sealed
        self.trip = Trip()

    def __repr__(self) -> str:
        return f"SignedOrder({self.order_id})"


class StreamKeys:
    """What opens the user channel. Prints nothing of itself."""

    __slots__ = ("api_key", "passphrase", "secret")

    def __init__(self, api_key: str, secret: str, passphrase: str) -> None:
        """Keep all three."""
        self.api_key = api_key
        self.secret = secret
        self.passphrase = passphrase

    def __repr__(self) -> str:
        return "StreamKeys(...)"


class AccountKeys:
    """The signing key, the wallet it acts for, and API credentials if there are some already.

    `wallet` None means the key's own address, an EOA. Prints nothing of itself.
    """

    __slots__ = ("private_key", "stream_keys", "wallet")

    def __init__(
        self, private_key: str, wallet: str | None = None, stream_keys: StreamKeys | None = None
    ) -> None:
        """Keep all three."""
        self.private_key = private_key
        self.wallet = wallet
        self.stream_keys = stream_keys

    def __repr__(self) -> str:
        return "AccountKeys(...)"


class Balances(msgspec.Struct, frozen=True):
    """What the account holds at the exchange: free and reserved collateral, and tokens."""

    cash: int
    tokens: dict[TokenId, int]


class DayIncome(msgspec.Struct, frozen=True):
    """What was credited for one day (UTC), in 1/1,000,000 dollar."""

    rewards: int
    rebates: int


class ExchangeAccount(Protocol):
    """One account at the exchange.

    Placing and cancelling happen once, whatever comes of it. Reads raise VenueUnavailable or
    RateLimited and never answer "nothing" for a question that failed.
    """

    @property
    def address(self) -> str:
        """The wallet that holds the money."""
        ...

    @property
    def stream_keys(self) -> StreamKeys:
        """What opens the user channel."""
        ...

    @property
    def limits(self) -> SignerLimits:
        """How fast this signer may go."""
        ...

    def sign(self, order: NewOrder, market: Market, expires_s: int | None) -> SignedOrder:
        """Return the signed post-only order: good till cancelled, or until `expires_s` (epoch)."""
        ...

    async def post(self, orders: Sequence[SignedOrder]) -> list[PostAnswer]:
        """Return one answer an order, in order. Never raises for what the exchange says.

        Notes in the orders' trips when they left.
        """
        ...

    async def cancel(self, order_ids: Sequence[OrderId]) -> CancelAnswer:
        """Return what was taken off.

        Raises OutcomeUnknown when the answer proves nothing; RateLimited or VenueUnavailable when
        it is certain that nothing was taken off.
        """
        ...

    async def cancel_all(self) -> CancelAnswer:
        """Take every order of this API key off. Raises like `cancel`."""
        ...

    async def open_orders(self) -> list[OrderNews]:
        """Return every open order of this API key."""
        ...

    async def order(self, order_id: OrderId) -> OrderNews | None:
        """Return how one order stands; `None` when the exchange says that it does not know it."""
        ...

    async def trades(self, after_s: int) -> list[Trade]:
        """Return our trades that matched since a time (epoch s), on all markets and tokens.

        The exchange's filters look at the taker's token, so they are not used (nautilus #3345).
        """
        ...

    async def balances(self, tokens: Sequence[TokenId]) -> Balances:
        """Return the collateral and what is held of each of `tokens`."""
        ...

    async def refresh_balances(self, tokens: Sequence[TokenId]) -> None:
        """Have the exchange read the chain again: what it says of balances is from its memory."""
        ...

    async def keep_warm(self) -> None:
        """Use the connection, so that the next order need not open one. Never raises."""
        ...

    async def income(self, day: str) -> DayIncome:
        """Return the liquidity rewards and maker rebates of a day, given as YYYY-MM-DD."""
        ...

    async def heartbeat(self, heartbeat_id: str) -> str:
        """Send one beat and return the id of the next; "" begins a chain."""
        ...


def amounts(price: int, size: int) -> tuple[int, int]:
    """Return (cash, tokens) of an order in 1/1,000,000, exactly.

    Raises InputError for a size that is not in whole hundredths of a share.
    """
    if size % SIZE_GRID:
        raise InputError(f"size {size} is not a multiple of {SIZE_GRID}")
    return price * (size // PRICE_SCALE), size
