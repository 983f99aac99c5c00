"""The loop: read a batch, write it, remember the place; when something is in the way, wait.

Nothing is lost: the position moves only past what the store has confirmed or what is parked on
disk. Nothing is doubled: what is written again is the same point. The loop holds one batch at most.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Event as StopEvent

from bot.domain.errors import JournalError
from bot.domain.ports import Clock
from exporters.shipper.answer import Answer, Outcome, PointStore
from exporters.shipper.backlog import Backlog
from exporters.shipper.backoff import Backoff
from exporters.shipper.batch import Entry, JournalFollower
from exporters.shipper.progress import Progress
from exporters.shipper.state import Parked, ShipperState

POLL_S = 0.5
"""How often a journal that has nothing new is looked at."""
WAIT_S_MAX = 5.0
"""The backlog is measured at least so often, also while waiting for the store."""


class _Later(Exception):
    """The store did not decide: the whole batch is for later."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.reason)
        self.answer = answer


class Shipper:
    """Ships one journal to one store. `run` is the loop of a process or of a thread."""

    def __init__(
        self,
        journal: Path,
        state: ShipperState,
        store: PointStore,
        *,
        clock: Clock,
        backoff: Backoff,
        tags: Mapping[str, str],
        say: Callable[[str], None],
    ) -> None:
        """Take the parts. `say` gets one line whenever the trouble changes, or is over."""
        self.progress = Progress()
        self._follower = JournalFollower(journal, tags)
        self._backlog = Backlog(journal)
        self._state = state
        self._store = store
        self._clock = clock
        self._backoff = backoff
        self._say = say
        self._position = state.position
        self._pending: list[Entry] = []

    def run(self, stop: StopEvent) -> None:
        """Ship until `stop` is set; what is unconfirmed then is sent by the next run."""
        rest_s = 0.0
        while not stop.wait(min(rest_s, WAIT_S_MAX)):
            rest_s -= WAIT_S_MAX
            if rest_s <= 0:
                rest_s = self.step()
            self._measure()

    def step(self) -> float:
        """Ship one batch; return how many seconds to wait before the next, 0 for no wait."""
        try:
            # What could not be delivered is kept: to prepare it again at each attempt is waste.
            entries = self._pending = self._pending or self._follower.batch(self._position)
            self.progress.oldest_ns = entries[0].ts_ns if entries else None
            if entries:
                self._ship(entries)
        except JournalError as error:
            return self._hold(f"journal: {error}")
        except _Later as later:
            self.progress.is_misconfigured = later.answer.outcome is Outcome.MISCONFIGURED
            return self._hold(
                f"store {later.answer.outcome}: {later.answer.reason}", later.answer.retry_after_s
            )
        except OSError as error:
            self.progress.state_failures += 1
            return self._hold(f"disk: {error.strerror}")
        self._go_on()
        return 0.0 if entries else POLL_S

    # one batch ---------------------------------------------------------------------------------

    def _ship(self, entries: Sequence[Entry]) -> None:
        refused: list[Parked] = []
        self._write(entries, refused)
        self.progress.parked += self._state.park(refused)
        # The store has them: even if the disk is full now, the next batch goes on from here.
        self._position = entries[-1].position
        self._pending = []
        self.progress.oldest_ns = None
        self.progress.written_ns = self._clock.now_ns()
        self._state.save(self._position)

    def _write(self, entries: Sequence[Entry], refused: list[Parked]) -> None:
        # Halves what is refused until the guilty lines stand alone. Raises _Later.
        answer = self._store.write([entry.line for entry in entries])
        self.progress.requests[answer.outcome] += 1
        match answer.outcome:
            case Outcome.WRITTEN:
                self.progress.written += len(entries)
            case Outcome.REFUSED if len(entries) == 1 or answer.dropped == len(entries):
                refused += [Parked(e.position, answer.reason, e.line) for e in entries]
            case Outcome.REFUSED:
                middle = len(entries) // 2
                self._write(entries[:middle], refused)
                self._write(entries[middle:], refused)
            case _:
                raise _Later(answer)

    # what it tells -----------------------------------------------------------------------------

    def _hold(self, trouble: str, at_least_s: float = 0.0) -> float:
        if trouble != self.progress.trouble:
            self._say(trouble)
        self.progress.trouble = trouble
        return self._backoff.next_s(at_least_s)

    def _go_on(self) -> None:
        if self.progress.trouble is not None:
            self._say(f"shipping again, {self.progress.lag_events} events behind")
        self.progress.trouble = None
        self.progress.is_misconfigured = False
        self._backoff.reset()

    def _measure(self) -> None:
        progress = self.progress
        progress.turned_ns = self._clock.now_ns()
        progress.damaged = self._follower.damaged
        progress.lost_segments = self._follower.lost_segments
        try:
            progress.lag_events = self._backlog.measure(self._position)
        except OSError as error:  # a segment was deleted meanwhile; the next look finds the others
            self._say(f"backlog not measured: {error.strerror}")
