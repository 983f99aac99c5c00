"""Replay with maker and paper venue: warm from memory, cold from the file to the summary."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from time import perf_counter

from benchmarks.measure import Row, children_cpu_s, median_cpu_s, peak_mib
from bot.app import PaperSetup
from bot.replay import TapeReader, run
from bot.tally import Tally
from bot.tape import read_tape
from bot.tape_markets import markets_on


def rows(tape: Path, runs: int) -> list[Row]:
    """Return the rows of the replay: events/s, ns an event, seconds cold, memory."""
    cold_s, cold_wall_s = (sorted(each)[runs // 2] for each in _cold(tape, runs))
    markets = markets_on([read_tape(tape)])
    messages = list(TapeReader([read_tape(tape)]))
    loaded_mib = peak_mib()
    tally = Tally()
    run(messages, markets, PaperSetup(), sinks=[tally])
    events = tally.feed["level_changes"] + tally.feed["prints"]
    warm_s = median_cpu_s(lambda: run(messages, markets, PaperSetup(), sinks=[Tally()]), runs)
    wall = f"process start to summary; {cold_wall_s:.1f} s by the wall clock"
    done = f"{tally.submitted:,} orders, {tally.fill_count:,} fills"
    return [
        Row("replay, warm", events / warm_s, "events/s", ">= 500,000", done),
        Row("replay, warm", warm_s / events * 1e9, "ns/event", "", f"{events:,} events"),
        Row("replay, cold", cold_s, "s", "<= 6", wall),
        Row("memory, tape loaded", loaded_mib, "MiB", "", "all messages of the tape in memory"),
    ]


def _cold(tape: Path, runs: int) -> tuple[list[float], list[float]]:
    """Return the CPU and the wall times of whole processes, in seconds."""
    cpu_s, wall_s = [], []
    command = [sys.executable, "-m", "bot", "replay", str(tape), "--json"]
    for _ in range(runs):
        began_s, spent_s = perf_counter(), children_cpu_s()
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own command
        cpu_s.append(children_cpu_s() - spent_s)
        wall_s.append(perf_counter() - began_s)
    return cpu_s, wall_s
