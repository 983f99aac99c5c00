"""What each case does to the exchange; for the feed see test_streams and test_jumps."""

import math

import pytest

from bot.battery.cases import BASE, STRESS, TOXIC, charging, refusing, slower, toxic_market
from bot.domain.calibration import Latency, PaperConfig, RejectionParameters
from bot.domain.reports import RejectionReason
from bot.sandbox.market import GeneratedMarketConfig


def test_names_are_unique_and_said_in_words() -> None:
    """A reason names its case."""
    cases = (BASE, *STRESS, TOXIC)
    assert len(cases) == len({case.name for case in cases})
    assert all(case.what for case in cases)


def test_the_base_case_changes_nothing() -> None:
    """It is the calibration."""
    paper = PaperConfig()
    assert paper is BASE.paper(paper)


@pytest.mark.parametrize(
    ("latency", "expected"),
    [
        (Latency(100.0, 0.5), Latency(300.0, 0.5)),
        (Latency(100.0, 0.5, (50.0, 150.0)), Latency(300.0, 0.5, (150.0, 450.0))),
    ],
)
def test_slow_takes_three_times_as_long(latency: Latency, expected: Latency) -> None:
    """Orders and cancels, by median and by table."""
    paper = slower(PaperConfig(rtt=latency, cancel_rtt=latency))
    assert (expected, expected) == (paper.rtt, paper.cancel_rtt)


@pytest.mark.parametrize(
    ("probability", "expected"),
    [
        ({RejectionReason.OTHER: 0.02}, 0.1),
        ({RejectionReason.OTHER: 0.2, RejectionReason.PAUSED: 0.1}, 0.9),
        ({}, 0.05),
        ({RejectionReason.OTHER: 1.0}, 0.9),
    ],
)
def test_five_times_as_many_are_refused(
    probability: dict[RejectionReason, float], expected: float
) -> None:
    """Nine in ten at most; where none was seen, five times the prior."""
    paper = refusing(PaperConfig(rejections=RejectionParameters(probability)))
    assert math.isclose(expected, sum(paper.rejections.probability.values()))


def test_fees_come_on_top() -> None:
    """Of what the calibration charges already."""
    assert 0.75 == charging(PaperConfig(residual_cash_cents=0.25)).residual_cash_cents


def test_all_at_once_is_all_of_them() -> None:
    """Slower, refusing and charging."""
    (worst,) = (case for case in STRESS if case.name == "all at once")
    paper = PaperConfig()
    assert charging(refusing(slower(paper))) == worst.paper(paper)


def test_the_toxic_market_is_more_restless_than_the_usual_one() -> None:
    """In its moves and in its jumps."""
    toxic, usual = toxic_market(1, 2.0), GeneratedMarketConfig()
    assert 7_200 == toxic.duration_s
    assert toxic.fair_vol_per_day > usual.fair_vol_per_day
    assert toxic.jumps_per_day * toxic.jump_size > usual.jumps_per_day * usual.jump_size
