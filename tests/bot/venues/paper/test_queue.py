"""The queue model: rules case by case, against itself, and against a market order by order."""

import itertools
import math
import random
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.venues.paper import queue
from bot.venues.paper.level import Level, QueueModel
from bot.venues.paper.queue import (
    Behind,
    Observation,
    QueuePosition,
    SizeCounts,
    Step,
    chance_ahead,
    net_trace,
    simulate_trace,
)

MS = 1_000_000
SHARE = 1_000_000
INF = math.inf


@pytest.mark.parametrize(
    ("size", "front", "level", "expected"),
    [
        (30, 20, 100, 0.0),  # larger than all ahead: it was behind
        (30, 80, 100, 1.0),  # larger than all behind: it was ahead
        (30, 20, 40, 0.25),  # larger than either side: several left at once
        (10, 50, 100, 0.25),
    ],
)
def test_an_order_cannot_have_left_a_side_smaller_than_itself(
    size: int, front: int, level: int, expected: float
) -> None:
    """Whole orders leave; only where both sides could hold it is the share ahead asked (n = 2)."""
    assert expected == pytest.approx(chance_ahead(size, front, level, 2.0, -1.0, 0.1))


def test_a_size_never_seen_joining_behind_left_from_ahead() -> None:
    """With everybody behind known, an order of another size was ahead, however large n is."""
    assert 1.0 == chance_ahead(10, 50, 100, 1e6, 0.0, 0.1)
    assert 1.0 == chance_ahead(10, 50, 100, 2.0, 0.0, 0.1)


def test_the_fingerprint_weighs_both_sides() -> None:
    """Odds are size share * x^n to share behind * (1 - x^n) (calibration.md 3.3)."""
    assert 0.1 * 0.25 / (0.1 * 0.25 + 0.5 * 0.75) == pytest.approx(
        chance_ahead(10, 50, 100, 2.0, 0.5, 0.1)
    )


