"""A trade is a shrinking and a print: netting finds the pairs."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.book import Book
from bot.domain.market import Side, TokenId
from bot.domain.messages import BookSnapshot, LevelChanges, TradePrint
from bot.tape import read_tape
from bot.venues.paper.netting import HOLD_NS, Netting
from bot.venues.polymarket import wire

MS = 1_000_000


def test_a_print_takes_the_shrinking_of_its_size() -> None:
    """Of several held shrinkings the print explains the oldest of exactly its size."""
    netting = Netting()
    for ms, size in ((0, 5), (1, 7), (2, 7)):
        netting.shrink(size, ms * MS)
    assert [(1 * MS, 7)] == netting.trade(7, 20 * MS)
    assert 12 == netting.held


def test_one_shrinking_may_be_several_prints() -> None:
    """Without an equal size, prints are taken off the oldest shrinkings by amount."""
    netting = Netting()
    netting.shrink(50, 0)
    assert [(0, 30)] == netting.trade(30, 20 * MS)
    assert [(0, 20)] == netting.trade(20, 21 * MS)
    assert 0 == netting.held


def test_a_print_that_comes_first_waits_for_its_shrinking() -> None:
    """The shrinking of an earlier print is not held; what is beyond it is."""
    netting = Netting()
    assert [] == netting.trade(30, 0)
    netting.shrink(40, 20 * MS)
    assert 10 == netting.held


def test_only_what_no_print_explains_expires() -> None:
    """When the window ends, an unmatched shrinking comes out once, and a print is forgotten."""
    netting = Netting()
    netting.shrink(5, 0)
    netting.trade(3, 0)
    netting.trade(9, 0)
    assert [] == netting.expire(HOLD_NS - 1)
    netting.shrink(4, HOLD_NS - 1)
    assert [] == netting.expire(HOLD_NS)
    netting.shrink(8, HOLD_NS)
    assert 8 == netting.held
    assert [(HOLD_NS, 8)] == netting.expire(2 * HOLD_NS)
    assert [] == netting.expire(9 * HOLD_NS)


def test_clear_forgets_both_kinds() -> None:
    """After `clear` nothing is held and no print waits."""
    netting = Netting()
    netting.shrink(5, 0)
    netting.clear()
    assert 0 == netting.held
    netting.trade(5, 0)
    netting.clear()
    netting.shrink(5, 0)
    assert 5 == netting.held


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 9), st.integers(0, 300)), max_size=40))
def test_every_shrinking_is_explained_held_or_expired_once(
    steps: list[tuple[bool, int, int]],
) -> None:
    """What shrank is what prints explained, plus what expired, plus what is held: nothing twice."""
    netting, now_ns = Netting(), 0
    shrunk = explained = expired = printed = 0
    for is_shrink, size, gap_ms in steps:
        now_ns += gap_ms * MS
        expired += sum(part for _, part in netting.expire(now_ns))
        if is_shrink:
            held = netting.held
            netting.shrink(size, now_ns)
            shrunk += size
            explained += size - (netting.held - held)
        else:
            printed += size
            explained += sum(part for _, part in netting.trade(size, now_ns))
    assert shrunk == explained + expired + netting.held
    assert explained <= printed


def test_on_a_real_recording_prints_find_their_shrinkings(data_dir: Path) -> None:
    """Nine in ten prints of an in-play match are explained whole within the window."""
    levels: dict[tuple[TokenId, bool, int], Netting] = {}
    books: dict[TokenId, Book] = {}
    explained = prints = 0
    for frame in read_tape(data_dir / "tickscope_scf_g4_20260607_0130.ws.jsonl.gz"):
        for message in wire.decode(frame.payload):
            if isinstance(message, BookSnapshot):
                book = books.setdefault(message.token, Book(message.token, 10))
                book.load(message.bids, message.asks)
            elif isinstance(message, LevelChanges):
                for change in message.changes:
                    book = books[change.token]
                    before = book.apply(change.is_bid, change.price, change.size)
                    if change.size < before:
                        key = (change.token, change.is_bid, change.price)
                        level = levels.setdefault(key, Netting())
                        level.expire(frame.local_ns)
                        level.shrink(before - change.size, frame.local_ns)
            elif isinstance(message, TradePrint):
                key = (message.token, message.side is Side.SELL, message.price)
                level = levels.setdefault(key, Netting())
                level.expire(frame.local_ns)
                parts = level.trade(message.size, frame.local_ns)
                prints += 1
                explained += message.size == sum(size for _, size in parts)
    assert 445 == prints
    assert 0.85 < explained / prints < 0.95
