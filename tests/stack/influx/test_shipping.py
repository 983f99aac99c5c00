"""100,000 events through everything that can go wrong: none lost, none doubled."""

import http.client
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain.events import OrderDenied
from bot.journal import Journal
from bot.journal.segment import segments
from tests.exporters.samples import T0
from tests.stack.influx.engine import TOKEN, InfluxEngine, until
from tests.stack.influx.shim import Shim
from tests.stack.influx.story import ShipperProcess, count, stored, story

FIRST_RUN, SECOND_RUN = 70_000, 30_000


@pytest.fixture
def shipper(tmp_path: Path, shim: Shim) -> Iterator[ShipperProcess]:
    """A shipper of the journal in `tmp_path/journal`, not running yet; killed at the end."""
    process = ShipperProcess(tmp_path / "journal", shim.url, tmp_path / "shipper.log")
    yield process
    process.kill()


def open_journal(directory: Path, run_start_ns: int = T0) -> Journal:
    """A journal that turns its segments often."""
    return Journal(directory, run_start_ns, flush_bytes=1 << 16, segment_bytes=4 << 20)


def test_nothing_is_lost_and_nothing_doubled(
    tmp_path: Path, engine: InfluxEngine, shim: Shim, shipper: ShipperProcess
) -> None:
    """Lost answers, killed shipper, killed store, torn journal, new run: all arrive once."""
    shim.swallow_every = 3
    shipper.start()  # before there is a journal
    journal = open_journal(tmp_path / "journal")
    for event in story("run-1", 30_000):
        journal.publish(event)
    journal.sync()
    until(lambda: shim.swallowed >= 1, "an answer was lost")
    shipper.kill()
    shipper.start()
    until(lambda: shim.swallowed >= 2, "another answer was lost")

    engine.kill()
    refused = shim.writes
    for event in story("run-1", FIRST_RUN - 30_000, first=30_001):
        journal.publish(event)
    journal.close()
    until(lambda: shim.writes >= refused + 2, "writes failed while the store was away")
    engine.start()
    shipper.kill()

    with segments(tmp_path / "journal")[-1].open("ab") as file:
        file.write(b'{"type":"OrderFilled","seq":')  # the bot was killed in the middle of a line
    shipper.start()
    journal = open_journal(tmp_path / "journal", T0 + 1)
    assert 1 == len(journal.healed)
    for event in story("run-2", SECOND_RUN):
        journal.publish(event)
    journal.close()
    until(lambda: count(engine) >= FIRST_RUN + SECOND_RUN, "everything has arrived")

    assert 0 == shipper.stop()
    expected = Counter(("run-1", seq) for seq in range(1, FIRST_RUN + 1))
    expected.update(("run-2", seq) for seq in range(1, SECOND_RUN + 1))
    arrived = stored(engine)
    assert not list((expected - arrived).items())[:5]
    assert not list((arrived - expected).items())[:5]
    assert {"gzip"} == shim.encodings
    assert 4 < len(segments(tmp_path / "journal"))
    assert TOKEN not in shipper.log.read_text()


def test_shipper_says_what_is_wrong_and_goes_on_when_it_is_right(
    tmp_path: Path, engine: InfluxEngine, shim: Shim, shipper: ShipperProcess
) -> None:
    """A refused token is loud in its metrics, and costs no event."""
    shim.status = 401
    journal = open_journal(tmp_path / "journal")
    for event in story("run-1", 100):
        journal.publish(event)
    journal.close()
    shipper.start()
    until(lambda: shim.writes >= 1, "the first write")
    until(lambda: "pmm_shipper_misconfigured 1.0" in scrape(shipper), "it is told")
    assert "pmm_shipper_lag_events 100.0" in scrape(shipper)
    shim.status = None
    until(lambda: count(engine) == 100, "everything has arrived")
    until(lambda: "pmm_shipper_misconfigured 0.0" in scrape(shipper), "it is over")
    assert "pmm_shipper_lag_events 0.0" in scrape(shipper)
    assert 'pmm_shipper_requests_total{result="written"} 1.0' in scrape(shipper)
    assert 0 == shipper.stop()
    assert TOKEN not in shipper.log.read_text()


def test_refused_points_are_parked_and_the_others_arrive(
    tmp_path: Path, engine: InfluxEngine, shim: Shim, shipper: ShipperProcess
) -> None:
    """A field that the store knows as text refuses numbers: those events alone are parked."""
    text = f'denials,event=x price="text" {T0}'.encode()
    assert 204 == engine.write("ticks", text, {})[0]
    journal = open_journal(tmp_path / "journal")
    events = list(story("run-1", 500))
    for event in events:
        journal.publish(event)
    journal.close()
    denied = sum(isinstance(event, OrderDenied) for event in events)
    shipper.start()
    until(lambda: f"pmm_shipper_parked_points_total {denied}.0" in scrape(shipper), "all parked")
    assert 0 == shipper.stop()
    assert len(events) - denied == count(engine)
    parked = (tmp_path / "journal" / "shipper" / "parked.jsonl").read_text().splitlines()
    assert denied == sum("type conflict" in line and "denials," in line for line in parked)


def scrape(shipper: ShipperProcess) -> str:
    """What the shipper tells a scraper; empty while it is not up."""
    connection = http.client.HTTPConnection("127.0.0.1", shipper.metrics_port, timeout=60)
    try:
        connection.request("GET", "/metrics")
        return connection.getresponse().read().decode()
    except OSError:
        return ""
    finally:
        connection.close()
