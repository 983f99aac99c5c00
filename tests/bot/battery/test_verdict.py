"""What makes GO, and that each number can make NO-GO alone."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.battery.criteria import Criteria, Finding
from bot.battery.gauge import Reading
from bot.battery.verdict import conclude, judge_runs, kill_margin, lower_bound
from tests.bot.battery.makers import reading

LOSS_MAX_USD = 5.0


def failed(*readings: Reading) -> list[str]:
    """What speaks against these runs."""
    findings = judge_runs(readings, LOSS_MAX_USD, Criteria())
    return [f"{each.subject}: {each.text}" for each in conclude(findings).reasons]


def test_nothing_speaks_against_good_runs() -> None:
    """A base run and a stress run that lost little."""
    assert [] == failed(reading(), reading(case="slow", worst_usd=-3.0))


def test_without_findings_there_is_no_go() -> None:
    """Nothing looked at proves nothing."""
    assert not conclude([]).go
    good, bad = (Finding("x", passed=passed, text="") for passed in (True, False))
    assert conclude([good]).go
    assert not conclude([good, bad]).go


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"hours": 1.9}, "all base runs: 1.9 hours of tape; 2 at least"),
        ({"fills": 29}, "all base runs: 29 fills; 30 at least"),
        (
            {"block_pnl_usd": (0.1,) * 7},
            "all base runs: 7 quarters of an hour say nothing of the profit; 8 at least",
        ),
        (
            {"block_pnl_usd": (-0.1,) * 16},
            "all base runs: profit -$0.40 an hour, likely above -$0.40; -$0.21 at least",
        ),
        (
            {"kill_reason": "auth"},
            "base, monday: the kill switch tripped (auth), 98% of its $5.00 unused; 50% at least",
        ),
        (
            {"worst_usd": -2.6},
            "base, monday: the kill switch held, 48% of its $5.00 unused; 50% at least",
        ),
        (
            {"untrusted_ratio": 0.25},
            "base, monday: a book could not be trusted for 25.0% of the time; 20% at most",
        ),
        (
            {"damaged_ratio": 0.02},
            "base, monday: 2.00% of the tape is damaged; 1% at most",
        ),
    ],
)
def test_each_number_of_an_undisturbed_run_can_stop_it(
    changes: dict[str, Any], reason: str
) -> None:
    """The reason names the run, the number and its bound."""
    assert [reason] == failed(reading(**changes))


def test_a_stress_case_may_trip_the_switch_but_not_lose_without_bound() -> None:
    """The tape on which it went worst is named."""
    tripped = reading(case="jumps", worst_usd=-7.0, kill_reason="loss")
    assert [] == failed(reading(), tripped)
    worse = reading(tape="tuesday", case="jumps", worst_usd=-7.6, kill_reason="loss")
    assert [
        "jumps: lost $7.60 at worst (tuesday), the kill switch tripped (loss); $7.50 at most"
    ] == failed(reading(), tripped, worse)


def test_a_fill_without_a_print_stops_it() -> None:
    """Such a paper bot believes what nothing proves."""
    runs = [reading(tape=tape, case="no prints", fills=1) for tape in ("monday", "tuesday")]
    assert ["no prints: 2 fills without a print; 0 at most"] == failed(reading(), *runs)


def test_runs_are_added_up() -> None:
    """Several short tapes are as good as a long one."""
    short = [reading(tape=name, hours=1.0, fills=15) for name in ("monday", "tuesday")]
    assert [] == failed(*short)


def test_no_run_at_all_is_no_go() -> None:
    """There was nothing to play."""
    assert [
        "all base runs: 0.0 hours of tape; 2 at least",
        "all base runs: 0 fills; 30 at least",
        "all base runs: 0 quarters of an hour say nothing of the profit; 8 at least",
    ] == failed()


def test_the_margin_is_what_was_never_used() -> None:
    """And never below nothing."""
    assert math.isclose(0.98, kill_margin(reading(), LOSS_MAX_USD))
    assert 0.0 == kill_margin(reading(worst_usd=-6.0), LOSS_MAX_USD)


def test_the_lower_bound_is_that_of_students_t() -> None:
    """Ten blocks of mean 1 and deviation 1: t(9) at 95 % is 1.833 in the tables."""
    blocks = [0.0, 2.0] * 5
    deviation = math.sqrt(10 / 9)
    bound = lower_bound(blocks)
    assert bound is not None
    assert math.isclose(1.0 - 1.833 * deviation / math.sqrt(10), bound, abs_tol=0.01)


@given(st.lists(st.floats(-10.0, 10.0), max_size=40))
def test_the_lower_bound_lies_below_the_mean(blocks: list[float]) -> None:
    """And there is none for fewer than two."""
    bound = lower_bound(blocks)
    assert (bound is None) == (len(blocks) < 2)
    assert bound is None or bound <= sum(blocks) / len(blocks) + 1e-9
