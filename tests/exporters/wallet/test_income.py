"""Rewards and rebates come to the chain whole, days later, and are no mismatch."""

from pathlib import Path

import pytest

from bot.domain.market import Side
from bot.domain.units import NS_PER_S
from exporters.wallet.amounts import MOVES_MAX, Amounts, Claim, Comparison, compare
from exporters.wallet.income import DAYS
from exporters.wallet.ledger import JournalLedger
from tests.exporters.wallet.story import USD, Story

DAY_S = 86_400
NOTHING = (0.0, 0.0, 0.0)


class Watched:
    """A run that has told its account once, and an exporter that looks at it."""

    def __init__(self, directory: Path) -> None:
        self.story = Story(directory)
        self.story.minute()
        self.ledger = JournalLedger(self.story.directory)

    def look(self) -> tuple[float, float, float]:
        """What a look of the exporter leaves unexplained."""
        self.ledger.follow()
        found = compare(self.ledger.claim(self.story.now_s * NS_PER_S), self.story.chain)
        self.ledger.learn(found)
        return found.mismatch_usd

    def days(self, count: int) -> None:
        """Days go by, each with a look."""
        for _ in range(count):
            self.story.now_s += DAY_S
            self.story.minute()
            assert NOTHING == self.look()


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    """The exporter beside a bot."""
    return Watched(tmp_path)


def test_a_days_income_is_expected_after_its_end_and_stays_once_it_came(watched: Watched) -> None:
    """Rewards today and rebates tomorrow, say; for ever after, whatever is earned then."""
    watched.story.earn(rewards=1.0, rebates=2.5)
    watched.story.earn(rewards=5.123456, rebates=2.5)
    watched.days(1)
    watched.story.receive(5.123456)
    assert NOTHING == watched.look()
    watched.story.earn(rewards=3.0)
    watched.days(1)
    watched.story.receive(2.5)
    assert NOTHING == watched.look()
    watched.days(3 * DAYS)
    watched.story.receive(-5.123456)
    assert pytest.approx((-5.123456, 0.0, 0.0)) == watched.look()


def test_what_was_not_earned_is_a_mismatch(watched: Watched) -> None:
    """Half a sum, a sum of the day that goes on, one of long ago, and one that comes twice."""
    watched.story.earn(rewards=4.0)
    watched.story.receive(4.0)
    assert (4.0, 0.0, 0.0) == watched.look()
    watched.story.receive(-4.0)
    watched.days(1)
    watched.story.receive(2.0)
    assert (2.0, 0.0, 0.0) == watched.look()
    watched.story.receive(2.0)
    assert NOTHING == watched.look()
    watched.story.receive(4.0)
    assert (4.0, 0.0, 0.0) == watched.look()
    watched.story.receive(-4.0)
    watched.story.earn(rewards=9.0)
    watched.days(DAYS + 1)
    watched.story.receive(9.0)
    assert (9.0, 0.0, 0.0) == watched.look()


def test_a_sale_that_is_told_late_does_not_pass_for_income_for_good(watched: Watched) -> None:
    """Its tokens do not agree; so nothing is settled, and once it is told all agrees again."""
    story = watched.story
    story.earn(rewards=2.0)
    watched.days(1)
    sale = story.match(Side.SELL, 4_000, 5 * USD, is_told=False)
    story.land(sale)
    assert (0.0, -2.5, 0.0) == watched.look()
    story.ledger.apply(sale)
    story.mark()
    assert NOTHING == watched.look()
    watched.days(1)


def test_a_run_begins_with_what_was_paid_before(watched: Watched) -> None:
    """A restart reads the balances; what is still to be paid is told again."""
    watched.story.earn(rewards=2.0, rebates=3.0)
    watched.days(1)
    watched.story.receive(2.0)
    assert NOTHING == watched.look()
    watched.story.begin()
    watched.story.earn(rewards=2.0)
    watched.story.minute()
    assert NOTHING == watched.look()
    watched.days(2)


def test_a_journal_read_from_the_beginning_keeps_what_was_paid(watched: Watched) -> None:
    """A segment was taken away for its age: the run is the same."""
    watched.story.earn(rewards=2.0)
    watched.days(1)
    watched.story.receive(2.0)
    assert NOTHING == watched.look()
    watched.ledger._forget()
    watched.days(1)


def test_with_many_matches_on_their_way_income_waits() -> None:
    """Rather than that too many choices are tried; and a comparison that is not whole says so."""
    held, moves = Amounts(cash=40 * USD), (Amounts(cash=2 * USD),) * MOVES_MAX
    found = compare(Claim(held, moves, 0.5, (600_000,)), held.plus(Amounts(cash=600_000)))
    assert ((), False) == (found.is_paid, found.is_whole)
    assert Comparison(held, held, 0, 0.5).is_whole


def test_cents_that_rounding_left_do_not_keep_income_from_being_counted(watched: Watched) -> None:
    """They are no alert by themselves, and days later the income would have become one."""
    left = (0.02, 0.0, 0.0)
    watched.story.receive(0.02)
    watched.story.earn(rewards=3.0)
    watched.story.now_s += DAY_S
    watched.story.minute()
    watched.story.receive(3.0)
    for _ in range(2 * DAYS):
        assert pytest.approx(left) == watched.look()
        watched.story.now_s += DAY_S
        watched.story.minute()
