"""`python -m bot battery`: files in, progress on stderr, the verdict out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from bot.app import PaperSetup
from bot.battery.cases import BASE, STRESS, TOXIC, Case, toxic_market
from bot.battery.criteria import CRITERIA, Criteria, Finding
from bot.battery.evidence import SUBJECT, judge_calibration
from bot.battery.gauge import Reading
from bot.battery.rig import Recording, play, recording
from bot.battery.table import as_data, as_table
from bot.battery.verdict import Verdict, conclude, judge_runs
from bot.clock import SystemClock
from bot.domain import calibration as calibration_file
from bot.domain.calibration import Calibration
from bot.domain.errors import CalibrationError, InputError
from bot.domain.units import NS_PER_S, dollars
from bot.sandbox.market import GeneratedMarketConfig, generate, write_tape
from bot.settings import Settings

GENERATED_MARKETS = 3
"""Markets of successive seeds that are generated when no tape is given."""
TOXIC_HOURS_MAX = 2.0
TABLE_WIDTH = 120


class BatteryOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line asked for; see its help."""

    calibration: Path
    tapes: tuple[Path, ...] = ()
    market: str | None = None
    seed: int = 1
    hours: float = 6.0
    as_of: str | None = None
    as_json: bool = False


def run_battery(settings: Settings, options: BatteryOptions, criteria: Criteria = CRITERIA) -> int:
    """Play the battery and print the verdict. Returns 0 for GO and 1 for NO-GO.

    Raises InputError for what cannot be judged at all: no such file, no market on a tape.
    """
    now_ns = SystemClock().now_ns() if options.as_of is None else _ns(options.as_of)
    loss_max_usd = dollars(settings.engine.risk.loss_max)
    text = _read(options.calibration)
    readings: list[Reading] = []
    calibration_hash = None
    try:
        calibration = calibration_file.decode(text)
    except CalibrationError as error:
        verdict = conclude([Finding(SUBJECT, passed=False, text=str(error))])
    else:
        calibration_hash = calibration.hash
        readings = _play_all(settings, options, calibration)
        findings = judge_calibration(calibration, now_ns, criteria)
        verdict = conclude(findings + judge_runs(readings, loss_max_usd, criteria))
    if options.as_json:
        data = as_data(verdict, readings, criteria, calibration_hash)
        print(json.dumps(data, indent=2))  # noqa: T201 - the data that was asked for
    else:
        _show(verdict, readings, loss_max_usd)
    return 0 if verdict.go else 1


def _show(verdict: Verdict, readings: Sequence[Reading], loss_max_usd: float) -> None:
    console = Console()
    console.width = max(console.width, TABLE_WIDTH)
    console.print(as_table(verdict, readings, loss_max_usd))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            f"cannot read the calibration {path}: {error.strerror}; "
            "write one with `python -m extractor`"
        ) from error


def _ns(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"--as-of {text!r} is no time: write 2026-11-22T18:00") from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return round(moment.timestamp()) * NS_PER_S


def _play_all(
    settings: Settings, options: BatteryOptions, calibration: Calibration
) -> list[Reading]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(_folder()))
        bar = stack.enter_context(_bar())
        jobs = list(_jobs(folder, options, bar))
        task = bar.add_task("battery", total=len(jobs))
        readings = []
        for number, (tape, case) in enumerate(jobs):
            bar.update(task, description=f"{tape.name}: {case.name}", completed=number)
            readings.append(play(tape, case, _setup(settings, options, calibration)))
        return readings


def _jobs(folder: Path, options: BatteryOptions, bar: Progress) -> Iterator[tuple[Recording, Case]]:
    usual, toxic = _generated_markets(options)
    tapes = [
        recording(name, path, options.market)
        for name, path in zip(_names(options.tapes), options.tapes, strict=True)
    ]
    for tape in tapes or [_generated(folder, config, bar) for config in usual]:
        for case in (BASE, *STRESS):
            yield tape, case
    yield _generated(folder, toxic, bar), TOXIC


def _names(paths: Sequence[Path]) -> list[str]:
    """The names of the files up to their first dot; whole paths where those would be equal."""
    short = [path.name.split(".")[0] or path.name for path in paths]
    return short if len(set(short)) == len(short) else [str(path) for path in paths]


def _generated_markets(
    options: BatteryOptions,
) -> tuple[list[GeneratedMarketConfig], GeneratedMarketConfig]:
    """The usual markets and the toxic one."""
    try:
        usual = [
            GeneratedMarketConfig(seed=options.seed + n, duration_s=round(options.hours * 3600))
            for n in range(GENERATED_MARKETS)
        ]
        return usual, toxic_market(options.seed, min(TOXIC_HOURS_MAX, options.hours))
    except (ValueError, OverflowError) as error:
        raise InputError(f"--hours {options.hours:g}: {error}") from error


def _generated(folder: Path, config: GeneratedMarketConfig, bar: Progress) -> Recording:
    path = folder / f"{config.slug}-{config.seed}.jsonl"
    task = bar.add_task(f"generating {config.slug}, seed {config.seed}", total=None)
    try:
        write_tape(path, generate(config), config.slug)
    except OSError as error:
        raise InputError(
            f"cannot keep the generated market in {folder}: {error.strerror}; "
            "give another folder with TMPDIR, or fewer --hours"
        ) from error
    bar.remove_task(task)
    return recording(f"seed {config.seed}", path)


def _setup(settings: Settings, options: BatteryOptions, calibration: Calibration) -> PaperSetup:
    return PaperSetup(
        engine=settings.engine,
        paper=calibration.suggested_paper_config,
        calibration_hash=calibration.hash,
        seed=options.seed,
        run_id=f"battery-{options.seed}",
    )


@contextmanager
def _folder() -> Iterator[str]:
    try:
        folder = TemporaryDirectory()
    except OSError as error:
        raise InputError(
            f"cannot write to {gettempdir()}: {error.strerror}; give another folder with TMPDIR"
        ) from error
    with folder as path:
        yield path


@contextmanager
def _bar() -> Iterator[Progress]:
    """A bar over the runs on stderr; nothing where no person looks."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not sys.stderr.isatty()) as bar:
        yield bar
