"""The throttle: never faster than the tier, and never a cancel that waits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.market import Side, TokenId
from bot.domain.orders import OrderId
from bot.domain.units import NS_PER_S
from bot.execution.config import ThrottleConfig
from bot.execution.reconcile import Cancel, CancelCause, Place, Target
from bot.execution.throttle import Throttle, TokenBucket

S = NS_PER_S
START_NS = 1_780_000_000 * S
PLACE = Place(Target(TokenId("1"), Side.BUY, 5_000, 5_000_000, Side.BUY))
CANCEL = Cancel(OrderId("a"), CancelCause.PULLED)
SLOW = ThrottleConfig(order_rate_per_s=1, order_burst=2, cancel_rate_per_s=1, cancel_burst=2)


def test_a_bucket_starts_full_and_refills_with_time() -> None:
    """Two at once, the third a half second later at two a second."""
    bucket = TokenBucket(2, 2)
    at = [START_NS, START_NS, START_NS, START_NS + S // 2 - 1, START_NS + S // 2]
    assert [True, True, False, False, True] == [bucket.take(1, now_ns) for now_ns in at]


def test_taking_is_all_or_nothing() -> None:
    """Three of two are refused and the two stay."""
    bucket = TokenBucket(1, 2)
    assert [False, True] == [bucket.take(3, START_NS), bucket.take(2, START_NS)]


def test_a_debt_is_paid_by_waiting() -> None:
    """Five taken of two leave a debt of three, paid after three seconds."""
    bucket = TokenBucket(1, 2)
    bucket.overdraw(5, START_NS)
    times = [START_NS + 3 * S - 1, START_NS + 3 * S]
    assert [True, False] == [bucket.is_in_debt(now_ns) for now_ns in times]


def test_time_that_goes_back_brings_nothing() -> None:
    """Neither tokens nor a second refill of the same span."""
    bucket = TokenBucket(1, 1)
    bucket.take(1, START_NS)
    at = [START_NS - 5 * S, START_NS, START_NS + S]
    assert [False, False, True] == [bucket.take(1, now_ns) for now_ns in at]


@given(
    st.integers(1, 100),
    st.integers(1, 50),
    st.lists(st.tuples(st.integers(1, 20), st.integers(-S, 2 * S)), max_size=60),
)
def test_no_span_passes_more_than_rate_times_time_plus_burst(
    rate_per_s: int, burst: int, asked: list[tuple[int, int]]
) -> None:
    """For every pair of moments, what passed between them fits the bucket."""
    bucket, now_ns, latest_ns = TokenBucket(rate_per_s, burst), START_NS, 0
    passed: list[tuple[int, int]] = []
    for n, wait_ns in asked:
        now_ns += wait_ns
        latest_ns = max(now_ns, latest_ns)
        if bucket.take(n, now_ns):
            passed.append((latest_ns, n))
    for i, (since_ns, _) in enumerate(passed):
        for j in range(i, len(passed)):
            taken = sum(n for _, n in passed[i : j + 1])
            assert taken * S <= rate_per_s * (passed[j][0] - since_ns) + burst * S


@pytest.mark.parametrize(("rate_per_s", "burst"), [(0, 1), (1, 0), (-1, 1)])
def test_an_impossible_bucket_is_refused(rate_per_s: int, burst: int) -> None:
    """It could never let anything pass."""
    with pytest.raises(ValueError, match="bucket of"):
        TokenBucket(rate_per_s, burst)


def test_cancels_go_first_and_all_of_them() -> None:
    """A burst of two lets five cancels pass; the places wait until the debt is paid."""
    throttle = Throttle(SLOW)
    assert [CANCEL] * 5 == throttle.admit([PLACE, *[CANCEL] * 5], START_NS)
    assert [] == throttle.admit([PLACE], START_NS + 3 * S - 1)
    assert [PLACE] == throttle.admit([PLACE], START_NS + 3 * S)


def test_places_beyond_the_rate_wait() -> None:
    """Two at once, one more after a second."""
    throttle = Throttle(SLOW)
    assert [CANCEL, PLACE, PLACE] == throttle.admit([CANCEL, *[PLACE] * 3], START_NS)
    assert [PLACE] == throttle.admit([PLACE] * 3, START_NS + S)


def test_nothing_asked_is_nothing_admitted() -> None:
    """An empty list costs no token."""
    throttle = Throttle(SLOW)
    assert [] == throttle.admit([], START_NS)
    assert [PLACE] * 2 == throttle.admit([PLACE] * 2, START_NS)
