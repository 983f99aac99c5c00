"""The first generation of paper: a coin flip, kept for comparison."""

import msgspec
import pytest

from bot.domain.book import Book, BookState
from bot.domain.calibration import PaperConfig, RejectionParameters
from bot.domain.market import ConditionId, Market, Side, TokenId
from bot.domain.orders import NewOrder
from bot.domain.reports import Accepted, Canceled, Evidence, Filled, Rejected, RejectionReason
from bot.venues.paper.legacy import LEGACY_DEFAULTS
from bot.venues.paper.venue import PaperVenue

YES, NO = TokenId("yes"), TokenId("no")
MARKET = Market(ConditionId("0x"), "slug", "?", YES, NO, tick=100, size_min=5_000_000)
S = 1_000_000_000
SHARE = 1_000_000


class Floor:
    """Books with a mid of 0.51 on YES, and a legacy venue with its defaults but no refusals."""

    def __init__(self, **changes: float) -> None:
        """Change fields of the configuration."""
        config = msgspec.structs.replace(
            LEGACY_DEFAULTS, rejections=RejectionParameters(probability={}), **changes
        )
        self.books = {YES: Book(YES, 100), NO: Book(NO, 100)}
        self.books[YES].load([(5000, SHARE)], [(5200, SHARE)])
        self.venue = venue_of(self.books, config)

    def send(self, price: int, now_s: int = 0) -> None:
        """Send a BUY of five shares."""
        order = NewOrder(
            decision_id=1, token=YES, side=Side.BUY, price=price, size=5 * SHARE, level=0
        )
        self.venue.submit(self.venue.prepare(order), now_s * S)

    def fills(self, until_s: int) -> list[Filled]:
        """The fills known up to a time."""
        reports = self.venue.advance(until_s * S)
        return [report for report in reports if isinstance(report, Filled)]


def venue_of(books: dict[TokenId, Book], config: PaperConfig) -> PaperVenue:
    """A legacy venue with plenty of cash."""
    return PaperVenue(books, [MARKET], config, model="legacy", seed=3, cash=10**12)


def test_fills_need_no_print_and_say_so() -> None:
    """The evidence is MODEL; parts add up to the order and there is no queue."""
    floor = Floor(fill_probability=1.0)
    floor.send(5100)
    fills = floor.fills(3600)
    assert {Evidence.MODEL} == {fill.evidence for fill in fills}
    assert {None} == {fill.queue_ahead for fill in fills}
    assert 5 * SHARE == sum(fill.size for fill in fills)
    assert 1 < len(fills)
    assert {0} == {fill.size % 10_000 for fill in fills}


@pytest.mark.parametrize(("price", "expected"), [(5100, 0.26), (4900, 0.105)])
def test_the_hazard_falls_with_the_distance(price: int, expected: float) -> None:
    """0.3 a minute at the mid, exp(-0.5) less a tick: the share of orders touched in a minute."""
    floor = Floor()
    touched = set()
    for second in range(20):
        for _ in range(40):
            floor.send(price, second)
    for second in range(1, 61):
        floor.venue.on_print(YES, Side.SELL, 100, 10**12, second * S)
        touched |= {fill.order_id for fill in floor.fills(second)}
    # An order sent at t has been asked 59 - t times: 49.5 on average instead of 60.
    assert expected * 49.5 / 60 == pytest.approx(len(touched) / 800, rel=0.15)


def test_adverse_selection_and_fees_are_cash() -> None:
    """10 bps lost less 20 bps rebate is 10 bps of the value received, cut down to the unit."""
    floor = Floor(fill_probability=1.0)
    floor.send(5100)
    fees = sum(fill.fee for fill in floor.fills(3600))
    assert -2550 == fees


@pytest.mark.parametrize("state", [BookState.STALE, BookState.INVALID])
def test_without_a_mid_nothing_fills(state: BookState) -> None:
    """An untrusted or one-sided book gives no price to be near."""
    floor = Floor(fill_probability=1.0)
    floor.books[YES].state = state
    floor.send(5000)
    assert [] == floor.fills(600)
    floor = Floor(fill_probability=1.0)
    floor.books[YES].apply(False, 5200, 0)  # noqa: FBT003 - the book's own signature
    floor.send(5000)
    assert [] == floor.fills(600)


def test_a_cancelled_order_is_not_asked_again() -> None:
    """After the cancel the coin is not flipped."""
    floor = Floor(fill_probability=0.0)
    floor.send(5100)
    reports = floor.venue.advance(1 * S)
    floor.venue.cancel(reports[0].order_id, 1 * S)
    assert [Accepted, Canceled] == [type(r) for r in [*reports, *floor.venue.advance(100 * S)]]


def test_the_defaults_are_the_seeds() -> None:
    """250 ms, one order in twenty refused for no reason."""
    books = {YES: Book(YES, 100), NO: Book(NO, 100)}
    venue = venue_of(books, LEGACY_DEFAULTS)
    reports = []
    for second in range(1000):
        order = NewOrder(
            decision_id=1, token=YES, side=Side.BUY, price=5000, size=5 * SHARE, level=0
        )
        venue.submit(venue.prepare(order), second * S)
        assert [] == venue.advance(second * S + S // 4 - 1)
        reports += venue.advance(second * S + S // 4)
    refused = [report for report in reports if isinstance(report, Rejected)]
    assert {RejectionReason.OTHER} == {report.reason for report in refused}
    assert 50 == pytest.approx(len(refused), abs=20)
