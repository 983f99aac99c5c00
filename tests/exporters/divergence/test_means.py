"""Means by their blocks: a lasting difference is found, one jump is not enough."""

import pytest

from exporters.divergence.detector import MARKOUT_RULES, PNL_RULES, SPREAD_RULES
from exporters.divergence.means import MeanComparison, MeanRules, Sums
from exporters.divergence.outcome import Alarm, Direction

BLOCK_NS = 15 * 60 * 10**9


def play(rules: MeanRules, *blocks: Sums) -> tuple[MeanComparison, list[Alarm]]:
    """The comparison and the alarms after one interval a block."""
    comparison = MeanComparison.by(rules)
    alarms = []
    for number, block in enumerate(blocks, start=1):
        alarms += comparison.observe(block, BLOCK_NS, number * BLOCK_NS)
    return comparison, alarms


def test_a_spread_three_times_as_wide_is_found_within_two_hours() -> None:
    """By its ratio."""
    comparison, alarms = play(SPREAD_RULES, *[Sums(0.9, 90, 2.7, 90)] * 8)
    assert Direction.PROD_HIGHER == alarms[0].direction
    assert comparison.seen().ratio == pytest.approx(3.0)


@pytest.mark.parametrize(
    ("rules", "block"),
    [
        (SPREAD_RULES, Sums(1.0, 90, 1.4, 90)),
        (PNL_RULES, Sums(0.05, 0.25, 0.0, 0.25)),
        (MARKOUT_RULES, Sums(1.0, 5, 1.5, 5)),
    ],
)
def test_small_differences_agree_for_ever(rules: MeanRules, block: Sums) -> None:
    """1.4 times the spread, 20 cents an hour, a tenth of a cent a share."""
    assert [] == play(rules, *[block] * 500)[1]


def test_opposite_signs_are_more_than_two_times_apart() -> None:
    """A profit against a loss has no ratio, and is a divergence."""
    _, alarms = play(PNL_RULES, *[Sums(0.25, 0.25, -0.25, 0.25)] * 40)
    assert Direction.DEMO_HIGHER == alarms[0].direction
    assert alarms[0].seen.ratio is None


def test_a_large_but_relatively_small_difference_passes_no_gate() -> None:
    """10 against 9 cents is a difference, not 2x."""
    assert [] == play(MARKOUT_RULES, *[Sums(90.0, 10, 100.0, 10)] * 200)[1]


@pytest.mark.parametrize("rules", [PNL_RULES, MARKOUT_RULES])
def test_one_jump_of_the_market_raises_no_alarm(rules: MeanRules) -> None:
    """However large: the evidence of a block is bounded."""
    quiet = [Sums(0.0, 1, 0.0, 1)] * 10
    assert [] == play(rules, *quiet, Sums(0.0, 1, 1e6, 1), *quiet)[1]


def test_a_block_waits_until_both_sides_have_a_mean() -> None:
    """A side without a fill has no markout."""
    comparison, alarms = play(MARKOUT_RULES, *[Sums(0.0, 0, 50.0, 10)] * 100)
    assert [] == alarms
    assert comparison.seen().demo is None
    assert comparison.seen().prod == pytest.approx(5.0)


def test_a_spread_of_zero_is_no_ratio() -> None:
    """A locked book on one side says nothing of the other."""
    comparison, alarms = play(SPREAD_RULES, *[Sums(0.0, 90, 1.0, 90)] * 100)
    assert [] == alarms
    assert comparison.seen().ratio is None


def test_noise_slows_the_evidence() -> None:
    """The same mean difference takes longer where blocks scatter."""
    calm = [Sums(0.0, 10, 6.0, 10)] * 100
    wild = [Sums(0.0, 10, 6.0 + 20 * (-1) ** number, 10) for number in range(100)]
    assert len(play(MARKOUT_RULES, *wild)[1]) < len(play(MARKOUT_RULES, *calm)[1])


def test_both_directions_can_be_asked_for() -> None:
    """The higher side has the evidence."""
    comparison, _ = play(SPREAD_RULES, Sums(0.9, 90, 2.7, 90))
    assert comparison.cusum(Direction.PROD_HIGHER).evidence > 0.0
    assert 0.0 == comparison.cusum(Direction.DEMO_HIGHER).evidence
