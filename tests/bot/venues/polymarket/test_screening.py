"""A market passes the screen when every criterion does, and everyone can see why."""

import json
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.venues.polymarket.listing import Listing, read_listing
from bot.venues.polymarket.screening import (
    NS_PER_DAY,
    Criteria,
    Score,
    Verdict,
    rank,
    screen,
    should_leave,
)
from tests.bot.venues.polymarket.test_listing import ENTRY

NOW_NS = 1_800_000_000_000_000_000
END = "2028-01-01T00:00:00Z"
GOOD = ENTRY | {
    "orderPriceMinTickSize": 0.01,
    "endDate": END,
    "gameStartTime": None,
    "volume24hr": 1_000_000.0,
    "bestBid": 0.49,
    "bestAsk": 0.51,
    "umaResolutionStatuses": "[]",
}
CRITERIA = Criteria()


def listed(**fields: object) -> Listing:
    """A listing that passes, with some fields of the catalogue's entry replaced."""
    return read_listing(GOOD | fields)


def after(days: float) -> str:
    """A date so many days after now, as the catalogue writes it."""
    return str(datetime.fromtimestamp(NOW_NS / 1e9 + days * 86_400, tz=UTC))


def verdict(**fields: object) -> Verdict:
    """The verdict on such a listing by the default criteria."""
    return screen(listed(**fields), CRITERIA, NOW_NS)


def failed(**fields: object) -> list[str]:
    """The criteria that such a listing fails."""
    return [check.name for check in verdict(**fields).failures]


def test_good_market_passes_every_criterion() -> None:
    """Each is named, with its value and what was wanted."""
    found = verdict()
    assert found.passes
    expected = {
        "open": "open",
        "book": "accepting",
        "dispute": "none",
        "outcome": "named",
        "terms": "tick 0.01, fee 0.05",
        "size": "from 5 shares",
        "volume": "$1,000,000",
        "spread": "4.00%",
        "price": "0.5000",
        "end": "350.7 days",
        "event": "no game",
    }
    assert expected == {check.name: check.value for check in found.checks}
    assert all(check.wanted for check in found.checks)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"active": False}, ["open"]),
        ({"closed": True}, ["open"]),
        ({"acceptingOrders": False}, ["book"]),
        ({"enableOrderBook": None}, ["book"]),
        ({"umaResolutionStatuses": '["proposed"]'}, ["dispute"]),
        ({"umaResolutionStatuses": '["proposed", "disputed"]'}, ["dispute"]),
        ({"negRiskOther": True}, ["outcome"]),
        ({"feesEnabled": None}, ["terms"]),
        ({"orderMinSize": 0}, ["size"]),
        ({"orderMinSize": 15}, ["size"]),
        ({"volume24hr": 100_000.0}, ["volume"]),
        ({"volume24hr": None}, ["volume"]),
        ({"bestBid": 0.48, "bestAsk": 0.52}, ["spread"]),
        ({"bestBid": 0.5, "bestAsk": 0.5}, ["spread"]),
        ({"bestBid": None}, ["spread", "price"]),
        ({"bestAsk": 0}, ["spread", "price"]),
        ({"bestBid": 0.705, "bestAsk": 0.715}, ["price"]),
        ({"bestBid": 0.285, "bestAsk": 0.295}, ["price"]),
        ({"endDate": after(30)}, ["end"]),
        ({"endDate": after(-5)}, ["end"]),
        ({"endDate": None}, ["end"]),
        ({"gameStartTime": after(29)}, ["event"]),
        ({"gameStartTime": after(-1)}, ["event"]),
    ],
)
def test_market_fails_exactly_what_is_wrong_with_it(
    fields: dict[str, object], expected: list[str]
) -> None:
    """At the thresholds themselves it fails: they are bounds that must be passed."""
    assert expected == failed(**fields)
    assert not verdict(**fields).passes


@pytest.mark.parametrize(
    "fields",
    [
        {"volume24hr": 100_000.01},
        {"bestBid": 0.4878, "bestAsk": 0.5122},
        {"bestBid": 0.695, "bestAsk": 0.705},
        {"endDate": after(30.1)},
        {"gameStartTime": after(30.1)},
        {"feesEnabled": False, "feeSchedule": None},
    ],
)
def test_market_just_inside_passes(fields: dict[str, object]) -> None:
    """A market that says it charges nothing has known fees."""
    assert [] == failed(**fields)


@pytest.mark.parametrize(
    ("title", "augmented", "expected"),
    [
        ("Person C", True, True),
        ("Team AB", True, True),
        ("Other", True, True),
        ("Another person", True, True),
        ("Gavin Newsom", True, False),
        ("50+ bps decrease", True, False),
        ("Person C", False, False),
        ("", True, False),
    ],
)
def test_placeholder_outcomes_are_out(title: str, *, augmented: bool, expected: bool) -> None:
    """Only where names are still being added; a named outcome is in."""
    listing = listed(groupItemTitle=title, events=[{"negRiskAugmented": augmented}])
    assert expected == listing.is_placeholder


