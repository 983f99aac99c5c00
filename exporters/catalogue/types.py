"""What a metric is. A wrong entry cannot be made: it raises when the catalogue is imported."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum

import msgspec

PREFIX = "pmm_"
OTHER = "other"
"""The label value for what a closed set does not name: a text of the exchange, say."""

_NAME = re.compile(r"pmm_[a-z0-9]+(_[a-z0-9]+)*")


class Kind(StrEnum):
    """How a metric behaves, in the words of the exposition format."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"
    INFO = "info"


class Source(StrEnum):
    """What feeds a metric: a bot's events, a function asked at each scrape, or another process.

    A metric with a probe is there only when its probe was handed in.
    """

    EVENT = "event"
    PROBE = "probe"
    PROCESS = "process"


class Label(msgspec.Struct, frozen=True):
    """A label and all its values; `values` is `None` where they are given at start.

    That is so for the markets, and for the texts of an info metric, which has one series a run.
    """

    name: str
    values: tuple[str, ...] | None

    def value(self, text: str) -> str:
        """Return `text` when it is in the closed set, else `other`, which then must be in it."""
        if self.values is None or text in self.values:
            return text
        return OTHER


MARKET = Label("market", None)
"""The slug of a market: the only open label, limited to the markets given at start."""


class Metric(msgspec.Struct, frozen=True, kw_only=True):
    """One metric. Raises ValueError, naming it, when it breaks a rule of the house.

    * `name` is what a query says: it has the prefix, ends with `unit` (a base unit, empty for a
      count or a state), and then with `_total` for a counter.
    * `help` says when it moves.
    * `buckets` are the upper bounds of a histogram without the infinite one, `why_buckets` their
      reason.
    * `is_unknown_at_start`: a gauge that is NaN, not 0, until something was measured.
    """

    name: str
    kind: Kind
    help: str
    unit: str = ""
    labels: tuple[Label, ...] = ()
    buckets: tuple[float, ...] = ()
    why_buckets: str = ""
    is_unknown_at_start: bool = False
    source: Source = Source.EVENT

    def __post_init__(self) -> None:
        """Raise ValueError for an entry that breaks a rule."""
        for is_broken, rule in (
            (not _NAME.fullmatch(self.name), f"is not lower case with the prefix {PREFIX}"),
            (self.name.endswith("_total") is not (self.kind is Kind.COUNTER), "misplaces _total"),
            (self.name.endswith("_info") is not (self.kind is Kind.INFO), "misplaces _info"),
            (
                bool(self.unit) and not self.stem.endswith(f"_{self.unit}"),
                "does not end in its unit",
            ),
            (bool(self.buckets) is not (self.kind is Kind.HISTOGRAM), "misplaces buckets"),
            (bool(self.buckets) is not bool(self.why_buckets), "has buckets without a reason"),
            (list(self.buckets) != sorted(set(self.buckets)), "has buckets that do not ascend"),
            (
                self.is_unknown_at_start and self.kind is not Kind.GAUGE,
                "is no gauge, so starts at 0",
            ),
            (not self.help.endswith("."), "has a help that is no sentence"),
        ):
            if is_broken:
                raise ValueError(f"metric {self.name!r} {rule}")

    @property
    def stem(self) -> str:
        """The name without the ending that its kind gives it."""
        return self.name.removesuffix("_total").removesuffix("_info")

    @property
    def label_names(self) -> tuple[str, ...]:
        """The names of its labels, in order."""
        return tuple(label.name for label in self.labels)

    @property
    def series(self) -> tuple[str, ...]:
        """The names of its series as a query sees them: three for a histogram, else its own."""
        if self.kind is Kind.HISTOGRAM:
            return (f"{self.name}_bucket", f"{self.name}_count", f"{self.name}_sum")
        return (self.name,)


def by_name(metrics: Iterable[Metric]) -> dict[str, Metric]:
    """Return the metrics by name, in order. Raises ValueError for a name that comes twice."""
    named: dict[str, Metric] = {}
    for metric in metrics:
        if metric.name in named:
            raise ValueError(f"metric {metric.name!r} is in the catalogue twice")
        named[metric.name] = metric
    return named
