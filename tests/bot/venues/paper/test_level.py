"""One level of the tape and the own orders at it."""

import math
import random

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.units import SIZE_MAX
from bot.venues.paper.level import Level, QueueModel
from bot.venues.paper.netting import HOLD_NS

MS = 1_000_000


def level_of(shown: int | None, power_n: float = 1.0) -> Level:
    """A level with its own model."""
    return Level(QueueModel(power_n, random.Random(1)), shown)


def test_a_trade_moves_the_queue_once() -> None:
    """Shrinking and print of one trade, in either order, advance by its size once."""
    level = level_of(100)
    position = level.join(0)
    level.change(100, 70, 1 * MS)
    level.trade(30, 20 * MS)
    position.trade(30)
    level.cap()
    assert 70 == position.front
    level.trade(20, 400 * MS)
    position.trade(20)
    level.cap()
    level.change(70, 50, 420 * MS)
    level.change(50, 51, 1000 * MS)
    assert 50 == position.front


def test_an_anonymous_leaving_counts_when_its_window_ends() -> None:
    """Until then it may still be a trade; then it was ahead if all of the level was."""
    level = level_of(100)
    position = level.join(0)
    level.change(100, 60, 1 * MS)
    level.change(60, 61, HOLD_NS)
    assert 100 == position.front
    level.change(61, 62, HOLD_NS + 1 * MS)
    assert 60 == position.front


def test_nobody_advances_by_what_left_before_they_came() -> None:
    """An order that arrives behind what was left is not advanced by an earlier leaving."""
    level = level_of(100)
    older = level.join(0)
    level.change(100, 60, 1 * MS)
    newer = level.join(2 * MS)
    level.change(60, 61, 1000 * MS)
    assert (60, 60) == (older.front, newer.front)


def test_joining_orders_are_remembered_as_behind() -> None:
    """A joining order is behind us, and its size is counted for the market."""
    level = level_of(100, power_n=50.0)
    position = level.join(0)
    level.change(100, 130, 0)
    assert 1.0 == position.behind.like(30, 30)
    assert 2 / 3 == level.model.sizes.share(30)
    level.change(130, 130, 1 * MS)
    level.change(130, 100, 1 * MS)
    level.change(100, 101, 1000 * MS)
    assert 100 == position.front


def test_a_change_that_was_lost_bounds_the_queue() -> None:
    """When the size before is another than known, what is there bounds what is ahead."""
    level = level_of(100)
    position = level.join(0)
    level.change(40, 50, 0)
    assert 40 == position.front


def test_an_uncertain_level_gives_no_queue() -> None:
    """An order that arrives meanwhile stands behind everything until the level is known."""
    level = level_of(None)
    position = level.join(0)
    assert (False, SIZE_MAX) == (level.is_certain, position.front)
    level.restart(80)
    assert (True, 80) == (level.is_certain, position.front)
    level.change(80, 50, 0)
    level.lose()
    assert (False, 0) == (level.is_certain, level.netting.held)


CHANGES = st.lists(
    st.tuples(st.sampled_from("adpj"), st.integers(1, 60), st.integers(0, 300)), max_size=60
)


@given(CHANGES, st.sampled_from([0.25, 1.0, 4.0, math.inf]))
def test_fronts_only_fall_and_never_below_zero(
    changes: list[tuple[str, int, int]], power_n: float
) -> None:
    """Without a gap no own order is pushed back; with nothing held, own orders stand in order."""
    level, shown, now_ns = level_of(50, power_n), 50, 0
    positions = [level.join(0)]
    for kind, size, gap_ms in changes:
        now_ns += gap_ms * MS + 1
        fronts = [position.front for position in positions]
        if kind == "a":
            level.change(shown, shown + size, now_ns)
            shown += size
        elif kind == "d":
            left = max(0, shown - size)
            level.change(shown, left, now_ns)
            shown = left
        elif kind == "p":
            parts = level.trade(size, now_ns)
            for position in positions:
                position.trade(size - sum(z for ns, z in parts if ns <= position.arrived_ns))
            level.cap()
        else:
            positions.append(level.join(now_ns))
        after = [position.front for position in positions]
        assert all(0 <= new <= old for old, new in zip(fronts, after, strict=False))
        assert level.netting.held or sorted(after) == after
        assert all(position.front <= position.proven for position in positions)
