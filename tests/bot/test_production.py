"""The production bot as a person starts it: refusals, a whole run, the kill switch, secrets."""

from __future__ import annotations

import asyncio
import urllib.request
from pathlib import Path
from typing import cast

import pytest

from bot import production
from bot.beside import Beside
from bot.domain import events
from bot.domain.errors import InvariantError
from bot.production import LiveSession, _trade_until_end
from bot.venues.polymarket.recovery import Sweep
from tests.bot.engine.world import MARKET, World
from tests.bot.test_runner import BOOKS, BrokenVenue, EndlessFeed, runner
from tests.ports import free_port
from tests.scenarios.production.stage import KEY, Stage, open_stage


async def refusal(stage: Stage, **more: str) -> str:
    """What a start is refused with: exit code 2 and one line."""
    code, text = await stage.said(await stage.start(**more))
    assert 2 == code, text
    assert 1 == text.count("\n"), text
    return text


async def test_real_orders_must_be_asked_for(tmp_path: Path) -> None:
    """In full words, with a key, and from a place that may; else one line says what is missing."""
    async with open_stage(tmp_path) as stage:
        assert "set PMM_LIVE=yes" in await refusal(stage, PMM_LIVE="true")
        assert "PMM_PRIVATE_KEY" in await refusal(stage, PMM_PRIVATE_KEY="")
        stage.faults(is_geoblocked=True)
        assert "place: XX is blocked" in await refusal(stage)


async def test_one_engine_a_wallet(tmp_path: Path) -> None:
    """Another state directory does not help: the wallet is what they would fight over."""
    async with open_stage(tmp_path) as stage:
        process = await stage.start()
        await stage.until(lambda: bool(stage.open_orders()), process)
        assert "lock: another engine runs here" in await refusal(stage)
        elsewhere = str(tmp_path / "elsewhere")
        text = await refusal(stage, PMM_STATE_DIR=elsewhere)
        assert "another engine trades for this wallet" in text
        await stage.kill(process)


async def test_a_run_ends_with_an_empty_book_and_says_what_is_held(tmp_path: Path) -> None:
    """SIGTERM: quotes go, the list is empty, the heart stops, inventory is printed."""
    async with open_stage(tmp_path) as stage:
        process = await stage.start()
        await stage.until(lambda: len(stage.open_orders()) >= 2, process)
        stage.hit()
        await stage.until(lambda: bool(stage.exchange.hall.trades) and stage.is_settled(), process)
        await stage.until(lambda: told_confirmed(stage), process)
        code, text = await stage.end(process)
        assert (0, []) == (code, stage.open_orders())
        assert "stopped; no order rests; held: " in text
        assert [] == stage.accounts_differ()
        assert ["polymarket"] == [run.venue for run in stage.runs()]


def told_confirmed(stage: Stage) -> bool:
    """True once the journal says that a trade is settled."""
    return any(isinstance(each, events.TradeStateChanged) for each in stage.journal())


async def test_a_tripped_kill_switch_sweeps_stops_the_heart_and_stays(tmp_path: Path) -> None:
    """Answers that prove nothing trip it; the next start is refused until a person resets it."""
    async with open_stage(tmp_path) as stage:
        process = await stage.start(PMM_ENGINE__RISK__UNKNOWN_OUTCOMES_MAX="1")
        await stage.until(lambda: bool(stage.open_orders()), process)
        late = {"user": {"median_ms": 3_000.0, "sigma": 0.1}}  # else the channel tells all
        stage.faults(lose_answer=1.0, hold_s=0.1, latency=late)
        stage.hit()
        tripped = events.KillSwitchTripped
        await stage.until(
            lambda: any(isinstance(each, tripped) for each in stage.journal()), process
        )
        await stage.until(lambda: not stage.open_orders(), process)
        code, text = await stage.end(process)
        assert 0 == code
        assert "the kill switch has tripped" in text
        assert "kill switch: tripped" in await refusal(stage)


def written(directory: Path) -> dict[str, bytes]:
    """Every file below a directory."""
    return {str(path): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


@pytest.mark.slow
async def test_no_secret_is_in_anything_that_is_written(tmp_path: Path) -> None:
    """Log, errors, journal, metrics and state of a run with trouble of every kind."""
    async with open_stage(tmp_path) as stage:
        marker, port = KEY.removeprefix("0x"), free_port()
        process = await stage.start(PMM_METRICS_PORT=str(port))
        await stage.until(lambda: len(stage.open_orders()) >= 2, process)
        stage.faults(reject={"internal": 0.3, "not_ready": 0.3}, duplicate=0.5)
        await stage.trade(1.0)
        stage.faults(mode="restart")
        await stage.trade(0.5)
        url = f"http://127.0.0.1:{port}/metrics"
        metrics = await asyncio.to_thread(lambda: urllib.request.urlopen(url).read())
        await stage.server.sockets.disconnect()
        stage.faults(mode="normal", reject={})
        await asyncio.sleep(1)
        _, text = await stage.end(process)
        (key,) = stage.exchange.keyring._by_key.values()
        places = {"metrics": metrics, "said": text.encode()}
        places |= written(tmp_path)
        for secret in (marker, key.key, key.secret, key.passphrase):
            for place, content in places.items():
                assert secret.encode() not in content, place
                assert secret.upper().encode() not in content, place


async def test_a_bad_key_is_not_quoted(tmp_path: Path) -> None:
    """The refusal says what is wrong with it and nothing of it."""
    async with open_stage(tmp_path) as stage:
        text = await refusal(stage, PMM_PRIVATE_KEY="marker-of-a-broken-key")
        assert "private key" in text
        assert "marker" not in text


class SweptVenue(BrokenVenue):
    """A venue whose reports break the engine, and which can be swept."""

    def __init__(self) -> None:
        super().__init__()
        self.stream = self
        self.opened = asyncio.Event()
        self.opened.set()
        self.was_swept = False

    async def stop(self) -> Sweep:
        """Take everything off."""
        self.was_swept = True
        return Sweep(is_clean=True)


class BareSession:
    """As much of a session as the end of a run needs."""

    def __init__(self, world: World, venue: SweptVenue) -> None:
        self.venue = venue
        self.market = MARKET
        self.publisher = world.publisher


async def test_a_bug_of_ours_ends_in_a_sweep_and_is_told_itself() -> None:
    """The broken engine is driven no further, so nothing hides what broke it."""
    venue = SweptVenue()
    world = World(venue=venue)
    feed = EndlessFeed(BOOKS)
    feed.at_end = lambda: None
    running = runner(world, feed)
    beside = Beside(running.stop)
    session = cast("LiveSession", BareSession(world, venue))
    with pytest.raises(InvariantError, match=r"^a bug of ours$"):
        await _trade_until_end(session, running, beside, world.engine)
    assert venue.was_swept
    (stopped,) = world.sink.of(events.RunStopped)
    assert "InvariantError: a bug of ours" == stopped.reason


def test_there_is_one_clock() -> None:
    """Two part when the wall clock is corrected between: the engine would hear of fills late."""
    source = Path(production.__file__).read_text(encoding="utf-8")
    assert 1 == source.count("SystemClock()")
