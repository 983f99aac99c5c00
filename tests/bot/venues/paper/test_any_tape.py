"""What holds for the paper venue over any tape and any orders."""

from typing import NamedTuple

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.book import Book, BookState
from bot.domain.calibration import (
    Latency,
    PaperConfig,
    QueueParameters,
    RejectionParameters,
    SettlementParameters,
)
from bot.domain.market import ConditionId, Market, Side, TokenId
from bot.domain.orders import NewOrder, OrderId
from bot.domain.reports import Evidence, Filled, VenueReport
from bot.domain.units import complement
from bot.venues.paper.venue import PaperVenue

YES, NO = TokenId("yes"), TokenId("no")
MARKET = Market(ConditionId("0x"), "slug", "?", YES, NO, tick=1000, size_min=1)
MS = 1_000_000
UNIT = 10_000  # a hundredth of a share

TOKENS = st.sampled_from([YES, NO])
SIDES = st.sampled_from(list(Side))
PRICES = st.integers(3, 7).map(lambda tick: tick * 1000)
SIZES = st.integers(1, 30).map(lambda size: size * UNIT)
KINDS = ("level", "print", "print", "trade", "send", "send", "cancel", "gap", "load")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ("level", "print", "print", "trade", "send", "send", "cancel", "gap", "load")
        ),
        TOKENS,
        SIDES,
        PRICES,
        SIZES,
        st.sampled_from((1, 20, 100, 300)),
    ),
    max_size=80,
)


class Print(NamedTuple):
    """A trade of the tape, in YES terms."""

    side: Side
    price: int
    size: int


class Run:
    """Plays steps against a venue as the engine would, and keeps what came of it."""

    def __init__(self, phi: float, theta: float = 0.1, *, with_prints: bool = True) -> None:
        """Start with thin valid books."""
        self.books = {YES: Book(YES, 1000), NO: Book(NO, 1000)}
        for book in self.books.values():
            book.load([(4000, 20 * UNIT)], [(6000, 20 * UNIT)])
        config = PaperConfig(
            rtt=Latency(median_ms=40),
            cancel_rtt=Latency(median_ms=40),
            rejections=RejectionParameters(probability={}),
            queue=QueueParameters(phi=phi, theta_miss=theta),
            settlement=SettlementParameters(delay=Latency(median_ms=200), failure_probability=0.3),
        )
        self.venue = PaperVenue(self.books, [MARKET], config, model="tape", seed=5, cash=1_500_000)
        self.with_prints = with_prints
        self.now_ns = 0
        self.sent: list[OrderId] = []
        self.prints: dict[int, Print] = {}
        self.reports: list[VenueReport] = []

    def play(self, steps: list[tuple[str, TokenId, Side, int, int, int]]) -> list[VenueReport]:
        """Take every step, then let everything come due."""
        for kind, token, side, price, size, gap_ms in steps:
            self.now_ns += gap_ms * MS
            self.fetch(self.now_ns)
            getattr(self, kind)(token, side, price, size)
        self.fetch(self.now_ns + 10**12)
        return self.reports

    def fetch(self, now_ns: int) -> None:
        """Advance; no balance may be negative."""
        self.reports += self.venue.advance(now_ns)
        ledger = self.venue.ledger
        assert min([ledger.cash, *ledger.tokens.values()]) >= 0

    def level(self, token: TokenId, side: Side, price: int, size: int) -> None:
        """Set one level; a size of one unit empties it."""
        is_bid = side is Side.BUY
        after = 0 if size == UNIT else size
        before = self.books[token].apply(is_bid, price, after)
        self.venue.on_level(
            token, is_bid=is_bid, price=price, before=before, after=after, now_ns=self.now_ns
        )

    def print(self, token: TokenId, side: Side, price: int, size: int) -> None:
        """Print a trade out of nowhere."""
        yes = Print(side, price, size)
        if token == NO:
            yes = Print(side.opposite, complement(price), size)
        if self.with_prints:
            self.prints[self.now_ns] = yes
            self.venue.on_print(token, side, price, size, self.now_ns)

    def trade(self, token: TokenId, side: Side, price: int, size: int) -> None:
        """Let a level shrink by a trade and print it 20 ms later, as on the wire."""
        is_bid = side is Side.SELL
        shown = self.books[token].size_at(is_bid=is_bid, price=price)
        self.level(token, side.opposite, price, max(UNIT, shown - size))
        self.now_ns += 20 * MS
        self.fetch(self.now_ns)
        self.print(token, side, price, size)

    def send(self, token: TokenId, side: Side, price: int, size: int) -> None:
        """Send an order."""
        new = NewOrder(decision_id=1, token=token, side=side, price=price, size=size, level=0)
        self.sent.append(self.venue.prepare(new))
        self.venue.submit(self.sent[-1], self.now_ns)

    def cancel(self, _: TokenId, side: Side, price: int, size: int) -> None:
        """Cancel one of the orders sent, or all."""
        if self.sent and side is Side.BUY:
            self.venue.cancel(self.sent[(price + size) % len(self.sent)], self.now_ns)
        else:
            self.venue.cancel_all(self.now_ns)

    def gap(self, token: TokenId, _side: Side, _price: int, _size: int) -> None:
        """Lose the book of a token."""
        self.books[token].state = BookState.INVALID
        self.venue.on_continuity_lost([token], self.now_ns)

    def load(self, token: TokenId, _side: Side, price: int, size: int) -> None:
        """Take a snapshot."""
        self.books[token].load([(price, size), (2000, size)], [(8000, size)])


