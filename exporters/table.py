"""One metric as a table of numbers that a scrape turns into text, only where they changed.

The library turns every series into text anew at each scrape, 8 ms for a bot on one market, while
the engine waits for the interpreter's lock. Here the names and labels of a line are made once,
and a line is written anew only when its number is another. The text is the library's to the byte
(tests/exporters/test_table.py).

One thread writes the numbers and takes no lock for it; any number of others may scrape.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate

from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample
from prometheus_client.utils import floatToGoString

from exporters.catalogue import Kind, Metric

float_text: Callable[[float], str] = floatToGoString
"""A number as the format has it: the library's own, so that no digit differs."""

Values = tuple[str, ...]
"""The label values of one series, in the order of the metric's labels."""


class Table(Collector):
    """All series of one metric. `cells` are its numbers, `width` of them a series, in order.

    A histogram has a number a bucket, the infinite one last, not yet added up, and then the sum of
    what it was shown; every other kind has one.
    """

    def __init__(self, metric: Metric, series: Sequence[Values], start: float = 0.0) -> None:
        """Make every series, at `start`."""
        self.metric = metric
        self.series = tuple(series)
        self.bounds = tuple(map(float_text, (*metric.buckets, float("inf"))))
        self.width = len(self.bounds) + 1 if metric.kind is Kind.HISTOGRAM else 1
        self.cells = [start] * (self.width * len(self.series))
        self._labels = [dict(zip(metric.label_names, values, strict=True)) for values in series]
        self._lines = [""] * len(self.series)
        self._heads = [self._heads_of(labels) for labels in self._labels]
        self._shown: list[float] | None = None
        self._text = ""
        self._classic, self._newer = self._preface(), self._newer_preface()
        self._family = TableFamily(self)
        self._rendering = threading.Lock()  # among scrapes; who writes does not know it

    @property
    def family_name(self) -> str:
        """The name without the ending of a counter, as the newer format has it."""
        return self.metric.stem if self.metric.kind is Kind.COUNTER else self.metric.name

    def describe(self) -> Iterable[Family]:
        """Return the family without samples, so that a name is not registered twice."""
        return [Family(self.family_name, self.metric.help, self.metric.kind, self.metric.unit)]

    def collect(self) -> Iterator[Family]:
        """Yield the family as it is now."""
        yield self._family

    def text(self, *, is_openmetrics: bool) -> str:
        """Return the family as a scrape shows it, in the newer or the classic format."""
        return (self._newer if is_openmetrics else self._classic) + self._samples_text()

    def samples(self) -> list[Sample]:
        """Return the samples of now, as the library has them."""
        return [
            Sample(name, {**self._labels[number], **more}, value)
            for number in range(len(self.series))
            for (name, more), value in zip(self._names, self._numbers(number), strict=True)
        ]

    def _samples_text(self) -> str:
        with self._rendering:
            cells = self.cells[:]  # at once: the lock of the interpreter sees to it
            before, width = self._shown, self.width
            if cells != before:
                for number in range(len(self.series)):
                    at = slice(number * width, (number + 1) * width)
                    if before is None or cells[at] != before[at]:
                        self._lines[number] = "".join(
                            f"{head} {float_text(value)}\n"
                            for head, value in zip(
                                self._heads[number], self._numbers_of(cells[at]), strict=True
                            )
                        )
                self._shown = cells
                self._text = "".join(self._lines)
            return self._text

    def _numbers(self, number: int) -> list[float]:
        return self._numbers_of(self.cells[number * self.width : (number + 1) * self.width])

    def _numbers_of(self, cells: Sequence[float]) -> list[float]:
        # Buckets add up; the infinite one is the count.
        if self.metric.kind is not Kind.HISTOGRAM:
            return list(cells)
        buckets = list(accumulate(cells[:-1]))
        return [*buckets, buckets[-1], cells[-1]]

    @property
    def _names(self) -> list[tuple[str, dict[str, str]]]:
        name = self.metric.name
        if self.metric.kind is not Kind.HISTOGRAM:
            return [(name, {})]
        buckets = [(f"{name}_bucket", {"le": bound}) for bound in self.bounds]
        return [*buckets, (f"{name}_count", {}), (f"{name}_sum", {})]

    def _heads_of(self, labels: dict[str, str]) -> list[str]:
        return [f"{name}{_braces({**labels, **more})}" for name, more in self._names]

    def _preface(self) -> str:
        name = self.metric.name
        return f"# HELP {name} {_escape(self.metric.help)}\n# TYPE {name} {self.metric.kind}\n"

    def _newer_preface(self) -> str:
        name, unit = self.family_name, self.metric.unit
        lines = f"# HELP {name} {_value(self.metric.help)}\n# TYPE {name} {self.metric.kind}\n"
        return f"{lines}# UNIT {name} {unit}\n" if unit else lines


class TableFamily(Family):
    """A family whose samples are made only when somebody asks for them; `table` has its text."""

    def __init__(self, table: Table) -> None:
        """Take the table."""
        self.table = table
        super().__init__(
            table.family_name, table.metric.help, str(table.metric.kind), table.metric.unit
        )

    @property
    def samples(self) -> list[Sample]:
        """The samples of now."""
        return self.table.samples()

    @samples.setter
    def samples(self, value: list[Sample]) -> None:
        """Leave out the empty list that the library begins with."""


def _braces(labels: dict[str, str]) -> str:
    if not labels:
        return ""
    pairs = (f'{name}="{_value(value)}"' for name, value in sorted(labels.items()))
    return f"{{{','.join(pairs)}}}"


def _value(text: str) -> str:
    return _escape(text).replace('"', r"\"")


def _escape(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n")
