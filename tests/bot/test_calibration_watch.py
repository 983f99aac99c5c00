"""A new calibration is taken up while the bot runs; a bad one is told once and changes nothing."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from bot.calibration_watch import CalibrationWatch, calibration_probes
from bot.domain.calibration import Calibration, encode
from bot.domain.errors import CalibrationError
from exporters.catalogue import health
from tests.bot.domain.test_calibration import calibration


class World:
    """A watch over one file, what it took and what it said."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / "calibration.json"
        self.taken: list[Calibration] = []
        self.said: list[str] = []
        self.watch = CalibrationWatch(self.path, self.taken.append, self.said.append)

    def put(self, source: str) -> str:
        """Write a calibration; return its hash."""
        text = encode(calibration(source=source))
        self.path.write_bytes(text)
        return msgspec.json.decode(text, type=Calibration).hash


async def test_a_new_file_is_taken_up_once(tmp_path: Path) -> None:
    """Another hash is another calibration; the same file again is none."""
    world = World(tmp_path)
    first = world.put("a")
    began = world.watch.begin()
    assert began is not None
    assert first == began.hash
    await world.watch.look()
    second = world.put("b")
    await world.watch.look()
    await world.watch.look()
    assert [second] == [each.hash for each in world.taken]
    assert [f"calibration {second[:12]} is in use from now on"] == world.said


async def test_without_a_file_the_priors_are_used_until_there_is_one(tmp_path: Path) -> None:
    """Production has measured nothing yet: no error, a line, and no end of the window."""
    world = World(tmp_path)
    assert world.watch.begin() is None
    await world.watch.look()
    assert (None, 0) == (world.watch.measured_until_s(), world.watch.refused)
    new = world.put("a")
    await world.watch.look()
    assert [new] == [each.hash for each in world.taken]
    assert "on the priors until there is one" in world.said[0]


async def test_a_bad_file_keeps_the_old_one_and_is_told_once(tmp_path: Path) -> None:
    """Counted by content: the next bad one is told again, and so is the same after a good one."""
    world = World(tmp_path)
    world.put("a")
    began = world.watch.begin()
    for text in (b"{", b"{", b"[]", b'{"source": "\xff"}'):
        world.path.write_bytes(text)
        await world.watch.look()
    world.path.unlink()
    await world.watch.look()
    assert (began, []) == (world.watch.active, world.taken)
    assert 4 == world.watch.refused == len(world.said)
    assert "cannot read the calibration" in world.said[-1]
    new = world.put("b")
    await world.watch.look()
    assert [new] == [each.hash for each in world.taken]


def test_a_bad_file_at_the_start_is_refused(tmp_path: Path) -> None:
    """Somebody has just given it, and should know."""
    world = World(tmp_path)
    world.path.write_text("{}")
    with pytest.raises(CalibrationError, match="not a calibration"):
        world.watch.begin()
    world.path.unlink()
    world.path.mkdir()
    with pytest.raises(CalibrationError, match="Is a directory"):
        world.watch.begin()


async def test_it_looks_again_and_again(tmp_path: Path) -> None:
    """Until it is cancelled."""
    world, taken = World(tmp_path), asyncio.Event()
    world.put("a")
    watch = CalibrationWatch(world.path, lambda _: taken.set(), world.said.append)
    looking = asyncio.create_task(watch.run(interval_s=0.0))
    async with asyncio.timeout(60):
        await taken.wait()
    looking.cancel()
    assert 1 == len(world.said)


def test_probes_tell_age_and_refusals(tmp_path: Path) -> None:
    """And nothing where nothing is watched."""
    world = World(tmp_path)
    world.put("a")
    world.watch.begin()
    probes = calibration_probes(world.watch)
    assert {} == calibration_probes(None)
    assert calibration().window.until_ns / 1e9 == probes[health.CALIBRATION_END]()
    assert 0 == probes[health.CALIBRATION_REFUSED]()
