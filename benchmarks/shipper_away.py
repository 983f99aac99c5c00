"""What a shipper whose store is away costs the bot: `python -m benchmarks.shipper_away`.

A bot with a journal runs over a generated tape at full speed, alternately without a shipper and
with one, in a process of its own, that follows the journal to an address where nobody listens. What
is compared is the time from a message to the order it caused, the median and the 99th percentile.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter_ns

from benchmarks.tape import make_tape
from bot.app import PaperSetup, Session
from bot.domain.events import Event, OrderSubmitted
from bot.drive import catch_up
from bot.journal import Journal
from bot.replay import TapeReader
from bot.tape import read_tape
from bot.tape_markets import markets_on
from exporters.shipper.state import LOCK_NAME

RUNS = 5
FLUSH_EVERY_S = 0.005
NOBODY = "http://127.0.0.1:9"


class Submissions:
    """A sink that counts orders."""

    def __init__(self) -> None:
        """None yet."""
        self.count = 0

    def publish(self, event: Event) -> None:
        """Count an order that leaves."""
        self.count += isinstance(event, OrderSubmitted)


def main() -> None:
    """Measure and print the ratio."""
    tape = make_tape(Path(tempfile.gettempdir()), is_quick=True)
    alone: list[float] = []
    away: list[float] = []
    for _ in range(RUNS):  # in turn, so that a slow minute of the machine hits both
        alone += _run(tape, has_shipper=False)
        away += _run(tape, has_shipper=True)
    for name, of in (("median", median), ("p99", lambda us: quantiles(us, n=100)[98])):
        print(f"tick to order, {name}: {of(alone):.1f} us without a shipper,")
        print(f"  {of(away):.1f} us while its store is away, ratio {of(away) / of(alone):.2f}")
    print(f"{len(alone) + len(away):,} orders")


def _run(tape: Path, *, has_shipper: bool) -> list[float]:
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder)
        shipper = _start_shipper(directory) if has_shipper else None
        try:
            return _tick_to_order_us(tape, directory)
        finally:
            if shipper is not None:
                shipper.terminate()
                shipper.wait()


def _start_shipper(directory: Path) -> subprocess.Popen[bytes]:
    shipper = subprocess.Popen(  # noqa: S603 - our own command
        [
            *(sys.executable, "-m", "exporters", "ship", "--journal", str(directory)),
            *("--url", NOBODY, "--org", "pmm", "--bucket", "ticks", "--metrics-port", "0"),
        ],
        env={**os.environ, "INFLUX_TOKEN": "none"},  # noqa: TID251 - handed to the child
        stderr=subprocess.DEVNULL,
    )
    while not (directory / "shipper" / LOCK_NAME).exists():  # its start is not what is measured
        threading.Event().wait(FLUSH_EVERY_S)
    return shipper


def _tick_to_order_us(tape: Path, directory: Path) -> list[float]:
    markets = markets_on([read_tape(tape)])
    messages = list(TapeReader([read_tape(tape)]))
    journal = Journal(directory, 1)
    orders = Submissions()
    session = Session(markets, PaperSetup(), [orders, journal])
    done = threading.Event()

    def flush() -> None:
        while not done.wait(FLUSH_EVERY_S):
            journal.flush(perf_counter_ns())

    flusher = threading.Thread(target=flush)
    flusher.start()
    session.start(messages[0][0])
    taken_us = []
    for now_ns, message in messages:
        before, began_ns = orders.count, perf_counter_ns()
        catch_up(session.engine, session.venue, now_ns)
        session.engine.on_message(message, now_ns)
        if orders.count > before:
            taken_us.append((perf_counter_ns() - began_ns) / 1_000)
    done.set()
    flusher.join()
    journal.close()
    return taken_us


if __name__ == "__main__":
    main()
