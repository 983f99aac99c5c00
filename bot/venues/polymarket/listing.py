"""One entry of the exchange's catalogue, read into a Market and what a screen asks about it.

Gamma writes `clobTokenIds` and `outcomes` as JSON inside strings, and leaves out what it does not
know (polymarket.md 6.1). A market that cannot be read whole is refused, never guessed.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import msgspec

from bot.domain.errors import InputError
from bot.domain.market import ConditionId, FeeSchedule, Market, RewardTerms, TokenId
from bot.domain.units import NS_PER_S, PRICE_SCALE, parse_price, parse_size

REWARD_AGE_NS = 4 * NS_PER_S
"""Time at rest before an order earns rewards; Gamma does not state it, the CLOB says 4 s (3.3)."""

_PLACEHOLDER = re.compile(r"(other|another .+|[a-z]+ [a-z]{1,2})", re.IGNORECASE)
# "Other", "Another person", and a word with a letter or two behind it: "Person C", "Team AB".
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Listing(msgspec.Struct, frozen=True):
    """A market and its state in the catalogue, which lags behind the exchange.

    `best_bid` and `best_ask` are prices of YES, rounded, `None` where not stated. `game_start_ns`
    is `None` for what is no game. `resolution_statuses` are UMA's words, oldest first; empty
    without a dispute. `states_fees` is False where the catalogue does not say whether takers pay.
    `is_placeholder` marks an outcome without a meaning yet, in an event that is still getting
    names (negRiskAugmented): "Other", "Person C".
    """

    market: Market
    volume_24h_usd: float
    best_bid: int | None
    best_ask: int | None
    has_order_book: bool
    is_active: bool
    is_closed: bool
    game_start_ns: int | None
    resolution_statuses: tuple[str, ...]
    states_fees: bool = True
    is_placeholder: bool = False


class _Event(msgspec.Struct, rename="camel"):
    neg_risk_augmented: bool | None = None


class _Fees(msgspec.Struct):
    rate: float
    exponent: float
    rebate_rate: float = msgspec.field(name="rebateRate", default=0.0)


class _Entry(msgspec.Struct, rename="camel"):
    condition_id: ConditionId
    slug: str
    question: str
    clob_token_ids: str
    outcomes: str
    order_price_min_tick_size: float
    order_min_size: float
    neg_risk: bool = False
    fees_enabled: bool | None = None
    fee_schedule: _Fees | None = None
    rewards_min_size: float | None = None
    rewards_max_spread: float | None = None
    end_date: str | None = None
    game_start_time: str | None = None
    volume24hr: float = 0.0
    best_bid: float | None = None
    best_ask: float | None = None
    enable_order_book: bool = False
    accepting_orders: bool = False
    active: bool = False
    closed: bool = False
    uma_resolution_statuses: str = "[]"
    neg_risk_other: bool = False
    group_item_title: str = ""
    events: tuple[_Event, ...] = ()


def read_listing(entry: object) -> Listing:
    """Return the listing in one decoded JSON object of `GET /markets`.

    Raises InputError, naming the market, when something that quoting needs is missing or absurd.
    """
    fields = entry if isinstance(entry, dict) else {}
    known = {key: value for key, value in fields.items() if value is not None}
    try:
        stated = msgspec.convert(known, _Entry, strict=False)
        return Listing(
            market=_market(stated),
            volume_24h_usd=stated.volume24hr,
            best_bid=_price(stated.best_bid),
            best_ask=_price(stated.best_ask),
            has_order_book=stated.enable_order_book,
            is_active=stated.active,
            is_closed=stated.closed,
            game_start_ns=_ns(stated.game_start_time),
            resolution_statuses=_strings(stated.uma_resolution_statuses),
            states_fees=stated.fees_enabled is not None,
            is_placeholder=_is_placeholder(stated),
        )
    except (msgspec.DecodeError, ValueError, OverflowError) as error:
        raise InputError(
            f"market {known.get('slug')} is listed in a way that cannot be used: {error}"
        ) from error


def _market(entry: _Entry) -> Market:
    yes, no = _tokens(entry)
    return Market(
        condition_id=entry.condition_id,
        slug=entry.slug,
        question=entry.question,
        yes=yes,
        no=no,
        tick=parse_price(entry.order_price_min_tick_size),
        size_min=parse_size(entry.order_min_size),
        neg_risk=entry.neg_risk,
        fees=_fees(entry),
        rewards=_rewards(entry),
        end_ns=_ns(entry.end_date),
        accepting_orders=entry.accepting_orders,
    )


def _tokens(entry: _Entry) -> tuple[TokenId, TokenId]:
    tokens, outcomes = _strings(entry.clob_token_ids), _strings(entry.outcomes)
    if len(tokens) != 2 or len(outcomes) != 2 or not all(token.isdigit() for token in tokens):
        raise ValueError(f"{len(outcomes)} outcomes with {len(tokens)} tokens; two are needed")
    first, second = (TokenId(token) for token in tokens)
    # Outcomes may be names of teams: then the first one is our YES.
    return (second, first) if outcomes[0].lower() == "no" else (first, second)


def _is_placeholder(entry: _Entry) -> bool:
    # Only where names are still to come: "Vitamin D" is a fine outcome anywhere else.
    if entry.neg_risk_other:
        return True
    is_augmented = any(event.neg_risk_augmented for event in entry.events)
    return is_augmented and _PLACEHOLDER.fullmatch(entry.group_item_title.strip()) is not None


def _fees(entry: _Entry) -> FeeSchedule:
    if not entry.fees_enabled:
        return FeeSchedule()
    if entry.fee_schedule is None:
        raise ValueError("it charges fees but does not state them")
    fees = entry.fee_schedule
    return FeeSchedule(fees.rate, fees.exponent, fees.rebate_rate)


def _rewards(entry: _Entry) -> RewardTerms | None:
    if not entry.rewards_min_size or not entry.rewards_max_spread:
        return None
    spread_max = parse_price(round(entry.rewards_max_spread / 100, 4))  # stated in cents
    return RewardTerms(parse_size(entry.rewards_min_size), spread_max, REWARD_AGE_NS)


def _price(dollars: float | None) -> int | None:
    return None if dollars is None else round(dollars * PRICE_SCALE)


def _strings(text: str) -> tuple[str, ...]:
    return msgspec.json.decode(text, type=tuple[str, ...])


def _ns(text: str | None) -> int | None:
    if not text:
        return None
    when = datetime.fromisoformat(text)
    since = (when if when.tzinfo else when.replace(tzinfo=UTC)) - _EPOCH
    return since // timedelta(microseconds=1) * 1000
