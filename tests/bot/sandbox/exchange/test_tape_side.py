"""The flow: others' levels, prints that fill, and how a trade shows up."""

from __future__ import annotations

from random import Random

from bot.domain.market import Side, TokenId
from bot.domain.messages import (
    BookSnapshot,
    DamagedFrame,
    LevelChange,
    LevelChanges,
    MarketResolved,
    TickSizeChange,
    TradePrint,
)
from bot.engine import TokenState
from bot.engine.market_data import MarketData
from bot.sandbox.exchange.outbox import MarketOut
from bot.venues.polymarket.wire import decode
from tests.bot.sandbox.exchange.world import MARKET, NO, T0_NS, YES, World, opening, shares

STRANGE = TokenId("1" * 77)


def read(world: World, reader: MarketData) -> None:
    """Let a reader take what was sent on the market channel."""
    texts = (out.text for out in world.exchange.drain() if isinstance(out, MarketOut))
    for message in (each for text in texts for each in decode(text)):
        match message:
            case LevelChanges():
                reader.on_changes(message, world.now_ns)
            case BookSnapshot():
                reader.on_snapshot(message, world.now_ns)
            case TradePrint():
                reader.on_print(message, world.now_ns)
            case _:
                raise AssertionError(message)


def test_others_changes_are_published_with_touch_and_hash(world: World) -> None:
    """As one price_change with our own numbers."""
    world.level(YES, 4_900, 7, is_bid=True)
    [message] = world.heard()[0]
    [change] = message["price_changes"]
    assert (YES, "0.49", "7", "BUY", "0.49", "0.52") == (
        change["asset_id"], change["price"], change["size"], change["side"],
        change["best_bid"], change["best_ask"],
    )  # fmt: skip
    assert 40 == len(change["hash"])


def test_a_print_reaches_us_only_after_the_queue(world: World) -> None:
    """100 shares stood before us at 0.48: the first 100 sold fill nothing, the next 4 do."""
    order = world.place(4_800, 10)
    world.print(Side.SELL, 4_800, 100)
    assert 0 == order.filled
    world.print(Side.SELL, 4_800, 4)
    assert (shares(4), "LIVE") == (order.filled, order.status)


def test_a_shrinking_level_fills_nothing(world: World) -> None:
    """Only prints are evidence."""
    order = world.place(4_800, 10)
    world.level(YES, 4_800, 0, is_bid=True)
    world.later(10)
    assert 0 == order.filled


def test_a_trade_is_change_then_books_then_print(world: World) -> None:
    """Level lower, both books with that hash, the print 20 ms later (feed.md 3)."""
    world.place(4_900, 10)
    world.heard()
    world.print(Side.SELL, 4_900, 4)
    change, yes, no = world.heard()[0]
    assert ["6", "6"] == [each["size"] for each in change["price_changes"]]
    assert [YES, NO] == [book["asset_id"] for book in (yes, no)]
    assert [each["hash"] for each in change["price_changes"]] == [yes["hash"], no["hash"]]
    assert change["timestamp"] == yes["timestamp"]
    assert not {"tick_size", "last_trade_price"} & yes.keys()
    world.later(0.019)
    assert [] == world.heard()[0]
    world.later(0.001)
    [last] = world.heard()[0]
    assert ("last_trade_price", YES, "0.49", "4", "SELL") == (
        last["event_type"], last["asset_id"], last["price"], last["size"], last["side"],
    )  # fmt: skip
    assert int(change["timestamp"]) + 20 == int(last["timestamp"])


def test_a_print_through_our_price_is_printed_at_both(world: World) -> None:
    """Others' part at once, as its levels shrank before; ours at our price, behind its change."""
    world.place(5_000, 5)
    world.place(4_900, 10)
    world.heard()
    world.print(Side.SELL, 4_700, 25)
    kinds = ["last_trade_price", "price_change", "price_change", "book", "book"]
    told = world.heard()[0]
    assert kinds == [each["event_type"] for each in told]
    world.later(0.02)
    prints = [told[0], *world.heard()[0]]
    assert [("0.47", "10"), ("0.5", "5"), ("0.49", "10")] == [
        (each["price"], each["size"]) for each in prints
    ]
    assert 1 == len({each["transaction_hash"] for each in prints})


