"""A small world for the local exchange: one market, its opening books, a clock turned by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec
from eth_account import Account
from eth_account.signers.local import LocalAccount

from bot.clock import SystemClock
from bot.domain.calibration import Latency
from bot.domain.market import ConditionId, Market, Side, TokenId
from bot.domain.messages import (
    BookSnapshot,
    LevelChange,
    LevelChanges,
    MarketMessage,
    TradePrint,
)
from bot.domain.units import NS_PER_S, SIZE_SCALE, cash_paid
from bot.sandbox.exchange.account import Account as Balances
from bot.sandbox.exchange.calls import Call
from bot.sandbox.exchange.config import ExchangeConfig
from bot.sandbox.exchange.keys import sign
from bot.sandbox.exchange.orders import OrderType, PostedOrder, RestingOrder, SignedOrder
from bot.sandbox.exchange.outbox import MarketOut
from bot.sandbox.exchange.refusals import Refused
from bot.sandbox.exchange.routes import ROUTES, Route
from bot.sandbox.exchange.signing import EXCHANGE, NEG_RISK_EXCHANGE
from bot.sandbox.exchange.state import Exchange

OWNER_KEY = "0x" + "11" * 32
"""A private key for tests; it owns nothing anywhere."""
YES, NO = TokenId("7" * 77), TokenId("9" * 76)
"""As long as real ones: the client takes short numbers for another kind of asset."""
T0_NS = 1_800_000_000 * NS_PER_S
MARKET = Market(
    condition_id=ConditionId("0x" + "ab" * 32),
    slug="will-it-rain",
    question="Will it rain?",
    yes=YES,
    no=NO,
    tick=100,
    size_min=5 * SIZE_SCALE,
)
QUICK = ExchangeConfig(
    mined_delay=Latency(median_ms=20.0, sigma=0.0),
    confirmed_delay=Latency(median_ms=20.0, sigma=0.0),
)
"""Trades settle in 40 ms."""


def shares(count: float) -> int:
    """Shares in size units."""
    return round(count * SIZE_SCALE)


def opening(tick: int | None = 100) -> list[MarketMessage]:
    """Both books: YES 0.48 / 0.52 with 100 shares at each touch, and 200 a tick behind it."""
    bids = ((4_800, shares(100)), (4_700, shares(200)))
    asks = ((5_200, shares(100)), (5_300, shares(200)))
    return [
        BookSnapshot(T0_NS, YES, bids, asks, tick, "", None),
        BookSnapshot(T0_NS, NO, bids, asks, tick, "", None),
    ]


def opening_flow() -> Iterator[tuple[int, MarketMessage]]:
    """The opening books at once, then nothing."""
    return iter([(0, message) for message in opening()])


class MovableClock:
    """The real time plus whatever a test adds: the client signs with the real time."""

    def __init__(self) -> None:
        """Start at the real time."""
        self._real = SystemClock()
        self._extra_ns = 0

    def now_ns(self) -> int:
        """Return ns since the epoch."""
        return self._real.now_ns() + self._extra_ns

    def skip(self, seconds: float) -> None:
        """Let time pass at once."""
        self._extra_ns += round(seconds * NS_PER_S)


class World:
    """An exchange on a clock turned by hand, open for trading, and one participant."""

    def __init__(self, config: ExchangeConfig = QUICK, market: Market = MARKET) -> None:
        """Open the market at T0."""
        self.now_ns = T0_NS
        self.exchange = Exchange([market], config, T0_NS)
        self.books = self.exchange.hall.markets[market.condition_id]
        self._salt = 0
        for message in opening():
            self.flow(message)
        self.owner = Account.from_key(OWNER_KEY)
        self.key = self.exchange.keyring.create(self.owner.address, 0)
        self.heard()

    @property
    def account(self) -> Balances:
        """The participant's account."""
        return self.exchange.hall.account(self.owner.address)

    def later(self, seconds: float) -> None:
        """Let time pass."""
        self.now_ns += round(seconds * NS_PER_S)
        self.exchange.advance(self.now_ns)

    def flow(self, message: MarketMessage) -> None:
        """Let the flow bring a message now."""
        self.exchange.on_flow(message, self.now_ns)

    def print(self, side: Side, price: int, size: float, token: TokenId = YES) -> None:
        """Let somebody trade on a token; `side` is the taker's."""
        self.flow(TradePrint(self.now_ns, token, side, price, shares(size), "0xaa"))

    def level(self, token: TokenId, price: int, size: float, *, is_bid: bool) -> None:
        """Let others' size at one level change."""
        change = LevelChange(token, is_bid, price, shares(size), None, None, "")
        self.flow(LevelChanges(self.now_ns, (change,)))

    def faults(self, **patch: object) -> None:
        """Order some faults."""
        self.exchange.change_faults(msgspec.json.encode(patch))

    def posted(
        self,
        price: int = 4_700,
        size: float = 10,
        side: Side = Side.BUY,
        token: TokenId = YES,
        order_type: OrderType = "GTC",
        *,
        expiration_s: int = 0,
        is_post_only: bool = True,
    ) -> PostedOrder:
        """Return an order of the participant, signed with the plain key."""
        self._salt += 1
        cash, amount = cash_paid(price, shares(size)), shares(size)
        is_buy = side is Side.BUY
        unsigned = SignedOrder(
            salt=self._salt,
            maker=self.owner.address,
            signer=self.owner.address,
            token=token,
            maker_amount=cash if is_buy else amount,
            taker_amount=amount if is_buy else cash,
            side=side,
            signature_type=0,
            timestamp_ms=self.now_ns // 1_000_000,
            metadata=bytes(32),
            builder=bytes(32),
            signature="",
            expiration_s=expiration_s,
        )
        signature = sign_order(unsigned, self.owner)
        signed = msgspec.structs.replace(unsigned, signature=signature)
        return PostedOrder(signed, self.key.key, order_type, is_post_only)

    def place(
        self, price: int = 4_700, size: float = 10, side: Side = Side.BUY, token: TokenId = YES
    ) -> RestingOrder:
        """Place a post-only order that must be taken."""
        resting = self.answer(self.posted(price, size, side, token))
        assert isinstance(resting, RestingOrder), resting
        return resting

    def answer(self, posted: PostedOrder) -> object:
        """Return the resting order, or the text of the refusal."""
        [answer] = self.exchange.place(self.key, [posted], self.now_ns)
        return answer.error if isinstance(answer, Refused) else answer

    def cancel(self, order: RestingOrder) -> tuple[list[str], dict[str, str]]:
        """Cancel an order of the participant."""
        return self.exchange.cancel(self.key, [order.order_id], self.now_ns)

    def heard(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Return what was sent since the last call: (market messages, user events)."""
        market: list[dict[str, Any]] = []
        user: list[dict[str, Any]] = []
        for message in self.exchange.drain():
            (market if isinstance(message, MarketOut) else user).append(json.loads(message.text))
        return [each for each in market if each["event_type"] != "best_bid_ask"], user

    def states(self) -> list[str]:
        """Return the states of the trade events sent since the last call."""
        return [each["status"] for each in self.heard()[1] if each["event_type"] == "trade"]

    def touch(self, token: TokenId = YES) -> tuple[int, int]:
        """Return the best bid and ask that everybody sees."""
        return self.books.shown[token].best_bid, self.books.shown[token].best_ask

    def shown(self, price: int, token: TokenId = YES, *, is_bid: bool = True) -> float:
        """Return the shares that everybody sees at one level."""
        return self.books.shown[token].size_at(is_bid=is_bid, price=price) / SIZE_SCALE


def sign_order(order: SignedOrder, owner: LocalAccount, *, neg_risk: bool = False) -> str:
    """Return the plain signature of an order, made by the library's own EIP-712 encoder."""
    message = {
        "salt": order.salt,
        "maker": order.maker,
        "signer": order.signer,
        "tokenId": int(order.token),
        "makerAmount": order.maker_amount,
        "takerAmount": order.taker_amount,
        "side": 0 if order.side is Side.BUY else 1,
        "signatureType": order.signature_type,
        "timestamp": order.timestamp_ms,
        "metadata": order.metadata,
        "builder": order.builder,
    }
    types = ("uint256", "address", "address", "uint256", "uint256", "uint256", "uint8", "uint8",
             "uint256", "bytes32", "bytes32")  # fmt: skip
    fields = [{"name": name, "type": kind} for name, kind in zip(message, types, strict=True)]
    domain = {
        "name": "Polymarket CTF Exchange",
        "version": "2",
        "chainId": 137,
        "verifyingContract": NEG_RISK_EXCHANGE if neg_risk else EXCHANGE,
    }
    signed = owner.sign_typed_data(domain, {"Order": fields}, message)
    return "0x" + bytes(signed.signature).hex()


def ask(world: World, method: str, path: str, body: object = None, **query: str) -> Any:  # noqa: ANN401 - JSON
    """Return the JSON answer of a request signed by the participant, or the `Refused` it got."""
    text = _encoded(body)
    timestamp = str(world.now_ns // NS_PER_S)
    headers = {
        "POLY_ADDRESS": world.key.address,
        "POLY_API_KEY": world.key.key,
        "POLY_PASSPHRASE": world.key.passphrase,
        "POLY_SIGNATURE": sign(world.key.secret, timestamp, method, path, text),
        "POLY_TIMESTAMP": timestamp,
    }
    return _answer(world, method, path, text, headers, query)


def ask_unsigned(world: World, method: str, path: str, body: object = None, **query: str) -> Any:  # noqa: ANN401 - JSON
    """Return the JSON answer of a request that nobody signed, or the `Refused` it got."""
    return _answer(world, method, path, _encoded(body), {}, query)


def _encoded(body: object) -> bytes:
    return b"" if body is None else msgspec.json.encode(body)


def _answer(
    world: World,
    method: str,
    path: str,
    body: bytes,
    headers: dict[str, str],
    query: dict[str, str],
) -> Any:  # noqa: ANN401 - JSON
    route, name = _route(method, path)
    call = Call(method, path, name, query, headers, body, world.now_ns)
    try:
        return msgspec.to_builtins(route.handler(world.exchange, call).body)
    except Refused as refused:
        return refused


def _route(method: str, path: str) -> tuple[Route, str]:
    for route in ROUTES:
        head, mark, _ = route.path.partition("{name}")
        name = path.removeprefix(head)
        fits = path.startswith(head) and "/" not in name if mark else path == route.path
        if route.method == method and fits:
            return route, name if mark else ""
    raise LookupError(f"no route for {method} {path}")
