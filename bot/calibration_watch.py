"""Takes up a new calibration while a bot runs.

The extractor replaces the file whole, every hour or so. It is read about once a minute, in a
thread. A file that cannot be used is told of and counted once, and the calibration in use stays.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import msgspec

from bot.domain.calibration import Calibration, decode
from bot.domain.errors import CalibrationError
from bot.domain.units import NS_PER_S
from exporters.catalogue import Metric, health
from exporters.probes import Probe

INTERVAL_S = 60.0
"""Between two looks."""

Take = Callable[[Calibration], None]


class _Seen(msgspec.Struct, frozen=True):
    """What the file said: a calibration, or why not. `is_there`: a file of that name exists."""

    calibration: Calibration | None
    error: str = ""
    is_there: bool = True


class CalibrationWatch:
    """Looks at one file. `active` is the calibration in use, `None` for the priors.

    `refused` counts the contents that could not be used.
    """

    def __init__(self, path: Path, take: Take, tell: Callable[[str], None]) -> None:
        """Give what is new to `take`; `tell` takes a line for the operator."""
        self._path = path
        self._take = take
        self._tell = tell
        self._told = ""
        self.active: Calibration | None = None
        self.refused = 0

    def begin(self) -> Calibration | None:
        """Return the calibration to begin with; `None`, and a line, while there is no file yet.

        Raises CalibrationError for a file that is there and cannot be used: a person just gave it.
        """
        seen = _read(self._path)
        if not seen.is_there:
            self._tell(f"no calibration in {self._path} yet: on the priors until there is one")
            return None
        if seen.calibration is None:
            raise CalibrationError(seen.error)
        self.active = seen.calibration
        return self.active

    async def run(self, interval_s: float = INTERVAL_S) -> None:
        """Look once an interval until cancelled."""
        while True:
            await asyncio.sleep(interval_s)
            await self.look()

    async def look(self) -> None:
        """Look once. Never raises for a file that is missing or bad."""
        seen = await asyncio.to_thread(_read, self._path)
        if seen.calibration is None:
            if seen.is_there or self.active is not None:
                self._refuse(seen.error)
            return
        self._told = ""
        if self.active is None or seen.calibration.hash != self.active.hash:
            self.active = seen.calibration
            self._take(seen.calibration)
            self._tell(f"calibration {seen.calibration.hash[:12]} is in use from now on")

    def measured_until_s(self) -> float | None:
        """Return the end of the window that the active calibration was measured on, epoch s."""
        return None if self.active is None else self.active.window.until_ns / NS_PER_S

    def _refuse(self, error: str) -> None:
        if error != self._told:
            self._told = error
            self.refused += 1
            self._tell(f"the calibration in use stays: {error}")


def calibration_probes(watch: CalibrationWatch | None) -> dict[Metric, Probe]:
    """Return the probes of a watch; without one there is nothing to tell."""
    if watch is None:
        return {}
    return {
        health.CALIBRATION_END: watch.measured_until_s,
        health.CALIBRATION_REFUSED: lambda: float(watch.refused),
    }


def _read(path: Path) -> _Seen:
    try:
        return _Seen(decode(path.read_bytes()))
    except OSError as error:
        is_there = not isinstance(error, FileNotFoundError)
        return _Seen(None, f"cannot read the calibration {path}: {error.strerror}", is_there)
    except CalibrationError as error:
        return _Seen(None, f"{path}: {error}")
