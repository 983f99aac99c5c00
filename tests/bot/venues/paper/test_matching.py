"""The matching rules, one by one, and what holds over every tape."""

import random

import pytest

from bot.domain.book import Book, BookState
from bot.domain.errors import InputError, InvariantError
from bot.domain.market import ConditionId, Market, Side, TokenId
from bot.domain.orders import NewOrder, OrderId
from bot.domain.reports import Evidence, RejectionReason
from bot.venues.paper.level import QueueModel
from bot.venues.paper.matching import Match, Matching

YES, NO = TokenId("yes"), TokenId("no")
MARKET = Market(ConditionId("0x"), "slug", "?", YES, NO, tick=100, size_min=5)
BUY, SELL = Side.BUY, Side.SELL
MS = 1_000_000
SHARES = 10_000
A, B, C = OrderId("a"), OrderId("b"), OrderId("c")


def order(token: TokenId, side: Side, price: int, size: int = 10) -> NewOrder:
    """An order of `size` hundredths of a share."""
    return NewOrder(decision_id=1, token=token, side=side, price=price, size=size * SHARES, level=0)


class Floor:
    """Books of both tokens with 100 shown at the touch, and a matching over them."""

    def __init__(self, power_n: float = 1.0) -> None:
        """Bid 0.50 and ask 0.52 on YES, mirrored on NO."""
        self.books = {YES: Book(YES, 100), NO: Book(NO, 100)}
        self.load()
        model = QueueModel(power_n, random.Random(1))
        self.matching = Matching([MARKET], self.books, model)
        self.ids = 0

    def load(self) -> None:
        """Take a snapshot of both tokens."""
        size = 100 * SHARES
        self.books[YES].load([(5000, size)], [(5200, size)])
        self.books[NO].load([(4800, size)], [(5000, size)])

    def rest(self, order_id: OrderId, new: NewOrder, now_ns: int = 0) -> int | None:
        """Put an order on the book that nothing refuses."""
        assert self.matching.refusal(new) is None
        self.matching.watch(new)
        return self.matching.rest(order_id, new, now_ns)

    def level(self, token: TokenId, *, is_bid: bool, price: int, after: int, ms: int) -> None:
        """Change one level of a book and tell the matching."""
        before = self.books[token].apply(is_bid, price, after * SHARES)
        self.matching.on_level(
            token, is_bid=is_bid, price=price, before=before, after=after * SHARES, now_ns=ms * MS
        )

    def trade(
        self, token: TokenId, side: Side, price: int, size: int, ms: int = 0
    ) -> list[tuple[OrderId, int, Evidence, int | None]]:
        """Take a print; return (order, hundredths filled, evidence, hundredths ahead)."""
        found = self.matching.on_print(token, side, price, size * SHARES, ms * MS)
        return [plain(match) for match in found]


def plain(match: Match) -> tuple[OrderId, int, Evidence, int | None]:
    """A match in hundredths of a share."""
    ahead = match.queue_ahead
    size = match.size // SHARES
    return match.order_id, size, match.evidence, None if ahead is None else ahead // SHARES


@pytest.mark.parametrize(
    ("token", "side", "price", "size", "expected"),
    [
        (YES, BUY, 5050, 10, RejectionReason.TICK_SIZE),
        (YES, BUY, 0, 10, RejectionReason.TICK_SIZE),
        (YES, BUY, 10_000, 10, RejectionReason.TICK_SIZE),
        (YES, BUY, 5000, 0, RejectionReason.MIN_SIZE),
        (YES, BUY, 5200, 10, RejectionReason.POST_ONLY_CROSS),
        (YES, BUY, 5100, 10, None),
        (YES, SELL, 5000, 10, RejectionReason.POST_ONLY_CROSS),
        (YES, SELL, 5100, 10, None),
        (NO, BUY, 5000, 10, RejectionReason.POST_ONLY_CROSS),
        (NO, SELL, 4900, 10, None),
    ],
)
def test_what_may_not_rest_is_refused(
    token: TokenId, side: Side, price: int, size: int, expected: RejectionReason | None
) -> None:
    """Grid, minimum and touch are checked, each with its own reason."""
    assert expected == Floor().matching.refusal(order(token, side, price, size))


