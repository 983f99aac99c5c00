"""Two latencies by the sign of each answer: slower than 1.41 times the other side's median or not.

A sign needs no model of latencies and does not care for time-outs in the tail. With equal medians
at most half the answers are over; at 3x nearly all are (calibration.md 4.4). Answers come as counts
in buckets; inside a bucket they count as evenly spread.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from exporters.divergence.cusum import GATE, Cusum
from exporters.divergence.outcome import Alarm, Direction, Seen

LINE = math.sqrt(GATE)
"""An answer is over when it took so many times the other side's median."""
SHARE_WITHIN = 0.5
"""Share over the line at the edge of agreeing."""
SHARE_BEYOND = 0.9
"""Share over the line that the evidence is for."""
MEMORY_NS = 6 * 3_600 * 10**9
"""The medians are those of the last six hours, roughly: older answers fade."""
ANSWERS_MIN = 20.0
"""Fewer answers make no median to compare with."""

Buckets = list[float]


class AnswerTrack(msgspec.Struct):
    """One direction: its evidence, and the answers of the higher side since that began."""

    cusum: Cusum = msgspec.field(default_factory=Cusum)
    answers: Buckets = msgspec.field(default_factory=list)

    def step(
        self,
        bounds: Sequence[float],
        answers: Sequence[float],
        reference: float,
        now_ns: int,
    ) -> bool:
        """Take new answers against the other side's median; return whether it is enough."""
        self.answers = _plus(self.answers, answers)
        over = count_over(bounds, answers, LINE * reference)
        under = sum(answers) - over
        self.cusum.add(
            over * math.log(SHARE_BEYOND / SHARE_WITHIN)
            + under * math.log((1.0 - SHARE_BEYOND) / (1.0 - SHARE_WITHIN)),
            now_ns,
        )
        middle = median(bounds, self.answers)
        passes_gate = middle is not None and middle > GATE * reference
        return self.cusum.alarms(passes_gate=passes_gate, now_ns=now_ns)


class AnswerComparison(msgspec.Struct):
    """Compares two latencies in both directions.

    `bounds` are the finite upper bounds of the buckets in seconds; counts have one bucket more.
    """

    bounds: tuple[float, ...]
    demo: Buckets
    prod: Buckets
    prod_higher: AnswerTrack = msgspec.field(default_factory=AnswerTrack)
    demo_higher: AnswerTrack = msgspec.field(default_factory=AnswerTrack)

    @classmethod
    def of(cls, bounds: Sequence[float]) -> AnswerComparison:
        """Return a comparison that knows nothing yet."""
        empty = [0.0] * (len(bounds) + 1)
        return cls(tuple(bounds), list(empty), list(empty))

    def observe(
        self, demo: Sequence[float], prod: Sequence[float], span_ns: int, now_ns: int
    ) -> list[Alarm]:
        """Take the answers of both sides in an interval of `span_ns` that ended now."""
        fade = math.exp(-span_ns / MEMORY_NS)
        before = self.seen()
        alarms = []
        if before.demo is not None and before.prod is not None:
            for direction, track, answers, reference in (
                (Direction.PROD_HIGHER, self.prod_higher, prod, before.demo),
                (Direction.DEMO_HIGHER, self.demo_higher, demo, before.prod),
            ):
                if track.step(self.bounds, answers, reference, now_ns):
                    alarms.append(self._alarm(direction, track, reference, now_ns))
                if track.cusum.evidence == 0.0:
                    track.answers = []
        self.demo = _plus([count * fade for count in self.demo], demo)
        self.prod = _plus([count * fade for count in self.prod], prod)
        return alarms

    def cusum(self, direction: Direction) -> Cusum:
        """Return the evidence in one direction."""
        is_prod = direction is Direction.PROD_HIGHER
        return (self.prod_higher if is_prod else self.demo_higher).cusum

    def seen(self) -> Seen:
        """Return both medians over the last hours; `None` for a side with too few answers."""
        sides = [
            median(self.bounds, side) if sum(side) >= ANSWERS_MIN else None
            for side in (self.demo, self.prod)
        ]
        return Seen(
            demo=sides[0],
            prod=sides[1],
            demo_events=sum(self.demo),
            prod_events=sum(self.prod),
            ratio=sides[1] / sides[0] if sides[0] and sides[1] else None,
        )

    def _alarm(
        self, direction: Direction, track: AnswerTrack, reference: float, now_ns: int
    ) -> Alarm:
        higher = median(self.bounds, track.answers)
        is_prod = direction is Direction.PROD_HIGHER
        demo, prod = (reference, higher) if is_prod else (higher, reference)
        counts = sum(self.demo), sum(track.answers)
        seen = Seen(
            demo=demo,
            prod=prod,
            demo_events=counts[0] if is_prod else counts[1],
            prod_events=counts[1] if is_prod else sum(self.prod),
            ratio=prod / demo if demo and prod else None,
        )
        return Alarm(direction, seen, now_ns)


def median(bounds: Sequence[float], counts: Sequence[float]) -> float | None:
    """Return the median in seconds, the last finite bound at most; `None` without answers."""
    left = sum(counts) / 2.0
    if left <= 0.0:
        return None
    for low, high, count in zip((0.0, *bounds), bounds, counts, strict=False):
        if count >= left:
            return low + (high - low) * left / count
        left -= count
    return bounds[-1]


def count_over(bounds: Sequence[float], counts: Sequence[float], line: float) -> float:
    """Return how many answers took longer than `line` seconds."""
    over = counts[len(bounds)]  # beyond the last bound: over any line we can draw
    for low, high, count in zip((0.0, *bounds), bounds, counts, strict=False):
        over += count * min(1.0, max(0.0, (high - line) / (high - low)))
    return over


def _plus(one: Sequence[float], other: Sequence[float]) -> Buckets:
    return [a + b for a, b in zip(one, other, strict=True)] if one else list(other)
