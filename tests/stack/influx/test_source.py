"""What the extractor reads from a real engine is what the journal says."""

from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest

from bot.clock import SystemClock
from bot.domain.calibration import Window
from bot.domain.errors import InputError, SettingsError
from bot.journal import read_journal
from exporters.shipper import Shipper
from exporters.shipper.backoff import Backoff
from exporters.shipper.influx import InfluxStore
from exporters.shipper.state import ShipperState
from extractor.cli import run
from extractor.influx_source import InfluxSource, influx_source
from tests.exporters.samples import T0
from tests.extractor.conftest import SECOND, START_NS, Day, Truth, write_journal
from tests.stack.influx.engine import TOKEN, InfluxEngine
from tests.stack.influx.shim import Shim
from tests.stack.influx.story import STEP_NS, story

EVERYTHING = Window(0, T0 + 10**12)


def ship(journal: Path, shim: Shim, env: str = "prod") -> None:
    """Write a whole journal to the store."""
    shipper = Shipper(
        journal,
        ShipperState(journal / "shipper"),
        InfluxStore(shim.url, "pmm", "ticks", TOKEN),
        clock=SystemClock(),
        backoff=Backoff(Random(1)),
        tags={"env": env},
        say=pytest.fail,
    )
    while shipper.step() == 0.0:
        pass


def source(engine: InfluxEngine, place: str = "ticks") -> InfluxSource:
    """The source that reads the engine directly."""
    return influx_source(f"{engine.url}/{place}", {"INFLUX_TOKEN": TOKEN})


@pytest.fixture
def journal(tmp_path: Path, shim: Shim) -> Path:
    """A journal of 20,000 events of every type, ten in a millisecond, which the store has too."""
    directory = tmp_path / "journal"
    directory.mkdir()
    write_journal(directory, list(story("run-1", 20_000)))
    ship(directory, shim)
    return directory


def test_every_event_comes_back_as_it_was_in_order(journal: Path, engine: InfluxEngine) -> None:
    """Every field of every type, to the nanosecond."""
    assert list(read_journal(journal)) == list(source(engine).events(EVERYTHING))


def test_window_is_kept_to_the_nanosecond(journal: Path, engine: InfluxEngine) -> None:
    """Since is included and until is not, inside a millisecond too."""
    window = Window(T0 + 15 * STEP_NS, T0 + 37 * STEP_NS)
    assert list(range(15, 37)) == [event.seq for event in source(engine).events(window)]


def test_calibration_is_the_same_from_the_store_and_from_the_journal(
    tmp_path: Path, engine: InfluxEngine, shim: Shim, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Byte for byte but for the source and the hash over it."""
    monkeypatch.setenv("INFLUX_TOKEN", TOKEN)
    journal = tmp_path / "journal"
    journal.mkdir()
    day = Day(Truth(orders=300))
    write_journal(journal, day.events)
    ship(journal, shim)
    texts = []
    for number, origin in enumerate([f"journal:{journal}", f"influx:{engine.url}/ticks?env=prod"]):
        out = tmp_path / f"{number}.json"
        window = ["--since", "2027-01-15T07:00", "--until", "2027-01-16T12:00"]
        assert 0 == run([*window, "--source", origin, "--out", str(out)], START_NS + SECOND)
        texts.append(without_source(out.read_bytes()))
    assert texts[0] == texts[1]
    assert 1_000 < len(texts[0])


def without_source(text: bytes) -> bytes:
    """A calibration file without what must differ, its order of keys kept."""
    tree: dict[str, Any] = msgspec.json.decode(text)
    del tree["source"], tree["hash"]
    return msgspec.json.encode(tree)


def test_several_bots_in_one_bucket_are_not_mixed(
    tmp_path: Path, engine: InfluxEngine, shim: Shim
) -> None:
    """Without a choice the source refuses; with one it gives that bot alone."""
    for env in ("demo", "prod"):
        directory = tmp_path / env
        directory.mkdir()
        write_journal(directory, list(story(f"run-{env}", 50)))
        ship(directory, shim, env)
    with pytest.raises(SettingsError, match=r"holds demo, prod: .*\?env=prod"):
        list(source(engine).events(EVERYTHING))
    events = list(source(engine, "ticks?env=demo").events(EVERYTHING))
    assert Counter({"run-demo": 50}) == Counter(event.run_id for event in events)


def test_points_without_their_event_are_an_error(journal: Path, engine: InfluxEngine) -> None:
    """An older shipper wrote them: to leave them out would be a part of the answer."""
    assert journal.is_dir()
    assert 204 == engine.write("ticks", f"fills,env=prod seq=1 {T0}".encode(), {})[0]
    with pytest.raises(
        InputError, match=r"1 of 20001 points came without 'record'.*position\.json"
    ):
        list(source(engine, "ticks?env=prod").events(EVERYTHING))


def test_damaged_record_is_counted(journal: Path, engine: InfluxEngine) -> None:
    """And costs itself only."""
    line = f'fills,env=prod seq=1,record="{{" {T0}'
    assert 204 == engine.write("ticks", line.encode(), {})[0]
    damaged = source(engine, "ticks?env=prod")
    assert list(read_journal(journal)) == list(damaged.events(EVERYTHING))
    assert Counter({"influx_rows": 1}) == damaged.damage


def test_absent_bucket_is_an_error_and_no_empty_answer(engine: InfluxEngine) -> None:
    """Asked for what is not there, the source says so."""
    with pytest.raises(InputError, match="database not found"):
        list(source(engine, "elsewhere?env=prod").events(EVERYTHING))


def test_store_that_died_is_an_error_and_no_empty_answer(engine: InfluxEngine) -> None:
    """Nobody there: an error after the last attempt."""
    engine.kill()
    query = source(engine, "ticks?env=prod")
    query._query._wait = lambda _seconds: None
    with pytest.raises(InputError, match="ConnectionRefusedError"):
        list(query.events(EVERYTHING))
