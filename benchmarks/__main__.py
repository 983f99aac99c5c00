"""`python -m benchmarks`: one table of medians. `--quick` takes a short tape and fewer runs."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import events, feed, replaying
from benchmarks.measure import Row, machine_ns
from benchmarks.tape import make_tape
from bot.domain import book

RUNS = 5


def main() -> None:
    """Measure everything and print the table."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure the hot path.",
        epilog="example: python -m benchmarks --quick",
    )
    parser.add_argument("--quick", action="store_true", help="a short tape, one run each")
    options = parser.parse_args()
    console = Console()
    with console.status("generating the tape"):
        tape = make_tape(Path(tempfile.gettempdir()), is_quick=options.quick)
    runs = 1 if options.quick else RUNS
    rows = [Row("empty loop, one turn", machine_ns(), "ns", "", "the speed of this machine")]
    for part in (feed, replaying, events):
        with console.status(f"measuring: {part.__name__}"):
            rows += part.rows(tape, runs)
    console.print(_table(rows, runs))


def _table(rows: list[Row], runs: int) -> Table:
    core = "plain" if book.__file__.endswith(".py") else "compiled"
    title = f"Benchmarks, {core} core, medians of {runs}; feed and replay in CPU time"
    table = Table("what", "median", "unit", "goal", "", title=title)
    for row in rows:
        digits = 0 if row.value >= 1_000 else 2
        table.add_row(row.name, f"{row.value:,.{digits}f}", row.unit, row.goal, row.note)
    return table


if __name__ == "__main__":
    main()
