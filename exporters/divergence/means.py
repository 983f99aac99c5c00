"""Two means by their blocks: spread (log-ratio), profit an hour (dollars), markout (cents).

A signed mean has no ratio, and a few fills say little of it, so the evidence is about the
difference: Gaussian, in blocks of 15 minutes, divided by the noise measured on the way, and bounded
a block so that one jump of the market never raises an alarm alone (calibration.md 4.4).
"""

from __future__ import annotations

import math

import msgspec

from exporters.divergence.cusum import GATE, THRESHOLD, Cusum
from exporters.divergence.dispersion import BLOCK_NS, MEMORY_BLOCKS
from exporters.divergence.outcome import Alarm, Direction, Seen

BLOCK_NATS_MAX = THRESHOLD / 3.0
"""So an alarm takes three blocks at least."""
PRIOR_BLOCKS = 4.0
"""How many blocks of the assumed noise the start counts for."""
SHOWN_NS = 6 * 3_600 * 10**9
"""What is shown fades over six hours."""
RELATIVE_MIN = 1.0 - 1.0 / GATE
"""A relative difference beyond this is more than 2x, or opposite signs."""


class MeanRules(msgspec.Struct, frozen=True, kw_only=True):
    """How one mean is compared; all numbers in the unit of the difference.

    * `near`: differences up to here count as agreeing; `far`: what the evidence is for.
    * `bound`: a block's difference is cut here.
    * `noise`, `noise_min`: standard deviation of one unit of count, assumed at first and at least.
    * `is_ratio`: the difference is that of logarithms.
    * `counts_inform`: twice the count, half the variance; False where a block's samples are alike.
    """

    near: float
    far: float
    bound: float
    noise: float
    noise_min: float
    is_ratio: bool = False
    counts_inform: bool = True


class Sums(msgspec.Struct):
    """Sum and count of both sides; a mean is sum over count."""

    demo: float = 0.0
    demo_count: float = 0.0
    prod: float = 0.0
    prod_count: float = 0.0

    def add(self, other: Sums) -> None:
        """Add an interval."""
        self.demo += other.demo
        self.demo_count += other.demo_count
        self.prod += other.prod
        self.prod_count += other.prod_count

    def fade(self, factor: float) -> None:
        """Count what is there for less."""
        self.demo *= factor
        self.demo_count *= factor
        self.prod *= factor
        self.prod_count *= factor

    @property
    def means(self) -> tuple[float, float] | None:
        """The means of demo and prod; `None` unless both have one."""
        if self.demo_count <= 0.0 or self.prod_count <= 0.0:
            return None
        return self.demo / self.demo_count, self.prod / self.prod_count


class Noise(msgspec.Struct):
    """The variance of one unit of count, from successive blocks: a lasting change counts once."""

    total: float
    weight: float = PRIOR_BLOCKS
    before: float | None = None
    information_before: float = 0.0

    def learn(self, difference: float, information: float) -> None:
        """Take the difference of a block, whose variance is ours over `information`."""
        if self.before is not None:
            spread = 1.0 / information + 1.0 / self.information_before
            fade = math.exp(-1.0 / MEMORY_BLOCKS)
            self.total = self.total * fade + (difference - self.before) ** 2 / spread
            self.weight = self.weight * fade + 1.0
        self.before, self.information_before = difference, information


class MeanTrack(msgspec.Struct):
    """One direction: its evidence, and what came since that began."""

    cusum: Cusum = msgspec.field(default_factory=Cusum)
    sums: Sums = msgspec.field(default_factory=Sums)

    def step(
        self, rules: MeanRules, direction: Direction, block: Sums, nats: float, now_ns: int
    ) -> Alarm | None:
        """Take a block and its evidence; return an alarm when it is enough."""
        self.sums.add(block)
        self.cusum.add(nats, now_ns)
        alarm = None
        if self.cusum.alarms(passes_gate=_passes(rules, self.sums, direction), now_ns=now_ns):
            alarm = Alarm(direction, _seen(rules, self.sums), now_ns)
        if self.cusum.evidence == 0.0:
            self.sums = Sums()
        return alarm


