"""Two rates by their counts: fills an hour, fills an order, refusals an order.

Given how many events came on both sides together, how many of them are production's is binomial
with share r*e / (1 + r*e) at ratio r, where e is production's exposure over demo's
(calibration.md 4.4). The evidence is divided by the dispersion measured on the way.

What counts as agreeing is learnt: evidence is for TARGET against the ratio of the last day, which
is held between BAND_MIN and BAND_MAX. Two bots that agreed all day need far fewer events to show
that they part than two that have been 1.5x apart since yesterday, of which nothing is said.
"""

from __future__ import annotations

import math

import msgspec

from exporters.divergence.cusum import Cusum
from exporters.divergence.dispersion import Dispersion
from exporters.divergence.outcome import Alarm, Direction, Seen

BAND_MIN, BAND_MAX = 1.1, 1.5
"""Bounds of the ratio that counts as agreeing; the last day says where between them."""
TARGET = 2.25
"""The ratio that the evidence is for. 3x is found fastest with one below 3, at equal silence."""
SEEN_MIN = 2.4
"""An alarm claims more than 2x, so the ratio seen must exceed that with room for chance."""
SEEN_EVENTS = 200.0
"""The ratio seen is that of the last events, so many times the dispersion: older ones fade."""
USUAL_MEMORY_NS = 24 * 3_600 * 10**9
"""The last day, which says what is usual, fades over this."""
USUAL_PRIOR = 50.0
"""Events of each side, times the dispersion, that speak for agreement before any were seen."""
EXPOSURE_MEMORY_NS = 2 * 3_600 * 10**9
"""Exposures are compared over two hours: longer than from acceptance to fill, and than chance."""
EXPOSURE_MIN = 0.5
"""Less exposure than this in the last hours, in orders or hours: its rate means nothing yet."""
SHOWN_NS = 6 * 3_600 * 10**9
"""What is shown without evidence is what the last six hours say, roughly: it fades."""


class Tally(msgspec.Struct):
    """Events and exposure of both sides."""

    demo: float = 0.0
    prod: float = 0.0
    demo_exposure: float = 0.0
    prod_exposure: float = 0.0

    def add(self, demo: float, prod: float, demo_exposure: float, prod_exposure: float) -> None:
        """Add an interval."""
        self.demo += demo
        self.prod += prod
        self.demo_exposure += demo_exposure
        self.prod_exposure += prod_exposure

    def fade(self, factor: float) -> None:
        """Count what is there for less."""
        self.demo *= factor
        self.prod *= factor
        self.demo_exposure *= factor
        self.prod_exposure *= factor

    @property
    def ratio(self) -> float | None:
        """Production's rate over demo's, half an event added to each; `None` unexposed."""
        if self.demo_exposure <= 0.0 or self.prod_exposure <= 0.0:
            return None
        demo = (self.demo + 0.5) / self.demo_exposure
        return (self.prod + 0.5) / self.prod_exposure / demo

    def shrunk_ratio(self, events: float) -> float:
        """The same with `events` a side that agree added. Both sides must be exposed."""
        odds = self.prod_exposure / self.demo_exposure
        share = odds / (1.0 + odds)
        prod = self.prod + 2.0 * events * share
        return prod / (self.demo + 2.0 * events * (1.0 - share)) / odds

    def seen(self) -> Seen:
        """Return the rates."""
        return Seen(
            demo=self.demo / self.demo_exposure if self.demo_exposure > 0.0 else None,
            prod=self.prod / self.prod_exposure if self.prod_exposure > 0.0 else None,
            demo_events=self.demo,
            prod_events=self.prod,
            ratio=self.ratio,
        )


