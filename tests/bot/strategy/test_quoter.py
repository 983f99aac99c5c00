"""Quotes keep every rule of the book, whatever market and mood they are made for."""

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.book import Book, BookState
from bot.domain.market import TICK_SIZES, ConditionId, Market, RewardTerms, TokenId
from bot.domain.units import NS_PER_S, PRICE_SCALE, SIZE_SCALE
from bot.strategy import quoter
from bot.strategy.config import StrategyConfig
from bot.strategy.quoter import Pause, Quote, QuoteInputs, Quotes, quote

SHARE = SIZE_SCALE
NOW_NS = 1_780_000_000 * NS_PER_S
CONFIG = StrategyConfig()
MARKET = Market(
    condition_id=ConditionId("0x1"),
    slug="rain",
    question="Rain?",
    yes=TokenId("1"),
    no=TokenId("2"),
    tick=100,
    size_min=5 * SHARE,
)


def book(bids: dict[int, int], asks: dict[int, int], tick: int = 100) -> Book:
    """A valid YES book; sizes in shares."""
    made = Book(MARKET.yes, tick)
    made.load(
        [(price, size * SHARE) for price, size in bids.items()],
        [(price, size * SHARE) for price, size in asks.items()],
    )
    return made


def inputs(**changes: object) -> QuoteInputs:
    """A quiet market at 0.50/0.52 without inventory, with changes."""
    quiet = QuoteInputs(
        market=MARKET,
        book=book({5_000: 100}, {5_200: 100}),
        net_size=0,
        volatility=1.5,
        flow=0.0,
        toxicity_cents=0.0,
        is_calm=True,
        now_ns=NOW_NS,
    )
    return msgspec.structs.replace(quiet, **changes)


def config(**changes: object) -> StrategyConfig:
    """The default settings with changes, checked again."""
    return StrategyConfig(**(msgspec.structs.asdict(CONFIG) | changes))


@st.composite
def situations(draw: st.DrawFn) -> QuoteInputs:
    """Two-sided books on any grid of the exchange, any inventory, volatility and flow."""
    tick = draw(st.sampled_from(TICK_SIZES))
    levels = PRICE_SCALE // tick
    bid = draw(st.integers(1, levels - 2))
    ask = draw(st.integers(bid + 1, levels - 1))
    sizes = st.integers(1, 10**6)
    reward = st.builds(
        RewardTerms,
        size_min=st.integers(0, 50 * SHARE),
        spread_max=st.integers(0, 600),
        age_min_ns=st.just(0),
    )
    return inputs(
        market=msgspec.structs.replace(MARKET, rewards=draw(st.none() | reward)),
        book=book({bid * tick: draw(sizes)}, {ask * tick: draw(sizes)}, tick),
        net_size=draw(st.integers(-40 * SHARE, 40 * SHARE)),
        volatility=draw(st.floats(0, 2_000)),
        flow=draw(st.floats(-1, 1)),
        toxicity_cents=draw(st.floats(-20, 20)),
    )


settings_drawn = st.builds(
    config,
    levels=st.integers(1, 3),
    gamma=st.floats(0.01, 100),
    min_spread_bps=st.floats(1, 2_000),
    price_min=st.just(0),
    price_max=st.just(10_000),
    distance_max=st.sampled_from([500, 10_000]),
    reward_size_max=st.sampled_from([0, 20 * SHARE]),
)


def check(quotes: Quotes, given_: QuoteInputs, settings: StrategyConfig) -> None:
    """Every rule that holds for any quotes."""
    made, tick = given_.book, given_.book.tick
    bids, asks = [q.price for q in quotes.bids], [q.price for q in quotes.asks]
    assert all(price % tick == 0 and 0 < price < PRICE_SCALE for price in bids + asks)
    assert all(price < made.best_ask for price in bids)
    assert all(price > made.best_bid for price in asks)
    assert bids == sorted(set(bids), reverse=True)
    assert asks == sorted(set(asks))
    assert max(len(bids), len(asks)) <= settings.levels
    assert given_.net_size + sum(q.size for q in quotes.bids) <= settings.inventory_max or not bids
    assert given_.net_size - sum(q.size for q in quotes.asks) >= -settings.inventory_max or not asks
    mid = made.mid or 0.0
    assert all(abs(price - mid) <= settings.distance_max for price in bids + asks)
    if bids and asks:
        assert asks[0] - bids[0] >= mid * settings.min_spread_bps / 10_000 - 1e-6
        assert asks[0] > bids[0]
    assert (quotes.reason is None) == bool(bids or asks)


@given(situations(), settings_drawn)
def test_quotes_keep_the_rules_of_the_book(given_: QuoteInputs, settings: StrategyConfig) -> None:
    """On the grid, in (0, 1), post-only, apart, within inventory, and silent only with a reason."""
    check(quote(given_, settings), given_, settings)


