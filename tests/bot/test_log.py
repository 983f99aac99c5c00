"""The log: one JSON line an event, the operator's ones only unless told otherwise."""

import json

import pytest

from bot.domain import events
from bot.domain.market import Side, TokenId
from bot.domain.orders import OrderId
from bot.log import LogSink, for_people, stderr_log
from bot.stderr import stderr

STAMP = {"seq": 1, "ts_ns": 2, "run_id": "r"}
PAUSED = events.QuotingPaused(**STAMP, reason="jump")  # type: ignore[arg-type]
TRIPPED = events.KillSwitchTripped(**STAMP, reason="loss", loss=5)  # type: ignore[arg-type]
CANCEL = events.CancelRequested(
    seq=3, ts_ns=4, run_id="r", token=TokenId("1"), order_id=OrderId("o"), decision_id=1, reason="x"
)


class Written(list[str]):
    """Keeps the lines."""

    def write(self, line: str) -> None:
        """Take one."""
        self.append(line)


def lines(*published: events.Event, verbose: bool = False) -> list[dict[str, object]]:
    """The lines written for some events."""
    written = Written()
    sink = LogSink(written, verbose=verbose)
    for event in published:
        sink.publish(event)
    return [json.loads(line) for line in written]


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
    written = Written()
    LogSink(written, is_readable=True).publish(PAUSED)
    (line,) = written
    with pytest.raises(json.JSONDecodeError):
        json.loads(line)
    assert "jump" in line
    assert "\n" not in line


def test_a_person_reads_dollars_shares_and_the_time_of_day() -> None:
    """And neither nanoseconds, nor a token of 77 digits, nor what is not there."""
    fill = {
        "seq": 7, "run_id": "r", "ts_ns": 1_795_000_022_123_456_789, "ts_venue_ns": None,
        "market": "rain", "token": "2" * 71 + "484542", "price": 4900, "size": 4_660_000,
        "fee": 1000, "seed": 2**62, "latency_ms": 250.1250001, "after_cancel": False,
        "mid_before": None,
    }  # fmt: skip
    assert {
        "timestamp": "11:07:02.123",
        "market": "rain",
        "token": "…484542",
        "price": "0.49",
        "size": "4.66",
        "fee": "0.001",
        "seed": 2**62,
        "latency_ms": "250.125",
        "after_cancel": False,
    } == for_people(fill)


def test_sides_and_sizes_are_plain_values() -> None:
    """Enumerations are written as the words they are."""
    denied = events.OrderDenied(
        seq=1, ts_ns=2, run_id="r", decision_id=1, control="capital", side=Side.BUY,
        price=4900, size=5, allowed_size=0,
    )  # fmt: skip
    (line,) = lines(denied, verbose=True)
    assert ("BUY", 4900) == (line["side"], line["price"])


def test_the_log_of_a_process_is_on_its_stderr() -> None:
    """Written by the thread that may wait, so that nobody else has to."""
    sink = stderr_log(verbose=False)
    sink.publish(PAUSED)
    stderr().close()
