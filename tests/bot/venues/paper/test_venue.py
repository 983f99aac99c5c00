"""The life of orders on the paper venue: times, refusals, cancels, fills, settlement."""

from typing import Any

import msgspec
import pytest

from bot.domain.book import Book
from bot.domain.calibration import (
    Latency,
    PaperConfig,
    QueueParameters,
    RejectionParameters,
    SettlementParameters,
)
from bot.domain.errors import InputError, InvariantError
from bot.domain.market import ConditionId, Market, Side, TokenId
from bot.domain.orders import NewOrder, OrderId
from bot.domain.ports import NEVER, MarketObserver, Venue
from bot.domain.reports import (
    Accepted,
    Canceled,
    CancelRefused,
    Evidence,
    Filled,
    Rejected,
    RejectionReason,
    TradeState,
    TradeUpdate,
    VenueReport,
)
from bot.venues.paper.venue import PaperVenue

YES, NO = TokenId("yes"), TokenId("no")
MARKET = Market(ConditionId("0x"), "slug", "?", YES, NO, tick=100, size_min=5_000_000)
BUY, SELL = Side.BUY, Side.SELL
MS = 1_000_000
SHARE = 1_000_000
EXACT = PaperConfig(
    rtt=Latency(median_ms=200, sigma=0),
    cancel_rtt=Latency(median_ms=100, sigma=0),
    entry_share=0.75,
    rejections=RejectionParameters(probability={}),
    settlement=SettlementParameters(delay=Latency(median_ms=4000, sigma=0)),
)
"""No chance in it: orders take 150 + 50 ms, cancels 75 + 25 ms, settlement 4 s."""


def config(**changes: Any) -> PaperConfig:  # noqa: ANN401 - any field of the config
    """EXACT with other values."""
    return msgspec.structs.replace(EXACT, **changes)


class Floor:
    """Two books with 100 shares at the touch, and a venue over them."""

    def __init__(
        self, paper: PaperConfig = EXACT, *, market: Market = MARKET, cash: int = 100 * SHARE
    ) -> None:
        """Bid 0.50 and ask 0.52 on YES, mirrored on NO."""
        self.books = {YES: Book(YES, 100), NO: Book(NO, 100)}
        size = 100 * SHARE
        self.books[YES].load([(5000, size)], [(5200, size)])
        self.books[NO].load([(4800, size)], [(5000, size)])
        self.venue = PaperVenue(self.books, [market], paper, model="tape", seed=7, cash=cash)

    def send(
        self, ms: int, token: TokenId = YES, side: Side = BUY, price: int = 5000, size: int = 5
    ) -> OrderId:
        """Prepare and submit an order of `size` shares."""
        order = NewOrder(
            decision_id=1, token=token, side=side, price=price, size=size * SHARE, level=0
        )
        order_id = self.venue.prepare(order)
        self.venue.submit(order_id, ms * MS)
        return order_id

    def trade(self, ms: int, price: int = 5000, size: int = 1000, side: Side = SELL) -> None:
        """Print a trade of `size` shares on YES."""
        self.venue.on_print(YES, side, price, size * SHARE, ms * MS)

    def until(self, ms: int) -> list[VenueReport]:
        """Everything that becomes known up to a time."""
        return self.venue.advance(ms * MS)


def reasons(reports: list[VenueReport]) -> list[RejectionReason]:
    """The reasons of the rejections among some reports."""
    return [report.reason for report in reports if isinstance(report, Rejected)]


def test_it_is_a_venue_and_an_observer() -> None:
    """The types agree with the ports."""
    venue = Floor().venue
    ports: tuple[Venue, MarketObserver] = (venue, venue)
    assert (venue, venue) == ports
    assert NEVER == venue.next_due_ns


def test_an_order_is_accepted_after_entry_and_response() -> None:
    """150 ms to the exchange, 50 ms back; ids count up and name the seed."""
    floor = Floor()
    assert "p-7-1" == floor.send(0)
    assert 150 * MS == floor.venue.next_due_ns
    assert [] == floor.until(199)
    assert 200 * MS == floor.venue.next_due_ns
    assert [Accepted(OrderId("p-7-1"), 100 * SHARE)] == floor.until(200)
    assert NEVER == floor.venue.next_due_ns


