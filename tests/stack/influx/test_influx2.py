"""What InfluxDB 2 itself does: tokens, refusals, retention and the task that downsamples."""

import os
import subprocess
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from random import Random

import msgspec
import pytest

from bot.clock import SystemClock
from bot.domain.events import Event, OrderFilled, QuoteSampled
from bot.domain.units import NS_PER_S
from exporters.shipper import Shipper
from exporters.shipper.answer import Answer, Outcome
from exporters.shipper.backoff import Backoff
from exporters.shipper.influx import InfluxStore
from exporters.shipper.state import ShipperState
from tests.extractor.conftest import write_journal
from tests.stack.influx.engine import TOKEN, Influx2, until
from tests.stack.influx.story import story

FOLDER = Path(__file__).parents[3] / "docker" / "influxdb"
TASK = (FOLDER / "ticks_1m.flux").read_text()
MINUTE_NS = 60 * NS_PER_S
DAY_S = 86_400


def write(store: Influx2, lines: list[str], token: str = TOKEN, bucket: str = "ticks") -> Answer:
    """What comes of writing lines the way the shipper does."""
    client = InfluxStore(store.url, "pmm", bucket, token)
    try:
        return client.write(lines)
    finally:
        client.close()


def shipped(store: Influx2, directory: Path, events: Iterable[Event], bucket: str = "ticks") -> int:
    """Ship events through a journal; return how many were parked."""
    directory.mkdir()
    write_journal(directory, list(events))
    client = InfluxStore(store.url, "pmm", bucket, TOKEN)
    state = ShipperState(directory / "shipper")
    shipper = Shipper(
        directory,
        state,
        client,
        clock=SystemClock(),
        backoff=Backoff(Random(1)),
        tags={"env": "demo"},
        say=pytest.fail,
    )
    while shipper.step() == 0.0:
        pass
    state.close()
    client.close()
    return shipper.progress.parked


def test_token_is_given_at_the_set_up_and_cannot_be_read_back(influx2: Influx2) -> None:
    """2.9 keeps tokens hashed: the file that the stack made is the only place that has it."""
    status, answer = influx2.call("GET", "/api/v2/authorizations")
    assert 200 == status
    assert [""] == [auth["token"] for auth in answer["authorizations"]]
    assert Outcome.WRITTEN is write(influx2, ["m f=1 1"]).outcome


def test_what_a_person_must_mend_is_no_refusal(influx2: Influx2) -> None:
    """A wrong token is 401, an absent bucket 404: the shipper waits and parks nothing."""
    assert Outcome.MISCONFIGURED is write(influx2, ["m f=1 1"], token="another").outcome
    assert Outcome.MISCONFIGURED is write(influx2, ["m f=1 1"], bucket="absent").outcome


def test_unreadable_line_refuses_the_whole_request(influx2: Influx2) -> None:
    """So the shipper must send the others again; and the store does not say how many it dropped."""
    answer = write(influx2, ["m f=1 1", "m f="])
    assert (Outcome.REFUSED, None) == (answer.outcome, answer.dropped)
    assert not influx2.query("SELECT f FROM m", "ticks")


def test_dropped_points_may_be_more_than_the_store_says(influx2: Influx2) -> None:
    """One too old and one of another type: it speaks of one. The rest of the request is stored."""
    influx2.make("short", DAY_S)
    now_ns = SystemClock().now_ns()
    assert Outcome.WRITTEN is write(influx2, [f"m f=1 {now_ns}"], bucket="short").outcome
    lines = ["m f=2 1", f'm f="text" {now_ns}', f"m g=3 {now_ns}"]
    answer = write(influx2, lines, bucket="short")
    assert (Outcome.REFUSED, 1) == (answer.outcome, answer.dropped)
    assert [[1, 3]] == [
        row[1:] for row in influx2.query("SELECT f, g FROM m", "short")[0]["values"]
    ]


def test_points_beyond_the_retention_are_parked_and_the_others_arrive(
    tmp_path: Path, influx2: Influx2
) -> None:
    """A bot that was away for longer than the bucket keeps loses its old events there, told so."""
    influx2.make("short", DAY_S)
    now_ns = SystemClock().now_ns()
    events = list(recent(300, now_ns - 3 * DAY_S * NS_PER_S))[:100]
    events += list(recent(300, now_ns))[100:]
    assert 100 == shipped(influx2, tmp_path / "journal", events, "short")
    parked = (tmp_path / "journal" / "shipper" / "parked.jsonl").read_text().splitlines()
    assert all("retention policy" in line for line in parked)
    assert 200 == sum(
        s["values"][0][1] for s in influx2.query("SELECT COUNT(seq) FROM /.*/", "short")
    )


