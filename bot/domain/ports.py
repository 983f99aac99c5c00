"""What the engine needs from outside, as protocols: it cannot tell paper from production."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Protocol

from bot.domain.book import BookState
from bot.domain.events import Event
from bot.domain.market import Side, TokenId
from bot.domain.messages import MarketMessage
from bot.domain.orders import NewOrder, OrderId
from bot.domain.reports import VenueReport

NEVER = 2**63 - 1
"""A time in ns that does not come: nothing is due."""


class Clock(Protocol):
    """Where time comes from."""

    def now_ns(self) -> int:
        """Return ns since the epoch, UTC; never goes back."""
        ...


class EventSink(Protocol):
    """A reader of the event stream: journal, log, metrics, points."""

    def publish(self, event: Event) -> None:
        """Take one event. Never blocks and never raises into the engine."""
        ...


class MarketFeed(Protocol):
    """A source of market data, live or recorded."""

    def messages(self) -> AsyncIterator[tuple[int, MarketMessage]]:
        """Yield (local receive time in ns, message) in order of receipt."""
        ...

    def resubscribe(self, token: TokenId) -> None:
        """Ask for a new snapshot of one token, soon; a recording has none to give."""
        ...


class Venue(Protocol):
    """Where orders go. Calls return at once; what happened comes back as a `VenueReport`.

    Orders are post-only always. Nothing is retried behind the engine's back. Reports are fetched:
    `next_due_ns` is when the next one will be ready (NEVER when none is known of), so that a
    simulated exchange and a real one are driven by the same loop. `when_sooner` is called when
    that became earlier by itself, for whoever sleeps until then. `shows_own_orders` says that the
    market data of this venue has our own orders in its books.
    """

    next_due_ns: int
    when_sooner: Callable[[], None]
    shows_own_orders: bool

    def advance(self, now_ns: int) -> list[VenueReport]:
        """Return the reports that became known up to now, in order."""
        ...

    def prepare(self, order: NewOrder) -> OrderId:
        """Return the id the order will have, before anything leaves the process."""
        ...

    def submit(self, order_id: OrderId, now_ns: int) -> None:
        """Send a prepared order."""
        ...

    def cancel(self, order_id: OrderId, now_ns: int) -> None:
        """Ask for the order to be taken off the book."""
        ...

    def cancel_all(self, now_ns: int) -> None:
        """Ask for every order of ours to be taken off the book."""
        ...


class BookView(Protocol):
    """What a simulated exchange reads of a book; a `Book`, or one with something left out."""

    @property
    def state(self) -> BookState:
        """How far the book may be trusted."""
        ...

    @property
    def tick(self) -> int:
        """The price grid, in price units."""
        ...

    @property
    def best_bid(self) -> int:
        """Best bid price; 0 when there is none."""
        ...

    @property
    def best_ask(self) -> int:
        """Best ask price; 10,000 when there is none."""
        ...

    @property
    def mid(self) -> float | None:
        """Midpoint in price units; `None` unless both sides are there."""
        ...

    def size_at(self, *, is_bid: bool, price: int) -> int:
        """Return the size shown at `price`. Raises OffGridError."""
        ...


class MarketObserver(Protocol):
    """Who is told of market data after the engine has applied it to its books, in order.

    The paper venue and the twin need it; the real exchange knows already. Levels are reported only
    where an order of ours rests or is under way: nothing else can move a queue.
    """

    def on_level(
        self, token: TokenId, *, is_bid: bool, price: int, before: int, after: int, now_ns: int
    ) -> None:
        """Take the change of the size shown at one level."""
        ...

    def on_print(self, token: TokenId, side: Side, price: int, size: int, now_ns: int) -> None:
        """Take one public trade: `side` is the taker's on `token`."""
        ...

    def on_continuity_lost(self, tokens: Sequence[TokenId], now_ns: int) -> None:
        """Take that the books of these tokens may not be trusted until their next snapshot."""
        ...
