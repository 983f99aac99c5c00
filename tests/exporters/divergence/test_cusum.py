"""Evidence adds up, forgets a quiet past, and an alarm lasts until as much speaks against it."""

from hypothesis import given
from hypothesis import strategies as st

from exporters.divergence.cusum import RAISED_NS_MAX, THRESHOLD, Cusum


def raised(now_ns: int = 10) -> Cusum:
    """A CUSUM that has just alarmed on evidence from 5 ns."""
    cusum = Cusum()
    cusum.add(THRESHOLD, 5)
    assert cusum.alarms(passes_gate=True, now_ns=now_ns)
    return cusum


def test_an_alarm_needs_the_evidence_and_the_gate() -> None:
    """Evidence alone is not enough when the ratio seen is at most 2."""
    cusum = Cusum()
    cusum.add(THRESHOLD - 0.1, 1)
    assert not cusum.alarms(passes_gate=True, now_ns=1)
    cusum.add(0.2, 2)
    assert not cusum.alarms(passes_gate=False, now_ns=2)
    assert cusum.alarms(passes_gate=True, now_ns=2)


def test_an_alarm_starts_again_and_stays_raised_from_where_the_evidence_began() -> None:
    """The sum is 0 again; what is shown is where it began."""
    cusum = raised()
    assert (0.0, None, 5) == (cusum.evidence, cusum.start_ns, cusum.raised_since_ns)


def test_a_second_alarm_keeps_the_beginning() -> None:
    """It confirms the first one."""
    cusum = raised()
    cusum.add(THRESHOLD, 20)
    assert cusum.alarms(passes_gate=True, now_ns=20)
    assert (5, 20) == (cusum.raised_since_ns, cusum.confirmed_ns)


def test_an_alarm_ends_on_as_much_evidence_against_it() -> None:
    """Not a moment sooner."""
    cusum = raised()
    cusum.add(-THRESHOLD + 0.1, 11)
    assert 5 == cusum.raised_since_ns
    cusum.add(-0.1, 12)
    assert cusum.raised_since_ns is None


def test_an_alarm_that_nothing_confirms_is_let_go_after_a_day() -> None:
    """Too few events came to say either."""
    cusum = raised(now_ns=10)
    cusum.add(0.0, 10 + RAISED_NS_MAX)
    assert cusum.raised_since_ns is not None
    cusum.add(0.0, 11 + RAISED_NS_MAX)
    assert cusum.raised_since_ns is None


@given(st.lists(st.floats(-5.0, 5.0)))
def test_evidence_is_the_sum_held_between_none_and_enough(steps: list[float]) -> None:
    """It never exceeds the largest sum that ends now, nor the threshold."""
    cusum = Cusum()
    for now_ns, nats in enumerate(steps):
        cusum.add(nats, now_ns)
    ends = [sum(steps[start:]) for start in range(len(steps) + 1)]
    assert 0.0 <= cusum.evidence <= min(THRESHOLD, max(ends) + 1e-9)


@given(st.lists(st.floats(-1.0, 0.2), max_size=30))
def test_below_enough_evidence_is_the_largest_sum_that_ends_now(steps: list[float]) -> None:
    """The running sum above its lowest point, as the naive definition has it."""
    cusum = Cusum()
    for now_ns, nats in enumerate(steps):
        cusum.add(nats, now_ns)
    ends = [sum(steps[start:]) for start in range(len(steps) + 1)]
    assert abs(max(ends) - cusum.evidence) < 1e-9


def test_more_than_enough_adds_nothing() -> None:
    """A long past is not held against the present: as much against it ends it."""
    cusum = Cusum()
    for _ in range(100):
        cusum.add(THRESHOLD, 1)
    cusum.add(-THRESHOLD, 2)
    assert 0.0 == cusum.evidence


def test_forgetting_keeps_what_is_raised() -> None:
    """Only evidence for and against goes."""
    cusum = raised()
    cusum.add(1.0, 20)
    cusum.forget()
    assert (0.0, 0.0, None, 5) == (
        cusum.evidence,
        cusum.recovery,
        cusum.start_ns,
        cusum.raised_since_ns,
    )
