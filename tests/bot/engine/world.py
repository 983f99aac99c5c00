"""An engine on a clock turned by hand, with a venue that only answers when told to."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from bot.domain.book import Book
from bot.domain.events import Event
from bot.domain.market import ConditionId, Market, Side, TokenId
from bot.domain.messages import (
    BookSnapshot,
    LevelChange,
    LevelChanges,
    MarketMessage,
    TradePrint,
)
from bot.domain.orders import NewOrder, Order, OrderId
from bot.domain.ports import NEVER, MarketObserver
from bot.domain.reports import (
    Accepted,
    Canceled,
    Evidence,
    Filled,
    TradeState,
    TradeUpdate,
    VenueReport,
)
from bot.domain.units import NS_PER_MS, complement
from bot.drive import catch_up
from bot.engine import Engine, EngineConfig, LatchStore, Publisher, TokenState

START_NS = 1_800_000_000_000_000_000
YES, NO = TokenId("111"), TokenId("222")
SHARE = 1_000_000
MARKET = Market(
    condition_id=ConditionId("0xabc"),
    slug="rain",
    question="Does it rain?",
    yes=YES,
    no=NO,
    tick=100,
    size_min=5 * SHARE,
)
BIDS = ((4800, 100 * SHARE), (4700, 200 * SHARE))
ASKS = ((5200, 100 * SHARE), (5300, 200 * SHARE))
E = TypeVar("E", bound=Event)
Levels = Sequence[tuple[int, int]]


class FakeVenue:
    """Remembers what it was asked; its reports are given to the engine by the test."""

    def __init__(self) -> None:
        self.next_due_ns = NEVER
        self.when_sooner: Callable[[], None] = lambda: None
        self.shows_own_orders = False
        self.prepared: dict[OrderId, NewOrder] = {}
        self.submitted: list[OrderId] = []
        self.cancels: list[OrderId] = []
        self.cancel_alls: list[int] = []
        self.waiting: list[VenueReport] = []

    def advance(self, now_ns: int) -> list[VenueReport]:
        """Give what waits."""
        reports, self.waiting = self.waiting, []
        self.next_due_ns = NEVER
        return reports

    def prepare(self, order: NewOrder) -> OrderId:
        """Number the orders."""
        order_id = OrderId(f"o{len(self.prepared) + 1}")
        self.prepared[order_id] = order
        return order_id

    def submit(self, order_id: OrderId, now_ns: int) -> None:
        """Note it."""
        self.submitted.append(order_id)

    def cancel(self, order_id: OrderId, now_ns: int) -> None:
        """Note it."""
        self.cancels.append(order_id)

    def cancel_all(self, now_ns: int) -> None:
        """Note it."""
        self.cancel_alls.append(now_ns)


class Sink:
    """Keeps all events."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def publish(self, event: Event) -> None:
        """Take one event."""
        self.events.append(event)

    def of(self, kind: type[E]) -> list[E]:
        """Return the events of one kind, in order."""
        return [event for event in self.events if isinstance(event, kind)]


