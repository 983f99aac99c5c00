"""The log: one more reading of the event stream, one line an event.

It goes to stderr, since data goes to stdout: JSON with the fields as the journal has them, or text
for a person on a terminal, in dollars and shares, with the time of day (UTC). Events that a person
would act on are INFO; the rest is DEBUG and off by default. A line that cannot be written is lost
and stops nothing: the journal has the event.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any, Protocol

import msgspec
import structlog

from bot.domain import events
from bot.domain.units import NS_PER_S
from bot.stderr import is_terminal, stderr
from exporters.points.schema import SCALES

OPERATOR = (
    events.RunStarted,
    events.RunStopped,
    events.BookStateChanged,
    events.FeedLost,
    events.TickSizeChanged,
    events.PriceJumped,
    events.QuotingPaused,
    events.QuotingResumed,
    events.OrderRejected,
    events.OrderLost,
    events.ReportIgnored,
    events.OrderFilled,
    events.TradeStateChanged,
    events.KillSwitchTripped,
    events.TransactionMined,
)
"""What an operator would look up; orders that merely come and go are not."""


UNTOLD = frozenset(
    {"calibration_hash", "config_hash", "outcomes", "run_id", "seq", "ts_ns", "ts_venue_ns"}
)
"""What a person looks up in the journal, if ever."""
TOKEN_DIGITS = 6
"""Of a token's 77, the last ones: enough to tell two apart."""


class Lines(Protocol):
    """Where lines go; it neither waits nor raises."""

    def write(self, line: str) -> None:
        """Take one line, without its end."""
        ...


class LogSink:
    """Writes events as log lines."""

    def __init__(self, lines: Lines, *, is_readable: bool = False, verbose: bool = False) -> None:
        """Write to `lines`, as text for a person where `is_readable`, else as JSON.

        `verbose` adds the events of DEBUG level.
        """
        renderer: structlog.typing.Processor = (
            structlog.dev.ConsoleRenderer(sort_keys=False)
            if is_readable
            else structlog.processors.JSONRenderer()
        )
        self._is_readable = is_readable
        self._log = structlog.wrap_logger(
            _Levels(lines),
            processors=[structlog.processors.add_log_level, renderer],
            wrapper_class=structlog.make_filtering_bound_logger(
                logging.DEBUG if verbose else logging.INFO
            ),
        )

    def publish(self, event: events.Event) -> None:
        """Write one line for the event."""
        fields = msgspec.to_builtins(event)
        name = fields.pop("type")
        if self._is_readable:
            fields = for_people(fields)
        if isinstance(event, events.KillSwitchTripped):
            self._log.error(name, **fields)
        elif isinstance(event, OPERATOR):
            self._log.info(name, **fields)
        else:
            self._log.debug(name, **fields)


def for_people(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of an event as a person reads them, the time of day first.

    What says nothing to a person is left out, and what is too long to read is cut.
    """
    at_s, at_ns = divmod(fields["ts_ns"], NS_PER_S)
    time = f"{datetime.fromtimestamp(at_s, UTC):%H:%M:%S}.{at_ns // 1_000_000:03d}"
    told = {
        name: _told(name, value)
        for name, value in fields.items()
        if value is not None and name not in UNTOLD
    }
    return {"timestamp": time, **told}


def _told(name: str, value: object) -> object:
    if name in SCALES and isinstance(value, (int, float)):
        return f"{value / SCALES[name]:.10g}"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, str) and name == "token":
        return f"…{value[-TOKEN_DIGITS:]}"
    return value


def stderr_log(*, verbose: bool) -> LogSink:
    """Return the log on this process's stderr, readable where a person looks."""
    return LogSink(stderr(), is_readable=is_terminal(), verbose=verbose)


class _Levels:
    """What structlog calls with a finished line: one method a level."""

    def __init__(self, lines: Lines) -> None:
        self.debug = self.info = self.error = lines.write