def test_the_book_is_asked_when_the_order_arrives() -> None:
    """An order that would have crossed when sent rests if the ask has left meanwhile."""
    floor = Floor()
    floor.send(0, price=5200)
    floor.until(149)
    floor.books[YES].apply(is_bid=False, price=5200, size=0)
    floor.books[YES].apply(is_bid=False, price=5300, size=SHARE)
    assert [Accepted(OrderId("p-7-1"), 0)] == floor.until(1000)
    floor.send(1000, price=5300)
    assert [RejectionReason.POST_ONLY_CROSS] == reasons(floor.until(2000))


@pytest.mark.parametrize(
    ("token", "side", "price", "size", "expected"),
    [
        (YES, BUY, 5050, 5, RejectionReason.TICK_SIZE),
        (YES, BUY, 5000, 4, RejectionReason.MIN_SIZE),
        (YES, BUY, 5200, 5, RejectionReason.POST_ONLY_CROSS),
        (YES, BUY, 5000, 201, RejectionReason.BALANCE),
        (YES, SELL, 5200, 5, RejectionReason.BALANCE),
    ],
)
def test_endogenous_refusals_emerge(
    token: TokenId, side: Side, price: int, size: int, expected: RejectionReason
) -> None:
    """Grid, minimum, touch and account refuse by themselves, with nothing drawn."""
    floor = Floor()
    floor.send(0, token, side, price, size)
    assert [expected] == reasons(floor.until(1000))
    assert (100 * SHARE, 0) == (floor.venue.ledger.cash, len(floor.venue._live))


def test_the_rate_limit_refuses_a_burst() -> None:
    """Of 70 orders at once the exchange takes 60 (polymarket.md 2.7)."""
    floor = Floor(cash=10_000 * SHARE)
    for _ in range(70):
        floor.send(0)
    assert [RejectionReason.RATE_LIMIT] * 10 == reasons(floor.until(1000))


@pytest.mark.parametrize(
    "reason",
    [
        RejectionReason.PAUSED,
        RejectionReason.AUTH,
        RejectionReason.GEOBLOCK,
        RejectionReason.DUPLICATE,
        RejectionReason.OTHER,
    ],
)
def test_exogenous_refusals_are_drawn(reason: RejectionReason) -> None:
    """The calibration's reasons come at their rate, here always."""
    floor = Floor(config(rejections=RejectionParameters(probability={reason: 1.0})))
    floor.send(0)
    assert [reason] == reasons(floor.until(1000))


def test_a_market_that_takes_no_orders_is_paused() -> None:
    """Nothing rests in it."""
    floor = Floor(market=msgspec.structs.replace(MARKET, accepting_orders=False))
    floor.send(0)
    assert [RejectionReason.PAUSED] == reasons(floor.until(1000))


def test_an_id_is_sent_once() -> None:
    """A second time it is a duplicate; one that was never prepared is our bug."""
    floor = Floor()
    order_id = floor.send(0)
    floor.venue.submit(order_id, 1 * MS)
    assert [Accepted(order_id, 100 * SHARE), Rejected(order_id, RejectionReason.DUPLICATE)] == (
        floor.until(1000)
    )
    for unknown in ("p-7-2", "p-7-0", "p-8-1", "x"):
        with pytest.raises(InvariantError, match=f"order {unknown} was never prepared"):
            floor.venue.submit(OrderId(unknown), 0)


def test_a_foreign_token_cannot_be_prepared() -> None:
    """The error names the token."""
    with pytest.raises(InputError, match="token other"):
        Floor().send(0, TokenId("other"))


# cancels ------------------------------------------------------------------------------------


