"""A catalogue entry becomes a market only when everything that quoting needs is there."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import InputError
from bot.domain.market import FeeSchedule, Market, RewardTerms
from bot.venues.polymarket.listing import Listing, read_listing

CONDITION = "0x" + "ab" * 32
ENTRY: dict[str, Any] = {
    "conditionId": CONDITION,
    "slug": "will-it",
    "question": "Will it?",
    "clobTokenIds": '["11", "22"]',
    "outcomes": '["Yes", "No"]',
    "orderPriceMinTickSize": 0.001,
    "orderMinSize": 5,
    "negRisk": True,
    "feesEnabled": True,
    "feeSchedule": {"rate": 0.05, "exponent": 1, "takerOnly": True, "rebateRate": 0.25},
    "rewardsMinSize": 100,
    "rewardsMaxSpread": 3.5,
    "endDate": "2026-06-17T00:00:00Z",
    "gameStartTime": "2026-06-16 20:00:00+00",
    "volume24hr": 248946.4,
    "bestBid": 0.005,
    "bestAsk": 0.0060000001,
    "enableOrderBook": True,
    "acceptingOrders": True,
    "active": True,
    "closed": False,
    "umaResolutionStatuses": '["proposed", "disputed"]',
}


def listing(**fields: object) -> Listing:
    """The listing of the entry with some fields replaced; `...` takes a field away."""
    entry = ENTRY | fields
    return read_listing({key: value for key, value in entry.items() if value is not ...})


def test_whole_entry_is_read() -> None:
    """In exact units."""
    market = Market(
        condition_id=CONDITION,  # type: ignore[arg-type]
        slug="will-it",
        question="Will it?",
        yes="11",  # type: ignore[arg-type]
        no="22",  # type: ignore[arg-type]
        tick=10,
        size_min=5_000_000,
        neg_risk=True,
        fees=FeeSchedule(0.05, 1.0, 0.25),
        rewards=RewardTerms(100_000_000, 350, 4_000_000_000),
        end_ns=1_781_654_400_000_000_000,
        accepting_orders=True,
    )
    expected = Listing(
        market=market,
        volume_24h_usd=248946.4,
        best_bid=50,
        best_ask=60,
        has_order_book=True,
        is_active=True,
        is_closed=False,
        game_start_ns=1_781_640_000_000_000_000,
        resolution_statuses=("proposed", "disputed"),
    )
    assert expected == listing()


def test_yes_is_the_first_outcome_unless_it_is_called_no() -> None:
    """Teams have no YES: the first one is."""
    assert "11" == listing(outcomes='["Lakers", "Celtics"]').market.yes
    assert "22" == listing(outcomes='["No", "Yes"]').market.yes


@pytest.mark.parametrize(
    "missing", [{"feesEnabled": False}, {"feesEnabled": ..., "feeSchedule": ...}]
)
def test_market_without_fees_has_none(missing: dict[str, object]) -> None:
    """Old markets do not mention them."""
    assert FeeSchedule() == listing(**missing).market.fees


@pytest.mark.parametrize(
    "none", [{"rewardsMinSize": 0}, {"rewardsMaxSpread": None}, {"rewardsMinSize": ...}]
)
def test_market_without_rewards_has_none(none: dict[str, object]) -> None:
    """Both numbers are needed."""
    assert listing(**none).market.rewards is None


def test_unknown_is_none_and_not_open() -> None:
    """Nothing is guessed in favour of quoting."""
    optional = ("endDate", "gameStartTime", "bestBid", "bestAsk", "volume24hr", "active")
    bare = listing(**dict.fromkeys((*optional, "acceptingOrders", "enableOrderBook")))
    assert (None, None) == (bare.market.end_ns, bare.game_start_ns)
    assert (None, None) == (bare.best_bid, bare.best_ask)
    assert 0.0 == bare.volume_24h_usd
    assert not bare.is_active
    assert not bare.has_order_book
    assert not bare.market.accepting_orders


def test_time_without_a_zone_is_utc() -> None:
    """As the exchange means it."""
    assert 1_781_654_400_000_000_000 == listing(endDate="2026-06-17").market.end_ns


@pytest.mark.parametrize(
    "fields",
    [
        {"clobTokenIds": ...},
        {"clobTokenIds": ""},
        {"clobTokenIds": "[]"},
        {"clobTokenIds": '["11"]'},
        {"clobTokenIds": '["11", "11"]'},
        {"clobTokenIds": '["11", "x"]'},
        {"outcomes": '["A", "B", "C"]'},
        {"orderPriceMinTickSize": None},
        {"orderPriceMinTickSize": 0.002},
        {"orderPriceMinTickSize": "nan"},
        {"orderMinSize": -1},
        {"orderMinSize": 1e300},
        {"feeSchedule": ...},
        {"feeSchedule": {"rate": "much"}},
        {"rewardsMaxSpread": 1e9},
        {"endDate": "soon"},
        {"conditionId": ...},
    ],
)
def test_entry_that_cannot_be_quoted_is_refused(fields: dict[str, object]) -> None:
    """It names the market."""
    with pytest.raises(InputError, match="market will-it is listed in a way"):
        listing(**fields)


@pytest.mark.parametrize("entry", [None, [], "text", 7, {}])
def test_entry_that_is_none_is_refused(entry: object) -> None:
    """Whatever it is."""
    with pytest.raises(InputError):
        read_listing(entry)


@given(
    key=st.sampled_from(sorted(ENTRY)),
    value=st.none() | st.integers() | st.floats() | st.text(max_size=9) | st.lists(st.none()),
)
def test_any_value_in_any_field_is_a_listing_or_refused(key: str, value: object) -> None:
    """Never another exception."""
    try:
        read = listing(**{key: value})
    except InputError:
        return
    assert isinstance(read, Listing)


def test_real_catalogue_is_read_whole(data_dir: Path) -> None:
    """Every open market of a real event."""
    event = json.loads((data_dir / "rest" / "trebuchet_fed_june_gamma_event.json").read_text())
    listings = [read_listing(entry) for entry in event["markets"]]
    clob = json.loads((data_dir / "rest" / "trebuchet_fed_june_clob_markets.json").read_text())
    by_condition = {item["c"]: item for item in clob}
    for item in listings:
        other = by_condition[item.market.condition_id]
        assert [item.market.yes, item.market.no] == [token["t"] for token in other["t"]]
        assert item.market.tick == round(other["mts"] * 10_000)
        assert item.market.fees.rate == other["fd"]["r"]
        assert item.market.rewards is not None
        assert item.market.rewards.spread_max == round(other["r"]["ma"] * 100)
        assert item.market.rewards.age_min_ns == other["r"]["moas"] * 1_000_000_000
