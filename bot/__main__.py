"""The command line, `python -m bot COMMAND`: exits 0 fine, 1 failed, 2 wrong use."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.domain.errors import InputError, PmmError, SettingsError

if TYPE_CHECKING:
    from bot.settings import Settings

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - its only name

Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    command: Command = options.command
    try:
        return command(options)
    except KeyboardInterrupt:
        return _complain("stopped by the keyboard", 1)
    except (SettingsError, InputError) as error:
        return _complain(str(error), 2)
    except PmmError as error:
        return _complain(str(error), 1)


def _complain(message: str, code: int) -> int:
    print(f"bot: {message}", file=sys.stderr)
    return code


# commands -----------------------------------------------------------------------------------


def _run(options: argparse.Namespace) -> int:
    settings = _settings(options)
    if options.venue == "polymarket":
        from bot.production import run_production
        from bot.settings import load_secrets

        secrets = load_secrets(settings.wallet)
        return run_production(settings, secrets, market=options.market, verbose=options.verbose)
    from bot.run import run_paper

    return run_paper(settings, market=options.market, verbose=options.verbose)


def _cancel_all(options: argparse.Namespace) -> int:
    from bot.operator import run_cancel_all
    from bot.settings import load_secrets

    settings = _settings(options)
    return run_cancel_all(settings, load_secrets(settings.wallet))


def _replay(options: argparse.Namespace) -> int:
    from bot.replay_command import ReplayOptions, run_replay

    return run_replay(
        _settings(options),
        ReplayOptions(
            tapes=tuple(options.tapes),
            market=options.market,
            journal=options.journal,
            calibration=options.calibration,
            model=options.model,
            seed=options.seed,
            hours=options.hours,
            as_json=options.json,
        ),
    )


def _check(options: argparse.Namespace) -> int:
    from bot.preflight.command import run_check
    from bot.settings import load_secrets

    settings = _settings(options)
    return run_check(settings, load_secrets(settings.wallet), as_json=options.json)


def _markets(options: argparse.Namespace) -> int:
    from bot.markets.command import run_markets

    return run_markets(_settings(options), limit=options.limit, as_json=options.json)


def _record(options: argparse.Namespace) -> int:
    from bot.run import run_record

    return run_record(_settings(options), market=options.market, path=options.out)


def _sandbox(options: argparse.Namespace) -> int:
    from bot.sandbox.exchange.run import SandboxOptions, run_sandbox

    return run_sandbox(
        SandboxOptions(
            tape=options.tape,
            market=options.market,
            port=options.port,
            seed=options.seed,
            speed=options.speed,
            activity=options.activity,
            faults=options.faults,
        )
    )


def _demo(options: argparse.Namespace) -> int:
    from bot.demo import run_demo

    return run_demo(options.out, hours=options.hours, seed=options.seed)


def _reset_kill_switch(options: argparse.Namespace) -> int:
    from bot.latch import LatchFile

    directory = Path(_settings(options).state_dir)
    latch = LatchFile(directory).load()
    if latch is None:
        print(f"the kill switch in {directory} has not tripped; nothing to do")
        return 0
    if not options.yes:
        return _complain(
            f"the kill switch tripped ({latch.reason}, loss ${latch.loss / 1e6:.2f}); "
            "find out why, then run this again with --yes",
            1,
        )
    LatchFile(directory).reset()
    print(f"the kill switch in {directory} is armed again")
    return 0


def _wallet(options: argparse.Namespace) -> int:
    from bot.settings import load_secrets
    from bot.wallet.command import WalletOptions, run_wallet

    settings = _settings(options)
    wanted = WalletOptions(
        operation=options.operation,
        amount=options.amount,
        market=options.market or "",
        pol_usd=options.pol_usd,
        is_sent=options.yes,
    )
    return run_wallet(settings, load_secrets(settings.wallet), wanted)


def _settings(options: argparse.Namespace) -> Settings:
    from bot.settings import load_settings

    return load_settings(options.config)


# the parser ---------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bot", description="A Polymarket market maker and its paper twin."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_run(commands)
    _add_check(commands)
    _add_markets(commands)
    _add_replay(commands)
    _add_record(commands)
    _add_sandbox(commands)
    _add_demo(commands)
    _add_reset(commands)
    _add_wallet(commands)
    _add_cancel_all(commands)
    return parser


def _add(commands: Commands, name: str, text: str, example: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(
        name,
        help=text,
        description=f"{text[0].upper()}{text[1:]}.",
        epilog=f"example: {example}",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings file (TOML)")
    return parser


def _add_run(commands: Commands) -> None:
    example = "python -m bot run --venue paper --market will-it-rain-tomorrow"
    parser = _add(commands, "run", "run one bot on the live feed", example)
    parser.add_argument(
        "--venue", choices=["paper", "polymarket"], required=True, help="where orders go"
    )
    parser.add_argument("--market", help="slug, condition id or token (else PMM_MARKET, else best)")
    parser.add_argument("--verbose", action="store_true", help="log every event")
    parser.set_defaults(command=_run)


def _add_check(commands: Commands) -> None:
    example = "python -m bot check"
    parser = _add(commands, "check", "say whether this bot may trade for real", example)
    parser.add_argument("--json", action="store_true", help="print the checks as JSON")
    parser.set_defaults(command=_check)


def _add_markets(commands: Commands) -> None:
    example = "python -m bot markets --limit 10"
    parser = _add(commands, "markets", "say which markets pass the screen, and why", example)
    parser.add_argument("--limit", type=int, default=20, help="markets shown, best first")
    parser.add_argument("--json", action="store_true", help="print the verdicts as JSON")
    parser.set_defaults(command=_markets)


def _add_replay(commands: Commands) -> None:
    example = "python -m bot replay tape.jsonl.zst --journal state/replay"
    parser = _add(commands, "replay", "run the paper bot over recordings", example)
    parser.add_argument(
        "tapes", nargs="*", type=Path, metavar="TAPE", help="none: generated market"
    )
    parser.add_argument("--market", help="only the market whose id begins like this")
    parser.add_argument("--journal", type=Path, metavar="DIR", help="write the events here")
    parser.add_argument("--calibration", type=Path, metavar="FILE", help="paper parameters")
    parser.add_argument("--model", choices=["tape", "legacy"], default="tape", help="paper model")
    parser.add_argument("--seed", type=int, default=1, help="of everything random")
    parser.add_argument("--hours", type=float, default=6.0, help="length of the generated market")
    parser.add_argument("--json", action="store_true", help="print the summary as JSON")
    parser.set_defaults(command=_replay)


def _add_record(commands: Commands) -> None:
    example = "python -m bot record --market will-it-rain-tomorrow tape.jsonl.zst"
    parser = _add(commands, "record", "record the live feed to a tape", example)
    parser.add_argument("out", type=Path, metavar="TAPE", help="*.jsonl.zst or *.jsonl.gz")
    parser.add_argument("--market", help="slug, condition id or token (else PMM_MARKET)")
    parser.set_defaults(command=_record)


def _add_sandbox(commands: Commands) -> None:
    example = "python -m bot sandbox --speed 10"
    parser = _add(commands, "sandbox", "run a local exchange that speaks the real wire", example)
    parser.add_argument("tape", nargs="?", type=Path, metavar="TAPE", help="none: generated market")
    parser.add_argument("--market", help="only the market whose id begins like this")
    parser.add_argument("--port", type=int, default=8777, help="on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--seed", type=int, default=1, help="of everything random")
    parser.add_argument("--speed", type=float, default=1.0, help="seconds of the flow in a second")
    parser.add_argument("--activity", type=float, default=1.0, help="of the generated traders")
    parser.add_argument("--faults", default="", metavar="JSON", help="faults from the start")
    parser.set_defaults(command=_sandbox)


def _add_demo(commands: Commands) -> None:
    example = "python -m bot demo --out demo"
    parser = _add(commands, "demo", "run the whole loop offline and write a report", example)
    parser.add_argument("--out", type=Path, default=Path("demo"), metavar="DIR", help="results")
    parser.add_argument("--hours", type=float, default=24.0, help="market time of each day")
    parser.add_argument("--seed", type=int, default=1, help="of everything random")
    parser.set_defaults(command=_demo)


def _add_cancel_all(commands: Commands) -> None:
    example = "python -m bot cancel-all"
    parser = _add(commands, "cancel-all", "take every order of the account off, now", example)
    parser.set_defaults(command=_cancel_all)


def _add_reset(commands: Commands) -> None:
    example = "python -m bot reset-kill-switch --yes"
    parser = _add(commands, "reset-kill-switch", "arm a tripped kill switch again", example)
    parser.add_argument("--yes", action="store_true", help="really do it")
    parser.set_defaults(command=_reset_kill_switch)


def _add_wallet(commands: Commands) -> None:
    example = "python -m bot wallet approve --yes"
    parser = _add(commands, "wallet", "show the wallet, or move what it holds", example)
    names = ["status", "approve", "wrap", "unwrap", "merge", "redeem"]
    parser.add_argument("operation", choices=names, help="what to do")
    parser.add_argument("--amount", default="", help="dollars, or pairs to merge (else all)")
    parser.add_argument("--market", help="slug, condition id or token, to merge or redeem")
    parser.add_argument("--pol-usd", type=float, help="price of POL, to record gas in dollars")
    parser.add_argument("--yes", action="store_true", help="really send it")
    parser.set_defaults(command=_wallet)


if __name__ == "__main__":
    sys.exit(main())