def test_a_cancel_takes_effect_when_it_arrives() -> None:
    """75 ms there, 25 ms back; the cash is free again."""
    floor = Floor()
    order_id = floor.send(0)
    floor.until(1000)
    floor.venue.cancel(order_id, 1000 * MS)
    assert [] == floor.until(1099)
    assert [Canceled(order_id)] == floor.until(1100)
    assert 100 * SHARE == floor.venue.ledger.cash
    floor.trade(1101)
    assert [] == floor.until(9000)


def test_a_fill_in_the_cancels_flight_is_a_real_fill() -> None:
    """The print came first; the cancel finds nothing."""
    floor = Floor()
    order_id = floor.send(0)
    floor.until(1000)
    floor.venue.cancel(order_id, 1000 * MS)
    floor.trade(1074)
    filled, refused = sorted(floor.until(2000), key=lambda report: type(report).__name__)[::-1]
    assert isinstance(filled, Filled)
    assert CancelRefused(order_id, "already canceled or matched") == refused


def test_a_cancel_never_overtakes_its_order() -> None:
    """Sent right after the order it arrives with it, and both are reported in order."""
    floor = Floor()
    order_id = floor.send(0)
    floor.venue.cancel(order_id, 1 * MS)
    assert [Accepted(order_id, 100 * SHARE), Canceled(order_id)] == floor.until(1000)


def test_cancelling_what_is_not_there_is_refused() -> None:
    """A closed or unknown order, or an order that was refused itself."""
    floor = Floor()
    order_id = floor.send(0, price=5200)
    floor.venue.cancel(order_id, 0)
    floor.venue.cancel(OrderId("unknown"), 0)
    text = "already canceled or matched"
    assert {
        Rejected(order_id, RejectionReason.POST_ONLY_CROSS),
        CancelRefused(order_id, text),
        CancelRefused(OrderId("unknown"), text),
    } == set(floor.until(1000))


def test_cancels_have_their_own_rate_limit() -> None:
    """Beyond 120 at once a cancel is refused, one of all is not done, and the order rests on."""
    floor = Floor()
    order_id = floor.send(0)
    floor.until(1000)
    for _ in range(120):
        floor.venue.cancel(OrderId("unknown"), 1000 * MS)
    floor.venue.cancel(order_id, 1000 * MS)
    floor.venue.cancel_all(1000 * MS)
    assert CancelRefused(order_id, "Too Many Requests") in floor.until(1500)
    floor.trade(2000)
    assert any(isinstance(report, Filled) for report in floor.until(9000))


def test_cancel_all_takes_off_what_rests_when_it_arrives() -> None:
    """An order still under way is not there yet and rests afterwards."""
    floor = Floor()
    first, second = floor.send(0), floor.send(0, NO, BUY, 4800)
    floor.until(1000)
    third = floor.send(1000)
    floor.venue.cancel_all(1000 * MS)
    assert [Canceled(first), Canceled(second), Accepted(third, 100 * SHARE)] == floor.until(2000)


# fills --------------------------------------------------------------------------------------


def test_a_fill_carries_its_proof_and_settles() -> None:
    """Evidence, queue, time of the match; free of charge; CONFIRMED 4 s after the match."""
    floor = Floor()
    order_id = floor.send(0)
    floor.until(1000)
    floor.trade(2000, size=103)
    assert 2050 * MS == floor.venue.next_due_ns
    expected = Filled(
        order_id=order_id,
        trade_id="p-7-t1",
        token=YES,
        side=BUY,
        price=5000,
        size=3 * SHARE,
        evidence=Evidence.QUEUE,
        state=TradeState.MATCHED,
        queue_ahead=100 * SHARE,
        matched_ns=2000 * MS,
    )
    assert [expected] == floor.until(5999)
    assert {} == {t: n for t, n in floor.venue.ledger.tokens.items() if n}
    assert [TradeUpdate(order_id, "p-7-t1", TradeState.CONFIRMED)] == floor.until(6000)
    assert 3 * SHARE == floor.venue.ledger.tokens[YES]
    floor.send(6000, YES, SELL, 5200, 3)
    assert [RejectionReason.MIN_SIZE] == reasons(floor.until(7000))