def test_the_minimum_of_the_market_binds() -> None:
    """An order below the market's own minimum is refused."""
    market = Market(ConditionId("0x"), "slug", "?", YES, NO, tick=100, size_min=11 * SHARES)
    floor = Floor()
    matching = Matching([market], floor.books, QueueModel(1.0, random.Random(1)))
    assert RejectionReason.MIN_SIZE == matching.refusal(order(YES, BUY, 5000, 10))
    assert matching.refusal(order(YES, BUY, 5000, 11)) is None


def test_an_order_may_not_cross_our_own() -> None:
    """BUY NO at 0.49 would trade with our own BUY YES at 0.51."""
    floor = Floor()
    floor.rest(A, order(YES, BUY, 5100))
    assert RejectionReason.POST_ONLY_CROSS == floor.matching.refusal(order(NO, BUY, 4900))
    assert RejectionReason.POST_ONLY_CROSS == floor.matching.refusal(order(YES, SELL, 5100))
    floor.matching.remove(A)
    floor.rest(B, order(NO, BUY, 4900))
    assert RejectionReason.POST_ONLY_CROSS == floor.matching.refusal(order(YES, BUY, 5100))
    assert floor.matching.refusal(order(YES, BUY, 5000)) is None


def test_a_foreign_token_is_named() -> None:
    """A token of no market of ours is an error that names it; its prints are nobody's."""
    floor = Floor()
    with pytest.raises(InputError, match="token other"):
        floor.matching.market_of(TokenId("other"))
    assert [] == floor.trade(TokenId("other"), BUY, 5000, 10)


def test_an_id_rests_once() -> None:
    """The same id on the book twice is our bug."""
    floor = Floor()
    floor.rest(A, order(YES, BUY, 5000))
    with pytest.raises(InvariantError, match="order a rests already"):
        floor.rest(A, order(YES, BUY, 4900))


def test_a_print_passes_the_queue_before_it_fills_us() -> None:
    """100 stand before us: 90 of them trade, then 15 more give us the last 5."""
    floor = Floor()
    assert 100 * SHARES == floor.rest(A, order(YES, BUY, 5000))
    assert [] == floor.trade(YES, SELL, 5000, 90)
    assert [(A, 5, Evidence.QUEUE, 10)] == floor.trade(YES, SELL, 5000, 15)
    assert floor.matching.is_resting(A)
    assert [(A, 5, Evidence.QUEUE, 0)] == floor.trade(YES, SELL, 5000, 50)
    assert not floor.matching.is_resting(A)
    assert [] == floor.trade(YES, SELL, 5000, 50)


@pytest.mark.parametrize(
    ("ours", "token", "side", "price"),
    [
        (order(YES, BUY, 5000), YES, SELL, 5000),
        (order(YES, BUY, 5000), NO, BUY, 5000),
        (order(NO, SELL, 5000), NO, BUY, 5000),
        (order(NO, SELL, 5000), YES, SELL, 5000),
        (order(YES, SELL, 5200), YES, BUY, 5200),
        (order(NO, BUY, 4800), YES, BUY, 5200),
        (order(NO, BUY, 4800), NO, SELL, 4800),
    ],
)
def test_a_print_belongs_to_both_tokens(
    ours: NewOrder, token: TokenId, side: Side, price: int
) -> None:
    """Whichever token the taker names, the same resting order is met (feed.md 4)."""
    floor = Floor()
    floor.rest(A, ours)
    assert [(A, 10, Evidence.QUEUE, 100)] == floor.trade(token, side, price, 110)


def test_a_taker_on_our_side_is_no_evidence() -> None:
    """A buyer at our bid's price did not trade with bids."""
    floor = Floor()
    floor.rest(A, order(YES, BUY, 5000))
    assert [] == floor.trade(YES, BUY, 5000, 500)
    assert [] == floor.trade(YES, SELL, 5100, 500)


def test_a_trade_through_our_price_fills_us() -> None:
    """The taker sold lower than we bid: ours went first, whatever stood before it."""
    floor = Floor()
    floor.rest(A, order(YES, BUY, 5000))
    assert [(A, 4, Evidence.THROUGH, 100)] == floor.trade(YES, SELL, 4900, 4)
    assert [(A, 6, Evidence.QUEUE, 0)] == floor.trade(YES, SELL, 5000, 7)


