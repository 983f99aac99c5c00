"""What one order's record says of it."""

import pytest

from extractor.log import fold
from extractor.records import QuotePoint, is_number
from tests.extractor.conftest import SHARES, START_NS, Scribe

END_NS = START_NS + 100_000 * 1_000_000


@pytest.mark.parametrize(
    ("steps", "expected_ms"),
    [
        (("submit",), 0.0),
        (("submit", "reject"), 0.0),
        (("submit", "accept"), 99_900.0),
        (("submit", "accept", "cancel"), 900.0),
        (("submit", "accept", "fill"), 400.0),
        (("submit", "fill"), 500.0),
    ],
)
def test_an_order_rests_from_acceptance_to_its_end(
    scribe: Scribe, steps: tuple[str, ...], expected_ms: float
) -> None:
    """Until filled whole, taken off, or the end of the window; never when it was not accepted."""
    times = {"submit": 0.0, "accept": 100.0, "reject": 100.0, "fill": 500.0, "cancel": 1_000.0}
    for step in steps:
        getattr(scribe, step)("a", times[step])
    (order,) = fold(scribe.events).orders.values()
    assert expected_ms == order.resting_ms(END_NS)


def test_a_part_fill_leaves_the_order_resting(scribe: Scribe) -> None:
    """Only the whole size ends it."""
    scribe.submit("a", 0.0)
    scribe.accept("a", 100.0)
    scribe.fill("a", 500.0, size=SHARES // 2)
    (order,) = fold(scribe.events).orders.values()
    assert 99_900.0 == order.resting_ms(END_NS)
    assert SHARES // 2 == order.filled_size
    assert 400.0 == order.first_fill_ms()


def test_first_fill_needs_an_acceptance(scribe: Scribe) -> None:
    """Without either step there is no time between them."""
    scribe.submit("a", 0.0)
    scribe.submit("b", 0.0)
    scribe.fill("a", 500.0)
    log = fold(scribe.events)
    assert [None, None] == [order.first_fill_ms() for order in log.orders.values()]


@pytest.mark.parametrize(
    ("bid", "ask", "expected"),
    [(4900, 5100, 5000.0), (None, 5100, None), (4900, None, None), (5100, 5100, None)],
)
def test_mid_needs_two_sides_that_do_not_cross(
    bid: int | None, ask: int | None, expected: float | None
) -> None:
    """A one-sided or crossed sample has no mid."""
    assert expected == QuotePoint(0, bid, ask, None, None).mid


def test_numbers_are_finite() -> None:
    """NaN and infinity are damage."""
    assert [True, False, False, False] == [
        is_number(value) for value in (0.0, None, float("nan"), float("inf"))
    ]
