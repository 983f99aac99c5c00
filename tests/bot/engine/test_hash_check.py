"""The hash check: agrees over whole books, forgives what heals, and cannot be fooled."""

import pytest

from bot.domain.book import Book
from bot.domain.book_hash import book_hash
from bot.domain.messages import LevelChange
from bot.domain.units import format_price
from bot.engine.hash_check import CHECK_EVERY, HEAL_CHANGES, HashCheck
from tests.bot.engine.world import ASKS, BIDS, MARKET, SHARE, YES

MS = 1_000_000


class Exchange:
    """A book at the exchange, our copy of it, and the check between them."""

    def __init__(self) -> None:
        self.theirs, self.ours = Book(YES, 100), Book(YES, 100)
        for book in (self.theirs, self.ours):
            book.load(BIDS, ASKS)
        self.check = HashCheck(MARKET)
        self.last_trade_price = 5_000
        self.stated_tick = 100
        self.now_ms = 0

    def stated(self) -> str:
        """The hash the exchange states now."""
        return book_hash(
            self.theirs,
            market=MARKET.condition_id,
            timestamp_ms=self.now_ms,
            min_order_size="5",
            neg_risk=False,
            last_trade_price=f"{self.last_trade_price / 10_000:.3f}",
            tick_size=format_price(self.stated_tick),
        )

    def change(self, price: int, size: int, *, is_lost: bool = False) -> bool | None:
        """Change a bid; the check's verdict, `None` when lost."""
        self.now_ms += 1
        self.theirs.apply(is_bid=True, price=price, size=size)
        return None if is_lost else self.hear(price, size, self.stated())

    def hear(self, price: int, size: int, stated: str) -> bool | None:
        """Apply a change to our copy and check it."""
        self.ours.apply(is_bid=True, price=price, size=size)
        change = LevelChange(
            token=YES,
            is_bid=True,
            price=price,
            size=size,
            best_bid=None,
            best_ask=None,
            hash=stated,
        )
        return self.check.observe(self.ours, change, self.now_ms * MS)

    def churn(self, count: int) -> list[bool]:
        """Change a level `count` times; the verdicts that were given."""
        verdicts = [self.change(4700, (2 + i % 7) * SHARE) for i in range(count)]
        return [verdict for verdict in verdicts if verdict is not None]


def test_a_whole_book_agrees_every_so_often() -> None:
    """Every 64 changes one check, and it agrees."""
    exchange = Exchange()
    exchange.check.last_trade_price = 5_000
    assert [True, True] == exchange.churn(2 * CHECK_EVERY)


def test_nothing_is_checked_before_a_trade_is_known() -> None:
    """The hash covers the last trade's price: without it agreement would be chance."""
    assert [] == Exchange().churn(3 * CHECK_EVERY)


def test_a_lost_change_is_found_at_any_depth() -> None:
    """A level far from the touch that was lost makes the check disagree for good."""
    exchange = Exchange()
    exchange.check.last_trade_price = 5_000
    exchange.change(1_000, SHARE, is_lost=True)
    assert [False] == exchange.churn(CHECK_EVERY + HEAL_CHANGES)


def test_a_hash_ahead_of_its_message_heals_within_a_few_changes() -> None:
    """A hash may already cover the changes that follow: then a later state of ours agrees."""
    exchange = Exchange()
    exchange.check.last_trade_price = 5_000
    exchange.churn(CHECK_EVERY - 1)
    exchange.change(4_600, SHARE, is_lost=True)
    exchange.change(4_500, SHARE, is_lost=True)
    ahead = exchange.stated()
    assert exchange.hear(4_600, SHARE, ahead) is None
    assert exchange.hear(4_500, SHARE, "later") is True


def test_the_change_of_a_trade_counts_the_trade_before_its_print() -> None:
    """The stated hash covers the new last price, which is that of the changed level."""
    exchange = Exchange()
    exchange.check.last_trade_price = 5_000
    exchange.churn(CHECK_EVERY - 1)
    exchange.last_trade_price = 4_800
    assert exchange.change(4_800, 99 * SHARE) is True


def test_changes_between_a_trade_and_its_print_agree() -> None:
    """The `book` after a trade's change tells that its price holds before the print comes."""
    exchange = Exchange()
    exchange.check.last_trade_price = 5_000
    exchange.churn(CHECK_EVERY - 2)
    exchange.last_trade_price = 4_800
    exchange.change(4_800, 99 * SHARE)
    exchange.check.note_trade_book()
    assert exchange.change(4_700, SHARE) is True


def test_no_last_price_makes_up_for_a_wrong_level() -> None:
    """Trying several prices weakens nothing: a wrong size disagrees with every one of them."""
    exchange = Exchange()
    exchange.check.last_trade_price = 5_000
    exchange.change(1_000, SHARE, is_lost=True)
    exchange.churn(CHECK_EVERY - 1)
    exchange.last_trade_price = 4_800
    verdicts = [exchange.change(4_800, (90 + i) * SHARE) for i in range(1 + HEAL_CHANGES)]
    assert [None] * HEAL_CHANGES + [False] == verdicts


@pytest.mark.parametrize("stated_tick", [10, 100])
def test_a_book_on_a_new_grid_agrees(stated_tick: int) -> None:
    """Whether the hash covers the tick size of now or goes on with the first."""
    exchange = Exchange()
    exchange.check.last_trade_price = 5_000
    exchange.stated_tick = stated_tick
    for book in (exchange.theirs, exchange.ours):
        book.set_tick(10)
        book.load(BIDS, ASKS)
    assert [True] == exchange.churn(CHECK_EVERY)