def test_a_print_is_shared_by_price_then_arrival() -> None:
    """The better price first, then who came first; no more in all than was printed."""
    floor = Floor()
    floor.rest(A, order(YES, BUY, 4900))
    floor.rest(B, order(YES, BUY, 5000))
    floor.rest(C, order(NO, SELL, 5000))
    assert [
        (B, 10, Evidence.THROUGH, 100),
        (C, 3, Evidence.THROUGH, 100),
    ] == floor.trade(YES, SELL, 4900, 13)
    assert [(C, 7, Evidence.THROUGH, 0), (A, 1, Evidence.QUEUE, 0)] == floor.trade(NO, BUY, 5100, 8)


def test_own_orders_at_one_price_are_a_queue() -> None:
    """The second gets only what the first leaves of the print."""
    floor = Floor()
    floor.rest(A, order(YES, BUY, 5000))
    floor.rest(B, order(YES, BUY, 5000))
    assert [(A, 4, Evidence.QUEUE, 100)] == floor.trade(YES, SELL, 5000, 104)
    assert [(A, 6, Evidence.QUEUE, 0), (B, 2, Evidence.QUEUE, 0)] == floor.trade(YES, SELL, 5000, 8)


def test_shrinking_levels_fill_nothing() -> None:
    """A bid that vanishes under us trades nothing, however long we wait."""
    floor = Floor()
    floor.rest(A, order(YES, BUY, 5000))
    for ms, after in ((0, 40), (500, 0), (1000, 70), (2000, 0)):
        floor.level(YES, is_bid=True, price=5000, after=after, ms=ms)
    assert 1 == len(floor.matching)
    assert [(A, 2, Evidence.QUEUE, 0)] == floor.trade(YES, SELL, 5000, 2, ms=9000)


def test_one_trade_on_the_wire_counts_once() -> None:
    """Shrinking, then its print 20 ms later, on both tokens: 30 are gone, 70 are left before us."""
    floor = Floor()
    floor.rest(A, order(YES, BUY, 5000))
    floor.level(YES, is_bid=True, price=5000, after=70, ms=0)
    floor.level(NO, is_bid=False, price=5000, after=70, ms=0)
    assert [] == floor.trade(YES, SELL, 5000, 30, ms=20)
    assert [(A, 10, Evidence.QUEUE, 70)] == floor.trade(YES, SELL, 5000, 80, ms=5000)


def test_a_print_of_a_trade_before_our_arrival_is_not_ours() -> None:
    """The level had shrunk before we arrived: its late print advances only who was there."""
    floor = Floor()
    floor.rest(A, order(YES, BUY, 5000), 0)
    floor.level(YES, is_bid=True, price=5000, after=70, ms=1)
    assert 70 * SHARES == floor.rest(B, order(YES, BUY, 5000), 2 * MS)
    assert [] == floor.trade(YES, SELL, 5000, 30, ms=20)
    assert [(A, 10, Evidence.QUEUE, 70), (B, 1, Evidence.QUEUE, 70)] == floor.trade(
        YES, SELL, 5000, 81, ms=3000
    )


def test_a_missed_order_rests_and_never_fills() -> None:
    """It takes nothing from others either."""
    floor = Floor()
    missed, ours = order(YES, BUY, 5000), order(YES, BUY, 5000)
    floor.matching.watch(missed)
    floor.matching.rest(A, missed, 0, is_missed=True)
    floor.rest(B, ours)
    assert [(B, 10, Evidence.QUEUE, 100)] == floor.trade(YES, SELL, 5000, 120)
    assert [] == floor.trade(YES, SELL, 4000, 120)
    assert [A] == floor.matching.resting()


def test_removing_frees_the_level() -> None:
    """An order comes off once; then its level is not watched any more."""
    floor = Floor()
    ours = order(YES, BUY, 5000)
    floor.rest(A, ours)
    floor.rest(B, ours)
    assert floor.matching.remove(A)
    assert not floor.matching.remove(A)
    floor.level(YES, is_bid=True, price=5000, after=50, ms=0)
    assert floor.matching.remove(B)
    assert {} == floor.matching._levels
    floor.matching.watch(ours)
    floor.matching.unwatch(ours)
    assert {} == floor.matching._levels


