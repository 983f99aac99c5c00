"""Totals come out of the text that a bot really serves."""

import math

import pytest

from bot.domain.errors import InputError
from exporters.catalogue import health
from exporters.divergence.totals import BOUNDS, read_totals
from tests.exporters.divergence.bots import SLUG, Bot


def test_every_total_is_read() -> None:
    """Counts over all labels; of answers the accepted, of spreads ours, of markouts a minute's."""
    bot = Bot(start_s=5.0)
    bot.trade(now_s=70.0, fills=2)
    bot.filled.add(SLUG, "ask", "1")
    bot.rejected.add(SLUG, "balance")
    bot.answers.observe("lost", value=0.22)
    bot.spread.observe(SLUG, "ours", value=0.03)
    bot.spread.observe(SLUG, "market", value=0.01)
    bot.markouts.add(SLUG, "60s")
    bot.markouts.add(SLUG, "5s")
    bot.cents.add(SLUG, "60s", "loss", amount=0.5)
    bot.cents.add(SLUG, "60s", "gain", amount=0.2)
    bot.cents.add(SLUG, "300s", "loss", amount=9.0)
    bot.equity.set(SLUG, to=-1.5)
    totals = read_totals(bot.text())
    assert (5.0, 70.0, 2.0, 1.0, 1.0, 1.0, 1.0) == (
        totals.run_start_s,
        totals.last_event_s,
        totals.fills,
        totals.filled,
        totals.accepted,
        totals.submitted,
        totals.rejected,
    )
    assert (0.03, 1.0, 1.0, -1.5) == (
        totals.spread_usd,
        totals.spread_samples,
        totals.markouts,
        totals.equity_usd,
    )
    assert math.isclose(0.3, totals.markout_cents)
    assert 1.0 == totals.answers[BOUNDS.index(0.25)] == sum(totals.answers)


def test_a_restart_does_not_continue() -> None:
    """Another start, or a count that fell."""
    bot, again = Bot(start_s=5.0), Bot(start_s=6.0)
    bot.trade(now_s=70.0, fills=2)
    before = read_totals(bot.text())
    assert not read_totals(again.text()).continues(before)
    assert not read_totals(Bot(start_s=5.0).text()).continues(before)
    bot.trade(now_s=71.0, fills=1)
    after = read_totals(bot.text())
    assert after.continues(before)
    done = after.since(before)
    assert (1.0, 1.0, 1.0) == (done.fills, done.accepted, sum(done.answers))


def test_text_that_is_no_bot_is_refused() -> None:
    """An error page, another program's metrics."""
    with pytest.raises(InputError, match=health.LAST_EVENT.name):
        read_totals("up 1\n")
    with pytest.raises(InputError, match="no metrics"):
        read_totals("<html>502 Bad Gateway</html>\n")


def test_numbers_that_are_not_finite_are_left_out() -> None:
    """A gauge that is unknown does not spoil the sum."""
    bot = Bot()
    bot.equity.set(SLUG, to=None)
    assert 0.0 == read_totals(bot.text()).equity_usd
