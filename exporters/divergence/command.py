"""The command `python -m exporters divergence`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from prometheus_client import CollectorRegistry

from bot.clock import SystemClock
from bot.domain.errors import PmmError
from exporters.command_line import Parser, http_url, port, stop_on_signal
from exporters.divergence.export import DivergenceMetrics
from exporters.divergence.service import DivergenceService
from exporters.divergence.source import http_source
from exporters.http import MetricsServer

PORT = 9111

EXAMPLE = """\
examples:
  python -m exporters divergence
  python -m exporters divergence \\
      --demo 'http://prometheus:9090/federate?match[]={env="demo"}' \\
      --prod 'http://prometheus:9090/federate?match[]={env="prod"}'
"""


def parser() -> argparse.ArgumentParser:
    """Return the argument parser, for `--help` and for the documents."""
    options = Parser(
        prog="python -m exporters divergence",
        description="Compares DEMO with PROD every minute and serves pmm_divergence_* metrics.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = options.add_argument
    url = "http://127.0.0.1:{}/metrics"
    add("--demo", type=http_url, default=url.format(9101), help="DEMO's metrics (%(default)s)")
    add("--prod", type=http_url, default=url.format(9103), help="PROD's metrics (%(default)s)")
    add("--state", type=Path, default=Path("state/divergence.json"), help="file (%(default)s)")
    add("--host", default="127.0.0.1", help="where /metrics listens (%(default)s)")
    add("--port", type=port, default=PORT, help="and its port, 0 for any free one (%(default)s)")
    return options


def run(arguments: Sequence[str], wait: Callable[[float], bool] | None = None) -> int:
    """Serve until told to stop; return the exit code: 0 fine, 1 failed, 2 wrong use.

    `wait(seconds)` returns True to stop; by default SIGINT and SIGTERM do.
    """
    options = parser().parse_args(arguments)
    try:
        _serve(options, wait or stop_on_signal().wait)
    except PmmError as error:
        return _complain(str(error), 1)
    except OSError as error:
        return _complain(f"cannot listen on {options.host}:{options.port}: {error}", 1)
    return 0


def _serve(options: argparse.Namespace, wait: Callable[[float], bool]) -> None:
    registry = CollectorRegistry()
    service = DivergenceService(
        demo=http_source(options.demo),
        prod=http_source(options.prod),
        path=options.state,
        clock=SystemClock(),
        metrics=DivergenceMetrics(registry),
    )
    server = MetricsServer(registry, service.health, host=options.host, port=options.port)
    server.start()
    sys.stderr.write(f"divergence: http://{options.host}:{server.port}/metrics\n")
    try:
        service.run(wait)
    finally:
        server.stop()


def _complain(message: str, code: int) -> int:
    sys.stderr.write(f"divergence: {message}\n")
    return code
