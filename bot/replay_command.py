"""`python -m bot replay`: options in, progress bar, summary out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from bot.app import PaperSetup, load_calibration
from bot.domain.calibration import PaperConfig
from bot.domain.errors import InputError
from bot.domain.ports import EventSink
from bot.journal import Journal
from bot.journal.segment import segments
from bot.lock import is_free
from bot.replay import Progress as OnProgress
from bot.replay import Replayed, replay
from bot.replay_table import as_data, as_table
from bot.sandbox.market import GeneratedMarketConfig, generate, write_tape
from bot.settings import Settings
from bot.tape import Tape, read_tape
from bot.tape_markets import markets_on
from bot.venues.paper.legacy import LEGACY_DEFAULTS
from bot.venues.paper.venue import Model

JOURNAL_FLUSH_BYTES = 1 << 20


class ReplayOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line asked for; see its help."""

    tapes: tuple[Path, ...] = ()
    market: str | None = None
    journal: Path | None = None
    calibration: Path | None = None
    model: Model = "tape"
    seed: int = 1
    hours: float = 6.0
    as_json: bool = False


def run_replay(settings: Settings, options: ReplayOptions) -> int:
    """Replay and print the summary: a table, or JSON on stdout. Returns the exit code."""
    console = Console(stderr=True)
    setup = _setup(settings, options)
    if options.journal is not None:
        _check_journal(options.journal)
    with ExitStack() as stack:
        tapes = [read_tape(path) for path in options.tapes]
        if not tapes:
            tapes = [stack.enter_context(_generated(options, console))]
        result = _replay(tapes, setup, options, stack, console)
    if options.as_json:
        print(json.dumps(as_data(result), indent=2))  # noqa: T201 - the data that was asked for
    else:
        Console().print(as_table(result))
    return 0


def _replay(
    tapes: list[Tape],
    setup: PaperSetup,
    options: ReplayOptions,
    stack: ExitStack,
    console: Console,
) -> Replayed:
    markets = markets_on(tapes, options.market)
    sinks: list[EventSink] = []
    if options.journal is not None:
        first_ns = next(frame.local_ns for tape in tapes for frame in tape)
        journal = Journal(options.journal, first_ns, flush_bytes=JOURNAL_FLUSH_BYTES)
        stack.callback(journal.close)
        sinks.append(journal)
    with _bar(console) as progress:
        return replay(tapes, markets, setup, sinks=sinks, progress=progress)


def _check_journal(directory: Path) -> None:
    """Raise InputError unless the journal would be alone there: paper mixes with nothing."""
    if segments(directory):
        raise InputError(
            f"{directory} holds the journal of another run: give an empty --journal directory"
        )
    if not is_free(directory):
        raise InputError(f"a bot runs in {directory}: give an empty --journal directory")


def _setup(settings: Settings, options: ReplayOptions) -> PaperSetup:
    paper = PaperConfig() if options.model == "tape" else LEGACY_DEFAULTS
    source = {}
    if options.calibration is not None:
        paper, source["calibration_hash"] = load_calibration(options.calibration)
    return PaperSetup(
        engine=settings.engine,
        paper=paper,
        model=options.model,
        seed=options.seed,
        run_id=f"replay-{options.seed}",
        **source,
    )


@contextmanager
def _generated(options: ReplayOptions, console: Console) -> Iterator[Tape]:
    """A tape of the generated market, kept for the time of the replay."""
    try:
        config = GeneratedMarketConfig(seed=options.seed, duration_s=round(options.hours * 3600))
    except (ValueError, OverflowError) as error:
        raise InputError(f"generated market: {error}") from error
    with ExitStack() as stack:
        try:
            path = Path(stack.enter_context(TemporaryDirectory())) / "generated.jsonl"
            with console.status(f"generating {options.hours:g} h of market, seed {options.seed}"):
                write_tape(path, generate(config))
        except OSError as error:
            raise InputError(
                f"cannot keep the generated market in {gettempdir()}: {error.strerror}; "
                "give another folder with TMPDIR, or fewer --hours"
            ) from error
        yield read_tape(path)


@contextmanager
def _bar(console: Console) -> Iterator[OnProgress]:
    """A progress bar over the bytes of the tapes; nothing where no person looks."""
    columns = (TextColumn("replay"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("replay", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
