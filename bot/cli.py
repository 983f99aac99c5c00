"""The words of the command line: every command with its options, its help and an example.

Wrong use is one line on stderr and exit code 2.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from exporters.command_line import Parser, port

if TYPE_CHECKING:
    Added: TypeAlias = "argparse._SubParsersAction[Parser]"  # noqa: SLF001 - its only name

Command: TypeAlias = Callable[[argparse.Namespace], int]
"""What a command does with its options; returns the exit code."""


class _Defaults(argparse.ArgumentDefaultsHelpFormatter):
    """Shows a default where there is one that says something."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        if action.default in (None, "", False):
            return action.help
        return super()._get_help_string(action)


def make_parser(commands: Mapping[str, Command]) -> argparse.ArgumentParser:
    """Return the parser of all commands; what it parsed has the function as `command`."""
    parser = Parser(
        prog="python -m bot",
        description="A Polymarket market maker and its paper twin.",
        epilog="Each command has its own --help. Start with `python -m bot demo`, which needs "
        "neither network nor account. Exit codes: 0 fine, 1 failed, 2 wrong use.",
    )
    added = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_run(added)
    _add_check(added)
    _add_markets(added)
    _add_replay(added)
    _add_battery(added)
    _add_record(added)
    _add_sandbox(added)
    _add_demo(added)
    _add_reset(added)
    _add_wallet(added)
    _add_cancel_all(added)
    for name, subparser in added.choices.items():
        subparser.set_defaults(command=commands[name])
    return parser


def _add(
    added: Added, name: str, text: str, example: str, *, has_settings: bool = True
) -> argparse.ArgumentParser:
    parser = added.add_parser(
        name,
        help=text,
        description=f"{text[0].upper()}{text[1:]}.",
        epilog=f"example: {example}",
        formatter_class=_Defaults,
    )
    if has_settings:
        text = "settings file (TOML); PMM_... in the environment wins over it"
        parser.add_argument("--config", type=Path, metavar="FILE", help=text)
    return parser


def _count(text: str) -> int:
    """Return a whole number that is not negative. Raises ArgumentTypeError."""
    if not text.isascii() or not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number")
    return int(text)


