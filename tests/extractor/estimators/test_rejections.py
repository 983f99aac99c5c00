"""Rejections by reason; only exogenous ones become parameters, and only when there are enough."""

from collections.abc import Callable

import pytest

from bot.domain.calibration import RejectionParameters
from bot.domain.reports import RejectionReason
from extractor.estimators import rejections
from extractor.log import OrderLog, fold
from tests.extractor.conftest import Day, Scribe

PRIOR = RejectionParameters()


def log_of(scribe: Scribe, reasons: dict[RejectionReason, int], accepted: int) -> OrderLog:
    """Orders an hour apart."""
    answers: list[RejectionReason | None] = [None] * accepted
    for reason, n in reasons.items():
        answers += [reason] * n
    for number, answer in enumerate(answers):
        scribe.submit(f"{number}", number * 3_600_000.0)
        if answer is None:
            scribe.accept(f"{number}", number * 3_600_000.0 + 100)
        else:
            scribe.reject(f"{number}", number * 3_600_000.0 + 100, answer)
    return fold(scribe.events)


def test_reasons_of_the_book_are_counted_but_never_drawn(scribe: Scribe) -> None:
    """Post-only crosses must emerge; what paper draws is the rest, split by reason."""
    reasons = {
        RejectionReason.POST_ONLY_CROSS: 50,
        RejectionReason.PAUSED: 30,
        RejectionReason.OTHER: 90,
    }
    log = log_of(scribe, reasons, accepted=830)
    rate, exogenous = rejections.rejection_rate(log), rejections.exogenous_rate(log)
    assert (0.17, 0.12) == (rate.value, exogenous.value)
    assert {"other": 90, "paused": 30, "post_only_cross": 50} == rejections.by_reason(log)
    drawn = rejections.parameters(log, exogenous, PRIOR).probability
    assert {RejectionReason.PAUSED: 0.03, RejectionReason.OTHER: 0.09} == drawn


def test_too_few_rejections_change_nothing(scribe: Scribe) -> None:
    """20 are shown, and paper keeps its prior."""
    log = log_of(scribe, {RejectionReason.OTHER: 20}, accepted=980)
    rate = rejections.exogenous_rate(log)
    assert (0.02, True, None) == (rate.value, rate.sufficient, rate.applied)
    assert PRIOR is rejections.parameters(log, rate, PRIOR)


def test_no_rejection_is_no_rate_of_zero(scribe: Scribe) -> None:
    """Paper keeps its prior and the bound is reported."""
    log = log_of(scribe, {}, accepted=500)
    rate = rejections.exogenous_rate(log)
    assert (None, False) == (rate.value, rate.sufficient)
    assert rate.interval is not None
    assert pytest.approx(0.0076, abs=1e-3) == rate.interval[1]
    assert PRIOR is rejections.parameters(log, rate, PRIOR)


def test_a_lost_answer_is_not_a_rejection(scribe: Scribe) -> None:
    """Unknown is neither in the numerator nor in the denominator."""
    scribe.submit("a", 0.0)
    scribe.lose("a", 1.0)
    scribe.submit("b", 2.0)
    scribe.reject("b", 3.0)
    assert 1 == rejections.rejection_rate(fold(scribe.events)).n


def test_the_truth_is_recovered_and_each_reason_has_its_rate(make_day: Callable[..., Day]) -> None:
    """10 % of 1,500 orders."""
    log = fold(make_day(orders=1_500).events)
    rate = rejections.exogenous_rate(log)
    assert rate.interval is not None
    assert rate.interval[0] <= 0.1 <= rate.interval[1]
    assert {"rejection_rate.other"} == rejections.reason_rates(log).keys()
