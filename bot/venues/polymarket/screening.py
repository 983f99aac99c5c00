"""Which listed markets are worth quoting, and how much: pure, every answer with its reason.

A market passes when every criterion does. Those that pass are ranked by a score whose parts are
shown, so that nobody has to believe it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import msgspec

from bot.domain.units import NS_PER_S, PRICE_SCALE, SIZE_SCALE, format_price, format_size
from bot.venues.polymarket.listing import Listing

NS_PER_DAY = 86_400 * NS_PER_S
MID = PRICE_SCALE // 2
DISPUTED = ("proposed", "disputed")
"""UMA's words for a market whose end has begun (polymarket.md 6.1)."""
FLOW_WEIGHT, SPREAD_WEIGHT, BALANCE_WEIGHT, REWARDS_WEIGHT = 40, 30, 20, 10
"""Points that each part of the score is worth; together 100."""
FLOW_DECADES = 2.0
"""Volume at this many powers of ten above the minimum has the whole part: more changes little."""


class Criteria(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a market must have.

    * `volume_usd_min`: traded in the last 24 h, more than this.
    * `spread_ratio_max`: (ask - bid) / mid, less than this.
    * `end_days_min`: announced resolution, further away than this; unknown fails.
    * `start_days_min`: start of a game or event, further away than this; no game passes.
    * `mid_distance_max`: |mid - 0.50| in dollars, at most this.
    * `least_shares_max`: the market's smallest order, at most this; our orders have 5 shares.
    * `leave_days`: a market that is traded is left when its end or its start is nearer than this.

    Raises ValueError naming the field that is out of bounds.
    """

    volume_usd_min: float = 100_000.0
    spread_ratio_max: float = 0.05
    end_days_min: float = 30.0
    start_days_min: float = 30.0
    mid_distance_max: float = 0.20
    least_shares_max: float = 5.0
    leave_days: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        tops = {"spread_ratio_max": 2.0, "mid_distance_max": 0.5}
        for name in self.__struct_fields__:
            top = tops.get(name, math.inf)
            value = getattr(self, name)
            if not (math.isfinite(value) and 0 <= value <= top):
                raise ValueError(f"{name} {value} is outside [0, {top}]")


class Check(msgspec.Struct, frozen=True):
    """One criterion of one market: what was asked, what is, and whether that will do."""

    name: str
    passed: bool
    value: str
    wanted: str


class Score(msgspec.Struct, frozen=True):
    """Parts from 0 to 1, worth 40, 30, 20 and 10 points.

    * `flow`: how much trades, in powers of ten above the minimum: what can fill us.
    * `spread`: the market's spread as a share of the widest that is taken: what a fill earns.
    * `balance`: 1 at a price of 0.50, 0 at the end of the band: room to move either way.
    * `rewards`: 1 where resting orders are paid for resting.
    """

    flow: float
    spread: float
    balance: float
    rewards: float

    @property
    def total(self) -> float:
        """The points of all parts together, 0 to 100."""
        return (
            FLOW_WEIGHT * self.flow
            + SPREAD_WEIGHT * self.spread
            + BALANCE_WEIGHT * self.balance
            + REWARDS_WEIGHT * self.rewards
        )


class Verdict(msgspec.Struct, frozen=True):
    """What a screen says of one market; `score` is `None` unless it passed."""

    listing: Listing
    checks: tuple[Check, ...]
    score: Score | None

    @property
    def passes(self) -> bool:
        """True when every criterion passed."""
        return self.score is not None

    @property
    def failures(self) -> tuple[Check, ...]:
        """The criteria that failed, in the order they are asked."""
        return tuple(check for check in self.checks if not check.passed)


def screen(listing: Listing, criteria: Criteria, now_ns: int) -> Verdict:
    """Return the verdict on one market: every criterion with its value, in a fixed order."""
    checks = (
        *_of_state(listing),
        _of_size(listing, criteria),
        *_of_trading(listing, criteria),
        *_of_dates(listing, criteria, now_ns),
    )
    score = _score(listing, criteria) if all(check.passed for check in checks) else None
    return Verdict(listing, checks, score)


def rank(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Return the best first: by score, then those that fail by how few and by volume."""
    return sorted(verdicts, key=_order)


def should_leave(listing: Listing, now_ns: int, criteria: Criteria) -> str | None:
    """Return why a market that is traded must not be quoted any more, `None` when it may."""
    market = listing.market
    reasons: Sequence[tuple[bool, str]] = (
        (listing.is_closed or not listing.is_active, "it is closed"),
        (not (market.accepting_orders and listing.has_order_book), "it stopped accepting orders"),
        (_statuses(listing) != [], f"its resolution is {', '.join(_statuses(listing))}"),
        (_is_near(market.end_ns, now_ns, criteria.leave_days), "its end is near"),
        (_is_near(listing.game_start_ns, now_ns, criteria.leave_days), "its event is near"),
    )
    return next((reason for is_true, reason in reasons if is_true), None)


# criteria -----------------------------------------------------------------------------------


def _of_state(listing: Listing) -> list[Check]:
    market, statuses = listing.market, _statuses(listing)
    is_open = listing.is_active and not listing.is_closed
    takes = listing.has_order_book and market.accepting_orders
    fees = f"{market.fees.rate:g}" if listing.states_fees else "unknown"
    terms = f"tick {format_price(market.tick)}, fee {fees}"
    return [
        Check("open", is_open, "open" if is_open else "closed", "open"),
        Check("book", takes, "accepting" if takes else "not accepting", "accepting orders"),
        Check("dispute", not statuses, ", ".join(statuses) or "none", "not proposed or disputed"),
        Check(
            "outcome",
            not listing.is_placeholder,
            "placeholder" if listing.is_placeholder else "named",
            "a named outcome",
        ),
        Check("terms", listing.states_fees, terms, "tick and fees known"),
    ]


def _of_size(listing: Listing, criteria: Criteria) -> Check:
    size_min = listing.market.size_min
    return Check(
        "size",
        0 < size_min <= criteria.least_shares_max * SIZE_SCALE,
        f"from {format_size(size_min)} shares",
        f"from at most {criteria.least_shares_max:g} shares",
    )


def _of_trading(listing: Listing, criteria: Criteria) -> list[Check]:
    volume, mid, spread = listing.volume_24h_usd, _mid(listing), _spread_ratio(listing)
    return [
        Check(
            "volume",
            volume > criteria.volume_usd_min,
            f"${volume:,.0f}",
            f"> ${criteria.volume_usd_min:,.0f} a day",
        ),
        Check(
            "spread",
            spread is not None and 0 < spread < criteria.spread_ratio_max,
            "unknown" if spread is None else f"{spread:.2%}",
            f"< {criteria.spread_ratio_max:.2%}",
        ),
        Check(
            "price",
            mid is not None and abs(mid - MID) <= criteria.mid_distance_max * PRICE_SCALE,
            "unknown" if mid is None else f"{mid / PRICE_SCALE:.4f}",
            f"0.50 +- {criteria.mid_distance_max:.2f}",
        ),
    ]


def _of_dates(listing: Listing, criteria: Criteria, now_ns: int) -> list[Check]:
    end_days = _days_to(listing.market.end_ns, now_ns)
    start_days = _days_to(listing.game_start_ns, now_ns)
    return [
        Check(
            "end",
            end_days is not None and end_days > criteria.end_days_min,
            "unknown" if end_days is None else f"{end_days:.1f} days",
            f"> {criteria.end_days_min:g} days",
        ),
        Check(
            "event",
            start_days is None or start_days > criteria.start_days_min,
            "no game" if start_days is None else f"in {start_days:.1f} days",
            f"> {criteria.start_days_min:g} days",
        ),
    ]


def _score(listing: Listing, criteria: Criteria) -> Score:
    mid, spread = _mid(listing), _spread_ratio(listing)
    if mid is None or spread is None:
        raise AssertionError(listing)  # the criteria have seen both
    band = criteria.mid_distance_max * PRICE_SCALE
    above = listing.volume_24h_usd / max(criteria.volume_usd_min, 1.0)
    return Score(
        flow=min(1.0, max(0.0, math.log10(above) / FLOW_DECADES)),
        spread=spread / criteria.spread_ratio_max,
        balance=1.0 - abs(mid - MID) / band if band else 1.0,
        rewards=float(listing.market.rewards is not None),
    )


def _order(verdict: Verdict) -> tuple[float, int, float, str]:
    score = verdict.score.total if verdict.score is not None else -1.0
    listing = verdict.listing
    return -score, len(verdict.failures), -listing.volume_24h_usd, listing.market.slug


def _statuses(listing: Listing) -> list[str]:
    # The newest word counts for nothing here: once proposed, a resolution hangs over the price.
    return [word for word in listing.resolution_statuses if word.lower() in DISPUTED]


def _mid(listing: Listing) -> float | None:
    if not listing.best_bid or not listing.best_ask:
        return None
    return (listing.best_bid + listing.best_ask) / 2


def _spread_ratio(listing: Listing) -> float | None:
    mid = _mid(listing)
    if mid is None or listing.best_ask is None or listing.best_bid is None:
        return None
    return (listing.best_ask - listing.best_bid) / mid


def _days_to(at_ns: int | None, now_ns: int) -> float | None:
    return None if at_ns is None else (at_ns - now_ns) / NS_PER_DAY


def _is_near(at_ns: int | None, now_ns: int, days: float) -> bool:
    return at_ns is not None and at_ns - now_ns < days * NS_PER_DAY
