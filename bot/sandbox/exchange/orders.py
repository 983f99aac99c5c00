"""An order as a participant sent it, and as it stands on the exchange."""

from __future__ import annotations

from typing import Literal

import msgspec

from bot.domain.market import Outcome, Side, TokenId
from bot.domain.orders import NewOrder, OrderId
from bot.domain.units import PRICE_SCALE
from bot.sandbox.exchange.refusals import Reason, bad_request, refusal
from bot.sandbox.exchange.wallets import checksummed

OrderType = Literal["GTC", "GTD", "FOK", "FAK"]
BATCH_MAX = 15
"""Orders in one POST /orders (polymarket.md 2.7)."""
_WORD_DIGITS = 64


class SignedOrder(msgspec.Struct, frozen=True, kw_only=True):
    """The signed fields. Addresses are checksummed, amounts in 1/1,000,000, `timestamp_ms` in ms.

    BUY gives cash (maker) for shares (taker), SELL the reverse. `expiration_s` is not signed.
    """

    salt: int
    maker: str
    signer: str
    token: TokenId
    maker_amount: int
    taker_amount: int
    side: Side
    signature_type: int
    timestamp_ms: int
    metadata: bytes
    builder: bytes
    signature: str
    expiration_s: int

    @property
    def size(self) -> int:
        """Shares, in size units."""
        return self.taker_amount if self.side is Side.BUY else self.maker_amount

    @property
    def price(self) -> int | None:
        """Dollars a share, in price units; `None` when the amounts make no such price."""
        cash = self.maker_amount if self.side is Side.BUY else self.taker_amount
        price, rest = divmod(cash * PRICE_SCALE, self.size)
        return None if rest else price

    @property
    def price_text(self) -> str:
        """The price for an error message, whatever it is."""
        cash = self.maker_amount if self.side is Side.BUY else self.taker_amount
        return f"{cash / self.size:.6g}"


class PostedOrder(msgspec.Struct, frozen=True):
    """The body of POST /order: a signed order and how it is to be handled."""

    signed: SignedOrder
    owner: str
    order_type: OrderType
    is_post_only: bool


class RestingOrder:
    """An order that was accepted: what it is, whose it is, and how much of it traded.

    `status` is the exchange's word; `LIVE` while it rests. Times in ns.
    """

    __slots__ = (
        "created_ns", "expires_ns", "filled", "key", "maker", "market", "new", "order_id",
        "order_type", "outcome", "status", "trades",
    )  # fmt: skip

    def __init__(
        self, order_id: OrderId, new: NewOrder, posted: PostedOrder, outcome: Outcome, market: str
    ) -> None:
        """Make an order that has not traded. `new` is the same order for the matching."""
        self.order_id = order_id
        self.new = new
        self.key = posted.owner
        self.maker = posted.signed.maker
        self.market = market
        self.outcome = outcome
        self.order_type = posted.order_type
        self.created_ns = 0
        self.expires_ns: int | None = None
        self.filled = 0
        self.status = "LIVE"
        self.trades: list[str] = []

    @property
    def open_size(self) -> int:
        """What may still trade."""
        return self.new.size - self.filled if self.status == "LIVE" else 0


class _Signed(msgspec.Struct, rename="camel"):
    salt: int
    maker: str
    signer: str
    token_id: str
    maker_amount: str
    taker_amount: str
    side: Side
    expiration: str
    signature_type: int
    timestamp: str
    metadata: str
    builder: str
    signature: str


class _Posted(msgspec.Struct, rename="camel"):
    order: _Signed
    owner: str
    order_type: OrderType
    defer_exec: bool = False
    post_only: bool = False


_decode_one = msgspec.json.Decoder(_Posted).decode
_decode_many = msgspec.json.Decoder(list[_Posted]).decode


def read_order(body: bytes) -> PostedOrder:
    """Return the order in the body of POST /order. Raises Refused: invalid order payload."""
    try:
        return _posted(_decode_one(body))
    except (msgspec.MsgspecError, ValueError) as error:
        raise refusal(Reason.INVALID_PAYLOAD) from error


def read_orders(body: bytes) -> list[PostedOrder]:
    """Return the orders in the body of POST /orders.

    Raises Refused: invalid order payload, or too many of them.
    """
    try:
        orders = [_posted(each) for each in _decode_many(body)]
    except (msgspec.MsgspecError, ValueError) as error:
        raise refusal(Reason.INVALID_PAYLOAD) from error
    if len(orders) > BATCH_MAX:
        raise bad_request(f"Too many orders in payload: {len(orders)}, max allowed: {BATCH_MAX}")
    return orders


def new_order(posted: PostedOrder, price: int) -> NewOrder:
    """Return the order as the matching wants it; the decision is somebody else's business."""
    signed = posted.signed
    return NewOrder(
        decision_id=0, token=signed.token, side=signed.side, price=price, size=signed.size, level=0
    )


def _posted(wire: _Posted) -> PostedOrder:
    order = wire.order
    signed = SignedOrder(
        salt=order.salt,
        maker=_address(order.maker),
        signer=_address(order.signer),
        token=TokenId(str(_number(order.token_id))),
        maker_amount=_number(order.maker_amount),
        taker_amount=_number(order.taker_amount),
        side=order.side,
        signature_type=order.signature_type,
        timestamp_ms=_number(order.timestamp),
        metadata=_word(order.metadata),
        builder=_word(order.builder),
        signature=order.signature,
        expiration_s=_number(order.expiration),
    )
    if not signed.maker_amount or not signed.taker_amount:
        raise ValueError("an amount is 0")
    return PostedOrder(signed, wire.owner, wire.order_type, wire.post_only)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise ValueError(f"{text!r} is no number")
    return int(text)


def _word(text: str) -> bytes:
    raw = bytes.fromhex(text.removeprefix("0x"))
    if len(raw) * 2 != _WORD_DIGITS:
        raise ValueError(f"{text!r} is not 32 bytes")
    return raw


def _address(text: str) -> str:
    address = checksummed(text)
    if address is None:
        raise ValueError(f"{text!r} is no address")
    return address