@given(situations(), st.integers(-40 * SHARE, 40 * SHARE))
def test_more_inventory_never_raises_a_quote(given_: QuoteInputs, net_size: int) -> None:
    """Bid and ask move down or stay when we hold more."""
    ordered = sorted((given_.net_size, net_size))
    less, more = (quote(msgspec.structs.replace(given_, net_size=size), CONFIG) for size in ordered)
    for one, other in ((less.bid, more.bid), (less.ask, more.ask)):
        assert one is None or other is None or one.price >= other.price


@given(situations(), st.floats(0, 20))
def test_toxicity_never_narrows(given_: QuoteInputs, cost_cents: float) -> None:
    """A measured cost moves both quotes away, or leaves them."""
    clean, toxic = (
        quote(msgspec.structs.replace(given_, toxicity_cents=cost), CONFIG)
        for cost in (0.0, cost_cents)
    )
    assert clean.half_spread <= toxic.half_spread + 1e-9
    assert not (clean.bid and toxic.bid) or clean.bid.price >= toxic.bid.price
    assert not (clean.ask and toxic.ask) or clean.ask.price <= toxic.ask.price


@given(situations())
def test_without_rewards_a_quote_improves_by_a_tick_at_most(given_: QuoteInputs) -> None:
    """Nobody pays us to give the spread away."""
    plain = msgspec.structs.replace(
        given_, market=msgspec.structs.replace(given_.market, rewards=None)
    )
    quotes, made = quote(plain, CONFIG), plain.book
    assert quotes.bid is None or quotes.bid.price <= made.best_bid + made.tick
    assert quotes.ask is None or quotes.ask.price >= made.best_ask - made.tick


@given(situations(), settings_drawn)
def test_rewards_cost_nothing(given_: QuoteInputs, settings: StrategyConfig) -> None:
    """With or without terms of rewards, no quote is worse for us than the computed price."""
    quotes = quote(given_, settings)
    bid, ask = quoter._prices(quotes.fair_price or 0, given_.book.mid or 0, given_, settings)
    assert quotes.bid is None or quotes.bid.price <= bid
    assert quotes.ask is None or quotes.ask.price >= ask


def test_prices_follow_the_formula() -> None:
    """Reservation price and half spread in log odds, then rounded down and up."""
    held, tick = 10, 1
    made = book({4_500: 100}, {5_500: 100}, tick)
    sigma = 4.0 / (PRICE_SCALE * 0.25)
    risk = CONFIG.gamma * sigma**2 * CONFIG.horizon_s
    half = risk / 2 + math.log(1 + CONFIG.gamma / CONFIG.arrival_decay) / CONFIG.gamma
    bid = PRICE_SCALE / (1 + math.exp(held * risk + half))
    ask = PRICE_SCALE / (1 + math.exp(held * risk - half))
    quotes = quote(inputs(book=made, net_size=held * SHARE, volatility=4.0), CONFIG)
    assert (ask - bid) / 2 == pytest.approx(quotes.half_spread)
    assert 5_000.0 == quotes.fair_price
    assert math.floor(bid) > made.best_bid + tick
    expected = (made.best_bid + tick, max(math.ceil(ask), made.best_ask - tick))
    assert expected == (quotes.bid and quotes.bid.price, quotes.ask and quotes.ask.price)


def test_a_quiet_market_is_joined_on_both_sides() -> None:
    """One tick wide, balanced, no inventory: we stand at the touch, 5 shares a side."""
    quotes = quote(inputs(book=book({5_000: 100}, {5_100: 100})), CONFIG)
    expected = (Quote(5_000, 5 * SHARE), Quote(5_100, 5 * SHARE), None)
    assert expected == (quotes.bid, quotes.ask, quotes.reason)


def test_levels_stand_on_successive_ticks() -> None:
    """Three levels are three prices a tick apart, best first."""
    made = inputs(book=book({5_000: 100}, {5_100: 100}))
    quotes = quote(made, config(levels=3))
    assert [5_000, 4_900, 4_800] == [q.price for q in quotes.bids]
    assert [5_100, 5_200, 5_300] == [q.price for q in quotes.asks]


def test_a_minimum_spread_holds_when_the_model_wants_less() -> None:
    """400 bps of a mid of 0.50 are two cents."""
    made = book({4_900: 100}, {5_100: 100})
    quotes = quote(inputs(book=made), config(arrival_decay=10_000.0, min_spread_bps=400.0))
    assert 100.0 == pytest.approx(quotes.half_spread)


def test_the_floor_of_volatility_makes_inventory_cost_in_a_market_that_stands_still() -> None:
    """With volatility zero a full inventory still moves the quotes down."""
    made = book({4_500: 100}, {5_500: 100}, 10)
    flat, full = (
        quote(inputs(book=made, volatility=0.0, net_size=net), config(levels=1, min_spread_bps=1))
        for net in (0, -20 * SHARE)
    )
    assert flat.half_spread == pytest.approx(full.half_spread, rel=0.01)
    shifted = quote(inputs(book=made, volatility=0.0, net_size=-20 * SHARE), CONFIG)
    assert shifted.ask is None
    assert shifted.bid is not None