class MeanComparison(msgspec.Struct):
    """Compares two means in both directions."""

    rules: MeanRules
    noise: Noise
    block_start_ns: int = 0
    block: Sums = msgspec.field(default_factory=Sums)
    lately: Sums = msgspec.field(default_factory=Sums)
    prod_higher: MeanTrack = msgspec.field(default_factory=MeanTrack)
    demo_higher: MeanTrack = msgspec.field(default_factory=MeanTrack)

    @classmethod
    def by(cls, rules: MeanRules) -> MeanComparison:
        """Return a comparison that knows nothing yet."""
        return cls(rules, Noise(total=rules.noise**2 * PRIOR_BLOCKS))

    def observe(self, interval: Sums, span_ns: int, now_ns: int) -> list[Alarm]:
        """Take what happened on both sides in an interval of `span_ns` that ended now."""
        self.lately.fade(math.exp(-span_ns / SHOWN_NS))
        self.lately.add(interval)
        self.block.add(interval)
        if self.block.means is None or now_ns - self.block_start_ns < BLOCK_NS:
            return []
        block, self.block, self.block_start_ns = self.block, Sums(), now_ns
        return self._weigh(block, now_ns)

    def cusum(self, direction: Direction) -> Cusum:
        """Return the evidence in one direction."""
        is_prod = direction is Direction.PROD_HIGHER
        return (self.prod_higher if is_prod else self.demo_higher).cusum

    def seen(self) -> Seen:
        """Return both means over the last hours."""
        return _seen(self.rules, self.lately)

    def _weigh(self, block: Sums, now_ns: int) -> list[Alarm]:
        difference = _difference(self.rules, block)
        if difference is None:
            return []
        bound = self.rules.bound
        difference = min(bound, max(-bound, difference))
        information = 1.0
        if self.rules.counts_inform:
            information = 1.0 / (1.0 / block.demo_count + 1.0 / block.prod_count)
        self.noise.learn(difference, information)
        found = (
            self.prod_higher.step(
                self.rules,
                Direction.PROD_HIGHER,
                block,
                self._nats(difference, information),
                now_ns,
            ),
            self.demo_higher.step(
                self.rules,
                Direction.DEMO_HIGHER,
                block,
                self._nats(-difference, information),
                now_ns,
            ),
        )
        return [alarm for alarm in found if alarm is not None]

    def _nats(self, difference: float, information: float) -> float:
        """Evidence that the mean difference is `far` rather than `near`, bounded."""
        rules = self.rules
        variance = max(rules.noise_min**2, self.noise.total / self.noise.weight) / information
        middle = (rules.near + rules.far) / 2.0
        nats = (rules.far - rules.near) * (difference - middle) / variance
        return min(BLOCK_NATS_MAX, max(-BLOCK_NATS_MAX, nats))


def _difference(rules: MeanRules, sums: Sums) -> float | None:
    """Production minus demo, of logarithms for a ratio; `None` without both means."""
    means = sums.means
    if means is None:
        return None
    demo, prod = means
    if not rules.is_ratio:
        return prod - demo
    return math.log(prod / demo) if demo > 0.0 and prod > 0.0 else None


def _passes(rules: MeanRules, sums: Sums, direction: Direction) -> bool:
    """True when what was seen differs by more than 2x, and by more than `near`."""
    means, difference = sums.means, _difference(rules, sums)
    if means is None or difference is None:
        return False
    beyond = difference if direction is Direction.PROD_HIGHER else -difference
    if rules.is_ratio:
        return beyond > math.log(GATE)
    scale = max(abs(means[0]), abs(means[1]))
    return beyond > rules.near and beyond > RELATIVE_MIN * scale


def _seen(rules: MeanRules, sums: Sums) -> Seen:
    demo = sums.demo / sums.demo_count if sums.demo_count > 0.0 else None
    prod = sums.prod / sums.prod_count if sums.prod_count > 0.0 else None
    difference = _difference(rules, sums) if rules.is_ratio else None
    return Seen(
        demo=demo,
        prod=prod,
        demo_events=sums.demo_count,
        prod_events=sums.prod_count,
        ratio=None if difference is None else math.exp(difference),
    )
