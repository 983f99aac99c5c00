"""The log: one JSON line an event, the operator's ones only unless told otherwise."""

import io
import json

import pytest

from bot.domain import events
from bot.domain.market import Side, TokenId
from bot.domain.orders import OrderId
from bot.log import LogSink

STAMP = {"seq": 1, "ts_ns": 2, "run_id": "r"}
PAUSED = events.QuotingPaused(**STAMP, reason="jump")  # type: ignore[arg-type]
TRIPPED = events.KillSwitchTripped(**STAMP, reason="loss", loss=5)  # type: ignore[arg-type]
CANCEL = events.CancelRequested(
    seq=3, ts_ns=4, run_id="r", token=TokenId("1"), order_id=OrderId("o"), decision_id=1, reason="x"
)


class Terminal(io.StringIO):
    """A stream that a person looks at."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def lines(*published: events.Event, verbose: bool = False) -> list[dict[str, object]]:
    """The lines written for some events."""
    stream = io.StringIO()
    sink = LogSink(stream, verbose=verbose)
    for event in published:
        sink.publish(event)
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_one_line_with_its_fields() -> None:
    """Name, level and every field of the event."""
    (line,) = lines(PAUSED)
    assert ("QuotingPaused", "info", 1, "jump") == (
        line["event"],
        line["level"],
        line["seq"],
        line["reason"],
    )


@pytest.mark.parametrize(("verbose", "expected"), [(False, 1), (True, 2)])
def test_details_are_written_only_when_asked_for(*, verbose: bool, expected: int) -> None:
    """Orders that merely come and go are DEBUG."""
    assert expected == len(lines(PAUSED, CANCEL, verbose=verbose))


def test_a_trip_is_an_error() -> None:
    """The one event that a person must act on at once."""
    assert ["error"] == [line["level"] for line in lines(TRIPPED)]


def test_a_terminal_gets_readable_text() -> None:
    """On a terminal a line is for reading, not JSON."""
    stream = Terminal()
    LogSink(stream).publish(PAUSED)
    with pytest.raises(json.JSONDecodeError):
        json.loads(stream.getvalue())
    assert 1 == len(stream.getvalue().splitlines())


def test_sides_and_sizes_are_plain_values() -> None:
    """Enumerations are written as the words they are."""
    denied = events.OrderDenied(
        seq=1, ts_ns=2, run_id="r", decision_id=1, control="capital", side=Side.BUY,
        price=4900, size=5, allowed_size=0,
    )  # fmt: skip
    (line,) = lines(denied, verbose=True)
    assert ("BUY", 4900) == (line["side"], line["price"])


class FullDisk(io.StringIO):
    """A stream that refuses until there is room again."""

    is_full = True

    def write(self, text: str) -> int:
        """Refuse, or take it."""
        if self.is_full:
            raise OSError(28, "No space left on device")
        return super().write(text)


def test_a_log_that_cannot_be_written_stops_nothing() -> None:
    """A full disk or a reader that left costs lines, never the engine; later ones come again."""
    stream = FullDisk()
    sink = LogSink(stream)
    sink.publish(TRIPPED)
    stream.is_full = False
    sink.publish(PAUSED)
    assert 1 == len(stream.getvalue().splitlines())
    stream.close()
    sink.publish(PAUSED)
