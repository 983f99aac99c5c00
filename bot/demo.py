"""`make demo`: the whole loop, offline, on a generated market with a stand-in for production.

1. Two days of one generated market are written as recordings.
2. The stand-in production (the same engine on a paper venue whose true parameters are `TRUTH`)
   trades day one. The extractor sees its journal, nothing else, and writes `calibration.json`.
3. On day two three bots trade the same market: paper with the seed's defaults, the stand-in
   production, and paper with the calibration. The table says how far each paper is from production.

Day two was never seen by the extractor: the ratios are predictions, not fits.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import msgspec
from rich.console import Console
from rich.table import Table as RichTable

from bot.app import PaperSetup, load_calibration
from bot.domain.calibration import (
    Latency,
    PaperConfig,
    QueueParameters,
    RejectionParameters,
    Window,
)
from bot.domain.errors import InputError
from bot.domain.market import Market
from bot.domain.reports import RejectionReason
from bot.domain.units import NS_PER_S
from bot.journal import Journal
from bot.replay import replay
from bot.sandbox.market import GeneratedMarketConfig, generate, write_tape
from bot.tape import read_tape
from bot.tape_markets import markets_on
from bot.venues.paper.legacy import LEGACY_DEFAULTS
from extractor.calibrate import calibrate
from extractor.cli import read_log
from extractor.log import OrderLog
from extractor.plots import ReportSet
from extractor.report import write_report
from extractor.sources import JournalSource
from extractor.store import write_calibration
from extractor.summary import summarize
from extractor.tables import Table, before_after_table

TABLE_WIDTH = 120
"""Columns the closing table needs; narrower terminals wrap its lines instead of its cells."""
DAY_TWO_SEED = 1_000
"""Added to the seed for day two: another day of the same kind of market."""

TRUTH = PaperConfig(
    rtt=Latency(median_ms=180.0, sigma=0.5),
    cancel_rtt=Latency(median_ms=220.0, sigma=0.4),
    entry_share=0.7,
    queue=QueueParameters(phi=0.6, theta_miss=0.05),
    rejections=RejectionParameters({RejectionReason.PAUSED: 0.03, RejectionReason.OTHER: 0.02}),
)
"""What the stand-in production really is. Only its venue knows; the extractor never sees it."""


class Bot(msgspec.Struct, frozen=True):
    """One bot of the demo: its name in the report, and what its venue is made of."""

    name: str
    setup: PaperSetup


def run_demo(out: Path, *, hours: float, seed: int) -> int:
    """Run the loop into the directory `out` and print the table. Returns the exit code."""
    console = Console()
    console.width = max(console.width, TABLE_WIDTH)
    began_s = perf_counter()
    days = [_record_day(out, hours, seed + i * DAY_TWO_SEED, i + 1, console) for i in range(2)]
    production = Bot("PROD (stand-in)", PaperSetup(paper=TRUTH, seed=seed + 7, run_id="prod"))

    learned = _trade(days[0], production, out / "journal-day1-prod", console)
    calibration_path = out / "calibration.json"
    with console.status("extractor: measuring what production did on day one"):
        calibration = calibrate(learned.log, learned.window, "journal of day one")
        write_calibration(calibration_path, calibration)
    paper, calibration_hash = load_calibration(calibration_path)

    bots = (
        Bot(
            "DEMO seed", PaperSetup(paper=LEGACY_DEFAULTS, model="legacy", seed=seed, run_id="demo")
        ),
        production,
        Bot(
            "DEMO recalibrated",
            PaperSetup(paper=paper, calibration_hash=calibration_hash, seed=seed, run_id="demo-2"),
        ),
    )
    days_two = [
        _trade(days[1], bot, out / f"journal-day2-{bot.setup.run_id}", console) for bot in bots
    ]
    _report(out, bots, days_two, console)
    console.print(f"calibration: {calibration_path}")
    console.print(f"report:      {out / 'report.html'}")
    console.print(f"took {perf_counter() - began_s:.0f} s")
    return 0


class _Traded(msgspec.Struct, frozen=True):
    log: OrderLog
    window: Window


def _record_day(out: Path, hours: float, seed: int, day: int, console: Console) -> Path:
    path = out / f"day{day}.jsonl.zst"
    try:
        config = GeneratedMarketConfig(seed=seed, duration_s=round(hours * 3600))
        out.mkdir(parents=True, exist_ok=True)
        with console.status(f"generating day {day} of the market"):
            frames = write_tape(path, generate(config))
    except (ValueError, OverflowError) as error:
        raise InputError(f"demo: --hours {hours:g}: {error}") from error
    except OSError as error:
        raise InputError(f"demo: cannot write {path}: {error.strerror}; see --out") from error
    console.print(f"day {day}: {frames:,} frames in {path}")
    return path


def _trade(tape_path: Path, bot: Bot, directory: Path, console: Console) -> _Traded:
    """Let one bot trade one day, and read back from its journal what it did."""
    for old in directory.glob("journal-*.jsonl"):
        old.unlink()
    markets = _markets(tape_path)
    first_ns = next(iter(read_tape(tape_path))).local_ns
    journal = Journal(directory, first_ns, flush_bytes=1 << 20)
    with console.status(f"{bot.name} trades {tape_path.name}"):
        result = replay([read_tape(tape_path)], markets, bot.setup, sinks=(journal,))
    journal.close()
    console.print(
        f"{bot.name} on {tape_path.name}: {result.tally.accepted:,} orders accepted, "
        f"{result.tally.fill_count:,} fills, {result.level_changes_per_s:,.0f} level changes/s"
    )
    window = Window(since_ns=first_ns, until_ns=first_ns + round(result.tape_s + 120) * NS_PER_S)
    return _Traded(read_log(JournalSource(directory), window, ()), window)


def _markets(tape_path: Path) -> Sequence[Market]:
    return markets_on([read_tape(tape_path)])


def _report(out: Path, bots: Sequence[Bot], traded: Sequence[_Traded], console: Console) -> None:
    sets = [
        ReportSet(bot.name, each.log, summarize(each.log))
        for bot, each in zip(bots, traded, strict=True)
    ]
    before, production, after = ((each.name, each.summary) for each in sets)
    table = before_after_table(before, production, after)
    write_report(
        out / "report.html",
        sets,
        table,
        title="Paper against production, before and after calibration",
        window=traded[0].window,
    )
    console.print(_rich(table))


def _rich(table: Table) -> RichTable:
    colours = {"close": "green", "apart": "yellow", "far": "red"}
    rich = RichTable(*table.headings, title="Day two", title_justify="left")
    for row in table.rows:
        cells = [
            f"[{colours[cell.verdict]}]{cell.text}[/]" if cell.verdict in colours else cell.text
            for cell in row
        ]
        rich.add_row(*cells)
    return rich
