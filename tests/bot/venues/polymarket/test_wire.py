"""Frames become domain messages; damaged ones are counted, never raised and never half believed."""

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.messages import (
    DAMAGE_REASONS,
    BookSnapshot,
    DamagedFrame,
    LevelChange,
    LevelChanges,
    MarketMessage,
    TradePrint,
)
from bot.tape import read_tape
from bot.venues.polymarket.wire import decode
from tests.bot.venues.polymarket.market_frames import (
    ASK,
    BAD_NUMBERS,
    CHANGE,
    NO_CHANGE,
    NO_ENTRY,
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


# the fast way and the careful way -----------------------------------------------------------

PRICE_TEXTS = st.sampled_from(
    ["0.48", "0.480", "0.519", "0.52", "0.9999", "0.5200000001", "0", "1"]
)
SIZE_TEXTS = st.sampled_from(["0", "5", "8.05", "1012937", "0.000001", "0.0000001", "1000000001"])
LEVELS = st.lists(st.fixed_dictionaries({"price": PRICE_TEXTS, "size": SIZE_TEXTS}), max_size=4)


@given(price=PRICE_TEXTS, size=SIZE_TEXTS, touch=PRICE_TEXTS | st.sampled_from(["", None]))
def test_change_alone_reads_as_in_an_array(price: str, size: str, touch: str | None) -> None:
    """A frame of its own goes the fast way, an array the careful one: the messages are the same."""
    content = price_change(entry(price=price, size=size, best_bid=touch), NO_ENTRY)
    assert _without_text(read([content])) == _without_text(read(content))


@given(bids=LEVELS, asks=LEVELS, tick=st.sampled_from(["0.01", "0.001", "0.3", "", None]))
def test_book_alone_reads_as_in_an_array(
    bids: list[dict[str, str]], asks: list[dict[str, str]], tick: str | None
) -> None:
    """In whatever order its levels stand, stated once or twice, empty or damaged."""
    content = book(bids=bids, asks=asks, tick_size=tick)
    assert _without_text(read([content])) == _without_text(read(content))


@pytest.mark.parametrize("prices", [("0.1", "0.2"), ("0.2", "0.1")])
def test_book_is_best_first_however_it_comes(prices: tuple[str, str]) -> None:
    """The exchange sends the worst level first."""
    levels = [{"price": price, "size": "5"} for price in prices]
    [message] = read(book(bids=levels, asks=levels))
    assert isinstance(message, BookSnapshot)
    assert ((2_000, 5_000_000), (1_000, 5_000_000)) == message.bids
    assert ((1_000, 5_000_000), (2_000, 5_000_000)) == message.asks


def _without_text(messages: list[MarketMessage]) -> list[MarketMessage]:
    # The words about a damage quote what was read, which differs.
    return [
        DamagedFrame(message.reason, "") if isinstance(message, DamagedFrame) else message
        for message in messages
    ]


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
    assert 1 == len(messages)
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
    assert 2 == len(messages)


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
