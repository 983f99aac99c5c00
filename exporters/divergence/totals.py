"""What one bot has done so far, read from the text of its `/metrics`, and what it did since.

The same reader serves Prometheus: its `/federate` speaks the same text.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping

import msgspec
from prometheus_client.parser import text_string_to_metric_families

from bot.domain.errors import InputError
from exporters.catalogue import health, money, orders, quoting

MARKOUT_HORIZON = "60s"
ACCEPTED = "accepted"
OURS = "ours"
BOUNDS = orders.ANSWER_SECONDS.buckets

Series = Mapping[tuple[str, str], float]
"""Sums over all labels but one, by sample name and the value of that one label."""

_KEPT_LABEL = {
    f"{orders.ANSWER_SECONDS.name}_bucket": "le",
    money.MARKOUT_CENTS.name: "sign",
}
_ONLY = {
    f"{orders.ANSWER_SECONDS.name}_bucket": ("result", ACCEPTED),
    f"{quoting.SPREAD.name}_sum": ("whose", OURS),
    f"{quoting.SPREAD.name}_count": ("whose", OURS),
    money.MARKOUT_CENTS.name: ("horizon", MARKOUT_HORIZON),
    money.MARKOUTS.name: ("horizon", MARKOUT_HORIZON),
}


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """What a bot has done in its run so far.

    `answers` are acceptances by bucket of latency, one more than `BOUNDS`. `markout_cents` is the
    net cost of `markouts` fills a minute after them. Times are seconds since the epoch, 0 before.
    """

    run_start_s: float
    last_event_s: float
    fills: float
    filled: float
    accepted: float
    submitted: float
    rejected: float
    answers: tuple[float, ...]
    spread_usd: float
    spread_samples: float
    markout_cents: float
    markouts: float
    equity_usd: float

    def continues(self, before: Totals) -> bool:
        """True when nothing was reset in between: same run, no count fell."""
        return self.run_start_s == before.run_start_s and all(
            now >= then
            for now, then in (
                (self.submitted, before.submitted),
                (self.accepted, before.accepted),
                (self.fills, before.fills),
                (self.rejected, before.rejected),
                (self.spread_samples, before.spread_samples),
                (self.markouts, before.markouts),
                (sum(self.answers), sum(before.answers)),
            )
        )

    def since(self, before: Totals) -> Totals:
        """Return what was done since `before`; times stay those of now."""
        return Totals(
            run_start_s=self.run_start_s,
            last_event_s=self.last_event_s,
            fills=self.fills - before.fills,
            filled=self.filled - before.filled,
            accepted=self.accepted - before.accepted,
            submitted=self.submitted - before.submitted,
            rejected=self.rejected - before.rejected,
            answers=tuple(
                max(0.0, a - b) for a, b in zip(self.answers, before.answers, strict=True)
            ),
            spread_usd=self.spread_usd - before.spread_usd,
            spread_samples=self.spread_samples - before.spread_samples,
            markout_cents=self.markout_cents - before.markout_cents,
            markouts=self.markouts - before.markouts,
            equity_usd=self.equity_usd - before.equity_usd,
        )


def read_totals(text: str) -> Totals:
    """Return the totals in an exposition. Raises InputError when it is none, or not of a bot."""
    try:
        series = _series(text)
    except (ValueError, KeyError, IndexError) as error:
        raise InputError(f"the answer is no metrics text: {error}") from error
    if (health.LAST_EVENT.name, "") not in series:
        raise InputError(f"the metrics hold no {health.LAST_EVENT.name}: is this a bot?")
    spread, cents = quoting.SPREAD.name, money.MARKOUT_CENTS.name
    return Totals(
        run_start_s=_of(series, health.RUN_START.name),
        last_event_s=_of(series, health.LAST_EVENT.name),
        fills=_of(series, orders.FILLS.name),
        filled=_of(series, orders.FILLED.name),
        accepted=_of(series, orders.ACCEPTED.name),
        submitted=_of(series, orders.SUBMITTED.name),
        rejected=_of(series, orders.REJECTED.name),
        answers=_answers(series),
        spread_usd=_of(series, f"{spread}_sum"),
        spread_samples=_of(series, f"{spread}_count"),
        markout_cents=_of(series, cents, "loss") - _of(series, cents, "gain"),
        markouts=_of(series, money.MARKOUTS.name),
        equity_usd=_of(series, money.EQUITY.name),
    )


def _series(text: str) -> Series:
    sums: defaultdict[tuple[str, str], float] = defaultdict(float)
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            label, wanted = _ONLY.get(sample.name, ("", ""))
            if sample.labels.get(label, "") == wanted and math.isfinite(sample.value):
                kept = sample.labels.get(_KEPT_LABEL.get(sample.name, ""), "")
                sums[sample.name, kept] += sample.value
    return sums


def _of(series: Series, name: str, kept: str = "") -> float:
    return series.get((name, kept), 0.0)


def _answers(series: Series) -> tuple[float, ...]:
    """Counts by bucket; the text has running sums, by bounds as it likes to write them."""
    name = f"{orders.ANSWER_SECONDS.name}_bucket"
    running = {float(le): value for (sample, le), value in series.items() if sample == name}
    below = 0.0
    counts = []
    for bound in (*BOUNDS, math.inf):
        upto = running.get(bound, below)
        counts.append(max(0.0, upto - below))
        below = max(below, upto)
    return tuple(counts)