# gaps ---------------------------------------------------------------------------------------


def test_nothing_fills_while_continuity_is_lost() -> None:
    """Prints in a gap fill nothing on that token; the other token's orders are not concerned."""
    floor = Floor()
    floor.rest(A, order(YES, BUY, 5000))
    floor.rest(B, order(NO, SELL, 5000))
    floor.books[YES].state = BookState.STALE
    floor.matching.on_continuity_lost([YES])
    assert [(B, 10, Evidence.THROUGH, 100)] == floor.trade(YES, SELL, 4900, 500)
    assert [] == floor.trade(YES, SELL, 4900, 500)


def test_an_untrusted_book_is_a_gap_even_untold() -> None:
    """A book that is not VALID when a print or a level comes stops its orders."""
    floor = Floor()
    floor.rest(A, order(YES, BUY, 5000))
    floor.books[YES].state = BookState.STALE
    assert [] == floor.trade(YES, SELL, 4900, 500)
    floor.load()
    floor.level(YES, is_bid=True, price=5000, after=60, ms=1)
    floor.books[YES].state = BookState.STALE
    floor.level(YES, is_bid=True, price=5000, after=10, ms=2)
    floor.books[YES].state = BookState.VALID
    assert [] == floor.trade(YES, SELL, 4900, 500)
    assert [(A, 1, Evidence.THROUGH, 10)] == floor.trade(YES, SELL, 4900, 1)


def test_after_a_gap_the_first_print_only_restarts() -> None:
    """Its trade may be in the snapshot already; the queue is what is shown, or proven if less."""
    floor = Floor()
    floor.rest(A, order(YES, BUY, 5000))
    floor.trade(YES, SELL, 5000, 40)
    floor.matching.on_continuity_lost([YES])
    floor.load()
    assert [] == floor.trade(YES, SELL, 5000, 500)
    assert [(A, 1, Evidence.QUEUE, 60)] == floor.trade(YES, SELL, 5000, 61)


def test_after_a_gap_a_change_of_the_level_restarts() -> None:
    """The larger of both sizes may be ahead, and the change is then one like any other."""
    floor = Floor()
    floor.rest(A, order(YES, BUY, 5000))
    floor.matching.on_continuity_lost([YES])
    floor.load()
    floor.level(YES, is_bid=True, price=5000, after=80, ms=1)
    assert [] == floor.trade(YES, SELL, 5000, 20, ms=20)
    assert [(A, 1, Evidence.QUEUE, 80)] == floor.trade(YES, SELL, 5000, 81, ms=3000)


def test_an_arrival_in_a_gap_has_no_known_queue() -> None:
    """It rests behind everything until the book is there, then behind what is shown."""
    floor = Floor()
    floor.books[YES].state = BookState.INVALID
    assert floor.rest(A, order(YES, BUY, 5000)) is None
    assert [] == floor.trade(YES, SELL, 5000, 500)
    floor.load()
    assert 100 * SHARES == floor.rest(B, order(YES, BUY, 5000))
    assert [(A, 10, Evidence.QUEUE, 100)] == floor.trade(YES, SELL, 5000, 110)


def test_what_joined_in_a_gap_may_be_before_who_arrived_in_it() -> None:
    """The level grew between the snapshots: an order from the gap stands behind all of it."""
    floor = Floor()
    floor.books[YES].state = BookState.INVALID
    assert floor.rest(A, order(YES, BUY, 5000)) is None
    floor.load()
    floor.level(YES, is_bid=True, price=5000, after=150, ms=1)
    assert [(A, 1, Evidence.QUEUE, 150)] == floor.trade(YES, SELL, 5000, 151, ms=2)


def test_an_order_off_a_new_grid_waits() -> None:
    """When the tick grows, nothing is known of a price between its steps: nothing fills there."""
    floor = Floor()
    floor.rest(A, order(YES, BUY, 4900))
    floor.books[YES].set_tick(1000)
    floor.books[YES].load([(4000, SHARES)], [(6000, SHARES)])
    assert [] == floor.trade(YES, SELL, 4000, 500)
    assert floor.matching.is_resting(A)
