"""The command `python -m alerting monitor`."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from os import environ  # noqa: TID251 - the webhook is this command's only setting from outside
from pathlib import Path

import msgspec

from alerting.monitor.beat import BeatListener
from alerting.monitor.checks import of_beat, of_bots, of_wallet
from alerting.monitor.discord import NotDelivered, payload, post
from alerting.monitor.memory import Memory, Message, load, remember, save, to_tell
from alerting.monitor.reading import fetch, fetch_balance
from exporters.command_line import Parser, http_url, port, stop_on_signal

WEBHOOK = "DISCORD_WEBHOOK_URL"
START_S = 120.0
"""Before the first round of a process that stays: bots that start with it take as long."""
INTERVAL_S = 300.0
EXAMPLE = f"""\
The webhook's address comes from {WEBHOOK}, or from the file that {WEBHOOK}_FILE names;
without either, messages go to stderr only. Exits 0 when all is well, 1 when something is wrong
or could not be told, 2 on wrong use.

example, for cron:
  */5 * * * * cd /opt/pmm && python -m alerting monitor --once
"""

Tell = Callable[[Message], None]


class Setup(msgspec.Struct, frozen=True):
    """What a round needs: bots by name, the memory's file, how to tell, and the time.

    `wallet` is the wallet exporter's address, `None` when nobody asks for balances.
    """

    bots: Mapping[str, str]
    wallet: str | None
    memory: Path
    tell: Tell
    clock: Callable[[], float]


def parser() -> argparse.ArgumentParser:
    """Return the argument parser, for `--help` and for the documents."""
    options = Parser(
        prog="python -m alerting monitor",
        description="Watches both bots without Prometheus and posts to Discord.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = options.add_argument
    add("--once", action="store_true", help="one round, for cron; else one every 5 minutes")
    demo = "http://127.0.0.1:9101/metrics"
    add("--demo", type=http_url, default=demo, help="DEMO's metrics (%(default)s)")
    add("--prod", type=http_url, help="PROD's metrics; not watched without")
    add("--wallet", type=http_url, help="the wallet exporter's metrics, for the balance")
    add("--grafana", default="http://127.0.0.1:3000", help="what links lead to (%(default)s)")
    add("--state", type=Path, default=Path("state/monitor.json"), help="file (%(default)s)")
    add("--host", default="127.0.0.1", help="where the beat is heard (%(default)s)")
    add("--beat-port", type=port, help="listen for Alertmanager's watchdog; not with --once")
    return options


def main(arguments: Sequence[str]) -> int:
    """Run the command on the real clock and environment; return its exit code."""
    return run(arguments, environ, time.time)  # noqa: TID251 - the edge


def run(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    clock: Callable[[], float],
    wait: Callable[[float], bool] | None = None,
) -> int:
    """Run rounds until `wait(seconds)` returns True, or one; return the exit code of the last."""
    options = parser().parse_args(arguments)
    if options.once and options.beat_port is not None:
        return _complain("--beat-port needs a process that stays: leave --once out", 2)
    try:
        _webhook(environment)  # a wrong one is said at the start, not at the first message
    except ValueError as error:
        return _complain(str(error), 2)
    bots = {"demo": options.demo} | ({"prod": options.prod} if options.prod else {})
    tell = _teller(environment, options.grafana)
    setup = Setup(bots, options.wallet, options.state, tell, clock)
    if options.once:
        return round_of(setup, None)
    return _stay(setup, options, wait or stop_on_signal().wait)


def round_of(setup: Setup, beat_s: float | None) -> int:
    """Look once, tell what is to be told; return 0 when all is well and everything was told."""
    now_s = setup.clock()
    found = of_bots({env: fetch(url) for env, url in setup.bots.items()}, now_s)
    if setup.wallet:
        found |= of_wallet(fetch_balance(setup.wallet), now_s)
    if beat_s is not None:
        found |= of_beat(beat_s, now_s)
    try:
        memory = _remembered(setup.memory)
        is_told = True
        for message in to_tell(memory, found, now_s):
            _say(f"{'over: ' if message.is_over else ''}{message.text}")
            try:
                setup.tell(message)
            except NotDelivered as error:
                _say(f"not told: {error}")  # not remembered, so the next round tells it
                is_told = False
            else:
                remember(memory, message, now_s)
        save(setup.memory, memory)
    except (OSError, ValueError) as error:
        return _complain(str(error), 1)
    return 0 if is_told and not any(found.values()) else 1


def _remembered(path: Path) -> Memory:
    try:
        return load(path)
    except ValueError as error:
        # Everything is told once more, each round where the disk stays broken: a watchdog that says
        # nothing would be worse.
        _say(f"{error}; everything is told anew")
        return {}


def _stay(setup: Setup, options: argparse.Namespace, wait: Callable[[float], bool]) -> int:
    listener = None
    if options.beat_port is not None:
        try:
            listener = BeatListener(options.host, options.beat_port, setup.clock)
        except OSError as error:
            return _complain(f"cannot listen on port {options.beat_port}: {error}", 1)
        listener.start()
    code, pause_s = 0, START_S
    try:
        while not wait(pause_s):
            code, pause_s = round_of(setup, listener.heard_s if listener else None), INTERVAL_S
    finally:
        if listener:
            listener.stop()
    return code


def _webhook(environment: Mapping[str, str]) -> str | None:
    """The address as it is now, `None` when there is none. Raises ValueError."""
    file = environment.get(f"{WEBHOOK}_FILE")
    try:
        text = Path(file).read_text(encoding="utf-8") if file else environment.get(WEBHOOK, "")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"cannot read the file that {WEBHOOK}_FILE names: {error}") from error
    url = text.strip()
    if url and not url.startswith(("https://", "http://")):
        raise ValueError(f"{WEBHOOK} is no http address")  # its text is a secret
    return url or None


def _teller(environment: Mapping[str, str], grafana: str) -> Tell:
    """Reads the file for each message: the stack writes a new address while this runs."""

    def tell(message: Message) -> None:
        try:
            url = _webhook(environment)
        except ValueError as error:
            raise NotDelivered(str(error)) from error
        if url is not None:
            post(url, payload(message, grafana))

    return tell


def _complain(text: str, code: int) -> int:
    _say(text)
    return code


def _say(text: str) -> None:
    sys.stderr.write(f"monitor: {text}\n")
