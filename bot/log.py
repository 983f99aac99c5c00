"""The log: one more reading of the event stream, one line an event.

It goes to stderr, since data goes to stdout: JSON, or readable text on a terminal. Events that a
person would act on are INFO; the rest is DEBUG and off by default. A line that cannot be written is
lost and stops nothing: the journal has the event.
"""

from __future__ import annotations

import logging
from typing import Protocol

import msgspec
import structlog

from bot.domain import events
from bot.stderr import is_terminal, stderr

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
            structlog.dev.ConsoleRenderer() if is_readable else structlog.processors.JSONRenderer()
        )
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
        if isinstance(event, events.KillSwitchTripped):
            self._log.error(name, **fields)
        elif isinstance(event, OPERATOR):
            self._log.info(name, **fields)
        else:
            self._log.debug(name, **fields)


def stderr_log(*, verbose: bool) -> LogSink:
    """Return the log on this process's stderr, readable where a person looks."""
    return LogSink(stderr(), is_readable=is_terminal(), verbose=verbose)


class _Levels:
    """What structlog calls with a finished line: one method a level."""

    def __init__(self, lines: Lines) -> None:
        self.debug = self.info = self.error = lines.write
