"""Orders in and out: what is checked, held and told."""

from __future__ import annotations

import msgspec
import pytest

from bot.domain.market import Side
from bot.domain.units import NS_PER_S
from bot.sandbox.exchange.account import CASH
from bot.sandbox.exchange.config import ExchangeConfig
from bot.sandbox.exchange.orders import PostedOrder
from tests.bot.sandbox.exchange.world import MARKET, NO, T0_NS, YES, World, shares, sign_order

T0_S = T0_NS // NS_PER_S


def test_an_accepted_order_holds_cash_is_told_and_shown(world: World) -> None:
    """PLACEMENT to its owner, one price_change with both tokens to everybody."""
    order = world.place(4_900, 10)
    market, user = world.heard()
    assert shares(4.9) == world.account.held(CASH)
    assert [("order", "PLACEMENT", "LIVE", order.order_id, "0")] == [
        (e["event_type"], e["type"], e["status"], e["id"], e["size_matched"]) for e in user
    ]
    assert [[(YES, "0.49", "10", "BUY"), (NO, "0.51", "10", "SELL")]] == [
        [(c["asset_id"], c["price"], c["size"], c["side"]) for c in m["price_changes"]]
        for m in market
    ]


def test_a_cancelled_order_is_released_told_and_gone(world: World) -> None:
    """A second cancel says so; one of nobody's order too."""
    order = world.place(4_900, 10)
    world.heard()
    assert ([order.order_id], {}) == world.cancel(order)
    market, user = world.heard()
    assert [("CANCELLATION", "CANCELED")] == [(e["type"], e["status"]) for e in user]
    assert ["0", "0"] == [c["size"] for c in market[0]["price_changes"]]
    assert (0, (4_800, 5_200)) == (world.account.held(CASH), world.touch())
    assert ([], {order.order_id: "already canceled or matched"}) == world.cancel(order)
    assert ([], {"0x": "order not found"}) == world.exchange.cancel(world.key, ["0x"], world.now_ns)


@pytest.mark.parametrize(
    ("price", "side", "token"),
    [
        (5_200, Side.BUY, YES),
        (4_800, Side.SELL, YES),
        (5_300, Side.BUY, NO),
    ],
)
def test_a_post_only_order_that_crosses_is_refused(
    world: World, price: int, side: Side, token: str
) -> None:
    """At or through the other side's touch, on either token."""
    world.account.add(YES, shares(10))
    posted = world.posted(price, 10, side, NO if token == NO else YES)
    assert "invalid post-only order: order crosses book" == world.answer(posted)


def test_a_crossing_order_that_is_not_post_only_is_refused_too(world: World) -> None:
    """Takers are not served: it is told that it crosses."""
    posted = world.posted(5_200, is_post_only=False)
    assert str(world.answer(posted)).endswith("crosses the book")
    for order_type, text in (("FOK", "fully filled or killed"), ("FAK", "no orders found")):
        taker = msgspec.structs.replace(posted, order_type=order_type)
        assert text in str(world.answer(taker))


def test_own_orders_never_meet(world: World) -> None:
    """BUY NO at 0.51 would meet the own BUY YES at 0.49."""
    world.place(4_900, 10)
    posted = world.posted(5_100, 10, Side.BUY, NO)
    assert "invalid post-only order: order crosses book" == world.answer(posted)


def test_grid_and_size_are_checked_with_the_exchanges_words(world: World) -> None:
    """The order's id, its price or size, and the rule are in the text."""
    off_grid = str(world.answer(world.posted(4_755)))
    assert off_grid.endswith("is invalid. Price (0.4755) breaks minimum tick size rule: 0.01")
    small = str(world.answer(world.posted(4_700, 4.99)))
    assert small.endswith("is invalid. Size (4.99) lower than the minimum: 5")


