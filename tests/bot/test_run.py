"""The live commands as a person starts them, against an exchange on the loopback."""

import asyncio
import json
import signal
import sys
import urllib.request
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from itertools import islice
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from bot.domain import events
from bot.domain.book import BookState
from bot.domain.errors import JournalError
from bot.journal import read_journal
from bot.sandbox.market import GeneratedMarketConfig, gamma_market, generate
from bot.tape import read_tape
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
CONFIG = GeneratedMarketConfig(seed=3, duration_s=3_600, activity=2.0, slug="live-test")
FRAMES = [frame.payload for frame in islice(generate(CONFIG), 3_000)]
PATIENCE_S = 120.0


class LiveExchange:
    """Plays the generated market to whoever subscribes: snapshot first, then frame after frame.

    The first connection gets garbage between the frames and is cut; the others go on until the
    end and then stay open in silence.
    """

    def __init__(self) -> None:
        self.connections = 0
        self.ws_port = 0
        self.http_port = 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator["LiveExchange"]:
        """Serve market channel and catalogue on free ports."""
        async with (
            serve(self._play, "127.0.0.1", 0, close_timeout=0.1) as stream,
            await asyncio.start_server(self._catalogue, "127.0.0.1", 0) as catalogue,
        ):
            self.ws_port = next(iter(stream.sockets)).getsockname()[1]
            self.http_port = catalogue.sockets[0].getsockname()[1]
            yield self

    def environment(self, state_dir: Path, **more: str) -> dict[str, str]:
        """The environment of a bot that trades here."""
        return {
            "PMM_MARKET_WS_URL": f"ws://127.0.0.1:{self.ws_port}/ws/market",
            "PMM_GAMMA_URL": f"http://127.0.0.1:{self.http_port}",
            "PMM_STATE_DIR": str(state_dir),
            "PMM_MARKET": CONFIG.slug,
            **more,
        }

    async def _play(self, connection: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            await connection.recv()
            self.connections += 1
            is_first = self.connections == 1
            for i, frame in enumerate(FRAMES[:600] if is_first else FRAMES):
                await connection.send(frame, text=True)
                if is_first and i % 100 == 50:
                    await connection.send('{"event_type": "price_change", "pri')
                if i % 20 == 0:
                    await asyncio.sleep(0.005)
            if is_first:
                connection.transport.abort()
                return
            await connection.wait_closed()

    async def _catalogue(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = json.dumps([gamma_market(CONFIG)]).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()


async def start(*arguments: str, env: dict[str, str]) -> Process:
    """A bot in a process of its own."""
    command = (sys.executable, "-m", "bot", *arguments)
    return await asyncio.create_subprocess_exec(
        *command, env=env, cwd=ROOT, stdout=PIPE, stderr=PIPE
    )


async def until(condition: Callable[[], bool], process: Process) -> None:
    """Wait for a condition while the process lives. Raises TimeoutError."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():
            assert process.returncode is None, await process.communicate()
            await asyncio.sleep(0.05)


async def ended(process: Process) -> int | None:
    """Ask the process to stop and return its exit code."""
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(PATIENCE_S):
        await process.communicate()
    return process.returncode


def journalled(state_dir: Path) -> Iterator[events.Event]:
    """What is in the journal by now."""
    with suppress(JournalError):
        yield from read_journal(state_dir / "journal")


def seen(state_dir: Path) -> Counter[str]:
    """Events by type."""
    return Counter(type(event).__name__ for event in journalled(state_dir))


@pytest.mark.slow
async def test_paper_bot_trades_through_garbage_and_a_cut_line(tmp_path: Path) -> None:
    """It quotes, loses the feed, trusts no book until new snapshots, quotes again, ends flat."""
    port = free_port()
    async with LiveExchange().open() as exchange:
        env = exchange.environment(tmp_path, PMM_METRICS_PORT=str(port))
        process = await start("run", "--venue", "paper", env=env)
        await until(lambda: exchange.connections >= 2, process)
        await until(lambda: seen(tmp_path)["OrderAccepted"] >= 2, process)
        metrics = await asyncio.to_thread(scrape, f"http://127.0.0.1:{port}/metrics")
        health = await asyncio.to_thread(scrape, f"http://127.0.0.1:{port}/healthz")
        code = await ended(process)
    told = list(journalled(tmp_path))
    lost = next(i for i, event in enumerate(told) if is_cut(event))
    states = [e.state for e in told[lost:] if isinstance(e, events.BookStateChanged)]
    damaged = sum(event.damaged for event in told if isinstance(event, events.FeedCounted))
    assert 0 == code
    assert [BookState.INVALID, BookState.INVALID] == states[:2]
    assert BookState.VALID in states
    assert damaged >= 6
    assert isinstance(told[-1], events.RunStopped)
    assert ("signal", 0) == (told[-1].reason, told[-1].open_orders)
    assert "pmm_orders_submitted_total" in metrics
    assert "pmm_journal_healthy 1.0" in metrics
    assert '"is_alive":true' in health


def is_cut(event: events.Event) -> bool:
    """True for the loss of the line; a machine that stands still for long loses continuity too."""
    return isinstance(event, events.FeedLost) and event.reason.startswith("disconnected: ")


def scrape(url: str) -> str:
    """The text behind a URL on the loopback."""
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - our own server
        return str(answer.read().decode())


async def test_bot_without_a_market_chooses_one_and_says_why(tmp_path: Path) -> None:
    """The best of the screen, before anything else."""
    async with LiveExchange().open() as exchange:
        anything = {"PMM_SCREEN__VOLUME_USD_MIN": "0", "PMM_SCREEN__END_DAYS_MIN": "0"}
        env = exchange.environment(tmp_path, **anything, PMM_METRICS_PORT="0", PMM_MARKET="")
        process = await start("run", "--venue", "paper", env=env)
        await until(lambda: seen(tmp_path)["RunStarted"] > 0, process)
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE_S):
            _, told = await process.communicate()
    assert "no market was named: chose live-test; score: flow" in told.decode()


@pytest.mark.slow
async def test_recorder_writes_a_tape_that_replays(tmp_path: Path) -> None:
    """What was received is on the tape, frame by frame, garbage included."""
    tape = tmp_path / "tape.jsonl.zst"
    async with LiveExchange().open() as exchange:
        process = await start("record", str(tape), env=exchange.environment(tmp_path))
        await until(lambda: exchange.connections >= 2, process)
        code = await ended(process)
    frames = [frame.payload for frame in read_tape(tape)]
    assert 0 == code
    assert FRAMES[0] == frames[0]
    assert len(frames) >= 600


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({"PMM_MARKET": "", "PMM_SCREEN__VOLUME_USD_MIN": "1e9"}, "none of 1 markets passes"),
        ({"PMM_ENGINE__RISK__LOSS_MAX": "-1"}, "loss_max"),
        ({"PMM_ENGINE__RISK__LOSSMAX": "1"}, "unknown field `lossmax`"),
        ({"PMM_GAMMA_URL": "http://127.0.0.1:9"}, "127.0.0.1:9"),
    ],
)
async def test_wrong_settings_are_one_line_that_names_them(
    tmp_path: Path, env: dict[str, str], expected: str
) -> None:
    """Nothing is traded, the exit code is not 0, and the line says what to mend."""
    async with LiveExchange().open() as exchange:
        whole = {**exchange.environment(tmp_path), **env}
        process = await start("run", "--venue", "paper", env=whole)
        async with asyncio.timeout(PATIENCE_S):
            _, complaint = await process.communicate()
    assert process.returncode in {1, 2}
    assert expected in complaint.decode()
    assert 1 == len(complaint.decode().strip().splitlines())
