"""What happened while the exchange could not be reached is heard of afterwards, however long."""

from bot.domain.units import NS_PER_S
from bot.venues.polymarket.look_back import TRADES_BACK_S
from tests.bot.venues.polymarket.fake_account import settle
from tests.bot.venues.polymarket.own_account import leg, trade_event
from tests.bot.venues.polymarket.test_venue import CUT, T0, Scene
from tests.bot.venues.polymarket.test_venue import scene as scene  # noqa: PLC0414 - a fixture

HOUR_S = 3_600


async def test_a_fill_of_the_first_minute_of_an_hour_without_the_exchange_is_found(
    scene: Scene,
) -> None:
    """The lists are asked from where they were read last, not from three minutes ago."""
    placed = scene.place()
    await settle()
    await scene.venue._compare()
    scene.clock.time_ns = T0 + HOUR_S * NS_PER_S
    scene.account.lists.append(CUT)
    await scene.venue._compare()
    await scene.venue._compare()
    first_s = T0 // NS_PER_S - TRADES_BACK_S
    assert [(first_s,), (first_s,)] == scene.account.calls("trades")
    await scene.venue._compare()
    assert (first_s + HOUR_S,) == scene.account.calls("trades")[-1]
    assert placed in scene.venue.core.orders._by_id


async def test_trades_are_asked_for_since_the_oldest_pending_one(scene: Scene) -> None:
    """So that no settlement is missed however long it takes."""
    scene.place()
    await settle()
    scene.tell(trade_event(leg(1)))
    scene.clock.time_ns += 1_000 * NS_PER_S
    await scene.venue._compare()
    assert [(1_700_000_000 - TRADES_BACK_S,)] == scene.account.calls("trades")
