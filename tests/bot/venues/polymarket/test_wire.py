"""Frames become domain messages; damaged ones are counted, never raised and never half believed."""

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.market import Side, TokenId
from bot.domain.messages import (
    DAMAGE_REASONS,
    BookSnapshot,
    DamagedFrame,
    LevelChange,
    LevelChanges,
    MarketMessage,
    MarketResolved,
    TickSizeChange,
    TradePrint,
)
from bot.tape import read_tape
from bot.venues.polymarket.wire import decode
from bot.venues.polymarket.wire_events import TEXT_MAX

YES, NO = TokenId("1921439"), TokenId("3658666")
TIME_MS = 1_782_707_602_253
TIME_NS = TIME_MS * 1_000_000


def entry(**fields: object) -> dict[str, object]:
    """One entry of price_changes as the exchange writes it, with some fields replaced."""
    return {
        "asset_id": YES,
        "price": "0.521",
        "size": "4578.7",
        "side": "SELL",
        "hash": "535ba2",
        "best_bid": "0.519",
        "best_ask": "0.52",
    } | fields


def price_change(*entries: object) -> dict[str, object]:
    """One price_change frame."""
    return {
        "market": "0xd2a8",
        "price_changes": list(entries),
        "timestamp": str(TIME_MS),
        "event_type": "price_change",
    }


def book(**fields: object) -> dict[str, object]:
    """One book frame of the kind sent on subscription."""
    return {
        "market": "0xd2a8",
        "asset_id": YES,
        "timestamp": str(TIME_MS),
        "hash": "a8a751",
        "bids": [{"price": "0.001", "size": "1012937"}, {"price": "0.519", "size": "5149.96"}],
        "asks": [{"price": "0.999", "size": "28250"}, {"price": "0.52", "size": "3000"}],
        "tick_size": "0.001",
        "event_type": "book",
        "last_trade_price": "0.520",
    } | fields


def trade(**fields: object) -> dict[str, object]:
    """One last_trade_price frame."""
    return {
        "market": "0xd2a8",
        "asset_id": NO,
        "price": "0.48",
        "size": "8.05",
        "fee_rate_bps": "0",
        "side": "BUY",
        "timestamp": str(TIME_MS),
        "event_type": "last_trade_price",
        "transaction_hash": "0x2e2f",
    } | fields


def read(content: object) -> list[MarketMessage]:
    """Decode `content` written as JSON."""
    return decode(json.dumps(content).encode())


def reasons(messages: list[MarketMessage]) -> list[str]:
    """Return the reasons of the damaged ones."""
    return [message.reason for message in messages if isinstance(message, DamagedFrame)]


BID, ASK = True, False
CHANGE = LevelChange(YES, ASK, 5210, 4_578_700_000, 5190, 5200, "535ba2")
NO_CHANGE = LevelChange(NO, BID, 4790, 0, 4800, 4810, "62a907")
NO_ENTRY = entry(
    asset_id=NO,
    price="0.479",
    size="0",
    side="BUY",
    hash="62a907",
    best_bid="0.48",
    best_ask="0.481",
)

# good frames --------------------------------------------------------------------------------


def test_price_change_keeps_both_tokens_in_order() -> None:
    """One frame is one message with all its changes, in exact units."""
    expected = [LevelChanges(TIME_NS, (CHANGE, NO_CHANGE))]
    frame = json.dumps(price_change(entry(), NO_ENTRY))
    assert expected == decode(frame.encode())
    assert expected == decode(frame), "text frames read the same"


@pytest.mark.parametrize("nothing", [{"best_bid": "", "best_ask": ""}, {"best_bid": None}])
def test_touch_that_is_not_stated_is_none(nothing: dict[str, object]) -> None:
    """Blank and null both mean: not said."""
    [message] = read(price_change(entry(**nothing)))
    assert isinstance(message, LevelChanges)
    assert message.changes[0].best_bid is None
    assert (message.changes[0].best_ask is None) == ("best_ask" in nothing)


