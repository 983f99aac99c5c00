"""Frames against real recordings: same keys in the same order, same forms."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.market import Frame, GeneratedMarketConfig
from bot.sandbox.market.book import FifoBook, RestingOrder
from bot.sandbox.market.floor import Execution, LevelSet
from bot.sandbox.market.ids import token_ids
from bot.sandbox.market.wire import WireWriter

NS = 1_782_864_000_000_000_000
CONFIG = GeneratedMarketConfig()
YES, NO = token_ids(CONFIG)


@pytest.fixture
def writer() -> WireWriter:
    """A writer over a book of one bid and one ask."""
    book = FifoBook(100)
    book.add(RestingOrder(is_bid=True, level=49, size=10_000_000))
    book.add(RestingOrder(is_bid=False, level=51, size=20_000_000))
    return WireWriter(CONFIG, book)


def ask_change(size: int, *, on_no: bool = False) -> LevelSet:
    """The ask at 0.51 now shows `size`."""
    return LevelSet(
        NS,
        is_bid=False,
        level=51,
        size=size,
        best_bid=49,
        best_ask=51 if size else 100,
        on_no=on_no,
    )


def trade(*, on_no: bool) -> Execution:
    """Somebody who thinks YES takes 5 shares of the ask."""
    change = ask_change(15_000_000, on_no=on_no)
    return Execution(NS, taker_buys=True, on_no=on_no, fills=((51, 5_000_000),), changes=(change,))


def test_a_change_is_told_for_both_tokens(writer: WireWriter) -> None:
    """Mirrored price, side and touch; the size is the same; no hash unless asked for."""
    frame = json.loads(writer.change(ask_change(12_500_000)))
    yes = {"asset_id": YES, "price": "0.51", "size": "12.5", "side": "SELL", "hash": ""}
    no = {"asset_id": NO, "price": "0.49", "size": "12.5", "side": "BUY", "hash": ""}
    assert [
        yes | {"best_bid": "0.49", "best_ask": "0.51"},
        no | {"best_bid": "0.49", "best_ask": "0.51"},
    ] == frame["price_changes"]


def test_the_token_of_the_order_comes_first(writer: WireWriter) -> None:
    """As in recordings, where most orders for NO are told with NO first."""
    frame = json.loads(writer.change(ask_change(1_000_000, on_no=True)))
    assert [NO, YES] == [entry["asset_id"] for entry in frame["price_changes"]]


def test_an_empty_side_is_told_as_the_end_of_the_grid(writer: WireWriter) -> None:
    """Best ask 1 on YES is best bid 0 on NO."""
    yes, no = json.loads(writer.change(ask_change(0)))["price_changes"]
    assert ("0.49", "1") == (yes["best_bid"], yes["best_ask"])
    assert ("0", "0.51") == (no["best_bid"], no["best_ask"])


@pytest.mark.parametrize(
    ("on_no", "told"), [(False, (YES, "0.51", "BUY")), (True, (NO, "0.49", "SELL"))]
)
def test_a_print_is_in_the_takers_terms(
    writer: WireWriter, *, on_no: bool, told: tuple[str, str, str]
) -> None:
    """Buying YES at 0.51 or selling NO at 0.49 consume the same ask."""
    execution = trade(on_no=on_no)
    print_ = json.loads(writer.print(execution, execution.fills[0], NS, "0xab"))
    assert told == (print_["asset_id"], print_["price"], print_["side"])
    assert ("5", "0xab", "0") == (
        print_["size"],
        print_["transaction_hash"],
        print_["fee_rate_bps"],
    )


def test_a_trades_books_carry_the_hash_of_its_last_change(writer: WireWriter) -> None:
    """Change and `book` share timestamp and hash, on both tokens (feed.md 3)."""
    changes, books = writer.trade(trade(on_no=False))
    entries = json.loads(changes[-1])["price_changes"]
    told = [json.loads(book) for book in books]
    assert [entry["hash"] for entry in entries] == [book["hash"] for book in told]
    assert {str(NS // 10**6)} == {book["timestamp"] for book in told}
    assert [40, 40] == [len(book["hash"]) for book in told]


def test_every_change_carries_a_hash_when_asked_for() -> None:
    """The hash differs by token and by book."""
    config = GeneratedMarketConfig(hash_every_change=True)
    book = FifoBook(100)
    book.add(RestingOrder(is_bid=False, level=51, size=20_000_000))
    writer = WireWriter(config, book)
    frames = [json.loads(writer.change(ask_change(size))) for size in (10_000_000, 9_000_000)]
    assert 4 == len({entry["hash"] for frame in frames for entry in frame["price_changes"]})


def shapes(messages: Iterator[dict[str, Any]]) -> dict[str, tuple[Any, ...]]:
    """Keys in order by kind of message: the opening book, later ones, changes and prints."""
    found: dict[str, tuple[Any, ...]] = {}
    for message in messages:
        kind = message["event_type"]
        if kind == "book":
            kind = "opening" if "tick_size" in message else "book"
        entries = message.get("price_changes", message.get("bids", [{}]))
        found[kind] = (tuple(message), tuple(entries[0]))
    return found


def recorded(path: Path) -> Iterator[dict[str, Any]]:
    """Messages of a real recording."""
    with gzip.open(path, "rt") as lines:
        for line in lines:
            data = json.loads(line)["data"]
            yield from data if isinstance(data, list) else [data]


def generated(frames: list[Frame]) -> Iterator[dict[str, Any]]:
    """Messages of the generated market."""
    for frame in frames:
        data = json.loads(frame.payload)
        yield from data if isinstance(data, list) else [data]


def test_keys_stand_in_the_order_of_a_real_recording(data_dir: Path, frames: list[Frame]) -> None:
    """Byte for byte the same shape; only the opening book says more than the recorded one."""
    real = shapes(recorded(data_dir / "landwalker_messi_20260629.ws_raw.jsonl.gz"))
    made = shapes(generated(frames))
    extra = {"min_order_size", "neg_risk"}
    opening = tuple(key for key in made["opening"][0] if key not in extra)
    assert real == made | {"opening": (opening, made["opening"][1])}
