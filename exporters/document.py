"""docs/metrics.md, made from the catalogue and the table of measurements."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from exporters.catalogue import METRICS, SUBJECTS, Kind, Label, Metric, Source
from exporters.points import MEASUREMENTS, Measurement

PATH = Path(__file__).parent.parent / "docs" / "metrics.md"

_INTRO = """\
# Metrics and measurements

Made by `python -m exporters --write` from the tables in `exporters/`: do not edit.

Every bot serves its metrics at `/metrics` and its health at `/healthz`. `env` is no label of a bot:
the scrape configuration adds it (`demo`, `prod`, `twin`, `rehearsal`), the shipper as a tag.
Every series exists from the start, at 0 or at NaN where 0 would be a lie, so that the first event
counts in a rate. Metrics marked *probe* are asked for at each scrape and are there only where the
bot has what they tell of. All labels have closed sets of values; `market` takes the slugs of the
markets given at start.
"""

_POINTS = """\
## Measurements

Points of the time-series store carry the events, field by field, in the units of the events: divide
by the scale in brackets to read dollars or shares. Numbers are floats; `ts_ns`, `ts_venue_ns`,
`measured_until_ns` and `seed` are text. All have the tags `event`, and where known `market` and
`outcome`, the fields `seq`, `ts_ns`, `run_id`, `ts_venue_ns` and `token`, and in `record` the whole
event as the journal has it: JSON text in pieces of at most 60,000 characters (`record_02`, ...),
which is what the extractor reads. `observations`, `markets` and `outcomes` are only there. The time
of a point is the millisecond of its event; the digits below only make it unique.
"""

_COMMON_FIELDS = frozenset({"seq", "ts_ns", "run_id", "ts_venue_ns", "token"})


def render() -> str:
    """Return the text of docs/metrics.md."""
    parts = [_INTRO]
    for subject, metrics in SUBJECTS.items():
        parts += [f"## {subject}\n", _table(_METRIC_HEAD, map(_metric_row, metrics))]
    histograms = (metric for metric in METRICS.values() if metric.kind is Kind.HISTOGRAM)
    parts += ["## Buckets\n", _table(_BUCKET_HEAD, map(_bucket_row, histograms))]
    parts += ["## Label values\n", _table(_LABEL_HEAD, _label_rows())]
    parts += [_POINTS, _table(_POINT_HEAD, map(_point_row, MEASUREMENTS.values()))]
    return "\n".join(parts)


def write(path: Path) -> None:
    """Write the document."""
    path.write_text(render(), encoding="utf-8")


def is_current(path: Path) -> bool:
    """Return True when the file is what the catalogue says."""
    return path.is_file() and path.read_text(encoding="utf-8") == render()


_METRIC_HEAD = ("metric", "type", "unit", "labels", "what it is and when it moves")
_BUCKET_HEAD = ("histogram", "upper bounds", "reason")
_LABEL_HEAD = ("label", "values", "metrics")
_POINT_HEAD = ("measurement", "events", "tags", "fields")


def _metric_row(metric: Metric) -> tuple[str, ...]:
    kind = str(metric.kind)
    if metric.source is not Source.EVENT:
        kind = f"{kind}, *{metric.source}*"
    return (
        f"`{metric.name}`",
        kind,
        metric.unit.replace("_", " "),
        _names(metric.label_names),
        metric.help,
    )


def _bucket_row(metric: Metric) -> tuple[str, ...]:
    bounds = ", ".join(f"{bound:g}" for bound in metric.buckets)
    return f"`{metric.name}`", bounds, metric.why_buckets


def _label_rows() -> Iterable[tuple[str, ...]]:
    users: dict[Label, list[str]] = {}
    for metric in METRICS.values():
        for label in metric.labels:
            if label.values is not None:
                users.setdefault(label, []).append(metric.name)
    for label, names in users.items():
        yield f"`{label.name}`", _names(label.values or ()), _names(names)


def _point_row(measurement: Measurement) -> tuple[str, ...]:
    fields = (
        f"`{field.name}`" + (f" ({field.scale:,})" if field.scale > 1 else "")
        for field in measurement.fields
        if field.name not in _COMMON_FIELDS
    )
    return (
        f"`{measurement.name}`",
        _names(kind.__name__ for kind in measurement.events),
        _names(measurement.tags),
        ", ".join(fields),
    )


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
