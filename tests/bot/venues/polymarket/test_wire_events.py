"""Events become messages number by number; one that cannot be believed is damage."""

import pytest

from bot.domain.market import Side
from bot.domain.messages import (
    BookSnapshot,
    DamagedFrame,
    LevelChanges,
    MarketResolved,
    TickSizeChange,
    TradePrint,
)
from bot.venues.polymarket.wire_events import TEXT_MAX
from tests.bot.venues.polymarket.market_frames import (
    BAD_NUMBERS,
    NO,
    TIME_MS,
    TIME_NS,
    YES,
    book,
    entry,
    price_change,
    read,
    reasons,
    trade,
)


def test_book_is_best_first_with_zero_sizes_dropped() -> None:
    """The wire has the worst level first; a level of size 0 is none."""
    bids = [
        {"price": "0.4", "size": "1"},
        {"price": "0.5", "size": "0"},
        {"price": "0.45", "size": "2"},
    ]
    asks = [{"price": "0.7", "size": "3"}, {"price": "0.6", "size": "4.5"}]
    expected = BookSnapshot(
        TIME_NS,
        YES,
        ((4500, 2_000_000), (4000, 1_000_000)),
        ((6000, 4_500_000), (7000, 3_000_000)),
        10,
        "a8a751",
        5_200,
    )
    assert [expected] == read(book(bids=bids, asks=asks))


def test_book_price_stated_twice_has_its_last_size() -> None:
    """Also when the last size is 0."""
    bids = [{"price": "0.4", "size": "1"}, {"price": "0.4", "size": "2"}]
    asks = [{"price": "0.6", "size": "1"}, {"price": "0.60", "size": "0"}]
    [message] = read(book(bids=bids, asks=asks))
    assert isinstance(message, BookSnapshot)
    assert ((4000, 2_000_000),) == message.bids
    assert () == message.asks


def test_book_after_a_trade_states_no_tick() -> None:
    """It has no tick_size key; a blank one means the same."""
    after_trade = {key: value for key, value in book().items() if key != "tick_size"}
    for content in (after_trade, book(tick_size="")):
        [message] = read(content)
        assert isinstance(message, BookSnapshot)
        assert message.tick is None


def test_trade_is_the_takers() -> None:
    """Side and token are the taker's, as stated."""
    expected = TradePrint(TIME_NS, NO, Side.BUY, 4800, 8_050_000, "0x2e2f")
    assert [expected] == read(trade())


def test_tick_size_change_gives_the_new_tick() -> None:
    """The old one is not needed."""
    content = {
        "event_type": "tick_size_change",
        "asset_id": YES,
        "old_tick_size": "0.01",
        "new_tick_size": "0.001",
        "timestamp": str(TIME_MS),
    }
    assert [TickSizeChange(TIME_NS, YES, 10)] == read(content)


def test_market_resolved_names_the_winner() -> None:
    """With the tokens of the market."""
    content = {
        "event_type": "market_resolved",
        "assets_ids": [YES, NO],
        "winning_asset_id": NO,
        "winning_outcome": "No",
        "timestamp": str(TIME_MS),
    }
    assert [MarketResolved(TIME_NS, (YES, NO), NO)] == read(content)


# damage -------------------------------------------------------------------------------------


@pytest.mark.parametrize("fields", BAD_NUMBERS)
def test_book_with_a_bad_level_is_damage_whole(fields: dict[str, str]) -> None:
    """A book with a hole would look whole; the other book of the array is kept."""
    level = {"price": "0.4", "size": "1"} | fields
    messages = read([book(asks=[level]), book(asset_id=NO)])
    assert ["number"] == reasons(messages)
    assert NO == next(m.token for m in messages if isinstance(m, BookSnapshot))


@pytest.mark.parametrize("fields", [*BAD_NUMBERS, {"size": "0"}])
def test_trade_with_a_bad_number_is_damage(fields: dict[str, str]) -> None:
    """It moves no queue."""
    assert ["number"] == reasons(read(trade(**fields)))


@pytest.mark.parametrize("timestamp", ["-1", "9000000000001", str(10**30)])
@pytest.mark.parametrize("content", [price_change(entry()), book(), trade()])
def test_absurd_time_is_damage(timestamp: str, content: dict[str, object]) -> None:
    """Nothing of such a message is believed."""
    assert ["number"] == reasons(read(content | {"timestamp": timestamp}))


def test_absurd_time_beside_a_bad_entry_is_one_damage() -> None:
    """The time condemns the whole frame."""
    content = price_change(entry(price="x")) | {"timestamp": "-1"}
    assert ["number"] == reasons(read(content))


@pytest.mark.parametrize("tick", ["0.002", "0", "-0.01", "nan", "1"])
def test_unknown_tick_is_damage(tick: str) -> None:
    """A book on a grid that the exchange does not have is not loaded."""
    assert ["number"] == reasons(read(book(tick_size=tick)))


def test_float_noise_is_forgiven() -> None:
    """A price computed in floats by the sender is still the price it means."""
    [message] = read(price_change(entry(best_bid=0.1 + 0.2, price=1 - 0.9, size=0.1 + 0.2)))
    assert isinstance(message, LevelChanges)
    change = message.changes[0]
    assert (3000, 1000, 300_000) == (change.best_bid, change.price, change.size)


def test_damage_keeps_a_bounded_piece_of_the_frame() -> None:
    """A huge damaged frame does not become a huge record."""
    for content in (
        {"event_type": "x" * 10_000},
        [["y" * 10_000]],
        book(bids=[{"z": "0" * 9_999}]),
    ):
        [message] = read(content)
        assert isinstance(message, DamagedFrame)
        assert len(message.text) <= TEXT_MAX
