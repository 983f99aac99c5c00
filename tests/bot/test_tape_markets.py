"""Markets of a tape: both tokens, the grid, and neg-risk proven by the first book's hash."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.domain.book import Book
from bot.domain.book_hash import book_hash
from bot.domain.errors import InputError
from bot.domain.market import ConditionId, TokenId
from bot.tape import read_tape
from bot.tape_markets import find_markets, markets_on

BOOK = {
    "event_type": "book",
    "market": "0xabc",
    "asset_id": "1",
    "bids": [{"price": "0.48", "size": "100"}],
    "asks": [{"price": "0.52", "size": "100"}],
    "timestamp": "1000",
    "hash": "",
    "tick_size": "0.01",
    "min_order_size": "5",
    "last_trade_price": "0.500",
}
PAIR = {
    "event_type": "price_change",
    "market": "0xabc",
    "timestamp": "1001",
    "price_changes": [
        {"asset_id": "1", "price": "0.48", "size": "1", "side": "BUY"},
        {"asset_id": "2", "price": "0.52", "size": "1", "side": "SELL"},
    ],
}


def frames(*events: Mapping[str, object] | list[object]) -> list[bytes]:
    """Frames of some events."""
    return [json.dumps(event).encode() for event in events]


def stated_hash(*, neg_risk: bool) -> str:
    """The hash the exchange states for `BOOK`."""
    book = Book(TokenId("1"), 100)
    book.load([(4_800, 100_000_000)], [(5_200, 100_000_000)])
    return book_hash(
        book,
        market=ConditionId("0xabc"),
        timestamp_ms=1_000,
        min_order_size="5",
        neg_risk=neg_risk,
        last_trade_price="0.500",
        tick_size="0.01",
    )


def test_the_first_token_is_yes_and_the_other_no() -> None:
    """With tick and minimum size from the book; an array is as good as an object."""
    (market,) = find_markets(frames([{**BOOK, "tick_size": "0.001", "min_order_size": "7"}], PAIR))
    assert ("1", "2", 10, 7_000_000) == (market.yes, market.no, market.tick, market.size_min)


@pytest.mark.parametrize("neg_risk", [False, True])
def test_neg_risk_is_what_gives_the_stated_hash(*, neg_risk: bool) -> None:
    """The tape does not say it, its hash does."""
    book = {**BOOK, "hash": stated_hash(neg_risk=neg_risk)}
    assert neg_risk == find_markets(frames(book, PAIR))[0].neg_risk


@pytest.mark.parametrize(
    "change",
    [
        {"hash": "0" * 40},
        {"hash": "0" * 40, "bids": [{"price": "0.485", "size": "1"}]},
        {"tick_size": ""},
        {"tick_size": "nonsense", "min_order_size": "-3"},
        {"tick_size": "0.02"},
    ],
)
def test_damaged_terms_fall_back_to_what_is_usual(change: Mapping[str, object]) -> None:
    """A hash of neither value, a level off the grid, terms that are no terms: still a market."""
    (market,) = find_markets(frames({**BOOK, **change}, PAIR))
    assert (100, 5_000_000, False) == (market.tick, market.size_min, market.neg_risk)


def test_a_stray_third_token_is_damage() -> None:
    """The two tokens seen most are the market's."""
    stray = {**PAIR, "price_changes": [{"asset_id": "9"}]}
    (market,) = find_markets([*frames(BOOK, stray, PAIR, PAIR), b"{broken"])
    assert ("1", "2") == (market.yes, market.no)


def test_a_market_is_chosen_by_the_beginning_of_its_id() -> None:
    """And a tape without it, or without both tokens of any, is refused in words."""
    other = {**PAIR, "market": "0xdef"}
    assert ["0xdef"] == [m.condition_id for m in find_markets(frames(PAIR, other), "0xd")]
    with pytest.raises(InputError, match="'0xz'"):
        find_markets(frames(PAIR), "0xz")
    with pytest.raises(InputError, match="both its tokens"):
        find_markets(frames(BOOK))


def test_a_file_without_a_market_is_named_with_its_damage(tmp_path: Path) -> None:
    """So that whoever gave a wrong file sees which, and that it is none."""
    path = tmp_path / "readme.txt"
    path.write_text("no frame\nnone either\n")
    with pytest.raises(InputError, match=r"readme\.txt: no market.* no frames: 2"):
        markets_on([read_tape(path)])
