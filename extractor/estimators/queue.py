"""The queue parameter phi and the miss rate theta, from what was seen at the price of each order.

phi is found by matching fills order by order (calibration.md 0.6): at the true phi the fills that
happened minus the fills that were due add up to nothing. What was due is counted only while the
real order could still fill, as a sum of hazards (Nelson-Aalen over simulated orders in the same
queue): a trace ends when the real order does, so counting whole simulated lives would be biased.

The interval inverts the test of that moment, cluster-robust over quarters of an hour; simulated
likelihood covered 63-75 % where this covers 95 %.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec
from scipy import stats

from bot.domain.calibration import Estimate, QueueParameters
from extractor.estimators.common import EVENTS_TO_SHOW, KEEPS_PRIOR, nothing, share
from extractor.estimators.queue_paths import PARTICLES, PRINTS, DueTimes
from extractor.records import BLOCK_NS, OrderRecord
from extractor.stats import TAIL, Interval, clusters, share_interval

PHI_GRID = (0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.97, 1.0)
"""Fills are interpolated between all but the last two: risk-averse is a rule of its own (nobody is
ever believed to have left ahead of us), not the limit of a large n."""
ORDERS_MINIMUM = 200
"""Whole traces needed (calibration.md 2.1 B')."""
PROVEN_MINIMUM = 200
"""Proven fills, after clustering, that tell theta to about +-0.05 (calibration.md 4.1)."""
FILL_SLACK_MS = 1_000.0
"""How much later than our fill its public print may come and still be that print."""
METHOD = "moment_inversion"
ONE_BLOCK = "all in one quarter of an hour, so nothing shows how much they have in common"
WIDE = 0.5
"""An interval of phi that says little; the fills it predicts may still be right."""
UNIT = "n/(n+1)"


class QueuePath(msgspec.Struct, frozen=True):
    """One traced order: was it filled, until when could it, and when simulated orders were due.

    `due_ms` holds the sorted due times of `PARTICLES` simulated orders for each phi of the grid.
    """

    submitted_ns: int
    is_filled: bool
    end_ms: float
    due_ms: tuple[tuple[float, ...], ...]

    @property
    def block(self) -> int:
        """The quarter of an hour in which the order was submitted."""
        return self.submitted_ns // BLOCK_NS

    def expected(self, column: int, theta: float) -> float:
        """Return the fills due until the end at one phi of the grid, a share theta missed."""
        alive = float(PARTICLES)
        fills = 0.0
        due = self.due_ms[column]
        for _, deaths in sorted(Counter(due[: bisect_right(due, self.end_ms)]).items()):
            fills += (1 - theta) * deaths / alive
            alive -= (1 - theta) * deaths
        return fills


def traceable(orders: Iterable[OrderRecord]) -> list[OrderRecord]:
    """Return the orders with a whole trace; the others train nothing."""
    return [
        order
        for order in orders
        if order.trace is not None and order.trace.is_whole and order.accepted_ns is not None
    ]


def paths(orders: Iterable[OrderRecord], due_times: DueTimes) -> list[QueuePath]:
    """Return the paths of the traceable orders."""
    return [_path(order, due_times) for order in traceable(orders)]


def theta_miss(orders: Iterable[OrderRecord]) -> Estimate:
    """Return the share of proven fills that production did not get; applied from 200 proven fills.

    A fill is proven when the first print that reaches our price is beyond it, or larger than all
    that stood ahead at acceptance. Only first prints count: an order that had its chance before and
    missed it would be counted too often. The minimum is one of precision in absolute terms, because
    a small theta moves few fills.
    """
    blocks = clusters(
        (order.block, float(not _is_filled(order)), 1.0)
        for order in traceable(orders)
        if is_proven(order)
    )
    if not blocks:
        return nothing("1", "wilson_cluster15m", f"no proven fill: {KEEPS_PRIOR}")
    value, interval, deff = share_interval(blocks)
    proven = sum(block.n for block in blocks)
    missed = round(value * proven)
    enough = missed > 0 and proven / deff >= PROVEN_MINIMUM and len(blocks) > 1
    note = f"{missed} missed of {proven} proven fills, worth {proven / deff:.0f} after clustering"
    if len(blocks) < 2:
        note += f"; {ONE_BLOCK}: {KEEPS_PRIOR}"
    elif not enough:
        note += f"; 1 and {PROVEN_MINIMUM} are needed: {KEEPS_PRIOR}"
    return Estimate(
        value=value if missed else None,
        unit="1",
        interval=interval,
        n=proven,
        method="wilson_cluster15m",
        sufficient=enough,
        note=note,
        applied="queue.theta_miss" if enough else None,
    )


def is_proven(order: OrderRecord) -> bool:
    """Return True when the tape proves a fill before any cancel request (see `theta_miss`)."""
    trace = order.trace
    if trace is None:
        return False
    end_ms = _cancel_ms(order)
    first = next((seen for seen in trace.observations if seen[1] in PRINTS), None)
    if first is None or first[0] > end_ms:
        return False
    _, kind, size, _ = first
    return kind == "t" or size > trace.queue_position


def unprinted_fill_share(orders: Iterable[OrderRecord]) -> Estimate:
    """Return the share of traced fills that no print in the trace explains: a check of the feed."""
    filled = [order for order in traceable(orders) if _is_filled(order)]
    blocks = clusters((order.block, float(not _has_print(order)), 1.0) for order in filled)
    return share(blocks, "fills without a print", "traced fills")


def phi(
    traced: Sequence[QueuePath], theta: float, theta_interval: Interval | None = None
) -> Estimate:
    """Return phi with its test-inversion interval; applied from 200 traces and 15 fills.

    Of one quarter of an hour alone nothing can be told: the test goes by how quarters differ.

    The interval covers every theta of `theta_interval`: both lower the fills, so what is not known
    of one is not known of the other. Insufficient when no phi of the grid explains the fills at
    this theta: then the model is wrong, not phi.
    """
    n, fills = len(traced), sum(path.is_filled for path in traced)
    if n < ORDERS_MINIMUM or fills < EVENTS_TO_SHOW:
        note = (
            f"{n} whole traces with {fills} fills; {ORDERS_MINIMUM} and {EVENTS_TO_SHOW} "
            f"are needed: {KEEPS_PRIOR}"
        )
        return nothing(UNIT, METHOD, note, n)
    if len({path.block for path in traced}) < 2:
        return nothing(UNIT, METHOD, f"{n} whole traces, {ONE_BLOCK}: {KEEPS_PRIOR}", n)
    scores, critical = _scores(traced, theta)
    if min(scores) > critical or max(scores) < -critical:
        side = "more" if scores[0] > 0 else "fewer"
        return nothing(UNIT, METHOD, f"{side} fills than any phi explains: {KEEPS_PRIOR}", n)
    low, high = (
        (scores, scores)
        if theta_interval is None
        else (_scores(traced, at)[0] for at in reversed(theta_interval))
    )
    interval = (_crossing(low, -critical), _crossing(high, critical))
    note = f"{fills} fills at theta {theta:.3f}; 1 is risk-averse"
    if interval[1] - interval[0] > WIDE:
        note += "; weakly identified: here the fills hardly depend on it"
    return Estimate(
        value=round(_crossing(scores, 0.0), 4),
        unit=UNIT,
        interval=interval,
        n=n,
        method=METHOD,
        sufficient=True,
        note=note,
        applied="queue.phi",
    )


def predicted_fills(path: QueuePath, queue: QueueParameters) -> float:
    """Return the fills due on a path at any phi, linear between the points of the grid."""
    phi_value = min(max(queue.phi, PHI_GRID[0]), PHI_GRID[-1])
    right = next(i for i, point in enumerate(PHI_GRID) if point >= phi_value)
    left = max(0, right - 1)
    high = path.expected(right, queue.theta_miss)
    if right == left:
        return high
    low = path.expected(left, queue.theta_miss)
    weight = (phi_value - PHI_GRID[left]) / (PHI_GRID[right] - PHI_GRID[left])
    return low + weight * (high - low)


def _path(order: OrderRecord, due_times: DueTimes) -> QueuePath:
    trace = order.trace
    assert trace is not None  # noqa: S101 - `traceable` chose it
    end_ms = min(trace.resting_ms, _cancel_ms(order))
    first_ms = order.first_fill_ms()
    if _is_filled(order) and first_ms is not None:
        end_ms = min(trace.resting_ms, first_ms + FILL_SLACK_MS)
    return QueuePath(
        submitted_ns=order.submitted_ns,
        # without its print a fill says nothing of the queue: the order counts as gone by then
        is_filled=_is_filled(order) and _has_print(order),
        end_ms=end_ms,
        due_ms=due_times(trace, end_ms, PHI_GRID),
    )


def _cancel_ms(order: OrderRecord) -> float:
    # between request and answer nobody knows whether the order still rests
    if order.cancel_requested_ns is None or order.accepted_ns is None:
        return float("inf")
    return (order.cancel_requested_ns - order.accepted_ns) / 1e6


def _is_filled(order: OrderRecord) -> bool:
    return bool(order.fills) and not order.fills[0].after_cancel


def _has_print(order: OrderRecord) -> bool:
    trace, first_ms = order.trace, order.first_fill_ms()
    if trace is None or first_ms is None:
        return False
    until = first_ms + FILL_SLACK_MS
    return any(kind in PRINTS and at <= until for at, kind, _, _ in trace.observations)


def _scores(traced: Sequence[QueuePath], theta: float) -> tuple[list[float], float]:
    # z of (fills - fills due) for each phi of the grid, and the critical t
    scores = []
    blocks = 1
    for column in range(len(PHI_GRID)):
        gaps = clusters((p.block, p.is_filled - p.expected(column, theta), 1.0) for p in traced)
        sums = [gap.numerator for gap in gaps]
        blocks = len(sums)
        centre = sum(sums) / blocks
        variance = sum((value - centre) ** 2 for value in sums) * blocks / max(1, blocks - 1)
        scores.append(sum(sums) / max(variance, 1e-12) ** 0.5)
    return scores, float(stats.t.ppf(1 - TAIL, max(1, blocks - 1)))


def _crossing(scores: Sequence[float], level: float) -> float:
    # the first phi at which the score reaches the level; the ends of the grid when it never does
    if scores[0] >= level:
        return PHI_GRID[0]
    for left in range(len(PHI_GRID) - 2):
        low, high = scores[left], scores[left + 1]
        if low < level <= high:
            step = PHI_GRID[left + 1] - PHI_GRID[left]
            return PHI_GRID[left] + step * (level - low) / (high - low)
    finite, averse = scores[-2], scores[-1]
    is_finite = level > 0 or (level == 0 and abs(finite) <= abs(averse))
    return PHI_GRID[-2] if averse >= level and is_finite else PHI_GRID[-1]
