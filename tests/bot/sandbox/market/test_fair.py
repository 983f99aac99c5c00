"""The latent fair value and the pace of the day."""

from random import Random
from statistics import fmean, pstdev

from bot.sandbox.market.fair import FairValue, Pace

DAY_NS = 86_400 * 10**9


def fair_value(vol_per_day: float, jump_size: float = 0.0, seed: int = 1) -> FairValue:
    """A fair value that starts at one half at time 0."""
    return FairValue(
        Random(seed), start=0.5, vol_per_day=vol_per_day, jump_size=jump_size, start_ns=0
    )


def test_a_day_moves_the_logit_by_its_volatility() -> None:
    """Near one half a logit step of 0.2 is a price step of 0.05."""
    moves = [fair_value(0.2, seed=seed).price(DAY_NS) - 0.5 for seed in range(400)]
    assert 0.044 < pstdev(moves) < 0.056
    assert abs(fmean(moves)) < 0.01


def test_time_that_does_not_pass_does_not_move_it() -> None:
    """Asking twice at one instant gives one answer."""
    fair = fair_value(0.2)
    assert fair.price(DAY_NS) == fair.price(DAY_NS)


def test_it_stays_where_the_tick_stays() -> None:
    """However far it jumps, it never leaves 0.05 to 0.95."""
    fair = fair_value(0.0, jump_size=2.0)
    prices = []
    for step in range(200):
        fair.jump(step)
        prices.append(fair.price(step))
    assert 0.05 <= round(min(prices), 9) < 0.06
    assert 0.94 < round(max(prices), 9) <= 0.95


def test_the_pace_is_one_on_average() -> None:
    """Quiet and busy spells together leave the mean rates as they are configured."""
    pace = Pace(Random(1), activity=1.0)
    total_s = weighted = 0.0
    spell_s = pace.spell_s()
    for _ in range(4_000):
        total_s += spell_s
        weighted += spell_s * pace.factor
        spell_s = pace.switch()
    assert 0.96 < weighted / total_s < 1.04


def test_activity_multiplies_the_pace() -> None:
    """Activity 3 is three times the pace of activity 1."""
    assert 3 * Pace(Random(1), 1.0).factor == Pace(Random(1), 3.0).factor