def test_a_failed_settlement_is_reported_and_reversed() -> None:
    """The account is as before, and the order is not open any more."""
    settlement = SettlementParameters(delay=Latency(median_ms=1, sigma=0), failure_probability=1.0)
    floor = Floor(config(settlement=settlement))
    order_id = floor.send(0)
    floor.until(1000)
    floor.trade(1000)
    filled, update = floor.until(9000)
    assert isinstance(filled, Filled)
    assert TradeUpdate(order_id, "p-7-t1", TradeState.FAILED) == update
    assert 100 * SHARE == floor.venue.ledger.cash


def test_one_print_is_one_trade_for_all_orders_it_hits() -> None:
    """Both legs carry the same trade id; identity needs the order too."""
    floor = Floor()
    floor.send(0)
    floor.send(0, price=4900)
    floor.until(1000)
    floor.trade(1000, price=4800)
    fills = [report for report in floor.until(2000) if isinstance(report, Filled)]
    assert {("p-7-t1", "p-7-1"), ("p-7-t1", "p-7-2")} == {(f.trade_id, f.order_id) for f in fills}


def test_residual_cash_is_charged_per_share() -> None:
    """Two cents a share as fee, only because the calibration says so."""
    floor = Floor(config(residual_cash_cents=2.0))
    floor.send(0)
    floor.until(1000)
    floor.trade(1000)
    fill = floor.until(2000)[0]
    assert isinstance(fill, Filled)
    assert 100_000 == fill.fee


def test_every_fill_can_be_missed() -> None:
    """With theta = 1 the tape proves fills that the venue does not give."""
    floor = Floor(config(queue=QueueParameters(theta_miss=1.0)))
    floor.send(0)
    floor.until(1000)
    floor.trade(1000)
    assert [] == floor.until(9000)


def test_an_acceptance_is_known_before_its_fill() -> None:
    """A slow answer delays the word of a fill: the engine never hears of it first."""
    table = Latency(quantiles_ms=(1.0, 2.0, 3.0, 1000.0, 2000.0))
    for seed in range(20):
        floor = Floor(config(rtt=table))
        floor.venue = PaperVenue(
            floor.books, [MARKET], config(rtt=table), model="tape", seed=seed, cash=100 * SHARE
        )
        floor.send(0)
        floor.venue.advance(floor.venue.next_due_ns)
        floor.venue.on_print(YES, SELL, 4900, SHARE, floor.venue.next_due_ns - 1)
        kinds = [type(report) for report in floor.until(9000)]
        assert kinds in ([Accepted], [Accepted, Filled, TradeUpdate])


def test_the_tape_does_what_is_due_before_it() -> None:
    """When nobody called `advance`, arrivals are still in time, and reports wait to be fetched."""
    floor = Floor()
    order_id = floor.send(0)
    floor.venue.on_level(YES, is_bid=True, price=4000, before=0, after=1, now_ns=160 * MS)
    assert 200 * MS == floor.venue.next_due_ns
    floor.trade(300, size=100)
    assert 200 * MS == floor.venue.next_due_ns
    floor.venue.on_continuity_lost([YES], 400 * MS)
    assert [Accepted(order_id, 100 * SHARE)] == floor.until(500)
    assert NEVER == floor.venue.next_due_ns


def test_lost_continuity_stops_fills() -> None:
    """The venue passes it on to the matching."""
    floor = Floor()
    floor.send(0)
    floor.until(1000)
    floor.venue.on_continuity_lost([YES], 1000 * MS)
    floor.trade(1001)
    assert [] == floor.until(9000)


def test_who_sleeps_is_woken_when_something_is_due_sooner() -> None:
    """`when_sooner` is called when the next time moves forward, not when it moves back."""
    woken: list[int] = []
    floor = Floor()
    floor.venue.when_sooner = lambda: woken.append(floor.venue.next_due_ns)
    floor.send(1000)
    floor.send(2000)
    floor.send(0)
    assert [1150 * MS, 150 * MS] == woken