def test_missing_touch_and_hash_are_allowed() -> None:
    """Older recordings leave them out."""
    bare = {key: entry()[key] for key in ("asset_id", "price", "size", "side")}
    expected = LevelChange(YES, ASK, 5210, 4_578_700_000, None, None, "")
    assert [LevelChanges(TIME_NS, (expected,))] == read(price_change(bare))


def test_empty_side_is_stated_as_zero_and_one() -> None:
    """Touch 0 and 1 stand for an empty side; they are no damage."""
    [message] = read(price_change(entry(best_bid="0", best_ask="1")))
    assert isinstance(message, LevelChanges)
    assert (0, 10_000) == (message.changes[0].best_bid, message.changes[0].best_ask)


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


def test_array_is_read_element_by_element() -> None:
    """The first frame of a connection is an array."""
    messages = read([book(), trade(), price_change(entry())])
    kinds = [type(message) for message in messages]
    assert [BookSnapshot, TradePrint, LevelChanges] == kinds


@pytest.mark.parametrize("frame", [b"", b" \r\n", "", "PONG", b"PONG", b"PONG\n", b"[]"])
def test_frame_without_content_is_no_message(frame: bytes | str) -> None:
    """Keep-alives and blank frames are not damage."""
    assert [] == decode(frame)


@pytest.mark.parametrize("event_type", ["best_bid_ask", "new_market"])
@pytest.mark.parametrize("as_array", [False, True])
def test_known_events_that_nobody_reads_are_ignored(event_type: str, *, as_array: bool) -> None:
    """They are no damage, alone or in an array."""
    content = {"event_type": event_type, "asset_id": YES, "best_bid": ""}
    assert [] == read([content] if as_array else content)


def test_price_change_without_changes_is_no_message() -> None:
    """Nothing changed."""
    assert [] == read(price_change())


# damage -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (json.dumps(price_change(entry()))[:-20].encode(), "json"),
        (b"{", "json"),
        (b"PING?", "json"),
        (b"\xff\xfe", "json"),
        (b'{"event_type":"\xff"}', "json"),
        ("\ud800", "json"),
        ('{"a":"\ud800"}', "json"),
        (b"[" * 100_000, "json"),
        (b"1" * 9_000, "number"),
        (b'{"event_type":"book","timestamp":1e999}', "number"),
        (b"17", "schema"),
        (b"null", "schema"),
        (b'{"price_changes":[]}', "schema"),
        (b'{"event_type":7}', "schema"),
        (b'{"event_type":"price_change","timestamp":"1"}', "schema"),
        (b'{"event_type":"book","timestamp":"1"}', "schema"),
        (b'{"event_type":"halted","timestamp":"1"}', "unknown_event"),
        (b"[[{}]]", "schema"),
    ],
)
def test_damaged_frame_says_why(frame: bytes | str, reason: str) -> None:
    """One damage with one of the agreed reasons, and never an exception."""
    messages = decode(frame)
    assert [reason] == reasons(messages)
    assert len(messages) == 1
    assert reason in DAMAGE_REASONS


def test_old_single_change_schema_is_damage() -> None:
    """The schema before price_changes is not half understood."""
    content = {
        "event_type": "price_change",
        "asset_id": YES,
        "changes": [{"price": "0.4", "side": "SELL", "size": "3300"}],
        "timestamp": str(TIME_MS),
    }
    assert ["schema"] == reasons(read(content))