def test_size_shares_are_smoothed_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unseen size is rare, not impossible; beyond the limit new sizes are not remembered."""
    counts = SizeCounts([5, 5, 7])
    assert (3 / 6, 2 / 6, 1 / 6) == (counts.share(5), counts.share(7), counts.share(9))
    monkeypatch.setattr(queue, "SIZES_MAX", 2)
    counts.add(9)
    counts.add(5)
    assert (4 / 8, 1 / 8) == (counts.share(5), counts.share(9))


def test_orders_behind_are_known_until_they_leave() -> None:
    """The share of a size among those behind; -1 once somebody unknown stands there."""
    behind = Behind()
    behind.join(5)
    behind.join(7)
    assert (0.5, 0.0, -1.0) == (behind.like(5, 12), behind.like(9, 12), behind.like(9, 13))
    behind.leave(5)
    behind.leave(99)
    assert (0.0, 1.0) == (behind.like(5, 7), behind.like(7, 7))


def test_prints_advance_the_queue_and_the_rest_reaches_us() -> None:
    """A print consumes what is ahead; only what is beyond it comes through."""
    position = QueuePosition(100, 0)
    assert (0, 70) == (position.trade(30), position.front)
    assert (10, 0) == (position.trade(80), position.front)
    assert (5, 0) == (position.trade(5), position.proven)


def test_risk_averse_moves_by_prints_and_the_size_shown_alone() -> None:
    """With n = inf somebody leaving never advances us, but no more can be ahead than is shown."""
    position = QueuePosition(100, 0)
    leave = {"power_n": INF, "draw": 0.0, "like_any": 0.5}
    assert not position.leave(60, 150, is_ahead=False, **leave)
    assert (90, 90) == (position.front, position.proven)
    assert not position.leave(10, 150, is_ahead=False, **leave)
    assert 90 == position.front


def test_who_was_ahead_of_an_older_order_was_ahead_of_a_newer_one() -> None:
    """Two orders of ours never disagree on who left."""
    position = QueuePosition(100, 0)
    assert position.leave(60, 200, 1.0, draw=0.99, like_any=0.5, is_ahead=True)
    assert (40, 100) == (position.front, position.proven)


def test_a_gap_restarts_behind_what_is_shown_but_not_behind_more_than_proven() -> None:
    """The belief is dropped; the proof is kept, since nobody joins before us."""
    position = QueuePosition(100, 0)
    position.leave(60, 100, 1.0, draw=0.0, like_any=0.5, is_ahead=False)
    position.trade(10)
    assert (30, 30) == (position.front, position.proven)
    position = QueuePosition(100, 0)
    position.leave(60, 200, 1.0, draw=0.0, like_any=0.5, is_ahead=False)
    position.trade(10)
    assert (30, 90) == (position.front, position.proven)
    position.restart(500)
    assert (90, 90) == (position.front, position.proven)
    position.restart(20)
    assert (20, 20) == (position.front, position.proven)


def test_a_trade_through_clears_the_queue() -> None:
    """Nobody is before us after a trade at a worse price."""
    position = QueuePosition(100, 0)
    position.sweep()
    assert (0, 0) == (position.front, position.proven)


def test_a_trace_is_netted_once() -> None:
    """Shrinkings of trades vanish, others are steps when their window ends, held ones stay out."""
    observations: list[Observation] = [
        (0.0, "d", 30.0, 100.0),
        (20.0, "p", 30.0, 70.0),
        (30.0, "a", 5.0, 70.0),
        (40.0, "d", 10.0, 75.0),
        (400.0, "t", 7.0, 65.0),
        (450.0, "d", 1.0, 65.0),
    ]
    sizes = SizeCounts([10 * SHARE])
    assert [
        Step("p", 30 * SHARE, 70 * SHARE, 0.0),
        Step("a", 5 * SHARE, 0, 0.0),
        Step("d", 10 * SHARE, 75 * SHARE, sizes.share(10 * SHARE)),
        Step("t", 7 * SHARE, 65 * SHARE, 0.0),
    ] == net_trace(observations, 100 * SHARE, sizes)


# against itself -----------------------------------------------------------------------------


def random_trace(rng: random.Random, length: int) -> tuple[int, list[Observation]]:
    """A consistent trace: (shares shown at first, observations)."""
    shown = first = rng.randrange(0, 60)
    ms = 1.0  # the order arrived at 0
    trace: list[Observation] = []
    for _ in range(length):
        ms += rng.choice((0, 20, 100, 300))
        kind = rng.choice("aaddp")
        size = rng.randrange(1, 10)
        if kind == "a":
            trace.append((ms, "a", size, shown))
            shown += size
        elif kind == "d" and size <= shown:
            trace.append((ms, "d", size, shown))
            shown -= size
        elif kind == "p":
            if rng.random() < 0.5 and size <= shown:
                trace.append((ms, "d", size, shown))
                shown -= size
            ms += 20
            trace.append((ms, "p", size, shown))
        if rng.random() < 0.02:
            trace.append((ms, "t", size, shown))
    return first, trace


def filled_on_a_level(first: int, trace: list[Observation], size: int, model: QueueModel) -> int:
    """The same through the live queue: a level and its one position."""
    level = Level(model, first * SHARE)
    position = level.join(0)
    filled = 0
    for ms, kind, shares, before in trace:
        now_ns, part, shown = round(ms * MS), round(shares * SHARE), round(before * SHARE)
        if kind == "a":
            level.change(shown, shown + part, now_ns)
        elif kind == "d":
            level.change(shown, shown - part, now_ns)
        elif kind == "p":
            level.trade(part, now_ns)
            filled += position.trade(part)
            level.cap()
        else:
            level.trade(0, now_ns)  # what is due expires
            position.sweep()
            filled += part
        assert position.front <= position.proven
    return min(filled, size)


@pytest.mark.parametrize("power_n", [0.25, 1.0, 4.0, INF])
def test_the_fast_loop_equals_the_live_queue(power_n: float) -> None:
    """`simulate_trace` fills exactly what `Level` and `QueuePosition` fill with the same draws."""
    for seed in range(150):
        first, trace = random_trace(random.Random(seed), 60)
        model = QueueModel(power_n, random.Random(seed))
        model.sizes = Frozen()
        live = filled_on_a_level(first, trace, 12 * SHARE, model)
        steps = net_trace(trace, first * SHARE, Frozen())
        fast = simulate_trace(steps, first * SHARE, 12 * SHARE, power_n, random.Random(seed))
        assert live == fast


class Frozen(SizeCounts):
    """Sizes of a market that is known and does not change."""

    def share(self, size: int) -> float:
        """One in ten, whatever the size."""
        return 0.1


@given(st.integers(0, 2**32))
def test_more_phi_fills_less(seed: int) -> None:
    """The mean fill over many particles does not grow with n, up to the noise of the particles."""
    first, trace = random_trace(random.Random(seed), 60)
    sizes = SizeCounts(range(1 * SHARE, 10 * SHARE, SHARE))
    steps = net_trace(trace, first * SHARE, sizes)
    means = [
        sum(
            simulate_trace(steps, first * SHARE, 10 * SHARE, n, random.Random(k)) for k in range(60)
        )
        / 60
        for n in (0.1, 1.0, 8.0, INF)
    ]
    slack = 2.5 * SHARE  # a quarter of the order: three standard errors of 60 fills or none
    assert all(later <= earlier + slack for earlier, later in itertools.pairwise(means))
    assert means[-1] <= min(means) + 1e-9


# against a market order by order ------------------------------------------------------------


class Case(NamedTuple):
    """One shadow order in a first-in-first-out queue: what the tape shows, and the truth."""

    first: int
    trace: list[Observation]
    is_filled: bool


def fifo_case(rng: random.Random, power_n: float) -> Case:
    """Play a queue order by order. Cancels hit position u of the queue with law u ** power_n."""
    orders = [[rng.randrange(5, 60), True] for _ in range(rng.randrange(2, 8))]
    first = shown = sum(size for size, _ in orders)
    ms, is_filled = 0.0, False
    trace: list[Observation] = []
    for _ in range(rng.randrange(5, 30)):
        ms += rng.choice((300, 700))
        event = rng.random()
        if event < 0.4:
            size = rng.randrange(5, 60)
            trace.append((ms, "a", float(size), float(shown)))
            orders.append([size, False])
            shown += size
        elif event < 0.75 and orders:
            # P(at or before x) = x ** n for one leaving order.
            place = rng.random() ** (1 / power_n)
            size, _ = orders.pop(min(int(place * len(orders)), len(orders) - 1))
            trace.append((ms, "d", float(size), float(shown)))
            shown -= size
        else:
            size = rng.randrange(5, 40)
            ahead = sum(part for part, is_ahead in orders if is_ahead)
            is_filled = is_filled or size > ahead
            gone = min(size, shown)
            consume(orders, gone)
            if gone:
                trace.append((ms, "d", float(gone), float(shown)))
            shown -= gone
            trace.append((ms + 20, "p", float(size), float(shown)))
    return Case(first, trace, is_filled)


def consume(orders: list[list[int]], size: int) -> None:
    """Let a taker eat the queue from its front."""
    while size:
        part = min(size, orders[0][0])
        orders[0][0] -= part
        size -= part
        if not orders[0][0]:
            del orders[0]


def brier(cases: list[Case], power_n: float, particles: int = 16) -> float:
    """Mean squared error of the predicted chance of a fill."""
    sizes = SizeCounts(range(5 * SHARE, 60 * SHARE, SHARE))
    total = 0.0
    for number, case in enumerate(cases):
        rng = random.Random(number)
        steps = net_trace(case.trace, case.first * SHARE, sizes)
        chance = (
            sum(
                simulate_trace(steps, case.first * SHARE, 1, power_n, rng) > 0
                for _ in range(particles)
            )
            / particles
        )
        total += (chance - case.is_filled) ** 2
    return total / len(cases)


@pytest.mark.parametrize("power_n", [0.5, 2.0])
def test_the_model_predicts_fills_of_a_real_queue(power_n: float) -> None:
    """With the true n the Brier score is far below the base rate's and the risk-averse model's."""
    rng = random.Random(7)
    cases = [fifo_case(rng, power_n) for _ in range(800)]
    rate = sum(case.is_filled for case in cases) / len(cases)
    assert 0.4 < rate < 0.7
    truth = brier(cases, power_n)
    assert truth < 0.1 * rate * (1 - rate)
    assert truth < 0.2 * brier(cases, INF)
