"""What the exchange should have announced and did not: found by asking, not by waiting."""

import msgspec

from bot.markets.watch import MarketWatch
from bot.venues.polymarket.listing import Listing
from bot.venues.polymarket.screening import Criteria
from tests.bot.engine.world import MARKET, World
from tests.bot.venues.polymarket.test_screening import listed


class Exchange:
    """A catalogue that knows of a resolution, a feed that never says so, and one clock for both."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.is_resolved = False
        self.watch = MarketWatch(self, world.engine, self, Criteria(), lambda _line: None)

    def now_ns(self) -> int:
        """Return the world's time."""
        return self.world.now_ns

    async def listing(self, name: str) -> Listing:
        """Return what the catalogue says of the traded market."""
        return msgspec.structs.replace(listed(closed=self.is_resolved), market=MARKET)


async def test_a_resolution_that_is_never_announced_ends_the_quotes() -> None:
    """rs-clob-client#226: `market_resolved` never came, and the bot went on quoting the dead."""
    world = World()
    exchange = Exchange(world)
    world.open_books()
    world.let_it_work(5)
    await exchange.watch.look(MARKET.condition_id)
    world.let_it_work(5)
    assert 2 == len(world.quotes())
    exchange.is_resolved = True
    world.let_it_work(5)
    assert 2 == len(world.quotes()), "the feed says nothing"
    await exchange.watch.look(MARKET.condition_id)
    world.let_it_work(5)
    assert [] == world.open_orders