class CountTrack(msgspec.Struct):
    """One direction: its evidence, and what came since that began."""

    cusum: Cusum = msgspec.field(default_factory=Cusum)
    tally: Tally = msgspec.field(default_factory=Tally)

    def step(
        self, direction: Direction, interval: Tally, nats: float, memory_events: float, now_ns: int
    ) -> Alarm | None:
        """Take an interval and its evidence; return an alarm when it is enough."""
        self.tally.fade(math.exp(-(interval.demo + interval.prod) / memory_events))
        self.tally.add(interval.demo, interval.prod, interval.demo_exposure, interval.prod_exposure)
        self.cusum.add(nats, now_ns)
        alarm = None
        passes_gate = _passes(self.tally.ratio, direction)
        if self.cusum.alarms(passes_gate=passes_gate, now_ns=now_ns):
            alarm = Alarm(direction, self.tally.seen(), now_ns)
        if self.cusum.evidence == 0.0:
            self.tally = Tally()
        return alarm


class CountComparison(msgspec.Struct):
    """Compares two rates in both directions.

    Exposures are compared over `recent`; `lately` is what is shown; `usual` says what agrees.
    """

    prod_higher: CountTrack = msgspec.field(default_factory=CountTrack)
    demo_higher: CountTrack = msgspec.field(default_factory=CountTrack)
    recent: Tally = msgspec.field(default_factory=Tally)
    lately: Tally = msgspec.field(default_factory=Tally)
    usual: Tally = msgspec.field(default_factory=Tally)
    dispersion: Dispersion = msgspec.field(default_factory=Dispersion)

    def observe(
        self, interval: Tally, span_ns: int, now_ns: int, weight: float = 1.0
    ) -> list[Alarm]:
        """Take what happened on both sides in an interval of `span_ns` that ended now.

        `weight` multiplies the evidence: rare events give chance fewer tries a week.
        """
        if min(self._remember(interval, span_ns)) < EXPOSURE_MIN:
            return []
        self.dispersion.add(interval.demo, interval.prod, now_ns)
        noise = self.dispersion.value
        odds = self.recent.prod_exposure / self.recent.demo_exposure
        usual = self.usual.shrunk_ratio(USUAL_PRIOR * noise)
        forth = _nats(interval.demo, interval.prod, odds, usual) * weight / noise
        back = _nats(interval.prod, interval.demo, 1.0 / odds, 1.0 / usual) * weight / noise
        memory = SEEN_EVENTS * noise
        found = (
            self.prod_higher.step(Direction.PROD_HIGHER, interval, forth, memory, now_ns),
            self.demo_higher.step(Direction.DEMO_HIGHER, interval, back, memory, now_ns),
        )
        return [alarm for alarm in found if alarm is not None]

    def cusum(self, direction: Direction) -> Cusum:
        """Return the evidence in one direction."""
        is_prod = direction is Direction.PROD_HIGHER
        return (self.prod_higher if is_prod else self.demo_higher).cusum

    def forget_evidence(self) -> None:
        """Begin to gather evidence anew; what is raised stays raised."""
        for track in (self.prod_higher, self.demo_higher):
            track.cusum.forget()
            track.tally = Tally()

    def seen(self) -> Seen:
        """Return both rates over the last hours."""
        return self.lately.seen()

    def _remember(self, interval: Tally, span_ns: int) -> tuple[float, float]:
        # Returns the exposures of the last hours.
        for memory, memory_ns in (
            (self.recent, EXPOSURE_MEMORY_NS),
            (self.lately, SHOWN_NS),
            (self.usual, USUAL_MEMORY_NS),
        ):
            memory.fade(math.exp(-span_ns / memory_ns))
            memory.add(interval.demo, interval.prod, interval.demo_exposure, interval.prod_exposure)
        return self.recent.demo_exposure, self.recent.prod_exposure


def _passes(ratio: float | None, direction: Direction) -> bool:
    if ratio is None:
        return False
    return ratio > SEEN_MIN if direction is Direction.PROD_HIGHER else 1.0 / ratio > SEEN_MIN


def _nats(low: float, high: float, odds: float, usual: float) -> float:
    """Evidence that `high`'s rate is TARGET rather than `usual` times `low`'s; `odds`: exposures.

    `usual` is held within the band.
    """
    band = min(BAND_MAX, max(BAND_MIN, usual))
    within, beyond = band * odds / (1.0 + band * odds), TARGET * odds / (1.0 + TARGET * odds)
    return high * math.log(beyond / within) + low * math.log((1.0 - beyond) / (1.0 - within))
