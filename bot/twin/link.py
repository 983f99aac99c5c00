"""Production's end of the pipe to its twin. Nothing here waits, and nothing here raises.

What production does is encode a record into memory; the loop writes it out when it has nothing else
to do. A twin that dies, hangs, falls behind or cannot be started is let go: said once, counted, and
production trades on without it.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable, Mapping, Sequence

from bot.domain import events
from bot.domain.messages import MarketMessage
from bot.domain.ports import Clock
from bot.twin.frames import Item, Tick, TwinSetup, to_frame
from exporters.catalogue import Metric, twin
from exporters.probes import Probe

COMMAND = (sys.executable, "-m", "bot.twin")
TICK_S = 1.0
"""Between two ticks: what is due on paper has its own time, and is told so much later at most."""
BEHIND_BYTES_MAX = 16 << 20
"""Waiting for the twin to read: minutes of a busy feed. More, and it hangs."""
CLOSE_S = 10.0
"""Longest wait for the twin to write its last events."""

WANTED = (
    events.OrderSubmitted,
    events.OrderAccepted,
    events.OrderRejected,
    events.OrderLost,
    events.CancelRequested,
    events.OrderCanceled,
    events.CancelRefused,
    events.OrderFilled,
    events.QuoteSampled,
    events.EquityMarked,
    events.FeedCounted,
    events.RunStopped,
)
"""Events the twin needs: decisions, what became of them, and when to tell how it stands."""


def twin_probes(link: TwinLink) -> dict[Metric, Probe]:
    """Return the probes of a link, for production's own metrics."""
    return {twin.UP: lambda: float(link.is_up), twin.FAILURES: lambda: float(link.failures)}


class TwinLink:
    """An `EventSink`, and the tap of production's market data.

    `is_up` while the twin gets everything; `failures` counts the times that it fell silent.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        clock: Clock,
        tell: Callable[[str], None],
        *,
        command: Sequence[str] = COMMAND,
        behind_bytes_max: int = BEHIND_BYTES_MAX,
    ) -> None:
        """Start nothing yet. `environment` is all that the twin gets to see of ours."""
        self._environment = dict(environment)
        self._clock = clock
        self._tell = tell
        self._command = tuple(command)
        self._behind_bytes_max = behind_bytes_max
        self._process: asyncio.subprocess.Process | None = None
        self._waiting = bytearray()
        self.is_up = False
        self.failures = 0

    async def open(self, setup: TwinSetup) -> None:
        """Start the twin and tell it what it is."""
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                env=self._environment,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.DEVNULL,
            )
        except OSError as error:
            self._give_up(f"it cannot be started: {error.strerror}")
            return
        self.is_up = True
        self._send(setup, self._clock.now_ns())

    async def run(self) -> None:
        """Let time go on for the twin and see whether it lives, until cancelled."""
        if self._process is None:
            return
        ending = asyncio.create_task(self._process.wait())
        try:
            while self.is_up:
                done, _ = await asyncio.wait({ending}, timeout=TICK_S)
                if done:
                    self._give_up(f"it ended with code {ending.result()}")
                self._send(Tick(), self._clock.now_ns())
        finally:
            ending.cancel()

    async def close(self) -> None:
        """Let the twin read to the end and finish; one that does not is killed."""
        process = self._process
        if process is None or process.stdin is None:
            return
        self._write()
        process.stdin.close()
        try:
            async with asyncio.timeout(CLOSE_S):
                code = await process.wait()
        except TimeoutError:
            self._give_up(f"it did not finish within {CLOSE_S:g} s")
            await process.wait()
            return
        if code:
            self._give_up(f"it ended with code {code}")
        self.is_up = False

    # what the twin is told ------------------------------------------------------------------

    def on_message(self, message: MarketMessage, now_ns: int) -> None:
        """Pass on a market message that the engine takes now."""
        self._send(message, now_ns)

    def publish(self, event: events.Event) -> None:
        """Pass on an event, if the twin needs it."""
        if isinstance(event, WANTED):
            self._send(event, event.ts_ns)

    def _send(self, item: Item, now_ns: int) -> None:
        if not self.is_up:
            return
        try:
            if not self._waiting:
                asyncio.get_running_loop().call_soon(self._write)
            self._waiting += to_frame(item, now_ns)
        except Exception as error:  # noqa: BLE001 - whatever it is, production must not see it
            self._give_up(f"{type(item).__name__} cannot be passed on: {type(error).__name__}")

    def _write(self) -> None:
        waiting, self._waiting = self._waiting, bytearray()
        pipe = None if self._process is None else self._process.stdin
        if not self.is_up or pipe is None or pipe.is_closing():
            return
        pipe.write(bytes(waiting))
        if pipe.transport.get_write_buffer_size() > self._behind_bytes_max:
            self._give_up("it does not read any more")

    def _give_up(self, reason: str) -> None:
        if self.failures:
            return
        self.is_up = False
        self.failures = 1
        self._waiting.clear()
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
        self._tell(f"the twin is silent from now on: {reason}; production trades on without it")
