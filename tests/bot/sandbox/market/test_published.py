"""One token's public book: text forms and the hash."""

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from bot.domain.units import parse_price, parse_size
from bot.sandbox.market import GeneratedMarketConfig
from bot.sandbox.market.floor import LevelSet
from bot.sandbox.market.published import PublishedBook, ms_text, size_text

TS = "1782864000000"


def published(*, is_no: bool = False) -> PublishedBook:
    """A small book: bids 0.48 and 0.49, an ask at 0.52, in YES terms."""
    book = PublishedBook(GeneratedMarketConfig(), "7", is_no=is_no)
    for level, size, is_bid in ((49, 10_000_000, True), (48, 5_500_000, True), (52, 70_000, False)):
        book.set_level(
            LevelSet(
                0, is_bid=is_bid, level=level, size=size, best_bid=49, best_ask=52, on_no=False
            ),
            size_text(size),
        )
    return book


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0"),
        (100_000_000, "100"),
        (4_578_700_000, "4578.7"),
        (80_000, "0.08"),
        (21_003_050_580_000, "21003050.58"),
    ],
)
def test_sizes_are_written_without_trailing_zeros(size: int, text: str) -> None:
    """As the exchange writes them."""
    assert text == size_text(size)


def test_time_is_written_in_whole_milliseconds() -> None:
    """Rounded down."""
    assert "1782707599974" == ms_text(1_782_707_599_974_999_999)


def test_the_no_book_is_the_mirror_image() -> None:
    """A YES bid at 0.48 is a NO ask at 0.52; bids ascend and asks descend on both."""
    yes = json.loads(published().opening(TS))
    no = json.loads(published(is_no=True).opening(TS))
    assert [("0.48", "5.5"), ("0.49", "10")] == [(x["price"], x["size"]) for x in yes["bids"]]
    assert [("0.52", "0.07")] == [(x["price"], x["size"]) for x in yes["asks"]]
    assert [("0.48", "0.07")] == [(x["price"], x["size"]) for x in no["bids"]]
    assert [("0.52", "5.5"), ("0.51", "10")] == [(x["price"], x["size"]) for x in no["asks"]]


def test_a_level_of_nothing_is_gone() -> None:
    """Size 0 takes the level out of the book."""
    book = published()
    book.set_level(
        LevelSet(0, is_bid=True, level=49, size=0, best_bid=48, best_ask=52, on_no=False), "0"
    )
    assert ["0.48"] == [level["price"] for level in json.loads(book.opening(TS))["bids"]]


def test_the_hash_is_the_exchanges_recipe() -> None:
    """SHA-1 of the compact book with an empty hash, terms last (feed.md 1)."""
    book = json.loads(published().opening(TS))
    keys = ["market", "asset_id", "timestamp", "hash", "bids", "asks"]
    keys += ["min_order_size", "tick_size", "neg_risk", "last_trade_price"]
    text = json.dumps({key: book[key] for key in keys} | {"hash": ""}, separators=(",", ":"))
    assert hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest() == book["hash"]


def first_recorded_book(data_dir: Path) -> dict[str, Any]:
    """The opening `book` of a real recording."""
    with gzip.open(data_dir / "landwalker_messi_20260629.ws_raw.jsonl.gz", "rt") as lines:
        book: dict[str, Any] = json.loads(next(lines))["data"][0]
    return book


def test_the_hash_of_a_real_book_comes_out_again(data_dir: Path) -> None:
    """Our writer, given a recorded book's levels and names, arrives at its recorded hash."""
    real = first_recorded_book(data_dir)
    config = GeneratedMarketConfig(tick=10, neg_risk=True)
    book = PublishedBook(config, real["asset_id"], is_no=False)
    book._market = real["market"]
    book.last_trade_price = float(real["last_trade_price"])
    for is_bid, side in ((True, "bids"), (False, "asks")):
        for level in real[side]:
            size = parse_size(level["size"])
            change = LevelSet(0, is_bid, parse_price(level["price"]) // 10, size, 0, 0, on_no=False)
            book.set_level(change, size_text(size))
    assert real["hash"] == book.hash(real["timestamp"])
