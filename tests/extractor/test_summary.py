"""Two bots are compared figure by figure."""

import pytest

from extractor.log import fold
from extractor.summary import Summary, compare, pnl_curve, pnl_usd_per_h, summarize
from tests.extractor.conftest import Day, Scribe


def summary_of(scribe: Scribe) -> Summary:
    """The figures of what was written."""
    return summarize(fold(scribe.events))


def test_summary_counts_what_happened(scribe: Scribe) -> None:
    """Three orders: one filled at the best price, one behind it, one refused."""
    scribe.submit("a", 0.0)
    scribe.accept("a", 100.0)
    scribe.fill("a", 200.0, fee=2_450)
    scribe.submit("b", 300.0, level=1)
    scribe.accept("b", 400.0)
    scribe.submit("c", 500.0)
    scribe.reject("c", 600.0)
    summary = summary_of(scribe)
    assert (3, 2, 1, 1, 1) == (
        summary.orders,
        summary.accepted,
        summary.filled,
        summary.accepted_best,
        summary.filled_best,
    )
    assert (1, 3, 5.0) == (summary.rejected, summary.answered, summary.shares)
    assert (0.00245, 10.0) == (summary.fees_usd, summary.fee_bps)
    assert (100.0, None) == (summary.ack_p50_ms, summary.pnl_usd)


def test_a_bot_is_like_itself(day: Day) -> None:
    """Every ratio of a summary with itself is 1, and every signed difference 0."""
    summary = summarize(fold(day.events))
    ratios = {c.key: c.ratio for c in compare(summary, summary)}
    signed = {"markout_5s_cents", "markout_60s_cents", "pnl_usd_per_h", "fee_bps"}
    assert {key: 0.0 if key in signed else 1.0 for key in ratios} == ratios


def test_counts_are_smoothed_by_a_half() -> None:
    """No fill against two in the same time is (0.5 / 2.5), not zero."""
    none, two = Scribe(), Scribe()
    for scribe, fills in ((none, 0), (two, 2)):
        for number in range(4):
            scribe.submit(f"{number}", 0.0)
            scribe.accept(f"{number}", 1.0)
            if number < fills:
                scribe.fill(f"{number}", 2.0)
    comparisons = compare(summary_of(none), summary_of(two))
    (rate,) = (c for c in comparisons if c.key == "fill_rate")
    assert (0.0, 0.5) == (rate.first, rate.second)
    assert pytest.approx(0.2) == rate.ratio
    assert pytest.approx(5.0) == rate.fold


def test_signed_figures_show_a_relative_difference(scribe: Scribe) -> None:
    """Minus one dollar against plus one is twice the larger apart; such a figure has no fold."""
    loser, winner = Scribe(), Scribe()
    for each, equity in ((loser, -1_000_000), (winner, 1_000_000)):
        each.equity(0.0, 0)
        each.equity(3_600_000.0, equity)
    comparisons = compare(summary_of(loser), summary_of(winner))
    (pnl,) = (c for c in comparisons if c.key == "pnl_usd_per_h")
    assert (2.0, True, None) == (pnl.ratio, pnl.is_signed, pnl.fold)


def test_noise_around_zero_is_no_distance(scribe: Scribe) -> None:
    """A hundredth of a cent a minute, won or lost, is far below the floor of 5 cents an hour."""
    loser, winner = Scribe(), Scribe()
    for each, equity in ((loser, -100), (winner, 100)):
        each.equity(0.0, 0)
        each.equity(60_000.0, equity)
    (pnl,) = (c for c in compare(summary_of(loser), summary_of(winner)) if c.key == "pnl_usd_per_h")
    assert pnl.first is not None
    assert pytest.approx(-2 * pnl.first / 0.05) == pnl.ratio


def test_what_one_side_lacks_is_not_compared(scribe: Scribe) -> None:
    """An empty bot against one with orders: no ratio, no crash."""
    scribe.submit("a", 0.0)
    scribe.accept("a", 1.0)
    for comparison in compare(summary_of(Scribe()), summary_of(scribe)):
        assert comparison.ratio is None
    assert pnl_usd_per_h(summary_of(Scribe())) is None


def test_profit_adds_up_over_markets_and_runs() -> None:
    """Each market of each run counts from its first mark in the window; ended runs stay earned."""
    one, two = Scribe(run_id="one"), Scribe(run_id="two", market="other")
    one.equity(0.0, 5_000_000)
    one.equity(2_000.0, 6_000_000)
    two.equity(1_000.0, 0)
    two.equity(3_000.0, -500_000)
    curve = pnl_curve(fold([*one.events, *two.events]))
    assert [0.0, 0.0, 1.0, 0.5] == [usd for _, usd in curve]
