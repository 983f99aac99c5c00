"""Medians of repeated runs, and the speed of the machine they were taken on."""

from __future__ import annotations

import gc
import resource
from collections.abc import Callable
from statistics import median
from time import perf_counter, process_time

import msgspec

LOOP = range(1_000_000)


class Row(msgspec.Struct, frozen=True):
    """One line of the table: what was measured, its median, unit, the goal and a remark."""

    name: str
    value: float
    unit: str
    goal: str = ""
    note: str = ""


def median_s(work: Callable[[], object], runs: int) -> float:
    """Return the median wall time of `runs` runs, in seconds, without the collector's pauses."""
    return _median_s(work, runs, perf_counter)


def median_cpu_s(work: Callable[[], object], runs: int) -> float:
    """Return the median CPU time likewise: what else runs on the machine counts less.

    For work that computes in one thread and waits for nothing; alone on a machine it is wall time.
    """
    return _median_s(work, runs, process_time)


def _median_s(work: Callable[[], object], runs: int, clock: Callable[[], float]) -> float:
    times = []
    for _ in range(runs):
        gc.collect()
        began_s = clock()
        work()
        times.append(clock() - began_s)
    return median(times)


def machine_ns() -> float:
    """Return what one turn of an empty loop costs here, in ns: the yardstick of all other rows."""
    return median_cpu_s(_empty_loop, 5) / len(LOOP) * 1e9


def _empty_loop() -> None:
    for _ in LOOP:
        pass


def children_cpu_s() -> float:
    """Return the CPU time of all processes that this one started and that have ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def peak_mib() -> float:
    """Return the most memory this process has held so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
