"""The state of the account, as a scraper asks for it from another thread."""

from bot.domain.units import NS_PER_S
from bot.venues.polymarket.core import Doubt
from bot.venues.polymarket.health import PENDING_LONG_NS, VenueHealth
from tests.bot.venues.polymarket.own_account import (
    SHARES,
    YES,
    leg,
    read_trade,
    resting,
    trade_event,
)
from tests.bot.venues.polymarket.test_venue import T0, Scene


async def test_the_age_of_the_heartbeat_is_there_while_it_should_beat() -> None:
    """Not before the first, and not once it was stopped on purpose."""
    scene = Scene()
    health = VenueHealth(scene.venue, scene.clock)
    assert health.heartbeat_age_s() is None
    await scene.venue.heartbeat.beat()
    scene.clock.time_ns += 3 * NS_PER_S
    assert 3.0 == health.heartbeat_age_s()
    scene.venue.heartbeat.stop()
    assert health.heartbeat_age_s() is None


def test_a_leg_that_hangs_is_counted_until_it_is_final() -> None:
    """From two minutes after its match."""
    scene = Scene()
    health, core = VenueHealth(scene.venue, scene.clock), scene.venue.core
    resting(core.orders)
    core.settlement.observe(read_trade(trade_event(leg())), T0)
    scene.clock.time_ns = T0 + PENDING_LONG_NS
    assert 0 == health.legs_pending_long()
    scene.clock.time_ns += NS_PER_S
    assert 1 == health.legs_pending_long()
    core.settlement.observe(read_trade(trade_event(leg(), status="CONFIRMED")), T0)
    assert 0 == health.legs_pending_long()


def test_every_other_number_is_the_venues() -> None:
    """Counted there, in shares here."""
    scene = Scene()
    venue, health = scene.venue, VenueHealth(scene.venue, scene.clock)
    venue.heartbeat.failures, venue.truth_failures, venue.stream.losses = 1, 2, 3
    venue.core.strange_orders = 4
    venue.core.doubts[resting(venue.core.orders).order_id] = Doubt(0)
    venue.drift = {YES: -2 * SHARES}
    assert (1, 2, 3, 4, 1, 2.0) == (
        health.heartbeat_failures(), health.truth_failures(), health.channel_losses(),
        health.strange_orders(), health.orders_in_doubt(), health.unexplained_shares(),
    )  # fmt: skip
