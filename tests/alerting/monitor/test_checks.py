"""What is wrong is named, and what is well is not."""

from typing import Any

import msgspec
import pytest

from alerting.monitor.checks import problems
from alerting.monitor.reading import Reading
from alerting.rules import ALERTS

NOW_S = 1_000_000.0
WELL = Reading(
    run_start_s=NOW_S - 7_200.0,
    last_event_s=NOW_S - 5.0,
    last_feed_s=NOW_S - 60.0,
    is_tripped=False,
    drawdown_usd=0.5,
    fills=40.0,
    submitted=200.0,
    rejected=4.0,
)


def but(**changes: Any) -> Reading:  # noqa: ANN401 - fields of many types
    """A well bot but for some fields."""
    return msgspec.structs.replace(WELL, **changes)


def test_two_well_bots_have_no_problem() -> None:
    """Nothing is told."""
    assert [] == problems({"demo": WELL, "prod": WELL}, NOW_S, beat_s=NOW_S, mismatch_usd=0.1)


@pytest.mark.parametrize(
    ("reading", "alert"),
    [
        (None, "PmmBotDown"),
        (but(last_event_s=NOW_S - 200.0), "PmmBotSilent"),
        (but(last_feed_s=NOW_S - 400.0), "PmmFeedStale"),
        (but(is_tripped=True), "PmmKillSwitchTripped"),
        (but(drawdown_usd=3.0), "PmmDrawdown"),
        (but(fills=100.0), "PmmDiverged"),
        (but(rejected=40.0), "PmmDiverged"),
    ],
)
@pytest.mark.parametrize("env", ["demo", "prod"])
def test_each_problem_is_found_on_each_side(reading: Reading | None, alert: str, env: str) -> None:
    """By the name of its alert, so that the runbook serves both."""
    found = problems({"demo": WELL, "prod": WELL} | {env: reading}, NOW_S)
    assert [alert] == [problem.alert for problem in found]
    assert alert in ALERTS


def test_a_restarted_bot_has_its_time_for_a_report() -> None:
    """And is not compared within its first hour."""
    young = but(run_start_s=NOW_S - 100.0, last_feed_s=0.0, fills=1_000.0)
    assert [] == problems({"demo": WELL, "prod": young}, NOW_S)


def test_few_events_are_not_compared() -> None:
    """Thirty on each side at least."""
    assert [] == problems({"demo": WELL, "prod": but(fills=2.0)}, NOW_S)


def test_balance_and_beat_are_told() -> None:
    """A mismatch of either sign; an Alertmanager that fell silent."""
    found = problems({"demo": WELL}, NOW_S, beat_s=NOW_S - 20_000.0, mismatch_usd=-1.0)
    assert ["PmmBalanceMismatch", "PmmWatchdog"] == [problem.alert for problem in found]
    assert "5 hours" in found[1].text