def _number(text: str) -> float:
    """Return a number that is positive and finite. Raises ArgumentTypeError."""
    try:
        number = float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no number") from error
    if not (math.isfinite(number) and number > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is not positive and finite")
    return number


def _add_run(added: Added) -> None:
    example = "python -m bot run --venue paper --market will-it-rain-tomorrow"
    parser = _add(added, "run", "run one bot on the live feed", example)
    parser.add_argument(
        "--venue",
        choices=["paper", "polymarket"],
        required=True,
        help="where orders go: simulated, or real ones (which also asks for PMM_LIVE=yes)",
    )
    parser.add_argument(
        "--market",
        metavar="NAME",
        help="slug, condition id or token; else PMM_MARKET, else the one the screen ranks first",
    )
    parser.add_argument(
        "--verbose", action="store_true", help="log every event, not only those for a person"
    )


def _add_check(added: Added) -> None:
    example = "python -m bot check"
    parser = _add(added, "check", "say whether this bot may trade for real", example)
    parser.add_argument("--json", action="store_true", help="print the checks as JSON")


def _add_markets(added: Added) -> None:
    example = "python -m bot markets --limit 10"
    parser = _add(added, "markets", "say which markets pass the screen, and why", example)
    parser.add_argument(
        "--limit", type=_count, default=20, metavar="N", help="markets shown, best first"
    )
    parser.add_argument("--json", action="store_true", help="print the verdicts as JSON")


def _add_replay(added: Added) -> None:
    example = "python -m bot replay tape.jsonl.zst --journal state/replay"
    parser = _add(added, "replay", "run the paper bot over recordings", example)
    parser.add_argument(
        "tapes",
        nargs="*",
        type=Path,
        metavar="TAPE",
        help="recordings, one after the other; without any a market is generated",
    )
    parser.add_argument("--market", metavar="ID", help="only the market whose id begins like this")
    parser.add_argument(
        "--journal", type=Path, metavar="DIR", help="write the events into this empty directory"
    )
    parser.add_argument(
        "--calibration", type=Path, metavar="FILE", help="parameters of the paper venue"
    )
    parser.add_argument(
        "--model",
        choices=["tape", "legacy"],
        default="tape",
        help="fills by the tape's trades, or by chance",
    )
    parser.add_argument("--seed", type=_count, default=1, metavar="N", help="of everything random")
    parser.add_argument(
        "--hours", type=_number, default=6.0, metavar="H", help="length of the generated market"
    )
    parser.add_argument("--json", action="store_true", help="print the summary as JSON")


def _add_battery(added: Added) -> None:
    example = "python -m bot battery --calibration calibration.json tape.jsonl.zst"
    text = "say GO or NO-GO to the next step up in capital, by calibrated paper under stress"
    parser = _add(added, "battery", text, example)
    parser.add_argument(
        "tapes", nargs="*", type=Path, metavar="TAPE", help="none: three generated markets"
    )
    parser.add_argument(
        "--calibration", type=Path, required=True, metavar="FILE", help="what is judged"
    )
    parser.add_argument("--market", metavar="ID", help="only the market whose id begins like this")
    parser.add_argument("--seed", type=_count, default=1, metavar="N", help="of everything random")
    parser.add_argument(
        "--hours", type=_number, default=6.0, metavar="H", help="length of each generated market"
    )
    parser.add_argument(
        "--as-of", metavar="TIME", help="judge the calibration's age as of this time (else now)"
    )
    parser.add_argument("--json", action="store_true", help="print the verdict as JSON")


def _add_record(added: Added) -> None:
    example = "python -m bot record --market will-it-rain-tomorrow tape.jsonl.zst"
    parser = _add(added, "record", "record the live feed to a tape", example)
    parser.add_argument(
        "out",
        type=Path,
        metavar="TAPE",
        help="a new file, packed as its name ends: .jsonl.zst, .jsonl.gz or .jsonl (not packed)",
    )
    parser.add_argument(
        "--market", metavar="NAME", help="slug, condition id or token; else PMM_MARKET"
    )


def _add_sandbox(added: Added) -> None:
    example = "python -m bot sandbox --speed 10"
    text = "run a local exchange that speaks the real wire"
    parser = _add(added, "sandbox", text, example, has_settings=False)
    parser.add_argument(
        "tape",
        nargs="?",
        type=Path,
        metavar="TAPE",
        help="a recording to play; without it a market is generated",
    )
    parser.add_argument("--market", metavar="ID", help="only the market whose id begins like this")
    parser.add_argument("--host", default="127.0.0.1", help="where it listens")
    parser.add_argument(
        "--port", type=port, default=8777, metavar="N", help="and its port; 0 takes a free one"
    )
    parser.add_argument("--seed", type=_count, default=1, metavar="N", help="of everything random")
    parser.add_argument(
        "--speed", type=_number, default=1.0, metavar="X", help="market seconds in one second"
    )
    parser.add_argument(
        "--activity",
        type=_number,
        default=1.0,
        metavar="X",
        help="of generated traders; 1 is usual",
    )
    parser.add_argument(
        "--faults", default="", metavar="JSON", help="faults from the start: docs/sandbox.md"
    )


def _add_demo(added: Added) -> None:
    example = "python -m bot demo --out demo"
    text = "run the whole loop offline and write a report"
    parser = _add(added, "demo", text, example, has_settings=False)
    parser.add_argument(
        "--out", type=Path, default=Path("demo"), metavar="DIR", help="where results are written"
    )
    parser.add_argument(
        "--hours", type=_number, default=24.0, metavar="H", help="market time of each of two days"
    )
    parser.add_argument("--seed", type=_count, default=1, metavar="N", help="of everything random")


def _add_cancel_all(added: Added) -> None:
    example = "python -m bot cancel-all"
    _add(added, "cancel-all", "take every order of the account off, now", example)


def _add_reset(added: Added) -> None:
    example = "python -m bot reset-kill-switch --yes"
    parser = _add(added, "reset-kill-switch", "arm a tripped kill switch again", example)
    parser.add_argument(
        "--yes", action="store_true", help="really do it; without it the reason is told"
    )


def _add_wallet(added: Added) -> None:
    example = "python -m bot wallet approve --yes"
    parser = _add(added, "wallet", "show the wallet, or move what it holds", example)
    names = ["status", "approve", "wrap", "unwrap", "merge", "redeem"]
    parser.add_argument(
        "operation", choices=names, metavar="OPERATION", help=f"what to do: {', '.join(names)}"
    )
    parser.add_argument(
        "--amount", default="", metavar="USD", help="dollars, or pairs to merge; without it all"
    )
    parser.add_argument(
        "--market", metavar="NAME", help="slug, condition id or token, to merge or redeem"
    )
    parser.add_argument(
        "--pol-usd", type=_number, metavar="USD", help="price of POL, to record gas in dollars"
    )
    parser.add_argument(
        "--yes", action="store_true", help="really send it; without it the plan is shown"
    )