def test_a_price_that_is_none_breaks_the_grid(world: World) -> None:
    """Amounts that divide to no price unit."""
    posted = world.posted(4_700, 10)
    uneven = msgspec.structs.replace(posted.signed, maker_amount=4_700_001)
    signed = msgspec.structs.replace(uneven, signature=sign_order(uneven, world.owner))
    assert signed.price is None
    answer = world.answer(msgspec.structs.replace(posted, signed=signed))
    assert str(answer).endswith("Price (0.47) breaks minimum tick size rule: 0.01")


def test_the_same_order_twice_is_duplicated(world: World) -> None:
    """Also after it was cancelled."""
    posted = world.posted()
    order_id = world.exchange.place(world.key, [posted], world.now_ns)[0].order_id  # type: ignore[attr-defined]
    expected = f"order {order_id} is invalid. Duplicated."
    assert expected == world.answer(posted)
    world.exchange.cancel(world.key, [order_id], world.now_ns)
    assert expected == world.answer(posted)


def test_the_owner_of_the_order_must_own_the_key(world: World) -> None:
    """Owner is the API key in the body."""
    posted = PostedOrder(world.posted().signed, "somebody", "GTC", is_post_only=True)
    assert "the order owner has to be the owner of the API KEY" == world.answer(posted)


def test_a_gtd_order_is_withdrawn_60_s_early(world: World) -> None:
    """With its own status; it must live longer than that, and only GTD may end."""
    ends_s = T0_S + 200
    order = world.answer(world.posted(order_type="GTD", expiration_s=ends_s))
    world.heard()
    world.later(139)
    assert [] == world.heard()[1]
    world.later(1)
    [event] = world.heard()[1]
    assert ("CANCELED_EXPIRED_ORDER", str(ends_s)) == (event["status"], event["expiration"])
    assert order
    late = world.posted(order_type="GTD", expiration_s=T0_S + 140 + 60)
    assert "invalid expiration" == world.answer(late)
    assert "invalid expiration" == world.answer(world.posted(expiration_s=ends_s))


def test_a_gtd_order_that_is_gone_does_not_expire(world: World) -> None:
    """Its end finds nothing to do."""
    answer = world.answer(world.posted(order_type="GTD", expiration_s=T0_S + 200))
    world.exchange.cancel(world.key, [answer.order_id], world.now_ns)  # type: ignore[attr-defined]
    world.heard()
    world.later(300)
    assert [] == world.heard()[1]


def test_account_states_refuse_what_they_should(world: World) -> None:
    """Closed-only lets sales through, a blocked country nothing."""
    world.account.add(YES, shares(10))
    world.faults(is_closed_only=True)
    text = f"'{world.owner.address}' address in closed only mode"
    assert text == world.answer(world.posted())
    world.place(5_300, 10, Side.SELL)
    world.faults(is_geoblocked=True)
    assert "Trading restricted in your region" == world.answer(world.posted())


def test_plain_keys_may_be_kept_out() -> None:
    """As the real exchange does with those it does not know."""
    world = World(ExchangeConfig(allow_eoa=False))
    text = "maker address not allowed, please use the deposit wallet flow"
    assert text == world.answer(world.posted())


def test_a_market_that_is_not_open_takes_no_orders() -> None:
    """Before its books, or when it does not accept orders."""
    closed = World(market=msgspec.structs.replace(MARKET, accepting_orders=False))
    text = "the market is not yet ready to process new orders"
    assert text == closed.answer(closed.posted())
    empty = World()
    empty.books.set_tick(NO, 100)
    assert text == empty.answer(empty.posted())


def test_open_orders_can_be_asked_for_by_market_and_token(world: World) -> None:
    """Oldest first."""
    yes, no = world.place(), world.place(4_600, 10, Side.BUY, NO)
    desk = world.exchange.desk
    assert [yes, no] == desk.open_orders(world.key.key)
    assert [no] == desk.open_orders(token=NO)
    assert [] == desk.open_orders(market="0x")
    assert [] == desk.open_orders("somebody")
