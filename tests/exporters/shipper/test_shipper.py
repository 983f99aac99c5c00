"""The loop loses nothing, doubles nothing, and says what is in its way."""

from collections.abc import Sequence
from threading import Event as StopEvent

import pytest

from bot.journal import POSITION_NAME
from bot.journal.segment import segment_path
from exporters.shipper.answer import Answer, Outcome
from exporters.shipper.shipper import POLL_S
from exporters.shipper.state import PARKED_NAME
from exporters.whole_file import unfinished
from tests.exporters.shipper.world import WRITTEN, World

BUSY = Answer(Outcome.BUSY, "status 429", retry_after_s=7.0)


def test_everything_is_shipped_once(world: World) -> None:
    """What the journal holds, in order, then nothing more."""
    world.write(60)
    assert 0.0 == world.shipper.step()
    assert POLL_S == world.shipper.step()
    assert list(range(1, 61)) == world.seqs
    assert all(",env=demo," in line for line in world.store.lines)


def test_restart_goes_on_behind_what_was_confirmed(world: World) -> None:
    """The position is on disk."""
    world.write(5)
    world.shipper.step()
    world.restart()
    world.write(8)
    world.shipper.step()
    assert list(range(1, 9)) == world.seqs


def test_missing_journal_is_waited_for(world: World) -> None:
    """No journal is no failure of the shipper; it is told once."""
    assert world.shipper.step() > 0
    assert world.shipper.step() > 0
    assert 1 == len(world.said)
    world.write(3)
    world.shipper.step()
    assert [1, 2, 3] == world.seqs
    assert "shipping again" in world.said[-1]


@pytest.mark.parametrize(
    "outcome", [Outcome.BUSY, Outcome.FAILED, Outcome.UNREACHABLE, Outcome.MISCONFIGURED]
)
def test_undecided_write_is_tried_again(world: World, outcome: Outcome) -> None:
    """Nothing moves until the store decides, and the failure is counted."""
    world.write(4)
    world.store.judge = lambda lines: Answer(outcome, "why")
    assert world.shipper.step() > 0
    assert (outcome is Outcome.MISCONFIGURED) == world.shipper.progress.is_misconfigured
    assert world.shipper.progress.failed_writes == world.shipper.progress.requests[outcome] == 1
    world.store.judge = lambda lines: WRITTEN
    world.shipper.step()
    assert [1, 2, 3, 4] == world.seqs
    assert not world.shipper.progress.is_misconfigured
    assert world.shipper.progress.trouble is None


def test_store_is_given_the_pause_it_asks_for(world: World) -> None:
    """Retry-After is the least pause."""
    world.write(1)
    world.store.judge = lambda lines: BUSY
    assert world.shipper.step() >= BUSY.retry_after_s


def refusing(guilty: str) -> object:
    """A judge that refuses any request with a guilty line in it."""

    def judge(lines: Sequence[str]) -> Answer:
        is_guilty = any(guilty in line for line in lines)
        return Answer(Outcome.REFUSED, "bad line") if is_guilty else WRITTEN

    return judge


def test_refused_line_is_found_and_parked(world: World) -> None:
    """The others get through; the guilty one is on disk with the reason."""
    world.write(50)
    world.store.judge = refusing(" seq=17.0")  # type: ignore[assignment]
    world.shipper.step()
    assert [seq for seq in range(1, 51) if seq != 17] == world.seqs
    parked = (world.state_dir / PARKED_NAME).read_text()
    assert 1 == parked.count("\n")
    assert "bad line" in parked
    assert "seq=17.0" in parked
    assert (49, 1) == (world.shipper.progress.written, world.shipper.progress.parked)


def test_refused_whole_is_parked_at_once(world: World) -> None:
    """A store that says it dropped every point is not asked about each."""
    world.write(50)
    world.store.judge = lambda lines: Answer(Outcome.REFUSED, "too old", dropped=len(lines))
    world.shipper.step()
    assert [50] == world.store.sizes
    assert 50 == world.shipper.progress.parked


def test_refused_line_is_parked_once_though_the_shipper_died(world: World) -> None:
    """Parked, but the position was not saved: the next run does not park it again."""
    world.write(3)
    world.store.judge = refusing(" seq=2.0")  # type: ignore[assignment]
    unfinished(world.state_dir / POSITION_NAME).mkdir()  # the position cannot be written
    assert world.shipper.step() > 0
    unfinished(world.state_dir / POSITION_NAME).rmdir()
    world.restart()
    world.shipper.step()
    assert 1 == (world.state_dir / PARKED_NAME).read_text().count("\n")


def test_full_disk_stops_neither_the_points_nor_the_count(world: World) -> None:
    """The position stays old on disk, the shipping goes on, and a restart sends again."""
    world.write(2)
    unfinished(world.state_dir / POSITION_NAME).mkdir()
    assert world.shipper.step() > 0
    assert 1 == world.shipper.progress.state_failures
    assert POLL_S == world.shipper.step()
    assert [1, 2] == world.seqs
    world.restart()
    unfinished(world.state_dir / POSITION_NAME).rmdir()
    world.shipper.step()
    assert [1, 2, 1, 2] == world.seqs
    assert 2 == len(set(world.store.lines))


def test_parked_file_at_its_limit_holds_the_position(world: World) -> None:
    """A store that refuses everything does not fill the disk, and loses nothing."""
    world.restart(parked_bytes_max=10)
    world.write(2)
    world.store.judge = lambda lines: Answer(Outcome.REFUSED, "no", dropped=len(lines))
    assert world.shipper.step() > 0
    assert "at its limit" in world.said[-1]
    world.store.judge = lambda lines: WRITTEN
    world.shipper.step()
    assert [1, 2] == world.seqs


def test_deleted_segment_is_passed_over_and_counted(world: World) -> None:
    """Only when there is a later one."""
    first = world.write(2)
    world.shipper.step()
    later = segment_path(world.journal, int(first.name.split("-")[1]), 1)
    later.write_bytes(first.read_bytes())
    first.unlink()
    world.shipper.step()
    world.shipper._measure()
    assert [1, 2, 1, 2] == world.seqs
    assert 1 == world.shipper.progress.lost_segments


class StopAfter(StopEvent):
    """Stops after so many looks and notes how long each wait would have been."""

    def __init__(self, looks: int) -> None:
        """Take the number of looks."""
        super().__init__()
        self.looks = looks
        self.waits: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        """Return at once; True at the end."""
        self.waits.append(timeout)
        return len(self.waits) > self.looks


def test_loop_ships_and_measures_until_it_is_stopped(world: World) -> None:
    """A long pause is waited in pieces, in which the backlog is measured."""
    world.write(4)
    world.store.judge = lambda lines: BUSY
    stop = StopAfter(2)
    world.shipper.run(stop)
    assert [1] == [size // 4 for size in world.store.sizes]
    assert [0.0, 5.0] == stop.waits[:2]
    assert 4 == world.shipper.progress.lag_events
    assert world.clock.now_ns() == world.shipper.progress.turned_ns
    assert world.shipper.progress.oldest_ns is not None