BAD_NUMBERS = [
    {"price": "nan"},
    {"price": "inf"},
    {"price": "-0.1"},
    {"price": "0"},
    {"price": "1"},
    {"price": "1.2"},
    {"price": "0.52001"},
    {"size": "nan"},
    {"size": "-inf"},
    {"size": "-1"},
    {"size": "1e300"},
    {"size": "1000000001"},
    {"size": "-9007199254740993"},
    {"size": "0.0000005"},
]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        *((fields, "number") for fields in BAD_NUMBERS),
        ({"best_bid": "nan"}, "number"),
        ({"best_ask": "1.0001"}, "number"),
        ({"price": True}, "schema"),
        ({"price": None}, "schema"),
        ({"price": "a lot"}, "schema"),
        ({"size": ""}, "schema"),
        ({"size": ["1"]}, "schema"),
        ({"side": "HOLD"}, "schema"),
        ({"asset_id": 7}, "schema"),
        ({"hash": {}}, "schema"),
    ],
)
def test_bad_entry_does_not_lose_the_good_ones(fields: dict[str, object], reason: str) -> None:
    """The frame's good changes come through, in order, with one damage beside them."""
    messages = read(price_change(entry(), entry(**fields), NO_ENTRY))
    assert LevelChanges(TIME_NS, (CHANGE, NO_CHANGE)) == messages[0]
    assert [reason] == reasons(messages[1:])


def test_entry_that_is_no_object_is_damage() -> None:
    """Beside the good one."""
    messages = read(price_change(3, entry()))
    assert LevelChanges(TIME_NS, (CHANGE,)) == messages[0]
    assert ["schema"] == reasons(messages[1:])


def test_frame_of_bad_entries_has_no_changes() -> None:
    """No empty message is made of it."""
    messages = read(price_change(entry(price="2"), entry(size="x")))
    assert ["number", "schema"] == reasons(messages)
    assert len(messages) == 2


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


# properties ---------------------------------------------------------------------------------

FRAMES = [
    json.dumps(content).encode()
    for content in (price_change(entry(), NO_ENTRY), book(), trade(), [book(), trade()])
]


@given(
    frame=st.sampled_from(FRAMES),
    cuts=st.lists(st.tuples(st.integers(0, 600), st.integers(0, 8), st.binary(max_size=8))),
)
def test_mutated_frame_never_raises(frame: bytes, cuts: list[tuple[int, int, bytes]]) -> None:
    """Whatever is cut out or put in, the answer is messages with agreed reasons."""
    for start, length, insert in cuts:
        frame = frame[:start] + insert + frame[start + length :]
    messages = decode(frame)
    assert set(reasons(messages)) <= set(DAMAGE_REASONS)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(
    content=st.sampled_from([price_change(entry(), NO_ENTRY), book(), trade()]),
    key=st.integers(0, 8),
    value=JSON_VALUES,
)
def test_any_value_in_any_field_never_raises(
    content: dict[str, object], key: int, value: object
) -> None:
    """Wrong types and absurd values are damage or are read; both are answers."""
    field = list(content)[key % len(content)]
    messages = read(content | {field: value})
    assert set(reasons(messages)) <= set(DAMAGE_REASONS)


@given(st.integers(1, 9_999), st.integers(0, 10**15), st.sampled_from(Side))
def test_every_number_of_the_exchange_is_exact(price: int, size: int, side: Side) -> None:
    """Text to integer without a unit lost, over the whole range."""
    text = entry(
        price=f"{price / 10_000:.4f}",
        size=f"{size // 10**6}.{size % 10**6:06d}",
        side=side,
    )
    expected = LevelChange(YES, side is Side.BUY, price, size, 5190, 5200, "535ba2")
    assert [LevelChanges(TIME_NS, (expected,))] == read(price_change(text))


# real recordings ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        (
            "landwalker_messi_20260629.ws_raw.jsonl.gz",
            {LevelChanges: 654, BookSnapshot: 2, TradePrint: 1},
        ),
        (
            "tickscope_scf_g4_20260607_0130.ws.jsonl.gz",
            {LevelChanges: 97_285, BookSnapshot: 12, TradePrint: 445},
        ),
    ],
)
def test_real_recording_is_read_whole(
    data_dir: Path, name: str, counts: dict[type[MarketMessage], int]
) -> None:
    """Every frame is understood, none is damaged."""
    actual = Counter(
        type(message) for frame in read_tape(data_dir / name) for message in decode(frame.payload)
    )
    assert counts == actual
