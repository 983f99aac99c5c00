"""The signer's pace follows what the exchange says of it."""

from bot.domain.units import NS_PER_S
from bot.venues.polymarket.rate_limit import STANDARD, TIERS, SignerLimits


def burst(limits: SignerLimits, now_ns: int = 0) -> int:
    """How many orders may leave at once."""
    count = 0
    while limits.admit(now_ns):
        count += 1
    return count


def test_the_slowest_tier_is_assumed_at_four_fifths() -> None:
    """48 of 60 at once, then 32 of 40 a second."""
    limits = SignerLimits()
    assert STANDARD == limits.tier
    assert 48 == burst(limits)
    assert 32 == burst(limits, NS_PER_S)


def test_the_tier_is_read_from_the_headers() -> None:
    """A better tier is used at once, and telling it again refills nothing."""
    limits = SignerLimits()
    limits.observe(remaining=12.0, tier="Gold", is_warning=False)
    assert ("gold", 12.0) == (limits.tier, limits.remaining)
    assert 480 == burst(limits)
    limits.observe(remaining=None, tier="GOLD", is_warning=False)
    assert 0 == burst(limits)
    assert 12.0 == limits.remaining


def test_a_tier_nobody_knows_is_slow() -> None:
    """Its name is kept, so that it can be seen."""
    limits = SignerLimits()
    limits.observe(remaining=None, tier="Unobtainium", is_warning=False)
    assert ("unobtainium", 48) == (limits.tier, burst(limits))


def test_warnings_are_counted() -> None:
    """They say what enforcement would have refused."""
    limits = SignerLimits()
    for is_warning in (True, False, True):
        limits.observe(remaining=None, tier=None, is_warning=is_warning)
    assert 2 == limits.warnings


def test_orders_are_held_while_the_exchange_asks() -> None:
    """A shorter pause does not end a longer one."""
    limits = SignerLimits()
    assert not limits.is_held(0)
    limits.hold_off(2.0, 0)
    limits.hold_off(0.5, 0)
    assert limits.is_held(2 * NS_PER_S - 1)
    assert not limits.is_held(2 * NS_PER_S)


def test_cancels_are_always_twice_as_fast_as_orders() -> None:
    """As published, 2026-11-22."""
    assert all(tier.cancels_per_s == 2 * tier.orders_per_s for tier in TIERS.values())
