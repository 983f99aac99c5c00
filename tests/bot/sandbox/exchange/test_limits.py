"""Token buckets of one signer (polymarket.md 2.7)."""

from __future__ import annotations

from bot.domain.units import NS_PER_MS, NS_PER_S
from bot.sandbox.exchange.limits import SignerLimits, Tier

T_NS = 100 * NS_PER_S


def test_a_standard_signer_has_60_orders_at_once_then_40_a_second() -> None:
    """The burst is spent; 25 ms bring one token back."""
    orders = SignerLimits(Tier.STANDARD).orders
    assert orders.take(60, T_NS)
    assert not orders.take(1, T_NS)
    assert orders.take(1, T_NS + 25 * NS_PER_MS)


def test_a_batch_of_orders_is_all_or_nothing() -> None:
    """Two are left, three are asked for: none is taken."""
    orders = SignerLimits(Tier.STANDARD).orders
    orders.take(58, T_NS)
    assert not orders.take(3, T_NS)
    assert orders.take(2, T_NS)


def test_a_mass_cancel_passes_and_is_waited_for_up_to_gold() -> None:
    """Cancels may be overdrawn by a Standard signer, not by a Platinum one."""
    cancels = SignerLimits(Tier.STANDARD).cancels
    assert cancels.take(200, T_NS)
    assert not cancels.take(1, T_NS + NS_PER_S)
    assert 1 == cancels.wait_s()
    assert not SignerLimits(Tier.PLATINUM).cancels.take(2_000, T_NS)


def test_headers_say_what_is_left_until_when_and_the_tier() -> None:
    """Remaining tokens, the second when the bucket is full again, and the tier's name."""
    orders = SignerLimits(Tier.STANDARD).orders
    orders.take(20, T_NS)
    assert {
        "Poly-RateLimit-Remaining": "40",
        "Poly-RateLimit-Reset": "101",
        "Poly-RateLimit-Tier": "Standard",
    } == orders.headers()
    assert 0 == orders.wait_s()
