"""Latency quantiles with lost answers censored, and the distributions paper draws from."""

from collections.abc import Callable

import numpy as np
import pytest

from bot.domain.calibration import Latency
from bot.domain.reports import CancelReason
from extractor.estimators import latency
from extractor.log import fold
from tests.extractor.conftest import Day, Scribe

PRIOR = Latency()


def lognormal(n: int, seed: int = 1) -> np.ndarray:
    """A sorted sample of median 250 ms, sigma 0.39."""
    return np.sort(np.random.default_rng(seed).lognormal(np.log(250.0), 0.39, n))


def test_the_quantiles_of_a_day_hold_the_truth(make_day: Callable[..., Day]) -> None:
    """Median 250 ms and 95 % at 475 ms of a lognormal production lie in their intervals."""
    log = fold(make_day(orders=600).events)
    estimates = latency.quantiles(latency.ack_ms(log), "ack", censored=latency.lost(log))
    p50, p95, p99 = (estimates[f"ack_p{q}_ms"] for q in (50, 95, 99))
    assert p50.interval is not None
    assert p50.interval[0] <= 250.0 <= p50.interval[1]
    assert p95.interval is not None
    assert p95.interval[0] <= 250.0 * np.exp(0.39 * 1.645) <= p95.interval[1]
    assert [True, True, False] == [p.sufficient for p in (p50, p95, p99)]
    assert "5000 are needed" in p99.note


@pytest.mark.parametrize(("n", "enough"), [(49, False), (50, True)])
def test_a_median_needs_fifty_answers(n: int, *, enough: bool) -> None:
    """Below, it is shown and changes nothing."""
    estimate = latency.quantiles(lognormal(n), "ack")["ack_p50_ms"]
    assert enough == estimate.sufficient
    assert estimate.value is not None


def test_lost_answers_push_quantiles_up_or_out() -> None:
    """One in ten lost: the median moves up, the 95 % quantile is unknown."""
    estimates = latency.quantiles(lognormal(900), "ack", censored=100)
    whole = latency.quantiles(lognormal(900), "ack")
    p50, before = estimates["ack_p50_ms"].value, whole["ack_p50_ms"].value
    assert p50 is not None
    assert before is not None
    assert p50 > before
    assert estimates["ack_p95_ms"].value is None
    assert "falls among the lost answers" in estimates["ack_p95_ms"].note


def test_an_interval_that_reaches_the_lost_answers_is_not_enough() -> None:
    """Five in a hundred lost: the 95 % quantile is at the edge of what is known."""
    estimate = latency.quantiles(lognormal(960), "ack", censored=47)["ack_p95_ms"]
    assert estimate.value is not None
    assert (None, False) == (estimate.interval, estimate.sufficient)
    assert "lies among the lost answers" in estimate.note


def test_nothing_seen_is_nothing() -> None:
    """No answer, no quantile."""
    estimate = latency.quantiles(np.array([]), "cancel")["cancel_p50_ms"]
    assert (None, False, 0) == (estimate.value, estimate.sufficient, estimate.n)


def test_lost_share_counts_what_proved_nothing(scribe: Scribe) -> None:
    """One of two orders was lost."""
    scribe.submit("a", 0.0)
    scribe.accept("a", 100.0)
    scribe.submit("b", 200.0)
    scribe.lose("b", 10_000.0)
    estimate = latency.lost_share(fold(scribe.events))
    assert (0.5, 2, False) == (estimate.value, estimate.n, estimate.sufficient)
    assert latency.lost_share(fold([])).value is None


def test_no_lost_answer_is_only_an_upper_bound(scribe: Scribe) -> None:
    """As of every share."""
    scribe.submit("a", 0.0)
    scribe.accept("a", 100.0)
    estimate = latency.lost_share(fold(scribe.events))
    assert estimate.value is None
    assert estimate.interval is not None


def test_only_cancels_we_asked_for_have_a_latency(scribe: Scribe) -> None:
    """An order the venue took off has none, and a clock that went back is damage."""
    for order_id, answer in (("a", 120.0), ("b", None), ("c", -5.0), ("d", float("nan"))):
        scribe.submit(order_id, 0.0)
        scribe.accept(order_id, 1.0)
        scribe.cancel(order_id, 2.0, latency_ms=answer)
    log = fold(scribe.events)
    assert [120.0] == latency.cancel_ms(log).tolist()
    next(iter(log.orders.values())).cancel_reason = CancelReason.VENUE
    assert [] == latency.cancel_ms(log).tolist()


def test_paper_draws_from_the_prior_a_fit_or_a_table() -> None:
    """Prior below 50 answers, lognormal below 200, 21 quantiles from there."""
    assert PRIOR is latency.distribution(lognormal(49), PRIOR)
    fit = latency.distribution(lognormal(199), PRIOR)
    assert () == fit.quantiles_ms
    assert pytest.approx(250.0, rel=0.1) == fit.median_ms
    assert pytest.approx(0.39, rel=0.15) == fit.sigma
    table = latency.distribution(lognormal(2_000), PRIOR)
    assert 21 == len(table.quantiles_ms)
    assert pytest.approx(250.0, rel=0.05) == table.quantiles_ms[10]


def test_settlement_is_timed_to_confirmation(scribe: Scribe) -> None:
    """Matched to CONFIRMED, four seconds."""
    scribe.submit("a", 0.0)
    scribe.fill("a", 1.0)
    scribe.settle("a", 4_001.0)
    assert [4_000.0] == latency.settlement_ms(fold(scribe.events)).tolist()
