"""The last third of a window is predicted from the first two."""

from collections.abc import Callable

import msgspec
import pytest

from bot.domain.calibration import QueueParameters
from extractor.estimators.holdout import fit, holdout_fill_ratio
from extractor.estimators.queue import paths
from extractor.estimators.queue_paths import PaperQueue
from extractor.log import fold
from tests.extractor.conftest import Day

PRIOR = QueueParameters()


@pytest.mark.slow
def test_a_steady_market_predicts_itself(make_day: Callable[..., Day]) -> None:
    """1,000 orders of one queue: predicted over observed is near 1."""
    orders = fold(make_day(orders=1_000, seed=21).events).rested()
    estimate = holdout_fill_ratio(orders, paths(orders, PaperQueue(orders, 1)), PRIOR)
    assert estimate.value is not None
    assert 0.8 <= estimate.value <= 1.25
    assert estimate.sufficient


@pytest.mark.slow
def test_a_changed_market_is_seen(make_day: Callable[..., Day]) -> None:
    """When half of the later fills are lost, the prediction is too high."""
    orders = fold(make_day(orders=1_000, seed=21).events).rested()
    traced = paths(orders, PaperQueue(orders, 1))
    border = traced[len(traced) * 2 // 3].submitted_ns
    changed = [
        msgspec.structs.replace(path, is_filled=path.is_filled and number % 2 == 0)
        if path.submitted_ns > border
        else path
        for number, path in enumerate(traced)
    ]
    estimate = holdout_fill_ratio(orders, changed, PRIOR)
    assert estimate.value is not None
    assert estimate.value > 1.5


def test_few_held_out_fills_are_no_score() -> None:
    """Nothing to compare with."""
    estimate = holdout_fill_ratio([], [], PRIOR)
    assert (None, False) == (estimate.value, estimate.sufficient)
    assert "15 are needed" in estimate.note


def test_a_fit_without_data_is_the_prior() -> None:
    """Both parameters keep their prior, with two estimates that say why."""
    parameters, estimates = fit([], [], PRIOR)
    assert PRIOR == parameters
    assert {"queue_phi", "queue_theta_miss"} == estimates.keys()