def test_prints_keep_their_order(world: World) -> None:
    """One that comes while ours is on its way waits for it: the last print tells the last price."""
    world.place(4_900, 10)
    world.heard()
    world.print(Side.SELL, 4_900, 10)
    world.heard()
    world.later(0.003)
    world.print(Side.SELL, 4_800, 10)
    assert [] == world.heard()[0]
    world.later(0.017)
    assert ["0.49", "0.48"] == [each["price"] for each in world.heard()[0]]
    assert {YES: "0.480", NO: "0.520"} == world.books.last_trade


def test_a_reader_makes_every_hash_again(world: World) -> None:
    """With own orders at, inside and behind the touch, and prints at and through their prices."""
    reader = MarketData({token: TokenState(MARKET, token) for token in MARKET.tokens}, ())
    world.account.add(TokenId(""), shares(1_000_000))
    rng = Random(1)
    for message in opening():
        world.flow(message)
    for _ in range(600):
        order = world.place(rng.choice((4_900, 4_800, 4_700)), 10, token=rng.choice((YES, NO)))
        world.later(0.3)
        price = rng.choice((4_800, 4_700))
        world.print(Side.SELL, price, rng.choice((3, 10, 30)), order.new.token)
        for _ in range(rng.randint(0, 9)):
            world.later(0.002)
            world.level(YES, 4_600, rng.randint(5, 300), is_bid=True)
        if rng.random() < 0.5:  # the taker goes on, a level deeper
            world.print(Side.SELL, price - 100, 10, order.new.token)
        world.later(0.3)
        world.level(YES, 4_500, rng.randint(5, 300), is_bid=True)
        for rests in list(world.exchange.desk.open_orders())[:-3]:
            world.cancel(rests)
        read(world, reader)
    assert reader.counts.hash_checks > 50
    assert 0 == reader.counts.hash_mismatches


def test_a_print_that_is_none_of_ours_is_passed_on_at_once(world: World) -> None:
    """The flow has its own price_change and book before it."""
    world.print(Side.BUY, 5_200, 4)
    assert ["last_trade_price"] == [each["event_type"] for each in world.heard()[0]]


def test_a_buy_of_yes_fills_our_buy_of_no(world: World) -> None:
    """A mint: our leg is the other token at the complement, on the same side as the taker."""
    order = world.place(5_000, 10, Side.BUY, NO)
    world.heard()
    world.print(Side.BUY, 5_000, 4, YES)
    trade = next(each for each in world.heard()[1] if each["event_type"] == "trade")
    assert (YES, "BUY", "0.5", "Yes") == (
        trade["asset_id"], trade["side"], trade["price"], trade["outcome"],
    )  # fmt: skip
    [leg] = trade["maker_orders"]
    assert (order.order_id, NO, "BUY", "0.5", "4", "No", 1) == (
        leg["order_id"], leg["asset_id"], leg["side"], leg["price"], leg["matched_amount"],
        leg["outcome"], leg["outcome_index"],
    )  # fmt: skip


def test_a_sale_of_yes_fills_our_sale_of_no(world: World) -> None:
    """A merge: both sell."""
    world.account.add(NO, shares(10))
    world.place(5_100, 10, Side.SELL, NO)
    world.heard()
    world.print(Side.SELL, 4_900, 10, YES)
    trade = next(each for each in world.heard()[1] if each["event_type"] == "trade")
    [leg] = trade["maker_orders"]
    assert ("SELL", "SELL", NO, "0.51") == (
        trade["side"], leg["side"], leg["asset_id"], leg["price"],
    )  # fmt: skip


