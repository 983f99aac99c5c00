"""Plays one case over one recording."""

from __future__ import annotations

from pathlib import Path

import msgspec

from bot.app import PaperSetup
from bot.battery.cases import Case
from bot.battery.gauge import Gauge, Reading
from bot.domain.market import Market
from bot.replay import Progress, TapeReader, run
from bot.tape import read_tape
from bot.tape_markets import markets_on


class Recording(msgspec.Struct, frozen=True):
    """A tape with the markets that are traded on it; `name` is how the verdict calls it."""

    name: str
    path: Path
    markets: tuple[Market, ...]


def recording(name: str, path: Path, only: str | None = None) -> Recording:
    """Return the recording at `path`. Raises InputError when it shows no market, or not `only`."""
    return Recording(name, path, tuple(markets_on([read_tape(path)], only)))


def play(
    tape: Recording, case: Case, setup: PaperSetup, progress: Progress | None = None
) -> Reading:
    """Return what one paper bot did on the tape in this case. Equal inputs, equal readings."""
    reader = TapeReader([read_tape(tape.path)], progress)
    gauge = Gauge(market.yes for market in tape.markets)
    disturbed = msgspec.structs.replace(setup, paper=case.paper(setup.paper))
    end_ns = run(case.stream(reader, tape.markets), tape.markets, disturbed, sinks=(gauge,))
    return gauge.reading(tape.name, case.name, end_ns, reader.frames, reader.damaged_lines)