class World:
    """One engine and everything around it. `truth` is what the exchange's books hold."""

    foreign_id = OrderId("not-ours")

    def __init__(
        self,
        config: EngineConfig | None = None,
        *,
        markets: Sequence[Market] = (MARKET,),
        latch: LatchStore | None = None,
        observers: Sequence[MarketObserver] = (),
        venue: FakeVenue | None = None,
    ) -> None:
        pairs = [(market, token) for market in markets for token in market.tokens]
        self.tokens = {token: TokenState(market, token) for market, token in pairs}
        self.truth = {token: Book(token, market.tick) for market, token in pairs}
        self.venue, self.sink = venue or FakeVenue(), Sink()
        self.publisher = Publisher("run", (self.sink,))
        self.engine = Engine(
            markets,
            self.tokens,
            self.venue,
            self.publisher,
            config or EngineConfig(),
            observers=observers,
            latch=latch,
        )
        self.now_ns = START_NS
        self.venue_lead_ns = 0
        self.engine.start(self.now_ns)

    # time ----------------------------------------------------------------------------------

    def wait(self, ms: float) -> None:
        """Let time pass; what is due happens at its own time."""
        self.now_ns += round(ms * NS_PER_MS)
        catch_up(self.engine, self.venue, self.now_ns)

    # market data ---------------------------------------------------------------------------

    def send(self, message: MarketMessage) -> None:
        """Let a message arrive now."""
        self.engine.on_message(message, self.now_ns)

    def snapshot(
        self,
        token: TokenId = YES,
        bids: Levels = BIDS,
        asks: Levels = ASKS,
        **more: int,
    ) -> None:
        """Let the exchange have a book and send it whole."""
        tick = more.get("tick")
        if tick is not None:
            self.truth[token].set_tick(tick)
        self.truth[token].load(bids, asks)
        self.send(
            BookSnapshot(
                ts_venue_ns=self.venue_ns,
                token=token,
                bids=tuple(bids),
                asks=tuple(asks),
                tick=tick,
                hash="",
                last_trade_price=more.get("last_trade_price"),
            )
        )

    def open_books(self, bids: Levels = BIDS, asks: Levels = ASKS) -> None:
        """Send the books of both tokens; NO mirrors YES."""
        self.snapshot(YES, bids, asks)
        self.snapshot(
            NO,
            [(complement(price), size) for price, size in asks],
            [(complement(price), size) for price, size in bids],
        )

    def change(
        self,
        price: int,
        size: int,
        *,
        is_bid: bool,
        token: TokenId = YES,
        is_lost: bool = False,
    ) -> None:
        """Let the exchange change one level of one token, and send word of it unless it is lost."""
        book = self.truth[token]
        book.apply(is_bid, price, size)
        if not is_lost:
            self.send(self.changes(self.level_change(token, price, size, is_bid=is_bid)))

    def level_change(self, token: TokenId, price: int, size: int, *, is_bid: bool) -> LevelChange:
        """Return a change with the touch that the exchange has now."""
        book = self.truth[token]
        return LevelChange(
            token=token,
            is_bid=is_bid,
            price=price,
            size=size,
            best_bid=book.best_bid,
            best_ask=book.best_ask,
            hash="",
        )

    def changes(self, *changes: LevelChange) -> LevelChanges:
        """Return a message of the exchange's time."""
        return LevelChanges(self.venue_ns, changes)

    def print(
        self, side: Side, price: int, size: int, *, token: TokenId = YES, tx: str = "0x1"
    ) -> None:
        """Let word of a trade arrive; `side` is the taker's."""
        self.send(TradePrint(self.venue_ns, token, side, price, size, tx))

    @property
    def venue_ns(self) -> int:
        """The exchange's present time."""
        return self.now_ns + self.venue_lead_ns

    # orders --------------------------------------------------------------------------------

    def report(self, *reports: VenueReport) -> None:
        """Let the venue say something now, and the engine fetch it."""
        self.venue.waiting.extend(reports)
        self.venue.next_due_ns = self.now_ns
        self.engine.on_time(self.now_ns)

    @property
    def open_orders(self) -> list[Order]:
        """Our open orders."""
        return list(self.engine.accounting.orders.open_orders())

    def order(self, side: Side, token: TokenId) -> Order:
        """Return our only open order of a side and token."""
        (order,) = (o for o in self.open_orders if (o.new.side, o.new.token) == (side, token))
        return order

    def quotes(self) -> set[tuple[TokenId, Side, int]]:
        """Return what we show, or are about to, without what is being cancelled."""
        return {
            (order.new.token, order.new.side, order.new.price)
            for order in self.open_orders
            if order.cancel_requested_ns is None
        }

    def yes_quotes(self) -> set[tuple[TokenId, Side, int]]:
        """Return what we show in YES terms: BUY NO at q is SELL YES at 1 - q."""
        return {
            quote if quote[0] == YES else (YES, quote[1].opposite, complement(quote[2]))
            for quote in self.quotes()
        }

    def spread(self) -> int:
        """Return the distance of our two quotes."""
        prices = {side: price for _, side, price in self.yes_quotes()}
        return prices[Side.SELL] - prices[Side.BUY]

    def quote(self) -> None:
        """Send the books and let the first quotes rest."""
        self.open_books()
        self.wait(1_000)
        self.accept()

    def accept(self, queue_ahead: int | None = 0) -> None:
        """Let every order under way rest."""
        under_way = [order for order in self.open_orders if order.accepted_ns is None]
        self.report(*(Accepted(order.order_id, queue_ahead) for order in under_way))

    def confirm_cancels(self) -> None:
        """Let every order whose cancel was requested go off the book."""
        leaving = [order for order in self.open_orders if order.cancel_requested_ns is not None]
        self.report(*(Canceled(order.order_id) for order in leaving))

    def let_it_work(self, seconds: int = 60) -> None:
        """Let time pass at a venue that does what is asked within a second."""
        for _ in range(seconds):
            self.wait(1_000)
            self.confirm_cancels()
            self.accept()

    def canceled(self, order: Order) -> Canceled:
        """Return the report that an order is off the book."""
        return Canceled(order.order_id)

    def settle(
        self,
        order: Order,
        state: TradeState = TradeState.CONFIRMED,
        *,
        trade_id: str = "t1",
    ) -> None:
        """Let the settlement of a trade move on."""
        self.report(TradeUpdate(order.order_id, trade_id, state))

    def fill(
        self,
        order: Order,
        size: int | None = None,
        *,
        trade_id: str = "t1",
        state: TradeState = TradeState.MATCHED,
        matched_ns: int | None = None,
        fee: int = 0,
    ) -> None:
        """Let an order of ours trade, whole unless said otherwise."""
        self.report(
            Filled(
                order_id=order.order_id,
                trade_id=trade_id,
                token=order.new.token,
                side=order.new.side,
                price=order.new.price,
                size=order.new.size if size is None else size,
                evidence=Evidence.QUEUE,
                state=state,
                fee=fee,
                matched_ns=matched_ns,
            )
        )
