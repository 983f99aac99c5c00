"""The quantities in which paper should predict production: each side's value, and their fold.

`fold` is 1 where both are equal and 2 where one is twice the other; it is there only from
`compare.EVENTS_MIN` events on each side. All look back the dashboard's window.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from exporters.catalogue import Metric, health, money, orders, quoting
from grafana import compare, promql
from grafana.frame import HORIZON, LEFT, RIGHT, WINDOW

PNL_FLOOR_USD = 0.05
"""Dollars an hour that the larger PnL counts as at least: closer than half of it is never 2."""
MARKOUT_FLOOR_CENTS = 0.2
"""Cents a share that the larger one counts as at least, likewise."""

Side = Callable[[str], str]
"""An expression for one environment."""


class Quantity(msgspec.Struct, frozen=True, kw_only=True):
    """What is compared; `meaning` is a sentence without its full stop."""

    name: str
    meaning: str
    unit: str
    left: str
    right: str
    fold: str


def all_quantities() -> tuple[Quantity, ...]:
    """Return every quantity, in the order of the front page."""
    return (fill_rate(), pnl(), adverse_selection(), latency(), rejections(), spread())


def fill_rate() -> Quantity:
    """Return the share of accepted orders that got any fill."""
    filled, accepted = _grown(orders.FILLED), _grown(orders.ACCEPTED)
    return _shares("Fill rate", "Orders with any fill over orders accepted", filled, accepted)


def rejections() -> Quantity:
    """Return the share of submitted orders that the venue refused."""
    refused, submitted = _grown(orders.REJECTED), _grown(orders.SUBMITTED)
    meaning = "Orders refused with proof over orders submitted"
    return _shares("Rejections", meaning, refused, submitted)


def pnl() -> Quantity:
    """Return what an hour of the present run earned on average."""

    def side(env: str) -> str:
        started = promql.gauge(health.RUN_START, how="max", env=env)
        hours = f"(clamp_min({promql.age(started)}, 3600) / 3600)"
        return f"{promql.gauge(money.EQUITY, env=env)} / {hours}"

    meaning = (
        "Equity of the present run over its hours, at least one; it begins anew with each start of "
        f"a bot. Values closer than {PNL_FLOOR_USD / 2:g} dollars an hour stay below 2"
    )
    fold = compare.fold_of_signed(side(LEFT), side(RIGHT), PNL_FLOOR_USD)
    return _made("PnL an hour", meaning, "currencyUSD", side, fold, _grown(orders.FILLS))


def adverse_selection() -> Quantity:
    """Return the cents a share that the mid moved against us after fills, on average."""

    def moved(env: str, sign: str) -> str:
        labels = {"env": env, "horizon": HORIZON, "sign": sign}
        return promql.increase(money.MARKOUT_CENTS, WINDOW, **labels)

    def count(env: str) -> str:
        return promql.increase(money.MARKOUTS, WINDOW, env=env, horizon=HORIZON)

    def side(env: str) -> str:
        return promql.ratio(f"{moved(env, 'loss')} - {moved(env, 'gain')}", count(env))

    meaning = (
        f"Mean move of the mid against us {HORIZON} after a fill, in cents a share; positive is a "
        f"loss. Values closer than {MARKOUT_FLOOR_CENTS / 2:g} cents stay below 2"
    )
    fold = compare.fold_of_signed(side(LEFT), side(RIGHT), MARKOUT_FLOOR_CENTS)
    return _made("Adverse selection", meaning, "suffix: cents", side, fold, count)


def latency() -> Quantity:
    """Return the 95th percentile of the time from submitting an order to its acceptance."""

    def side(env: str) -> str:
        return promql.quantile(0.95, orders.ANSWER_SECONDS, WINDOW, env=env, result="accepted")

    meaning = "Submitting an order to its acceptance, on our clock: 19 of 20 are faster"
    count = _grown(orders.ANSWER_SECONDS, part="count", result="accepted")
    return _made("Latency", meaning, "s", side, compare.fold(side(LEFT), side(RIGHT)), count)


def spread() -> Quantity:
    """Return the mean spread that we quote."""

    def side(env: str) -> str:
        return promql.mean(quoting.SPREAD, WINDOW, env=env, whose="ours")

    meaning = "Mean of our ask minus our bid, over samples with both"
    count = _grown(quoting.SPREAD, part="count", whose="ours")
    fold = compare.fold(side(LEFT), side(RIGHT))
    return _made("Spread", meaning, "currencyUSD", side, fold, count)


def _grown(metric: Metric, *, part: str = "", **labels: str) -> Side:
    return lambda env: promql.increase(metric, WINDOW, part=part, env=env, **labels)


def _shares(name: str, meaning: str, events: Side, of: Side) -> Quantity:
    fold = compare.fold_of_shares((events(LEFT), of(LEFT)), (events(RIGHT), of(RIGHT)))
    return _made(
        name, meaning, "percentunit", lambda env: promql.ratio(events(env), of(env)), fold, of
    )


def _made(name: str, meaning: str, unit: str, side: Side, fold: str, count: Side) -> Quantity:
    return Quantity(
        name=name,
        meaning=meaning,
        unit=unit,
        left=side(LEFT),
        right=side(RIGHT),
        fold=compare.where_enough(fold, count(LEFT), count(RIGHT)),
    )