def fills_of(reports: list[VenueReport]) -> list[Filled]:
    """The fills among some reports."""
    return [report for report in reports if isinstance(report, Filled)]


def in_yes_terms(fill: Filled) -> tuple[Side, int]:
    """Side and price of a fill seen on YES."""
    if fill.token == YES:
        return fill.side, fill.price
    return fill.side.opposite, complement(fill.price)


PHI = st.sampled_from((0.2, 0.5, 0.9, 1.0))


@given(STEPS, PHI)
def test_every_fill_has_its_print(
    steps: list[tuple[str, TokenId, Side, int, int, int]], phi: float
) -> None:
    """Each fill names a print against us that reached our price, and says which kind of proof."""
    run = Run(phi)
    for fill in fills_of(run.play(steps)):
        assert fill.matched_ns is not None
        proof = run.prints[fill.matched_ns]
        side, price = in_yes_terms(fill)
        beyond = (price - proof.price) * side.sign
        assert side is proof.side.opposite
        assert (Evidence.THROUGH if beyond > 0 else Evidence.QUEUE) is fill.evidence
        assert beyond >= 0
        assert fill.queue_ahead is not None
        assert fill.queue_ahead >= 0


@given(STEPS, PHI)
def test_never_more_is_filled_than_was_printed(
    steps: list[tuple[str, TokenId, Side, int, int, int]], phi: float
) -> None:
    """The fills of one print add up to its size at most, and those of an order to the order's."""
    run = Run(phi)
    fills = fills_of(run.play(steps))
    for ts_ns, proof in run.prints.items():
        assert sum(fill.size for fill in fills if fill.matched_ns == ts_ns) <= proof.size
    for order_id in run.sent:
        assert sum(fill.size for fill in fills if fill.order_id == order_id) <= 30 * UNIT
    assert len(fills) == len({(fill.trade_id, fill.order_id) for fill in fills})


@given(STEPS, PHI)
def test_without_prints_nothing_fills(
    steps: list[tuple[str, TokenId, Side, int, int, int]], phi: float
) -> None:
    """The same tape with its prints taken out gives exactly no fill."""
    assert [] == fills_of(Run(phi, with_prints=False).play(steps))


@given(STEPS, PHI)
def test_the_same_seed_gives_the_same_bytes(
    steps: list[tuple[str, TokenId, Side, int, int, int]], phi: float
) -> None:
    """Two runs agree byte for byte, and nothing is left over in either."""
    first, second = Run(phi), Run(phi)
    assert msgspec.json.encode(first.play(steps)) == msgspec.json.encode(second.play(steps))
    assert len(first.venue._live) == len(first.venue._matching)


def test_one_decision_more_does_not_reshuffle_the_others() -> None:
    """The draws for one purpose do not depend on how many were made for another."""
    plain, busy = Run(0.5), Run(0.5)
    for run in (plain, busy):
        run.send(YES, Side.BUY, 4000, 10 * UNIT)
        if run is busy:
            run.cancel(YES, Side.SELL, 0, 0)
        run.send(NO, Side.BUY, 4000, 10 * UNIT)
    arrivals = [sorted(t.arrival_ns for t in run.venue._live.values()) for run in (plain, busy)]
    assert arrivals[0] == arrivals[1]


@given(st.lists(st.tuples(st.sampled_from("atl"), st.integers(1, 30)), max_size=60))
def test_phi_of_one_is_the_risk_averse_queue(events: list[tuple[str, int]]) -> None:
    """Only trades advance us, and never is more ahead than is shown: fills equal a plain count."""
    run = Run(1.0, theta=0.0)
    steps: list[tuple[str, TokenId, Side, int, int, int]] = []
    shown = front = 20
    filled = 0
    for kind, size in events:
        part = min(size, shown) if kind != "a" else size
        if kind == "t" and shown - size > 1:  # one unit would be an empty level here
            steps.append(("trade", YES, Side.SELL, 4000, size * UNIT, 300))
            shown -= size
            filled += max(0, size - front)
            front = max(0, front - size)
        elif kind == "l" and shown - part > 1:
            shown -= part
            steps.append(("level", YES, Side.BUY, 4000, shown * UNIT, 300))
            front = min(front, shown)
        elif kind == "a":
            shown += size
            steps.append(("level", YES, Side.BUY, 4000, shown * UNIT, 300))
    run.send(YES, Side.BUY, 4000, 30 * UNIT)
    fills = fills_of(run.play([("load", NO, Side.BUY, 4000, UNIT, 1000), *steps]))
    assert min(filled, 30) * UNIT == sum(fill.size for fill in fills)
