"""Every event comes back from its point as it was."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import events
from exporters.points import RECORD, events_of, to_point
from exporters.points.record import PIECE_LENGTH
from tests.exporters.samples import SAMPLES, T0, sample

OBSERVATION = st.tuples(
    st.floats(0, 1e9), st.sampled_from("adpt"), st.floats(0, 1e9), st.floats(0, 1e9)
)


def record_of(event: events.Event) -> str:
    """The pieces of an event's record, in the order in which a store gives fields."""
    fields = to_point(event, {}).fields
    return "".join(str(fields[name]) for name in sorted(fields) if name.startswith(RECORD))


@pytest.mark.parametrize("event", SAMPLES, ids=lambda event: type(event).__name__)
def test_every_event_comes_back(event: events.Event) -> None:
    """Each type, and it is the line of the journal."""
    assert [event] == events_of([record_of(event)])
    assert msgspec.json.encode(event).decode() == record_of(event)


@given(
    price=st.integers(-(2**63), 2**63 - 1),
    latency_ms=st.floats(allow_nan=False, allow_infinity=False),
    trade_id=st.text(st.characters(exclude_categories=["Cs"])),
)
def test_no_digit_and_no_letter_is_lost(price: int, latency_ms: float, trade_id: str) -> None:
    """Integers of 64 bits, every finite float, any text."""
    changes: dict[str, Any] = {"price": price, "latency_ms": latency_ms, "trade_id": trade_id}
    event = sample(events.OrderFilled, ts_ns=T0, **changes)
    assert [event] == events_of([record_of(event)])


def test_a_long_trace_goes_on_in_further_fields_in_their_order() -> None:
    """No field is longer than a store keeps; the tenth comes after the second."""
    observations = tuple((n / 7, "d", n / 3, 1.0) for n in range(20_000))
    event = sample(events.QueueTraced, observations=observations)
    fields = to_point(event, {}).fields
    pieces = [str(value) for name, value in fields.items() if name.startswith(RECORD)]
    assert 10 < len(pieces)
    assert max(map(len, pieces)) <= PIECE_LENGTH
    assert [event] == events_of([record_of(event)])


@given(st.lists(OBSERVATION, max_size=20))
def test_observations_come_back(observations: list[tuple[float, Any, float, float]]) -> None:
    """They are in the record only."""
    event = sample(events.QueueTraced, observations=tuple(observations))
    assert "observations" not in to_point(event, {}).fields
    assert [event] == events_of([record_of(event)])


@pytest.mark.parametrize("damaged", ["", "{", '{"type":"Nonsense"}', '{"type":"OrderFilled"}'])
def test_what_is_no_event_costs_itself_only(damaged: str) -> None:
    """The others come back in their order."""
    one, another = SAMPLES[:2]
    assert [one, another] == events_of([record_of(one), damaged, record_of(another)])
