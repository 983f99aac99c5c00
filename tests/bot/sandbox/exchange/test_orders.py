"""Reading the body of POST /order."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.domain.market import Outcome, Side
from bot.domain.orders import OrderId
from bot.sandbox.exchange.orders import RestingOrder, new_order, read_order, read_orders
from bot.sandbox.exchange.refusals import Refused
from tests.bot.sandbox.exchange.world import YES, World, shares

ZERO = "0x" + "00" * 32
ADDRESS = "0x" + "12" * 20


def body(**change: object) -> dict[str, Any]:
    """The body that the client sends (polymarket.md 1.5), with fields of the order changed."""
    order = {
        "salt": 12,
        "maker": ADDRESS,
        "signer": ADDRESS,
        "tokenId": YES,
        "makerAmount": "4700000",
        "takerAmount": "10000000",
        "side": "BUY",
        "expiration": "0",
        "signatureType": 3,
        "timestamp": "1800000000000",
        "metadata": ZERO,
        "builder": ZERO,
        "signature": "0x00",
    }
    return {
        "order": {**order, **change},
        "owner": "key",
        "orderType": "GTC",
        "deferExec": False,
        "postOnly": True,
    }


def test_a_buy_gives_cash_for_shares() -> None:
    """Price and size follow from the amounts."""
    posted = read_order(json.dumps(body()).encode())
    assert (4_700, shares(10), True, "key") == (
        posted.signed.price, posted.signed.size, posted.is_post_only, posted.owner,
    )  # fmt: skip
    order = new_order(posted, 4_700)
    assert (YES, Side.BUY, 4_700) == (order.token, order.side, order.price)


def test_a_sale_gives_shares_for_cash() -> None:
    """The amounts change places."""
    text = json.dumps(body(side="SELL", makerAmount="10000000", takerAmount="4700000"))
    signed = read_order(text.encode()).signed
    assert (4_700, shares(10), "0.47") == (signed.price, signed.size, signed.price_text)


def test_amounts_that_make_no_price_are_known() -> None:
    """A price finer than the unit is None; its text is for the refusal."""
    signed = read_order(json.dumps(body(makerAmount="4700001")).encode()).signed
    assert (None, "0.47") == (signed.price, signed.price_text)


@pytest.mark.parametrize(
    "change",
    [
        {"salt": "12"},
        {"maker": "me"},
        {"tokenId": "x"},
        {"tokenId": "-1"},
        {"makerAmount": "0"},
        {"takerAmount": "1.5"},
        {"side": "LONG"},
        {"metadata": "0x00"},
        {"builder": "zz"},
        {"timestamp": ""},
        {"signature": None},
    ],
)
def test_what_is_no_order_is_an_invalid_payload(change: dict[str, object]) -> None:
    """A wrong type, address, number or word, in a single order and in a batch."""
    with pytest.raises(Refused, match="Invalid order payload"):
        read_order(json.dumps(body(**change)).encode())
    with pytest.raises(Refused, match="Invalid order payload"):
        read_orders(json.dumps([body(**change)]).encode())


def test_a_batch_holds_at_most_15() -> None:
    """The text says how many there were."""
    assert 15 == len(read_orders(json.dumps([body()] * 15).encode()))
    with pytest.raises(Refused, match="Too many orders in payload: 16, max allowed: 15"):
        read_orders(json.dumps([body()] * 16).encode())


def test_only_a_live_order_has_an_open_size() -> None:
    """What traded is off it."""
    posted = World().posted()
    order = RestingOrder(OrderId("a"), new_order(posted, 4_700), posted, Outcome.YES, "0x")
    order.filled = shares(4)
    assert shares(6) == order.open_size
    order.status = "CANCELED"
    assert 0 == order.open_size
