"""What is wrong is named, and what is well is not."""

from typing import Any

import msgspec
import pytest

from alerting.monitor.checks import Findings, Problem, of_beat, of_bots, of_wallet
from alerting.monitor.reading import Balance, Reading
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


def problems(findings: Findings) -> list[Problem]:
    """What is wrong of what was looked at."""
    return [problem for problem in findings.values() if problem is not None]


def test_two_well_bots_have_no_problem() -> None:
    """Nothing is told."""
    assert [] == problems(of_bots({"demo": WELL, "prod": WELL}, NOW_S))
    assert [] == problems(of_beat(NOW_S, NOW_S) | of_wallet(Balance(NOW_S, 0.1), NOW_S))


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
    found = problems(of_bots({"demo": WELL, "prod": WELL} | {env: reading}, NOW_S))
    assert [alert] == [problem.alert for problem in found]
    assert alert in ALERTS


def test_a_restarted_bot_has_its_time_for_a_report() -> None:
    """And is not compared within its first hour."""
    young = but(run_start_s=NOW_S - 100.0, last_feed_s=0.0, fills=1_000.0)
    assert [] == problems(of_bots({"demo": WELL, "prod": young}, NOW_S))


def test_few_events_are_not_compared() -> None:
    """Thirty on each side at least."""
    assert [] == problems(of_bots({"demo": WELL, "prod": but(fills=2.0)}, NOW_S))


@pytest.mark.parametrize("mismatch_usd", [-1.0, 1.0])
def test_a_mismatch_is_told_with_its_sign(mismatch_usd: float) -> None:
    """The chain may have more or less."""
    (found,) = problems(of_wallet(Balance(NOW_S, mismatch_usd), NOW_S))
    assert "PmmBalanceMismatch" == found.alert
    assert f"{mismatch_usd:+.2f} dollars" in found.text


@pytest.mark.parametrize("balance", [None, Balance(NOW_S - 901.0, 0.0)])
def test_balances_that_nobody_checks_are_told(balance: Balance | None) -> None:
    """The exporter is away, or its nodes are: then nothing is said of a mismatch."""
    found = of_wallet(balance, NOW_S)
    assert ["PmmBalanceUnchecked"] == [problem.alert for problem in problems(found)]
    assert "balance" not in found


def test_a_silent_alertmanager_is_told() -> None:
    """With how long."""
    (found,) = problems(of_beat(NOW_S - 20_000.0, NOW_S))
    assert ("PmmWatchdog", True) == (found.alert, "5 hours" in found.text)


def test_nothing_is_said_of_a_bot_that_does_not_answer() -> None:
    """Its kill switch may still be tripped, and the two may still be apart."""
    assert {"prod:down"} == set(of_bots({"prod": None}, NOW_S))
    both = of_bots({"demo": WELL, "prod": None}, NOW_S)
    assert not any(key.startswith("diverged") for key in both)


def test_a_bot_that_does_nothing_says_nothing_of_its_feed() -> None:
    """It would be told as over."""
    silent = of_bots({"demo": but(last_event_s=NOW_S - 200.0, last_feed_s=0.0)}, NOW_S)
    assert "demo:feed" not in silent
