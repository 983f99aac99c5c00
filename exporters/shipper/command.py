"""`python -m exporters ship`: the shipper as a process."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

from prometheus_client import CollectorRegistry

from bot.clock import SystemClock
from bot.domain.errors import InputError, SettingsError
from exporters.command_line import Parser, port, stop_on_signal
from exporters.http import MetricsServer
from exporters.influx_token import VARIABLE, influx_token
from exporters.shipper.backoff import Backoff
from exporters.shipper.influx import InfluxStore
from exporters.shipper.metrics import health_check, register
from exporters.shipper.shipper import Shipper
from exporters.shipper.state import ShipperState

EXAMPLE = """\
example:
  python -m exporters ship --journal state/journal --url http://127.0.0.1:8086 \\
      --org pmm --bucket ticks --token-file secrets/influx_token --tag env=demo
"""
_TAG = re.compile(r"([a-z][a-z0-9_]*)=([^\s,=\\]+)")


def parser() -> argparse.ArgumentParser:
    """Return the argument parser, for `--help` and for the documents."""
    options = Parser(
        prog="python -m exporters ship",
        description="Follow a bot's journal and write its events to InfluxDB. May be stopped and "
        "started at any time: nothing is lost and nothing doubled.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = options.add_argument
    add("--journal", type=Path, required=True, help="directory the bot journals to; only read")
    add("--url", required=True, help="address of InfluxDB 2")
    add("--org", required=True, help="organisation")
    add("--bucket", required=True, help="bucket to write to")
    add("--token-file", type=Path, help=f"file with the token (default: ${VARIABLE})")
    add("--tag", action="append", default=[], help="name=value added to every point: env=demo")
    add("--state", type=Path, help="directory for its position (default: JOURNAL/shipper)")
    add("--metrics-host", default="127.0.0.1", help="where /metrics listens (default %(default)s)")
    add("--metrics-port", type=port, default=9104, help="its port (default %(default)s)")
    return options


def run(arguments: Sequence[str], environ: Mapping[str, str] | None = None) -> int:
    """Ship until SIGTERM or SIGINT; return 0 then, 1 when it cannot work, 2 for wrong use."""
    options = parser().parse_args(arguments)
    try:
        _ship(options, os.environ if environ is None else environ)  # noqa: TID251 - the token's place
    except SettingsError as error:
        _say(f"error: {error}")
        return 2
    except InputError as error:
        _say(f"error: {error}")
        return 1
    return 0


def read_token(file: Path | None, environ: Mapping[str, str]) -> str:
    """Return the token like `influx_token`; raises SettingsError when there is none."""
    token = influx_token(environ, file)
    if not token:
        raise SettingsError(f"no token: give --token-file or set ${VARIABLE}")
    return token


def parse_tags(texts: Sequence[str]) -> dict[str, str]:
    """Return `name=value` pairs as tags. Raises SettingsError naming one that is none."""
    tags = {}
    for text in texts:
        match = _TAG.fullmatch(text)
        if match is None:
            raise SettingsError(f"--tag {text!r}: write name=value, as in env=demo")
        tags[match[1]] = match[2]
    return tags


def check_url(text: str) -> str:
    """Return the address without a closing slash. Raises SettingsError for one that is none."""
    try:
        parts = urlsplit(text)
        is_fine = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        is_open = parts.username is None
    except ValueError:
        is_fine = is_open = False
    if not (is_fine and is_open):  # not shown: a password may be in it
        raise SettingsError("--url: write http://host:port, without a name or password in it")
    return text.rstrip("/")


def _ship(options: argparse.Namespace, environ: Mapping[str, str]) -> None:
    token = read_token(options.token_file, environ)
    tags = parse_tags(options.tag)
    store = InfluxStore(check_url(options.url), options.org, options.bucket, token)
    state = ShipperState(options.state or options.journal / "shipper")
    clock = SystemClock()
    shipper = Shipper(
        options.journal,
        state,
        store,
        clock=clock,
        backoff=Backoff(Random()),
        tags=tags,
        say=_say,
    )
    registry = CollectorRegistry()
    register(registry, shipper.progress, clock)
    server = _serve(options, registry, shipper, clock)
    stop = stop_on_signal()
    try:
        shipper.run(stop)
    finally:
        server.stop()
        store.close()
        state.close()


def _serve(
    options: argparse.Namespace, registry: CollectorRegistry, shipper: Shipper, clock: SystemClock
) -> MetricsServer:
    place = f"{options.metrics_host}:{options.metrics_port}"
    try:
        server = MetricsServer(
            registry,
            health_check(shipper.progress, clock),
            host=options.metrics_host,
            port=options.metrics_port,
        )
    except OSError as error:
        raise SettingsError(f"cannot listen on {place}: {error.strerror}") from error
    server.start()
    return server


def _say(text: str) -> None:
    sys.stderr.write(f"shipper: {text}\n")
    sys.stderr.flush()
