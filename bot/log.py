"""The log: one more reading of the event stream, one line an event.

It goes to stderr, since data goes to stdout: JSON, or readable text on a terminal. Events that a
person would act on are INFO; the rest is DEBUG and off by default.
"""

from __future__ import annotations

import contextlib
import logging
import sys
from typing import TextIO

import msgspec
import structlog

from bot.domain import events

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


class LogSink:
    """Writes events as log lines."""

    def __init__(self, stream: TextIO = sys.stderr, *, verbose: bool = False) -> None:
        """Write to `stream`; `verbose` adds the events of DEBUG level."""
        renderer: structlog.typing.Processor = (
            structlog.dev.ConsoleRenderer()
            if stream.isatty()
            else structlog.processors.JSONRenderer()
        )
        self._log = structlog.wrap_logger(
            structlog.PrintLogger(stream),
            processors=[structlog.processors.add_log_level, renderer],
            wrapper_class=structlog.make_filtering_bound_logger(
                logging.DEBUG if verbose else logging.INFO
            ),
        )

    def publish(self, event: events.Event) -> None:
        """Write one line for the event; one that cannot be written is lost."""
        # A full disk, or a reader of our stderr that left (closed: ValueError), is no reason to
        # stop trading; the journal has the event.
        with contextlib.suppress(OSError, ValueError):
            self._write(event)

    def _write(self, event: events.Event) -> None:
        fields = msgspec.to_builtins(event)
        name = fields.pop("type")
        if isinstance(event, events.KillSwitchTripped):
            self._log.error(name, **fields)
        elif isinstance(event, OPERATOR):
            self._log.info(name, **fields)
        else:
            self._log.debug(name, **fields)