def test_what_we_do_not_make_of_a_trade_somebody_else_does(world: World) -> None:
    """The trade carries a foreign leg; top-level fields and owner are the taker's."""
    order = world.place(4_900, 10)
    world.heard()
    world.print(Side.SELL, 4_900, 25)
    trade = next(each for each in world.heard()[1] if each["event_type"] == "trade")
    assert ["10", "15"] == [leg["matched_amount"] for leg in trade["maker_orders"]]
    assert ("25", "SELL", "BUY") == (
        trade["size"], trade["side"], trade["maker_orders"][1]["side"],
    )  # fmt: skip
    assert world.key.key == trade["maker_orders"][0]["owner"]
    assert world.key.key not in (trade["owner"], trade["maker_orders"][1]["owner"])
    assert (shares(10), "MATCHED") == (order.filled, order.status)


def test_a_fill_updates_the_order_before_the_trade_is_told(world: World) -> None:
    """UPDATE with what was matched and by which trade, then the trade."""
    world.place(4_900, 10)
    world.heard()
    world.print(Side.SELL, 4_900, 4)
    update, trade = world.heard()[1]
    assert ("UPDATE", "4", "LIVE", [trade["id"]]) == (
        update["type"], update["size_matched"], update["status"], update["associate_trades"],
    )  # fmt: skip


def test_a_new_tick_is_told_and_orders_off_it_are_refused(world: World) -> None:
    """Nothing is taken until the next snapshot."""
    world.heard()
    for token in (YES, NO):
        world.flow(TickSizeChange(T0_NS, token, 1_000))
    assert [("0.01", "0.1")] * 2 == [
        (each["old_tick_size"], each["new_tick_size"]) for each in world.heard()[0]
    ]
    assert "not yet ready" in str(world.answer(world.posted()))
    for token in (YES, NO):
        world.flow(BookSnapshot(T0_NS, token, ((4_000, 1),), ((6_000, 1),), 1_000, ""))
    assert "breaks minimum tick size rule: 0.1" in str(world.answer(world.posted()))


def test_a_tape_of_one_token_opens_the_other_as_its_mirror() -> None:
    """A snapshot of YES alone gives both books."""
    world = World()
    for token in (YES, NO):
        world.books.set_tick(token, 100)
    world.flow(BookSnapshot(T0_NS, YES, ((4_100, 5),), ((4_300, 6),), 10, ""))
    assert ((4_100, 4_300), (5_700, 5_900)) == (world.touch(YES), world.touch(NO))
    assert 10 == world.books.tick


def test_resolution_withdraws_everything(world: World) -> None:
    """With its own status; nothing is accepted any more."""
    world.place()
    world.heard()
    world.flow(MarketResolved(T0_NS, (YES, NO), YES))
    market, user = world.heard()
    assert ["CANCELED_MARKET_RESOLVED"] == [each["status"] for each in user]
    assert ("market_resolved", YES, "Yes") == (
        market[-1]["event_type"], market[-1]["winning_asset_id"], market[-1]["winning_outcome"],
    )  # fmt: skip
    assert "not yet ready" in str(world.answer(world.posted()))


def test_foreign_tokens_are_ignored_and_damage_is_counted(world: World) -> None:
    """Tapes hold other markets, and damage."""
    change = LevelChange(STRANGE, True, 4_900, 1, None, None, "")  # noqa: FBT003
    world.flow(LevelChanges(T0_NS, (change,)))
    world.flow(BookSnapshot(T0_NS, STRANGE, (), (), None, ""))
    world.flow(TradePrint(T0_NS, STRANGE, Side.BUY, 5_000, 1, ""))
    world.flow(TickSizeChange(T0_NS, STRANGE, 10))
    world.flow(MarketResolved(T0_NS, (STRANGE,), STRANGE))
    assert ([], 0) == (world.heard()[0], world.exchange.tape.damaged)
    world.flow(DamagedFrame("json", ""))
    world.level(YES, 4_955, 1, is_bid=True)
    assert 2 == world.exchange.tape.damaged
