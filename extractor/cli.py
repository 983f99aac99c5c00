"""The command line of the extractor: read a window, calibrate, write the file and the report."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from bot.domain.calibration import Calibration, Window, encode
from bot.domain.errors import InputError, SettingsError
from bot.domain.reports import Evidence
from exporters.command_line import Parser
from extractor.calibrate import HEADLINES, calibrate
from extractor.log import OrderLog, fold
from extractor.plots import ReportSet
from extractor.report import write_report
from extractor.sources import EventSource, of_markets, open_source
from extractor.store import rollback, write_calibration
from extractor.summary import summarize
from extractor.tables import estimates_table, number
from extractor.window import iso, parse_window

STDOUT = "-"
EXAMPLES = {"--out": "calibration.json", "--report": "report.html"}
EXAMPLE = """\
examples:
  python -m extractor --since 24h --source journal:state/journal --report report.html
  INFLUX_TOKEN_FILE=token python -m extractor --source influx:http://127.0.0.1:8086/ticks?env=prod
"""
SOURCE_HELP = (
    "journal:DIR, or influx:URL/BUCKET with ?env=NAME and its token in $INFLUX_TOKEN or the file "
    "of $INFLUX_TOKEN_FILE (default %(default)s)"
)


def parser() -> argparse.ArgumentParser:
    """Return the argument parser, for `--help` and for the documents."""
    options = Parser(
        prog="python -m extractor",
        description="Measure what production really did and write the calibration of the paper "
        "venue.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = options.add_argument
    add("--since", default="24h", help="start: 24h, 90m, 7d, or an ISO time (default 24h)")
    add("--until", default="now", help="end, excluded: the same forms, or now (default now)")
    add("--market", action="append", default=[], help="slug of a market; may be repeated")
    add("--source", default="journal:state/journal", help=SOURCE_HELP)
    add("--out", default="calibration.json", help="calibration file, - for stdout")
    add("--report", help="also write an HTML report there")
    add("--rollback", action="store_true", help="put the previous version of --out back")
    return options


def run(arguments: Sequence[str], now_ns: int) -> int:
    """Run the command and return its exit code: 0 fine, 1 failed, 2 wrong use.

    `now_ns` is what `24h` is counted back from. Errors are one line on stderr.
    """
    options = parser().parse_args(arguments)
    try:
        _check_names_a_file("--out", options.out)
        if options.report is not None:
            _check_names_a_file("--report", options.report)
        if options.rollback:
            _roll_back(options.out)
        else:
            _extract(options, parse_window(options.since, options.until, now_ns))
    except SettingsError as error:
        _say(f"error: {error}")
        return 2
    except InputError as error:
        _say(f"error: {error}")
        return 1
    return 0


def read_log(source: EventSource, window: Window, markets: Sequence[str]) -> OrderLog:
    """Return the order log of a window. Raises InputError when it holds no order."""
    log = fold(of_markets(source.events(window), markets))
    log.damage.update(source.damage)
    if not log.orders:
        where = f" in {', '.join(markets)}" if markets else ""
        raise InputError(
            f"{source.name} holds no order{where} from {iso(window.since_ns)} to "
            f"{iso(window.until_ns)}: widen --since, or check --source and --market"
        )
    return log


def _check_names_a_file(option: str, text: str) -> None:
    # before a long window is read
    if not Path(text).name or Path(text).is_dir():
        raise SettingsError(f"{option} {text!r} names no file: write {EXAMPLES[option]}")


def _roll_back(out: str) -> None:
    if out == STDOUT:
        raise SettingsError("--rollback needs the file: --out calibration.json")
    _say(f"{out} is back at {rollback(Path(out))[:12]}")


def _extract(options: argparse.Namespace, window: Window) -> None:
    source = open_source(options.source)
    with Console(stderr=True).status(f"reading {source.name}"):
        log = read_log(source, window, options.market)
    for note in (_damage_note(log, source.damaged_first), _paper_note(log)):
        if note is not None:
            _say(note)
    with Console(stderr=True).status(f"calibrating on {len(log.orders)} orders"):
        calibration = calibrate(log, window, source.name)
    if options.out == STDOUT:
        sys.stdout.write(encode(calibration).decode())
    else:
        write_calibration(Path(options.out), calibration)
        _say(_digest(calibration, options.out))
    if options.report is not None:
        _report(Path(options.report), log, calibration)


def _damage_note(log: OrderLog, first: str | None) -> str | None:
    if not log.damage:
        return None
    counts = ", ".join(f"{count} {kind}" for kind, count in sorted(log.damage.items()))
    where = f"; the first of the source is {first}" if first else ""
    return f"note: skipped as damaged, and counted in the file: {counts}{where}"


def _paper_note(log: OrderLog) -> str | None:
    # A window may begin after the start of its run: then the fills alone tell.
    kinds = {venue.startswith("paper") for venue in log.venues}
    kinds |= {fill.evidence is not Evidence.EXCHANGE for _, fill in log.fills()}
    if kinds == {True}:
        return "note: these orders are paper orders; only production's say what production does"
    if len(kinds) == 2:
        return (
            "note: paper and real orders are mixed here; choose a --source or a window without "
            "paper orders, since only production's say what production does"
        )
    return None


def _report(path: Path, log: OrderLog, calibration: Calibration) -> None:
    write_report(
        path,
        [ReportSet(" and ".join(calibration.markets), log, summarize(log))],
        estimates_table(calibration.estimates),
        title="What the orders really did",
        window=calibration.window,
    )
    _say(f"report in {path}")


def _digest(calibration: Calibration, out: str) -> str:
    # what a person wants to know at once: the eight figures, and why one is missing
    lines = [f"{out} {calibration.hash[:12]}: {calibration.counts['orders_submitted']} orders"]
    for key, name in HEADLINES.items():
        estimate = calibration.estimates[name]
        value = getattr(calibration, key)
        if value is None:
            lines.append(f"  {key:28} –  ({estimate.note})")
        else:
            lines.append(
                f"  {key:28} {number(value, '')} {estimate.unit.replace('1', '')}".rstrip()
            )
    return "\n".join(lines)


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
