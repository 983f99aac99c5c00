"""Windows of time as people write them: `24h`, `90m`, `7d`, or an ISO time."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from bot.domain.calibration import Window
from bot.domain.errors import SettingsError
from bot.domain.units import NS_PER_S

SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*([smhdw])")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
NS_PER_US = 1_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_time(text: str, now_ns: int) -> int:
    """Return ns since the epoch of `24h` (that long before now), `now`, or an ISO 8601 time.

    An ISO time without a zone is UTC. Raises SettingsError, saying what may be written.
    """
    if text == "now":
        return now_ns
    span = SPAN.fullmatch(text.strip())
    if span:
        return now_ns - round(float(span[1]) * SECONDS[span[2]] * NS_PER_S)
    try:
        moment = datetime.fromisoformat(text.strip())
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        elapsed = aware - EPOCH
    except (ValueError, OverflowError) as error:
        raise SettingsError(
            f"{text!r} is no time: write a span such as 24h, 90m or 7d, "
            "or a time such as 2026-11-22T10:00"
        ) from error
    return (
        (elapsed.days * 86_400 + elapsed.seconds) * 1_000_000 + elapsed.microseconds
    ) * NS_PER_US


def parse_window(since: str, until: str, now_ns: int) -> Window:
    """Return the window between two times as written. Raises SettingsError when it is empty."""
    window = Window(since_ns=parse_time(since, now_ns), until_ns=parse_time(until, now_ns))
    if window.since_ns >= window.until_ns:
        raise SettingsError(
            f"the window from {iso(window.since_ns)} to {iso(window.until_ns)} is empty: "
            "make --since earlier than --until"
        )
    return window


def iso(ts_ns: int) -> str:
    """Return the time as ISO 8601 UTC in whole seconds."""
    try:
        return datetime.fromtimestamp(ts_ns // NS_PER_S, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return f"{ts_ns} ns"