@pytest.mark.parametrize(
    ("net_shares", "sides"),
    [(0, (True, True)), (15, (True, True)), (16, (False, True)), (-16, (True, False))],
)
def test_the_side_that_would_grow_a_full_inventory_is_gone(
    net_shares: int, sides: tuple[bool, bool]
) -> None:
    """The limit is 20 shares and a quote has 5: at 16 there is no room for another."""
    quotes = quote(inputs(net_size=net_shares * SHARE), CONFIG)
    assert sides == (quotes.bid is not None, quotes.ask is not None)


def test_a_quote_far_from_the_mid_is_not_made() -> None:
    """Inventory in a wild market would move the bid out of reach: then there is none."""
    quotes = quote(inputs(net_size=10 * SHARE, volatility=25.0), CONFIG)
    assert (None, None) == (quotes.bid, quotes.reason)
    assert quotes.ask is not None


def test_own_orders_are_not_improved_on() -> None:
    """Where the book shows our order alone at the best, we do not bid a tick more each time."""
    made = book({4_500: 100, 4_600: 5}, {5_500: 100})
    lone = quote(inputs(book=made, own_bids={4_600: 5 * SHARE}), CONFIG)
    assert lone.bid is not None
    assert 4_600 == lone.bid.price


# rewards ------------------------------------------------------------------------------------


def rewarded(size_min: int, spread_max: int) -> Market:
    """The market with terms of rewards, size in shares."""
    terms = RewardTerms(size_min=size_min * SHARE, spread_max=spread_max, age_min_ns=0)
    return msgspec.structs.replace(MARKET, rewards=terms)


@pytest.mark.parametrize(
    ("size_min", "spread_max", "expected"),
    [
        (5, 200, (4_800, 5_200)),  # the band allows it and the computed quote is better still
        (5, 20, (4_600, 5_400)),  # the band is nearer than the computed quote: not paid for
        (50, 200, (4_600, 5_400)),  # our size scores nothing
    ],
)
def test_a_wide_book_is_entered_as_far_as_rewards_ask(
    size_min: int, spread_max: int, expected: tuple[int, int]
) -> None:
    """Quotes go to the edge of the reward band when the computed quote is inside it."""
    made = book({4_500: 100}, {5_500: 100})
    quotes = quote(inputs(book=made, market=rewarded(size_min, spread_max)), CONFIG)
    assert expected == (quotes.bid and quotes.bid.price, quotes.ask and quotes.ask.price)


def test_size_is_raised_to_score_only_where_that_is_allowed() -> None:
    """20 shares are shown for rewards when the settings say so, else 5."""
    made = inputs(market=rewarded(20, 200))
    for allowed, expected in ((0, 5), (20, 20)):
        quotes = quote(made, config(reward_size_max=allowed * SHARE))
        assert [expected * SHARE] * 2 == [q.size for q in quotes.bids + quotes.asks]


# silence ------------------------------------------------------------------------------------


def off(**changes: object) -> Market:
    """The market with changed terms."""
    return msgspec.structs.replace(MARKET, **changes)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"market": off(accepting_orders=False)}, Pause.NOT_ACCEPTING),
        ({"market": off(end_ns=NOW_NS + 86_399 * NS_PER_S)}, Pause.NEAR_END),
        ({"market": off(end_ns=NOW_NS + 86_400 * NS_PER_S)}, None),
        ({"market": off(size_min=6 * SHARE)}, Pause.SIZE_BELOW_MINIMUM),
        ({"is_calm": False}, Pause.JUMP),
        ({"book": book({}, {5_000: 1})}, Pause.ONE_SIDED),
        ({"book": book({5_000: 1}, {})}, Pause.ONE_SIDED),
        ({"book": book({400: 1}, {500: 1})}, Pause.PRICE_OUT_OF_BOUNDS),
        ({"book": book({9_500: 1}, {9_600: 1})}, Pause.PRICE_OUT_OF_BOUNDS),
        ({"book": book({400: 1}, {600: 1})}, None),
        ({"book": book({4_000: 1}, {6_000: 1})}, Pause.NO_ROOM),
        ({"volatility": 120.0}, Pause.TOO_WIDE),
        ({"book": Book(MARKET.yes, 100)}, Pause.BOOK_NOT_VALID),
    ],
)
def test_silence_has_a_name(changes: dict[str, object], reason: Pause | None) -> None:
    """Each reason against quoting is told, and only then nothing is quoted."""
    quotes = quote(inputs(**changes), CONFIG)
    assert reason == quotes.reason
    assert (reason is None) == (quotes.bid is not None or quotes.ask is not None)


def test_a_crossed_book_is_not_quoted() -> None:
    """A book can cross between two messages while nobody has called it stale yet."""
    made = book({5_000: 1}, {5_100: 1})
    made.apply(is_bid=True, price=5_100, size=SHARE)
    assert BookState.VALID is made.state
    assert Pause.CROSSED == quote(inputs(book=made), CONFIG).reason


def test_the_fair_price_is_told_even_in_silence() -> None:
    """Resting orders are judged by it while no quote is wanted."""
    assert 5_100.0 == quote(inputs(is_calm=False), CONFIG).fair_price
