"""A share or a mean is a measurement from its minimum on, and applied from a larger one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.estimators.common import KEEPS_PRIOR, applied_value, mean, nothing, share
from extractor.stats import Cluster


def even(events: int, trials: int, blocks: int = 10) -> list[Cluster]:
    """Blocks with the same counts: no design effect."""
    return [Cluster(events / blocks, trials / blocks, trials // blocks) for _ in range(blocks)]


@pytest.mark.parametrize(
    ("events", "sufficient", "applied"),
    [(14, False, None), (15, True, None), (95, True, None), (96, True, "fill_probability")],
)
def test_a_share_is_shown_from_15_events_and_applied_from_96(
    events: int, *, sufficient: bool, applied: str | None
) -> None:
    """Planning rule: 15 events are +-50 %, 96 are +-20 %."""
    estimate = share(even(events, 1_000), "fills", "orders", applies="fill_probability")
    assert (sufficient, applied) == (estimate.sufficient, estimate.applied)
    assert (KEEPS_PRIOR in estimate.note) == (applied is None)


def test_events_in_bursts_are_worth_fewer() -> None:
    """200 fills that all came in one of ten blocks do not set a parameter."""
    blocks = [Cluster(200 if i == 0 else 0, 200, 200) for i in range(10)]
    estimate = share(blocks, "fills", "orders", applies="fill_probability")
    assert (True, None) == (estimate.sufficient, estimate.applied)


def test_one_quarter_of_an_hour_sets_no_parameter() -> None:
    """However many its events: nothing shows how much they have in common."""
    estimate = share([Cluster(200, 400, 400)], "fills", "orders", applies="fill_probability")
    assert (True, None) == (estimate.sufficient, estimate.applied)
    assert (
        "200 fills, all in one quarter of an hour, so taken for independent; 96 in more than one "
        f"quarter are needed to apply it: {KEEPS_PRIOR}"
    ) == estimate.note


@given(st.integers(0, 100_000))
def test_no_event_is_never_a_measurement(trials: int) -> None:
    """Zero of any number is an upper bound, not a value."""
    estimate = share([Cluster(0.0, trials, trials)], "rejections", "orders", applies="p")
    assert (None, False, None) == (estimate.value, estimate.sufficient, estimate.applied)
    assert (estimate.interval is None) == (trials == 0)


def test_what_sets_nothing_does_not_speak_of_priors() -> None:
    """A check has no prior to keep."""
    assert KEEPS_PRIOR not in share(even(5, 100), "fills", "orders").note


def test_a_mean_is_enough_from_its_minimum() -> None:
    """Below the minimum the value is shown, and is not sufficient."""
    blocks = [Cluster(10.0, 20.0, 20), Cluster(14.0, 20.0, 20)]
    few, many = mean(blocks, "cents", 41, "fills"), mean(blocks, "cents", 40, "fills")
    assert (0.6, False, True) == (few.value, few.sufficient, many.sufficient)
    assert f"40 fills; 41 are needed: {KEEPS_PRIOR}" == few.note


def test_a_mean_of_one_hour_has_no_interval() -> None:
    """So it is no measurement, and says why."""
    estimate = mean([Cluster(10.0, 100.0, 100)], "cents", 75, "fills")
    assert (None, "all in one hour, so no interval") == (estimate.interval, estimate.note)
    assert not estimate.sufficient


def test_a_mean_of_nothing_is_nothing() -> None:
    """No item, no value."""
    assert mean([], "cents", 75, "fills").value is None
    assert mean([Cluster(0.0, 0.0, 3)], "cents", 75, "fills").value is None
    assert (None, 3) == (nothing("1", "none", "why", 3).value, nothing("1", "none", "why", 3).n)


def test_only_an_applied_value_replaces_the_prior() -> None:
    """A value that may only be shown does not."""
    shown, applied = share(even(20, 100), "f", "o"), share(even(200, 1_000), "f", "o", applies="p")
    assert (0.3, 0.2) == (applied_value(shown, 0.3), applied_value(applied, 0.3))
