"""The seven comparisons side by side: totals of both bots in, alarms and what they show out.

Pure and whole: this record is also what is kept on disk. Only intervals in which both bots lived
through count, because the market is another one at another hour.
"""

from __future__ import annotations

from typing import TypeAlias, assert_never

import msgspec

from bot.domain.units import NS_PER_S
from exporters.catalogue import divergence as metrics
from exporters.divergence.answers import AnswerComparison
from exporters.divergence.counts import CountComparison, Tally
from exporters.divergence.cusum import THRESHOLD
from exporters.divergence.means import MeanComparison, MeanRules, Sums
from exporters.divergence.outcome import Alarm
from exporters.divergence.totals import BOUNDS, Totals

VERSION = 2
"""Of the record on disk. Version 1 gathered the evidence of counts by another measure."""
GAP_NS_MAX = 10 * 60 * NS_PER_S
"""After a longer blind time both bots are looked at afresh; evidence so far stays."""
SILENCE_S_MAX = 120.0
"""A bot without any event for so long is not alive."""

SPREAD_RULES = MeanRules(
    near=0.405, far=1.099, bound=1.8, noise=0.35, noise_min=0.35, is_ratio=True, counts_inform=False
)
"""Logarithms of 1.5 and 3: quotes of a block hang together, so a block counts as one."""
PNL_RULES = MeanRules(near=0.25, far=1.0, bound=3.0, noise=0.3, noise_min=0.05)
"""Dollars an hour, for $25 of capital and a kill switch at $5; noise is that of one hour."""
MARKOUT_RULES = MeanRules(near=0.2, far=0.6, bound=3.0, noise=0.5, noise_min=0.1)
"""Cents a share; the noise is that of one fill."""

REFUSAL_WEIGHT = THRESHOLD / 4.5
"""Refusals are rare: 4.5 nats of them are as seldom chance as 6.5 of fills (benchmarked)."""

Comparison: TypeAlias = CountComparison | MeanComparison | AnswerComparison


class Look(msgspec.Struct, frozen=True):
    """What both bots showed at one moment; `None` for a bot that did not answer."""

    at_ns: int
    demo: Totals | None
    prod: Totals | None


class Detector(msgspec.Struct, kw_only=True):
    """All comparisons, and the look that the next one is measured from."""

    version: int = VERSION
    last: Look | None = None
    fill_rate: CountComparison = msgspec.field(default_factory=CountComparison)
    fills_per_hour: CountComparison = msgspec.field(default_factory=CountComparison)
    rejection_rate: CountComparison = msgspec.field(default_factory=CountComparison)
    latency: AnswerComparison = msgspec.field(default_factory=lambda: AnswerComparison.of(BOUNDS))
    spread: MeanComparison = msgspec.field(default_factory=lambda: MeanComparison.by(SPREAD_RULES))
    pnl_per_hour: MeanComparison = msgspec.field(
        default_factory=lambda: MeanComparison.by(PNL_RULES)
    )
    markout: MeanComparison = msgspec.field(
        default_factory=lambda: MeanComparison.by(MARKOUT_RULES)
    )

    def comparisons(self) -> dict[str, Comparison]:
        """Return the comparisons by the value of the label `metric`."""
        return {
            metrics.FILL_RATE: self.fill_rate,
            metrics.FILLS_PER_HOUR: self.fills_per_hour,
            metrics.REJECTION_RATE: self.rejection_rate,
            metrics.LATENCY: self.latency,
            metrics.SPREAD: self.spread,
            metrics.PNL_PER_HOUR: self.pnl_per_hour,
            metrics.MARKOUT: self.markout,
        }

    def look(self, look: Look) -> dict[str, list[Alarm]]:
        """Take a look at both bots; return the alarms by compared quantity, none for most."""
        before, self.last = self.last, look
        if before is None:
            return {}
        span_ns = look.at_ns - before.at_ns
        if not 0 < span_ns <= GAP_NS_MAX:
            return {}
        demo = _done(before.demo, look.demo, look.at_ns)
        prod = _done(before.prod, look.prod, look.at_ns)
        if demo is None or prod is None:
            return {}
        return self.observe(demo, prod, span_ns, look.at_ns)

    def observe(
        self, demo: Totals, prod: Totals, span_ns: int, now_ns: int
    ) -> dict[str, list[Alarm]]:
        """Take what both bots did in an interval of `span_ns` that ended now."""
        hours = span_ns / (3_600 * NS_PER_S)
        counts = {
            metrics.FILL_RATE: Tally(demo.filled, prod.filled, demo.accepted, prod.accepted),
            metrics.FILLS_PER_HOUR: Tally(demo.fills, prod.fills, hours, hours),
            metrics.REJECTION_RATE: Tally(
                demo.rejected, prod.rejected, demo.submitted, prod.submitted
            ),
        }
        sums = {
            metrics.SPREAD: Sums(
                demo.spread_usd, demo.spread_samples, prod.spread_usd, prod.spread_samples
            ),
            metrics.PNL_PER_HOUR: Sums(demo.equity_usd, hours, prod.equity_usd, hours),
            metrics.MARKOUT: Sums(
                demo.markout_cents, demo.markouts, prod.markout_cents, prod.markouts
            ),
        }
        found: dict[str, list[Alarm]] = {}
        for name, comparison in self.comparisons().items():
            match comparison:
                case CountComparison():
                    weight = REFUSAL_WEIGHT if name == metrics.REJECTION_RATE else 1.0
                    found[name] = comparison.observe(counts[name], span_ns, now_ns, weight)
                case MeanComparison():
                    found[name] = comparison.observe(sums[name], span_ns, now_ns)
                case AnswerComparison():
                    found[name] = comparison.observe(demo.answers, prod.answers, span_ns, now_ns)
                case _:
                    assert_never(comparison)
        return {name: alarms for name, alarms in found.items() if alarms}


def take_over(old: Detector) -> Detector:
    """Return the detector of an older record: what was raised stays, evidence of counts does not.

    Raises ValueError for a version that this code never wrote or no longer knows.
    """
    if old.version == VERSION:
        return old
    if old.version != 1:
        raise ValueError(f"of version {old.version}, not {VERSION}")
    for comparison in (old.fill_rate, old.fills_per_hour, old.rejection_rate):
        comparison.forget_evidence()
    old.version = VERSION
    return old


def is_alive(totals: Totals | None, now_ns: int) -> bool:
    """True when a bot answered and had an event lately."""
    return totals is not None and now_ns / NS_PER_S - totals.last_event_s <= SILENCE_S_MAX


def _done(before: Totals | None, after: Totals | None, now_ns: int) -> Totals | None:
    """What a bot did between two looks; `None` unless it lived through them in one run."""
    if before is None or after is None or not is_alive(after, now_ns):
        return None
    return after.since(before) if after.continues(before) else None