def test_task_keeps_a_row_a_minute(tmp_path: Path, influx2: Influx2) -> None:
    """As it stands in the stack: counts of every kind, sums of fills, the last of the quotes."""
    influx2.make("ticks_1m")
    now_ns = SystemClock().now_ns()
    events = [e for e in recent(2_000, now_ns) if e.ts_ns < now_ns // MINUTE_NS * MINUTE_NS]
    assert 1_000 < len(events)
    assert 0 == shipped(influx2, tmp_path / "journal", events)
    run_task(influx2)
    assert expected_counts(events) == Counter(
        {(minute_ns, tags["event"]): n for minute_ns, tags, n in rows(influx2, "count")}
    )
    sizes: Counter[int] = Counter()
    last: dict[int, int | None] = {}
    for event in events:
        if isinstance(event, OrderFilled):
            sizes[minute(event)] += event.size
        if isinstance(event, QuoteSampled):
            last[minute(event)] = event.best_bid
    fills: Counter[int] = Counter()
    for minute_ns, _, size in rows(influx2, "size", "fills"):
        fills[minute_ns] += size
    assert sizes == fills
    assert last == {m: bid for m, _, bid in rows(influx2, "best_bid", "quotes")}


def recent(number: int, end_ns: int) -> Iterable[Event]:
    """That many events of a run, a quarter of a second apart, up to `end_ns`."""
    for event in story("run-1", number):
        ts_ns = end_ns - (number - event.seq) * NS_PER_S // 4
        yield msgspec.structs.replace(event, ts_ns=ts_ns)


def run_task(store: Influx2) -> None:
    """Create the task, run it once, and return when it has succeeded."""
    organisation = store.call("GET", "/api/v2/orgs?org=pmm")[1]["orgs"][0]["id"]
    status, task = store.call("POST", "/api/v2/tasks", {"orgID": organisation, "flux": TASK})
    assert 201 == status, task
    path = f"/api/v2/tasks/{task['id']}/runs"
    status, run = store.call("POST", path, {})
    assert 201 == status, run

    def is_over() -> bool:  # for a moment it is in neither of two places
        return store.call("GET", f"{path}/{run['id']}")[1].get("status") in {"success", "failed"}

    until(is_over, "the task has run")
    told = store.call("GET", f"{path}/{run['id']}")[1]
    assert "success" == told["status"], store.call("GET", f"{path}/{run['id']}/logs")


def rows(
    store: Influx2, field: str, measurement: str = ""
) -> list[tuple[int, dict[str, str], int]]:
    """(time, tags, value) of every row of a field in the bucket of minutes."""
    source = f'"{measurement}"' if measurement else "/.*/"
    text = f"SELECT {field} FROM {source} GROUP BY *"  # noqa: S608 - names of ours
    return [
        (row[0], series["tags"], row[1])
        for series in store.query(text, "ticks_1m")
        for row in series["values"]
    ]


def minute(event: Event) -> int:
    """The end of its minute, which is the time of the row."""
    return event.ts_ns // MINUTE_NS * MINUTE_NS + MINUTE_NS


def expected_counts(events: Iterable[Event]) -> Counter[tuple[int, str]]:
    """How many events of each kind there were in each minute."""
    return Counter((minute(event), type(event).__name__) for event in events)


def test_stack_makes_the_bucket_of_minutes_and_its_task(tmp_path: Path, influx2: Influx2) -> None:
    """The script that the image runs at its first start, with the curl that the image has too."""
    token = tmp_path / "token"
    token.write_text(TOKEN)
    organisation = influx2.call("GET", "/api/v2/orgs?org=pmm")[1]["orgs"][0]["id"]
    made = subprocess.run(
        ["/bin/sh", str(FOLDER / "ticks_1m.sh"), str(FOLDER / "ticks_1m.flux")],
        env={
            "PATH": os.defpath,
            "INFLUX_HOST": influx2.url,
            "DOCKER_INFLUXDB_INIT_ORG_ID": organisation,
            "DOCKER_INFLUXDB_INIT_ADMIN_TOKEN_FILE": str(token),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert (0, "") == (made.returncode, made.stderr)
    [task] = influx2.call("GET", "/api/v2/tasks?org=pmm")[1]["tasks"]
    assert ("ticks_1m", "active", "1h") == (task["name"], task["status"], task["every"])
    assert TASK.strip() == task["flux"].strip()
    buckets = influx2.call("GET", "/api/v2/buckets?org=pmm")[1]["buckets"]
    assert {"ticks", "ticks_1m"} <= {bucket["name"] for bucket in buckets}
