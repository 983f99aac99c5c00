"""Replay with maker and paper venue: warm from memory, cold from the file to the summary."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from time import perf_counter

from benchmarks.measure import Row, median_s, peak_mib
from bot.app import PaperSetup
from bot.replay import TapeReader, run
from bot.tally import Tally
from bot.tape import read_tape
from bot.tape_markets import find_markets


def rows(tape: Path, runs: int) -> list[Row]:
    """Return the rows of the replay: events/s, ns an event, seconds cold, memory."""
    cold_s = sorted(_cold_s(tape) for _ in range(runs))[runs // 2]
    markets = find_markets(frame.payload for frame in read_tape(tape))
    messages = list(TapeReader([read_tape(tape)]))
    loaded_mib = peak_mib()
    tally = Tally()
    run(messages, markets, PaperSetup(), sinks=[tally])
    events = tally.feed["level_changes"] + tally.feed["prints"]
    warm_s = median_s(lambda: run(messages, markets, PaperSetup(), sinks=[Tally()]), runs)
    done = f"{tally.submitted:,} orders, {tally.fill_count:,} fills"
    return [
        Row("replay, warm", events / warm_s, "events/s", ">= 500,000", done),
        Row("replay, warm", warm_s / events * 1e9, "ns/event", "", f"{events:,} events"),
        Row("replay, cold", cold_s, "s", "<= 6", "process start, file, decode, summary"),
        Row("memory, tape loaded", loaded_mib, "MiB", "", "all messages of the tape in memory"),
    ]


def _cold_s(tape: Path) -> float:
    began_s = perf_counter()
    command = [sys.executable, "-m", "bot", "replay", str(tape), "--json"]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own command
    return perf_counter() - began_s
