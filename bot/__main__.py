"""The command line, `python -m bot COMMAND`: exits 0 fine, 1 failed, 2 wrong use."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli import Command, make_parser
from bot.domain.errors import InputError, PmmError, SettingsError

if TYPE_CHECKING:
    from bot.settings import Settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = make_parser(COMMANDS).parse_args(arguments)
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


def _battery(options: argparse.Namespace) -> int:
    from bot.battery.command import BatteryOptions, run_battery

    return run_battery(
        _settings(options),
        BatteryOptions(
            calibration=options.calibration,
            tapes=tuple(options.tapes),
            market=options.market,
            seed=options.seed,
            hours=options.hours,
            as_of=options.as_of,
            as_json=options.json,
        ),
    )


def _record(options: argparse.Namespace) -> int:
    from bot.record import check_name
    from bot.run import run_record

    check_name(options.out)
    return run_record(_settings(options), market=options.market, path=options.out)


def _sandbox(options: argparse.Namespace) -> int:
    from bot.sandbox.exchange.run import SandboxOptions, run_sandbox

    return run_sandbox(
        SandboxOptions(
            tape=options.tape,
            market=options.market,
            host=options.host,
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
    from bot.latch import LatchFile, has_latch

    directory = Path(_settings(options).state_dir)
    if not has_latch(directory):
        raise InputError(
            f"no bot ever kept a kill switch in {directory}: set PMM_STATE_DIR or --config as for "
            "the bot, and run this in the same directory"
        )
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
    print(f"the kill switch in {directory} is armed again; a bot that still runs must be restarted")
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


COMMANDS: dict[str, Command] = {
    "run": _run,
    "check": _check,
    "markets": _markets,
    "replay": _replay,
    "battery": _battery,
    "record": _record,
    "sandbox": _sandbox,
    "demo": _demo,
    "reset-kill-switch": _reset_kill_switch,
    "wallet": _wallet,
    "cancel-all": _cancel_all,
}
"""Every command by name; its words are in cli.py."""


if __name__ == "__main__":
    sys.exit(main())