def test_every_threshold_is_a_setting() -> None:
    """Wide criteria take what the default ones refuse."""
    wide = Criteria(
        volume_usd_min=0.0,
        spread_ratio_max=2.0,
        end_days_min=0.0,
        start_days_min=0.0,
        mid_distance_max=0.5,
        least_shares_max=100.0,
    )
    listing = listed(
        volume24hr=1.0,
        bestBid=0.01,
        bestAsk=0.03,
        endDate=after(1),
        gameStartTime=after(1),
        orderMinSize=50,
    )
    assert 6 == len(screen(listing, CRITERIA, NOW_NS).failures)
    assert screen(listing, wide, NOW_NS).passes


@pytest.mark.parametrize(
    "field", ["volume_usd_min", "spread_ratio_max", "mid_distance_max", "leave_days"]
)
@pytest.mark.parametrize("value", [-1.0, float("nan"), float("inf")])
def test_senseless_threshold_is_refused_by_name(field: str, value: float) -> None:
    """A screen that lets everything or nothing through by mistake is none."""
    with pytest.raises(ValueError, match=field):
        Criteria(**{field: value})


def test_score_is_the_sum_of_its_parts() -> None:
    """Ten times the volume is half of the flow; the rest as documented."""
    score = verdict().score
    assert score is not None
    assert score == Score(pytest.approx(0.5), pytest.approx(0.8), 1.0, 1.0)  # type: ignore[arg-type]
    assert score.total == pytest.approx(40 * 0.5 + 30 * 0.8 + 20 + 10)


def test_score_of_extreme_criteria_is_finite() -> None:
    """No band and no minimum volume divide by nothing."""
    score = screen(listed(), Criteria(volume_usd_min=0.0, mid_distance_max=0.0), NOW_NS).score
    assert score is not None
    assert (1.0, 1.0) == (score.flow, score.balance)


def test_best_come_first_then_those_that_fail_least() -> None:
    """Among those that fail alike the one that trades more, and at last by name."""
    markets: list[dict[str, object]] = [
        {"slug": "two-failures", "active": False, "volume24hr": 1.0},
        {"slug": "one-failure-b", "active": False},
        {"slug": "one-failure-a", "active": False},
        {"slug": "one-failure-big", "active": False, "volume24hr": 9e6},
        {"slug": "good"},
        {"slug": "best", "volume24hr": 9e6},
    ]
    ranked = rank(verdict(**fields) for fields in markets)
    expected = ["best", "good", "one-failure-big", "one-failure-a", "one-failure-b", "two-failures"]
    assert expected == [each.listing.market.slug for each in ranked]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, None),
        ({"volume24hr": 0.0, "bestBid": 0.1, "bestAsk": 0.9}, None),
        ({"closed": True}, "it is closed"),
        ({"active": False}, "it is closed"),
        ({"acceptingOrders": False}, "it stopped accepting orders"),
        ({"enableOrderBook": False}, "it stopped accepting orders"),
        ({"umaResolutionStatuses": '["proposed"]'}, "its resolution is proposed"),
        ({"endDate": after(0.9)}, "its end is near"),
        ({"endDate": after(1.1)}, None),
        ({"endDate": None}, None),
        ({"gameStartTime": after(0.9)}, "its event is near"),
        ({"gameStartTime": after(-3)}, "its event is near"),
    ],
)
def test_traded_market_is_left_when_it_ends_or_stops(
    fields: dict[str, object], expected: str | None
) -> None:
    """Not because its volume or price moved: leaving costs, and the quoter has its own guards."""
    assert expected == should_leave(listed(**fields), NOW_NS, CRITERIA)


@given(
    bid=st.none() | st.integers(0, 10_000),
    ask=st.none() | st.integers(0, 10_000),
    volume=st.floats(0, 1e12),
    end_ns=st.none() | st.integers(0, 4_000_000_000_000_000_000),
)
def test_any_market_gets_a_verdict(
    bid: int | None, ask: int | None, volume: float, end_ns: int | None
) -> None:
    """A score from 0 to 100 exactly when nothing failed."""
    listing = listed()
    odd = msgspec.structs.replace(
        listing,
        best_bid=bid,
        best_ask=ask,
        volume_24h_usd=volume,
        market=msgspec.structs.replace(listing.market, end_ns=end_ns),
    )
    found = screen(odd, CRITERIA, NOW_NS)
    assert (found.failures == ()) == found.passes
    assert found.score is None or 0 <= found.score.total <= 100


def test_real_event_is_screened(data_dir: Path) -> None:
    """A month before a decision that is nearly certain: all fail by price, none by its terms."""
    event = json.loads((data_dir / "rest" / "trebuchet_fed_june_gamma_event.json").read_text())
    now_ns = 1_781_654_400_000_000_000 - 31 * NS_PER_DAY  # 31 days before its end
    verdicts = [screen(read_listing(entry), CRITERIA, now_ns) for entry in event["markets"]]
    reasons = {check.name for each in verdicts for check in each.failures}
    assert all("price" in {check.name for check in each.failures} for each in verdicts)
    assert reasons <= {"price", "spread", "volume"}
