"""Damaged recordings: every damage is counted, and what hides nothing changes nothing."""

import itertools
import json
import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.events import Event, FeedCounted
from tests.scenarios.play import Played, play, tape_lines, write_lines

LINES = tape_lines()
STRANGER = "999"
_VENUE_TIME = re.compile(rb'"timestamp":"(\d+)"')

# Frames that say nothing about our market, by what is wrong with them.
TRADE = {"event_type": "last_trade_price", "asset_id": "1", "size": "1", "timestamp": "1"}
NAN_LEVEL = {"price": "NaN", "size": "1"}
BROKEN_FRAMES = tuple(
    json.dumps(frame)
    for frame in (
        {"event_type": "price_change", "market": "m", "price_changes": 7, "timestamp": "1"},
        {"event_type": "book", "asset_id": "1", "bids": [NAN_LEVEL], "asks": [], "timestamp": "1"},
        {**TRADE, "side": "HOLD", "price": "0.5"},
        {**TRADE, "side": "BUY", "price": "1.5"},
        {"event_type": "dance", "market": "m", "timestamp": "1"},
        {"no": "event type"},
        [7],
        "text",
    )
)
GARBAGE_LINES = (b"{\n", b"\x00\xff\xfe junk\n", b'{"local_timestamp": 1.0, "data": {"e\n', b"]\n")
ODD_BUT_GOOD_FRAMES = ("[]", '{"event_type":"new_market","timestamp":"1"}')

positions = st.integers(1, len(LINES) - 2)
harmless = st.one_of(
    st.tuples(st.just("garbage"), positions, st.sampled_from(GARBAGE_LINES)),
    st.tuples(st.just("frame"), positions, st.sampled_from(BROKEN_FRAMES)),
    st.tuples(st.just("stranger"), positions, st.just("")),
    st.tuples(st.just("blank"), positions, st.just(b"\n")),
    st.tuples(st.just("again"), positions, st.just("")),
    st.tuples(st.just("late"), positions, st.just("")),
)
hiding = st.one_of(
    st.tuples(st.just("cut"), positions, st.integers(1, 200)),
    st.tuples(st.just("lost"), positions, st.integers(1, 30)),
    st.tuples(st.just("swapped"), positions, st.just(0)),
    st.tuples(st.just("crossed"), positions, st.just(0)),
    st.tuples(st.just("earlier"), positions, st.integers(1, 100)),
    st.tuples(st.just("flipped"), positions, st.integers(0, 10_000)),
)


def wrapped(position: int, frame: str) -> bytes:
    """A frame as a line of the tape, received when the line at `position` was."""
    head = LINES[position].split(b'"data": ', 1)[0]
    return head + b'"data": ' + frame.encode() + b"}\n"


def stranger(position: int, number: int) -> bytes:
    """A change of a token that nobody follows; equal ones would be repeats."""
    entry = {"asset_id": STRANGER, "price": "0.5", "size": str(number), "side": "BUY"}
    frame = {"event_type": "price_change", "price_changes": [entry], "timestamp": "1"}
    return wrapped(position, json.dumps({"market": "m", **frame}))


def is_change(line: bytes) -> bool:
    """True for a price change, which is the only frame whose repeat is told from a new one."""
    return b'"event_type":"price_change"' in line


def play_lines(lines: list[bytes]) -> Played:
    """Let the bot play some lines."""
    with TemporaryDirectory() as folder:
        return play(write_lines(Path(folder) / "tape.jsonl", lines))


@cache
def clean() -> Played:
    """The bot after the undamaged tape."""
    return play_lines(list(LINES))


def decisions(played: Played) -> list[Event]:
    """Everything the bot said but its counts."""
    return [event for event in played.events if not isinstance(event, FeedCounted)]


@settings(max_examples=12)
@given(st.lists(harmless, min_size=1, max_size=30))
def test_damage_that_hides_nothing_changes_no_book_and_no_decision(
    damages: list[tuple[str, int, bytes | str]],
) -> None:
    """Garbage between the lines is counted to the piece; trading is the same, event by event."""
    lines = [[line] for line in LINES]
    expected = {"lines": 0, "damaged": 0, "unknown_tokens": 0, "duplicates": 0}
    for kind, position, what in damages:
        line = lines[position][0]
        if kind == "late" and len(lines[position]) == 1:
            lines[position][0] = _VENUE_TIME.sub(b'"timestamp":"1000"', line)
        elif kind == "again" and is_change(line) and len(lines[position]) == 1:
            lines[position].insert(1, line)
            expected["duplicates"] += 1
        elif kind == "stranger":
            lines[position].append(stranger(position, expected["unknown_tokens"]))
            expected["unknown_tokens"] += 1
        elif kind == "frame":
            lines[position].append(wrapped(position, str(what)))
            expected["damaged"] += 1
        elif isinstance(what, bytes):
            lines[position].append(what)
            expected["lines"] += kind == "garbage"
    played = play_lines(list(itertools.chain.from_iterable(lines)))
    assert clean().books() == played.books()
    assert decisions(clean()) == decisions(played)
    found = {name: played.feed[name] - clean().feed[name] for name in expected if name != "lines"}
    assert expected == {"lines": played.damaged_lines, **found}


@settings(max_examples=6)
@given(st.lists(hiding, min_size=1, max_size=40))
def test_damage_that_hides_something_is_survived(
    damages: list[tuple[str, int, int]],
) -> None:
    """Cut, lost, swapped, crossed and flipped: the bot plays on, and its state is consistent."""
    lines = list(LINES)
    for kind, position, number in damages:
        line = lines[position]
        if kind == "cut":
            lines[position] = line[: -min(number, len(line))] + b"\n"
        elif kind == "lost":
            lines[position : position + number] = [b"\n"] * len(lines[position : position + number])
        elif kind == "swapped":
            lines[position], lines[position - 1] = lines[position - 1], line
        elif kind == "crossed":
            lines[position] = line.replace(b'"best_bid":"0.4', b'"best_bid":"0.6')
        elif kind == "earlier":
            lines[position] = line.replace(b'"local_timestamp": 1', b'"local_timestamp": 0', 1)
        elif line.strip():
            at = number % (len(line) - 1)
            lines[position] = (
                line[:at] + bytes([line[at] ^ 1]).replace(b"\n", b"x") + line[at + 1 :]
            )
    played = play_lines(lines)
    played.check()
    numbers = [event.seq for event in played.events]
    assert list(range(1, len(numbers) + 1)) == numbers


def test_frames_that_are_odd_but_good_count_as_no_damage() -> None:
    """Empty arrays and events we do not need are not damage."""
    odd = [wrapped(1, frame) for frame in ODD_BUT_GOOD_FRAMES]
    played = play_lines([*LINES[:2], *odd, *LINES[2:]])
    assert (0, clean().feed["damaged"]) == (played.damaged_lines, played.feed["damaged"])
    assert decisions(clean()) == decisions(played)


def test_a_lost_stretch_is_healed_by_the_next_books() -> None:
    """After lost lines every trade's `book` makes its tokens whole: the books end as if clean."""
    last_book = max(i for i, line in enumerate(LINES) if b'"event_type":"book"' in line)
    middle = len(LINES) // 2
    assert middle + 50 < last_book
    played = play_lines([*LINES[:middle], *LINES[middle + 50 :]])
    assert clean().books() == played.books()


def test_the_clean_tape_is_worth_the_trouble() -> None:
    """The undamaged run places orders, gets fills and has books on both sides."""
    assert clean().tally.accepted > 10
    assert clean().tally.fill_count > 0
    assert 0 == clean().damaged_lines
    clean().check()
