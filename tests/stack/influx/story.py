"""Events to ship, the shipper as a process, and what the store then holds."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec

from bot.domain.events import Event, RunStarted
from tests.exporters.samples import SAMPLES, T0
from tests.ports import free_port
from tests.stack.influx.engine import TOKEN, InfluxEngine

ROOT = Path(__file__).parents[3]
STEP_NS = 100_000
"""Between two events: ten in a millisecond, so that only their identity keeps them apart."""


START = next(event for event in SAMPLES if isinstance(event, RunStarted))
OTHERS = [event for event in SAMPLES if event is not START]


def story(run_id: str, count: int, first: int = 1) -> Iterator[Event]:
    """Events of every type in turn, numbered from `first`; number 1 is the start of the run."""
    for seq in range(first, first + count):
        event = START if seq == 1 else OTHERS[seq % len(OTHERS)]
        yield msgspec.structs.replace(event, seq=seq, ts_ns=T0 + seq * STEP_NS, run_id=run_id)


def stored(engine: InfluxEngine) -> Counter[tuple[str, int]]:
    """How many points the store has of each (run, number)."""
    return Counter(
        (str(row[1]), round(row[2]))
        for series in engine.query("SELECT run_id, seq FROM /.*/", "ticks")
        for row in series["values"]
    )


def count(engine: InfluxEngine) -> int:
    """How many points the store holds."""
    return sum(
        series["values"][0][1] for series in engine.query("SELECT COUNT(seq) FROM /.*/", "ticks")
    )


class ShipperProcess:
    """`python -m exporters ship`, which can be killed and started again."""

    def __init__(self, journal: Path, url: str, log: Path) -> None:
        """Take what it ships and where to."""
        self._journal = journal
        self._url = url
        self.log = log
        self.metrics_port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Run it; everything it says goes to `log`."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "exporters", "ship", "--tag", "env=demo"),
                    *("--journal", str(self._journal), "--url", self._url),
                    *("--org", "pmm", "--bucket", "ticks"),
                    *("--metrics-port", str(self.metrics_port)),
                ],
                cwd=ROOT,
                env={**os.environ, "INFLUX_TOKEN": TOKEN},  # noqa: TID251 - handed to the child
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        """Kill -9."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop(self) -> int:
        """SIGTERM; return the exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        code = self._process.wait(timeout=120)
        self._process = None
        return code
