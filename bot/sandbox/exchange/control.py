"""The hidden side, for tests and operators: faults to order, acts, and the exchange's own truth."""

from __future__ import annotations

import msgspec

from bot.domain.market import Side, TokenId
from bot.domain.messages import BookSnapshot, MarketResolved, TickSizeChange, TradePrint
from bot.sandbox.exchange.calls import Answer, Call
from bot.sandbox.exchange.refusals import bad_request
from bot.sandbox.exchange.state import Exchange


class Balance(msgspec.Struct, tag="balance", forbid_unknown_fields=True):
    """Change a balance by `amount` units, below zero to take away; `asset` is "" for cash."""

    wallet: str
    amount: int
    asset: str = ""


class Print(msgspec.Struct, tag="print", forbid_unknown_fields=True):
    """Let somebody trade: integer units, `side` is the taker's."""

    token: str
    side: Side
    price: int
    size: int


class Tick(msgspec.Struct, tag="tick_size", forbid_unknown_fields=True):
    """Change the grid of both tokens; books follow at once, what is off the new grid is gone."""

    token: str
    tick: int


class Resolve(msgspec.Struct, tag="resolve", forbid_unknown_fields=True):
    """Decide the market for a token."""

    winner: str


Act = Balance | Print | Tick | Resolve

_decode_act = msgspec.json.Decoder(Act).decode


def get_faults(exchange: Exchange, _call: Call) -> Answer:
    """Answer what goes wrong at present."""
    return Answer(exchange.faults)


def post_faults(exchange: Exchange, call: Call) -> Answer:
    """Replace some faults; answer all of them."""
    return Answer(exchange.change_faults(call.body))


def get_truth(exchange: Exchange, _call: Call) -> Answer:
    """Answer accounts, open orders and trades in integer units."""
    return Answer(exchange.truth())


def post_act(exchange: Exchange, call: Call) -> Answer:
    """Do one thing now: {"type": "balance" | "print" | "tick_size" | "resolve", ...}."""
    try:
        act = _decode_act(call.body)
    except msgspec.MsgspecError as error:
        raise bad_request(f"act: {error}") from error
    do(exchange, act, call.now_ns)
    return Answer("OK")


def do(exchange: Exchange, act: Act, now_ns: int) -> None:
    """Do one act. Raises Refused for a token of no market."""
    match act:
        case Balance():
            exchange.move_balance(act.wallet, act.asset, act.amount, now_ns)
        case Print():
            exchange.hall.need_books(act.token)
            message = TradePrint(now_ns, TokenId(act.token), act.side, act.price, act.size, "")
            exchange.on_flow(message, now_ns)
        case Tick():
            _change_tick(exchange, act, now_ns)
        case Resolve():
            exchange.hall.need_books(act.winner)
            winner = TokenId(act.winner)
            exchange.on_flow(MarketResolved(now_ns, (winner,), winner), now_ns)


def _change_tick(exchange: Exchange, act: Tick, now_ns: int) -> None:
    books = exchange.hall.need_books(act.token)
    for token in books.market.tokens:
        others = books.others[token]
        kept = {
            is_bid: tuple(
                (price, size) for price, size in others.depth(is_bid=is_bid) if not price % act.tick
            )
            for is_bid in (True, False)
        }
        exchange.on_flow(TickSizeChange(now_ns, token, act.tick), now_ns)
        snapshot = BookSnapshot(now_ns, token, kept[True], kept[False], act.tick, "")
        exchange.on_flow(snapshot, now_ns)
