"""One bot's `/metrics` as the few numbers that the watchdog looks at."""

from __future__ import annotations

import math
from collections import defaultdict

import httpx
import msgspec
from prometheus_client.parser import text_string_to_metric_families

from exporters.catalogue import balance, feed, health, money, orders

TIMEOUT_S = 10.0
TEXT_TYPE = "text/plain; version=0.0.4"


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What a bot says of itself; times are seconds since the epoch, 0 before the first."""

    run_start_s: float
    last_event_s: float
    last_feed_s: float
    is_tripped: bool
    drawdown_usd: float
    fills: float
    submitted: float
    rejected: float


def fetch(url: str) -> Reading | None:
    """Return the reading behind a URL; `None` when there is no bot that answers."""
    try:
        answer = httpx.get(url, timeout=TIMEOUT_S, headers={"Accept": TEXT_TYPE})
        answer.raise_for_status()
        return parse(answer.text)
    except (httpx.HTTPError, ValueError):
        return None  # told as a bot that does not answer


def parse(text: str) -> Reading:
    """Return the reading in an exposition. Raises ValueError when it is not one of a bot."""
    sums = _sums(text)
    if health.LAST_EVENT.name not in sums:
        raise ValueError(f"the metrics hold no {health.LAST_EVENT.name}")
    return Reading(
        run_start_s=sums[health.RUN_START.name],
        last_event_s=sums[health.LAST_EVENT.name],
        last_feed_s=sums[feed.LAST_REPORT.name],
        is_tripped=sums[health.KILL_SWITCH.name] > 0,
        drawdown_usd=sums[money.DRAWDOWN.name],
        fills=sums[orders.FILLS.name],
        submitted=sums[orders.SUBMITTED.name],
        rejected=sums[orders.REJECTED.name],
    )


class Balance(msgspec.Struct, frozen=True):
    """When chain and ledger were last compared, seconds since the epoch, and the worst mismatch."""

    checked_s: float
    mismatch_usd: float


def fetch_balance(url: str) -> Balance | None:
    """Return what the wallet exporter found; `None` without its answer or before its first look."""
    try:
        answer = httpx.get(url, timeout=TIMEOUT_S, headers={"Accept": TEXT_TYPE})
        answer.raise_for_status()
        return parse_balance(answer.text)
    except (httpx.HTTPError, ValueError):
        return None  # told as balances that nobody checks


def parse_balance(text: str) -> Balance | None:
    """Return the worst of all assets, whatever its sign, `None` without any. Raises ValueError."""
    found = [
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == balance.MISMATCH.name and math.isfinite(sample.value)
    ]
    return Balance(_sums(text)[balance.LAST_CHECK.name], max(found, key=abs)) if found else None


def _sums(text: str) -> defaultdict[str, float]:
    sums: defaultdict[str, float] = defaultdict(float)
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if math.isfinite(sample.value):
                sums[sample.name] += sample.value
    return sums
