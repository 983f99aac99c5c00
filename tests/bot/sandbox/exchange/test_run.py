"""The command: options, and a process that ends on a signal."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import urllib.request
from pathlib import Path

import aiohttp
import pytest

from bot.domain.errors import SettingsError, TapeError
from bot.domain.units import CASH_SCALE
from bot.sandbox.exchange.run import SandboxOptions, make_exchange, run_sandbox
from bot.sandbox.exchange.server import Server
from bot.sandbox.market import GeneratedMarketConfig, generate, write_tape
from tests.bot.sandbox.exchange.world import T0_NS, MovableClock


def test_options_become_an_exchange() -> None:
    """Cash, speed, queue and faults."""
    options = SandboxOptions(cash=7.5, speed=3.0, power_n=2.0, faults='{"failed": 0.25}')
    exchange, flow = make_exchange(options, T0_NS)
    assert (7.5 * CASH_SCALE, 3.0, 0.25) == (
        exchange.config.cash,
        exchange.config.speed,
        exchange.faults.failed,
    )
    assert "generated-market" == flow.markets[0].slug


def test_a_tape_gives_the_market(tmp_path: Path) -> None:
    """Instead of generated traders."""
    path = tmp_path / "tape.jsonl"
    config = GeneratedMarketConfig(seed=3, duration_s=60)
    write_tape(path, generate(config), config.slug)
    exchange, flow = make_exchange(SandboxOptions(tape=path), T0_NS)
    assert [flow.markets[0].condition_id] == list(exchange.hall.markets)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (SandboxOptions(speed=0.0), "speed"),
        (SandboxOptions(cash=-1.0), "cash"),
        (SandboxOptions(activity=0.0), "activity"),
        (SandboxOptions(faults='{"mode": "off"}'), "--faults: faults: "),
        (SandboxOptions(faults="{"), "--faults: faults: "),
    ],
)
def test_options_out_of_bounds_are_refused(options: SandboxOptions, text: str) -> None:
    """With the name of the option."""
    with pytest.raises(SettingsError, match=text):
        make_exchange(options, T0_NS)


def test_a_missing_tape_is_an_error() -> None:
    """Before anything is served."""
    with pytest.raises(TapeError):
        run_sandbox(SandboxOptions(tape=Path("nowhere.jsonl"), port=0))


async def test_a_taken_port_is_explained() -> None:
    """With what to do."""
    clock = MovableClock()
    exchange, flow = make_exchange(SandboxOptions(), clock.now_ns())
    async with Server(exchange, flow.messages, clock) as server:
        port = int(server.url.rpartition(":")[2])
        with pytest.raises(SettingsError, match=f"cannot listen on 127.0.0.1:{port}"):
            await asyncio.to_thread(run_sandbox, SandboxOptions(port=port))


async def test_it_listens_where_it_is_told_to() -> None:
    """Beside other containers as on the loopback."""
    clock = MovableClock()
    exchange, flow = make_exchange(SandboxOptions(), clock.now_ns())
    everywhere = "0.0.0.0"  # noqa: S104 - as in a container
    async with (
        Server(exchange, flow.messages, clock, host=everywhere) as server,
        aiohttp.ClientSession() as client,
    ):
        host, _, port = server.url.removeprefix("http://").partition(":")
        assert everywhere == host
        async with client.get(f"http://127.0.0.1:{port}/time") as answer:
            assert 200 == answer.status


def test_it_serves_until_a_signal(capsys: pytest.CaptureFixture[str]) -> None:
    """And says where, on stderr; the exit code is 0."""
    asked: list[bytes] = []

    def ask_and_stop() -> None:
        while "local exchange at " not in (text := capsys.readouterr().err):
            threading.Event().wait(0.001)
        url = text.split()[3].rstrip(",")
        with urllib.request.urlopen(f"{url}/ok") as answer:  # noqa: S310 - our own server
            asked.append(answer.read())
        os.kill(os.getpid(), signal.SIGTERM)

    asking = threading.Thread(target=ask_and_stop)
    asking.start()
    assert 0 == run_sandbox(SandboxOptions(port=0))
    asking.join()
    assert [b'"OK"'] == asked
