"""`python -m bot sandbox`: a local exchange until SIGINT or SIGTERM."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from pathlib import Path

import msgspec

from bot.clock import SystemClock
from bot.domain.errors import SettingsError
from bot.domain.units import CASH_SCALE, NS_PER_S
from bot.sandbox.exchange.config import ExchangeConfig
from bot.sandbox.exchange.faults import Faults, change
from bot.sandbox.exchange.flow import Flow, generated_flow, tape_flow
from bot.sandbox.exchange.refusals import Refused
from bot.sandbox.exchange.server import HOST, Server
from bot.sandbox.exchange.state import Exchange
from bot.sandbox.market import GeneratedMarketConfig

DEFAULT_PORT = 8777
GENERATED_S = 30 * 86_400
"""A generated market lasts for so many seconds of flow."""


class SandboxOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line may say.

    * `tape`: recording to play, `None` for a generated market; `market` keeps only the one of it
      whose id begins like this.
    * `host`, `port`: where it listens; 0 takes a free port. `seed`: of everything random.
    * `speed`: seconds of the flow in one second. `activity`: of the generated traders, times usual.
    * `cash`: dollars of each new wallet. `power_n`: exponent of the queue, `None` risk-averse.
    * `faults`: JSON object as POST /control/faults takes it, "" for none.
    """

    tape: Path | None = None
    market: str | None = None
    host: str = HOST
    port: int = DEFAULT_PORT
    seed: int = 1
    speed: float = 1.0
    activity: float = 1.0
    cash: float = 25.0
    power_n: float | None = None
    faults: str = ""


def run_sandbox(options: SandboxOptions) -> int:
    """Serve until SIGINT or SIGTERM and return the exit code.

    Raises SettingsError for options out of bounds, TapeError or InputError for a useless tape.
    """
    return asyncio.run(_run(options))


def make_exchange(options: SandboxOptions, now_ns: int) -> tuple[Exchange, Flow]:
    """Return the exchange that the options describe, and its flow. Raises like `run_sandbox`."""
    flow = _flow(options, now_ns)
    exchange = Exchange(flow.markets, _config(options), now_ns, flow.catalogue)
    exchange.hall.faults = _faults(options)
    return exchange, flow


async def _run(options: SandboxOptions) -> int:
    clock = SystemClock()
    exchange, flow = make_exchange(options, clock.now_ns())
    try:
        async with Server(exchange, flow.messages, clock, options.port, options.host) as server:
            sys.stderr.write(_greeting(server, flow))
            await _until_signal(server)
    except OSError as error:
        raise SettingsError(
            f"cannot listen on {options.host}:{options.port}: {error.strerror}; give another --port"
        ) from error
    return 0


async def _until_signal(server: Server) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    waiting = [asyncio.ensure_future(stop.wait()), asyncio.ensure_future(server.wait())]
    done, rest = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in rest:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    for task in done:
        task.result()  # an error of the exchange ends the program with it


def _flow(options: SandboxOptions, now_ns: int) -> Flow:
    if options.tape is not None:
        return tape_flow(options.tape, options.market)
    try:
        config = GeneratedMarketConfig(
            seed=options.seed,
            start_ns=now_ns // NS_PER_S * NS_PER_S,
            duration_s=GENERATED_S,
            activity=options.activity,
        )
    except ValueError as error:
        raise SettingsError(f"sandbox: {error}") from error
    return generated_flow(config)


def _config(options: SandboxOptions) -> ExchangeConfig:
    values = {
        "seed": options.seed,
        "speed": options.speed,
        "cash": round(options.cash * CASH_SCALE),
        "power_n": options.power_n,
    }
    try:
        return msgspec.convert(values, ExchangeConfig)
    except msgspec.ValidationError as error:
        raise SettingsError(f"sandbox: {error}") from error


def _faults(options: SandboxOptions) -> Faults:
    try:
        return change(Faults(), options.faults.encode() or b"{}")
    except Refused as refused:
        raise SettingsError(f"--faults: {refused.error}") from refused


def _greeting(server: Server, flow: Flow) -> str:
    lines = [f"local exchange at {server.url}, {server.ws_url}/ws/market and /ws/user"]
    lines += [f"  market {market.slug} ({market.condition_id})" for market in flow.markets]
    control = f"{server.url}/control"
    lines.append(f"  faults: POST {control}/faults; truth: GET {control}/truth")
    return "\n".join(lines) + "\n"
