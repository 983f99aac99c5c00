"""PromQL made from the catalogue: a query over what no bot serves cannot be written.

Every function gives back one expression. Labels are checked against the metric, their values
against its closed sets; `market` is always the dashboard's, for metrics that have it. Counters and
histograms can only be read over a window, gauges only as they are.
"""

from __future__ import annotations

from collections.abc import Iterable

from exporters.catalogue import Kind, Metric

ENVS = ("demo", "prod", "twin", "rehearsal")
"""The values of `env`, which the scrape configuration adds to everything a bot serves."""
ENV = "env"
MARKET = "market"
CHOSEN_MARKETS = "$market"
"""The dashboard variable of the markets looked at."""
PLATFORM = {"up": (ENV, "job", "instance"), "ALERTS": (ENV, "alertname", "alertstate", "severity")}
"""Series of Prometheus itself that a dashboard may ask for, with their labels."""

RATE_WINDOW = "$__rate_interval"
"""At least four scrapes, chosen by Grafana: what a rate needs."""


def increase(
    metric: Metric, window: str, by: Iterable[str] = (), *, part: str = "", **labels: str
) -> str:
    """Return how much a counter grew over the window, summed.

    `part` is "count" or "sum" for a histogram. Raises ValueError for a metric, label or value that
    has none of it.
    """
    return _over(("increase", metric, part, window), by, labels)


def rate(
    metric: Metric,
    by: Iterable[str] = (),
    *,
    window: str = RATE_WINDOW,
    part: str = "",
    **labels: str,
) -> str:
    """Return how much a counter grows a second, summed; like `increase` otherwise."""
    return _over(("rate", metric, part, window), by, labels)


def buckets(metric: Metric, window: str, by: Iterable[str] = (), **labels: str) -> str:
    """Return the increase of every bucket of a histogram, for a heatmap."""
    return _over(("increase", metric, "bucket", window), ("le", *by), labels)


def quantile(
    share: float, metric: Metric, window: str, by: Iterable[str] = (), **labels: str
) -> str:
    """Return a quantile of a histogram over the window, NaN without observations."""
    inner = _over(("rate", metric, "bucket", window), ("le", *by), labels)
    return f"histogram_quantile({share:g}, {inner})"


def mean(metric: Metric, window: str, by: Iterable[str] = (), **labels: str) -> str:
    """Return the mean of a histogram over the window, nothing without observations."""
    names = tuple(by)
    return ratio(
        increase(metric, window, names, part="sum", **labels),
        increase(metric, window, names, part="count", **labels),
    )


def gauge(metric: Metric, by: Iterable[str] = (), *, how: str = "sum", **labels: str) -> str:
    """Return a gauge or an info metric, aggregated by `how`. Raises ValueError for others."""
    if metric.kind not in {Kind.GAUGE, Kind.INFO}:
        raise ValueError(f"metric {metric.name!r} is a {metric.kind}: read it over a window")
    names = tuple(by)
    _check_labels(metric, names)
    return f"{how}{_by(names)}({selector(metric, **labels)})"


def platform(name: str, **labels: str) -> str:
    """Return a series of Prometheus itself. Raises ValueError for one that is not in the list."""
    unknown = labels.keys() - set(PLATFORM.get(name, ()))
    if name not in PLATFORM or unknown:
        raise ValueError(f"{name!r} {sorted(unknown)} is nothing of Prometheus that we use")
    return f"{name}{_braces(labels)}"


def ratio(top: str, bottom: str) -> str:
    """Return top over bottom, nothing where bottom is 0."""
    return f"({top}) / ({bottom} > 0)"


def age(timestamp: str) -> str:
    """Return the seconds since a timestamp, nothing where it is still 0."""
    return f"time() - ({timestamp} > 0)"


def selector(metric: Metric, part: str = "", **labels: str) -> str:
    """Return the series of a metric, or of one part of a histogram, that have these labels."""
    _check_labels(metric, labels)
    for name, value in labels.items():
        _check_value(metric, name, value)
    name = f"{metric.name}_{part}" if part else metric.name
    if name not in metric.series:
        raise ValueError(f"metric {metric.name!r} has no series {name!r}")
    chosen = {MARKET: CHOSEN_MARKETS} if MARKET in metric.label_names else {}
    return f"{name}{_braces({**labels, **chosen})}"


def _over(read: tuple[str, Metric, str, str], by: Iterable[str], labels: dict[str, str]) -> str:
    function, metric, part, window = read
    if metric.kind not in {Kind.COUNTER, Kind.HISTOGRAM}:
        raise ValueError(f"metric {metric.name!r} is a {metric.kind}: it has no {function}")
    names = tuple(by)
    _check_labels(metric, (name for name in names if name != "le"))
    return f"sum{_by(names)}({function}({selector(metric, part, **labels)}[{window}]))"


def _by(names: tuple[str, ...]) -> str:
    return f" by ({', '.join(names)}) " if names else ""


def _braces(labels: dict[str, str]) -> str:
    pairs = (
        f'{name}{"=~" if "|" in value or value == CHOSEN_MARKETS else "="}"{value}"'
        for name, value in labels.items()
    )
    return f"{{{', '.join(pairs)}}}" if labels else ""


def _check_labels(metric: Metric, names: Iterable[str]) -> None:
    unknown = set(names) - {ENV, *metric.label_names}
    if unknown:
        raise ValueError(f"metric {metric.name!r} has no label {sorted(unknown)}")


def _check_value(metric: Metric, name: str, value: str) -> None:
    """Raise ValueError for a value outside the closed set; `a|b` is one of two, `$x` a variable."""
    known = {label.name: label.values for label in metric.labels}
    allowed = ENVS if name == ENV else known[name]
    for choice in value.split("|"):
        if allowed is not None and choice not in allowed and not choice.startswith("$"):
            raise ValueError(f"label {name!r} of {metric.name!r} is never {choice!r}")
