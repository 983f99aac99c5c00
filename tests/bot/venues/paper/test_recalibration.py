"""A paper venue takes other parameters while orders are under way: for what enters from then on."""

from bot.domain.calibration import Latency, QueueParameters
from bot.domain.orders import OrderId
from bot.domain.reports import Accepted, Filled
from bot.venues.paper.venue import PaperVenue
from tests.bot.venues.paper.test_venue import EXACT, MARKET, MS, SHARE, YES, Floor, config


def test_other_parameters_are_for_what_enters_from_then_on() -> None:
    """What is under way keeps its times; the next order has the new ones, ids go on."""
    floor = Floor()
    floor.send(0)
    floor.venue.recalibrate(config(rtt=Latency(median_ms=400, sigma=0), residual_cash_cents=1.0))
    floor.send(0)
    assert [Accepted(OrderId("p-7-1"), 100 * SHARE)] == floor.until(200)
    assert [Accepted(OrderId("p-7-2"), 100 * SHARE)] == floor.until(400)
    floor.trade(500, size=110)
    filled = [each for each in floor.until(5_000) if isinstance(each, Filled)]
    assert [50_000, 50_000] == [each.fee for each in filled]


def test_orders_that_rest_keep_their_queue_model() -> None:
    """Whoever leaves is behind them still; the next price that is watched has the new exponent."""
    floor = Floor(config(queue=QueueParameters(phi=1.0)))
    floor.send(0)
    floor.until(200)
    floor.venue.recalibrate(config(queue=QueueParameters(phi=1e-9)))
    floor.send(200, price=4900)
    floor.until(1_000)
    for price, before, after in ((5000, 100, 60), (4900, 0, 40), (4900, 40, 0)):
        floor.books[YES].apply(is_bid=True, price=price, size=after * SHARE)
        floor.venue.on_level(
            YES, is_bid=True, price=price, before=before * SHARE, after=after * SHARE,
            now_ns=1_000 * MS,
        )  # fmt: skip
    old, new = (floor.venue._matching._levels[YES, True, price] for price in (5000, 4900))
    assert 1.0 > new.model.power_n
    assert old.model.power_n == float("inf")
    assert old.model.sizes is new.model.sizes


def test_the_legacy_model_takes_another_chance() -> None:
    """Its coin and its charges, which are all it has."""
    floor = Floor()
    sure = config(fill_probability=1.0, maker_fee_bps=0.0, adverse_selection_bps=100.0)
    venue = PaperVenue(floor.books, [MARKET], EXACT, model="legacy", seed=7, cash=100 * SHARE)
    venue.recalibrate(sure)
    floor.venue = venue
    floor.send(0)
    filled = [each for each in floor.until(3_600_000) if isinstance(each, Filled)]
    assert 5 * SHARE == sum(each.size for each in filled)
    assert 25_000 == sum(each.fee for each in filled)
