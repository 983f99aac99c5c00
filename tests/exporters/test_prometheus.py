"""The Prometheus sink: every event moves what it should, and nothing can make it fail."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, generate_latest

from bot.domain import events
from bot.domain.market import TokenId
from exporters.catalogue import METRICS, Source
from exporters.prometheus import PrometheusSink
from tests.exporters.samples import MARKET, SAMPLES, SLUG, T0, sample

GOLDEN = Path(__file__).parent / "golden" / "metrics.txt"


def fresh() -> tuple[CollectorRegistry, PrometheusSink]:
    """A registry and the sink that fills it."""
    registry = CollectorRegistry()
    return registry, PrometheusSink(registry, [MARKET])


def value(registry: CollectorRegistry, name: str, **labels: str) -> float | None:
    """One sample of a registry, `None` when there is no such series."""
    return registry.get_sample_value(name, labels)


def series(registry: CollectorRegistry) -> set[tuple[str, tuple[tuple[str, str], ...]]]:
    """Every series of a registry: its name and labels."""
    return {
        (each.name, tuple(sorted(each.labels.items())))
        for family in registry.collect()
        for each in family.samples
    }


@pytest.mark.parametrize("event", SAMPLES, ids=lambda event: type(event).__name__)
def test_every_event_is_counted_and_understood(event: events.Event) -> None:
    """Each type counts under its name, none is left out."""
    registry, sink = fresh()
    sink.publish(event)
    assert 1 == value(registry, "pmm_events_total", type=type(event).__name__)
    assert 0 == value(registry, "pmm_events_skipped_total")
    assert event.ts_ns / 1e9 == value(registry, "pmm_last_event_timestamp_seconds")


@pytest.mark.parametrize("event", SAMPLES, ids=lambda event: type(event).__name__)
def test_every_event_moves_more_than_the_counters_of_events(event: events.Event) -> None:
    """No type is only counted."""
    registry, sink = fresh()
    before = generate_latest(registry).decode().splitlines()
    sink.publish(event)
    moved = set(generate_latest(registry).decode().splitlines()) - set(before)
    own = [line for line in moved if not line.startswith(("pmm_events", "pmm_last_event"))]
    assert own


def test_every_series_exists_from_the_start() -> None:
    """Events change values, never the set of series; only the info appears with its run."""
    registry, sink = fresh()
    before = series(registry)
    for event in SAMPLES:
        sink.publish(event)
    assert {"pmm_run_info"} == {name for name, _ in series(registry) - before}


def test_metrics_are_those_of_the_catalogue() -> None:
    """The registry has every event metric of the catalogue and nothing else."""
    registry, _ = fresh()
    names = {each.name for family in registry.collect() for each in family.samples}
    expected = {
        name
        for metric in METRICS.values()
        if metric.source is Source.EVENT
        for name in metric.series
    }
    assert expected - {"pmm_run_info"} == names - {"pmm_run_info"}


def test_an_event_of_a_foreign_market_is_counted_and_left_out() -> None:
    """It makes no new series."""
    registry, sink = fresh()
    before = series(registry)
    sink.publish(sample(events.QuotingPaused, market="another"))
    sink.publish(sample(events.QuotingPaused, market=None))
    sink.publish(sample(events.BookStateChanged, token=TokenId("9")))
    assert 3 == value(registry, "pmm_events_skipped_total")
    assert before == series(registry)


def test_a_latched_switch_of_an_earlier_run_shows() -> None:
    """A restarted bot publishes no trip, but it pauses because of it."""
    registry, sink = fresh()
    sink.publish(sample(events.QuotingPaused, reason="jump"))
    assert 0 == value(registry, "pmm_kill_switch_tripped")
    sink.publish(sample(events.QuotingPaused, reason="kill_switch"))
    assert 1 == value(registry, "pmm_kill_switch_tripped")
    assert 0 == value(registry, "pmm_kill_switch_trips_total", reason="loss")


def test_a_fill_costs_its_fee_and_gas_and_a_refusal_its_gas() -> None:
    """Fees and gas are dollars."""
    registry, sink = fresh()
    sink.publish(sample(events.OrderFilled, fee=1_000, gas_cost_usd=0.5))
    sink.publish(sample(events.OrderRejected, gas_cost_usd=0.25))
    assert 0.001 == value(registry, "pmm_fees_usd_total", market=SLUG)
    assert 0.75 == value(registry, "pmm_gas_usd_total", market=SLUG)
    assert 1 == value(registry, "pmm_orders_rejected_total", market=SLUG, reason="rate_limit")


def anything() -> st.SearchStrategy[events.Event]:
    """Any event at all: absurd numbers, foreign markets, texts that no set names."""
    text = st.sampled_from([SLUG, "x", "", "111"])
    number = st.integers(-(10**18), 10**18)
    real = st.floats(allow_nan=True, allow_infinity=True)
    made = {int: number, float: real, str: text, TokenId: text}

    def of(kind: type[events.Event]) -> st.SearchStrategy[events.Event]:
        return st.builds(
            msgspec.structs.replace,
            st.sampled_from([event for event in SAMPLES if type(event) is kind]),
            **{
                field.name: st.one_of([made[hint] for hint in hints])
                for field in msgspec.structs.fields(kind)
                if (hints := [h for h in get_args(field.type) or (field.type,) if h in made])
            },
        )

    return st.one_of([of(type(event)) for event in SAMPLES])


@given(st.lists(anything(), max_size=20))
def test_no_event_makes_the_sink_fail(stream: list[events.Event]) -> None:
    """Whatever comes, nothing is raised and every event is counted; no counter falls."""
    registry, sink = fresh()
    for event in stream:
        sink.publish(event)
    counted = [value(registry, "pmm_events_total", type=type(e).__name__) for e in SAMPLES]
    assert len(stream) == sum(count or 0.0 for count in counted)


@pytest.fixture
def exposition() -> str:
    """What a scrape shows after one event of each type."""
    registry, sink = fresh()
    for event in SAMPLES:
        sink.publish(event)
    return generate_latest(registry).decode()


def test_the_exposition_is_the_golden_text(exposition: str) -> None:
    """What a scrape shows: series that are not 0, and the help and type of every metric.

    After a wanted change, call `write_golden` of this module from a Python prompt.
    """
    assert GOLDEN.read_text() == without_zeros(exposition)


def without_zeros(text: str) -> str:
    """An exposition without the series at 0, so that a person can read it."""
    return "".join(line for line in text.splitlines(keepends=True) if not line.endswith(" 0.0\n"))


def write_golden() -> None:
    """Write the golden text anew."""
    registry, sink = fresh()
    for event in SAMPLES:
        sink.publish(event)
    GOLDEN.write_text(without_zeros(generate_latest(registry).decode()))


def test_no_created_series(exposition: str) -> None:
    """The library's `_created` series are off."""
    assert [] == re.findall(r"^\S+_created\b.*", exposition, flags=re.MULTILINE)


def test_promtool_finds_no_fault(exposition: str) -> None:
    """`promtool check metrics` accepts the exposition."""
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed")
    done = subprocess.run(
        [promtool, "check", "metrics"],
        input=exposition,
        text=True,
        capture_output=True,
        check=False,
    )
    assert (0, "") == (done.returncode, done.stderr)


def test_time_of_the_last_event_is_kept_for_health() -> None:
    """The sink tells number and time of the last event."""
    _, sink = fresh()
    assert (None, 0) == (sink.run.last_event_ns, sink.run.last_seq)
    sink.publish(sample(events.QuotingResumed, seq=77, ts_ns=T0))
    assert (T0, 77) == (sink.run.last_event_ns, sink.run.last_seq)
