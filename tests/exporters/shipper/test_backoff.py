"""Pauses grow, are spread, and begin anew."""

from random import Random

from exporters.shipper.backoff import BASE_S, MAX_S, Backoff


def test_pauses_double_up_to_the_longest() -> None:
    """Between half and all of the step, however many failures."""
    backoff = Backoff(Random(1))
    for failures in range(1_200):
        step_s = min(MAX_S, BASE_S * 2.0 ** min(failures, 20))
        assert step_s / 2 <= backoff.next_s() <= step_s
    backoff.reset()
    assert backoff.next_s() <= BASE_S


def test_pause_is_spread_behind_what_the_store_asks_for() -> None:
    """Never sooner than asked."""
    assert 60.0 < Backoff(Random(1)).next_s(60.0) <= 60.0 + BASE_S
