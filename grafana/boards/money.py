"""Money: what the account earned, what it holds, what it paid, and how far below its best it is."""

from __future__ import annotations

from grafana_foundation_sdk.models.dashboard import Dashboard

from exporters.catalogue import Metric, balance, health, money, orders, quoting
from grafana import frame, panels, promql
from grafana.frame import WINDOW
from grafana.layout import Line, Row, evenly
from grafana.panels import Look
from grafana.targets import prom

UID = "pmm-money"
TITLE = "Money"
BOTH = "demo|$right"
LOSS_STEPS = ((None, panels.GOOD), (2.5, panels.DOUBTFUL), (5.0, panels.BAD))
"""Dollars; the kill switch stands at 5 by default."""
AGE_STEPS = ((None, panels.GOOD), (300.0, panels.DOUBTFUL), (900.0, panels.BAD))
"""Seconds; a look comes every minute, and a quarter of an hour without one is an alert."""
NO_WALLET = "no wallet is watched"


def build() -> Dashboard:
    """Return the dashboard."""
    return frame.make(
        UID,
        TITLE,
        "Profit, holdings, costs and drawdown of each run, in dollars and shares.",
        [
            Row("Profit", (_profit(), _parts())),
            Row("Holdings", (_holdings(),)),
            Row("Costs", (_costs(), _markouts())),
            Row("Against the chain", (_chain(), _wallet())),
        ],
        [frame.right_side(), frame.markets(), frame.window()],
    )


def _profit() -> Line:
    stop = Look(
        title="Drawdown now, the worse",
        description=f"{money.DRAWDOWN.help} The kill switch stands at 5 dollars by default.",
        unit="currencyUSD",
    )
    worse = prom(f"max({_sum(money.DRAWDOWN)})")
    return evenly(
        8,
        _of_env("Equity", money.EQUITY),
        _of_env("Drawdown", money.DRAWDOWN),
        panels.stat_of(stop, worse, steps=LOSS_STEPS).decimals(2),
    )


def _parts() -> Line:
    tripped = Look(
        title="Loss at which the kill switch tripped",
        description=health.KILL_SWITCH_LOSS.help,
        unit="currencyUSD",
    )
    loss = promql.gauge(health.KILL_SWITCH_LOSS, ("env",), how="max", env=BOTH)
    return evenly(
        7,
        _of_env("Realised", money.REALISED),
        _of_env("Unrealised", money.UNREALISED),
        _of_env("Cash flow", money.CASH),
        panels.timeseries(tripped, prom(loss, "{{env}}")),
    )


def _holdings() -> Line:
    inventory = Look(
        title="Inventory by outcome and settlement", description=money.INVENTORY.help, unit="none"
    )
    net = Look(title="Net position", description=quoting.NET_POSITION.help, unit="none")
    traded = Look(
        title="Traded",
        description=f"{orders.FILLED_USD.help} Looking back {WINDOW}.",
        unit="currencyUSD",
    )
    held = promql.gauge(money.INVENTORY, ("env", "outcome", "stage"), env=BOTH)
    value = promql.increase(orders.FILLED_USD, WINDOW, ("env", "side"), env=BOTH)
    return evenly(
        8,
        panels.timeseries(inventory, prom(held, "{{env}} {{outcome}} {{stage}}"), many=True),
        panels.timeseries(net, prom(_sum(quoting.NET_POSITION), "{{env}}")),
        panels.timeseries(traded, prom(value, "{{env}} {{side}}")),
    )


def _costs() -> Line:
    def paid(title: str, metric: Metric) -> panels.Panel:
        look = Look(
            title=title, description=f"{metric.help} Looking back {WINDOW}.", unit="currencyUSD"
        )
        grown = promql.increase(metric, WINDOW, ("env",), env=BOTH)
        return panels.timeseries(look, prom(grown, "{{env}}")).decimals(4)

    share = Look(
        title="Fees over value traded",
        description=f"Fees as charged over the value of what was filled, looking back {WINDOW}.",
        unit="percentunit",
    )
    rate = promql.ratio(
        promql.increase(money.FEES, WINDOW, ("env",), env=BOTH),
        promql.increase(orders.FILLED_USD, WINDOW, ("env",), env=BOTH),
    )
    return evenly(
        7,
        paid("Fees", money.FEES),
        paid("Gas", money.GAS),
        panels.timeseries(share, prom(rate, "{{env}}")),
    )


def _markouts() -> Line:
    def side(title: str, env: str) -> panels.Panel:
        look = Look(
            title=f"{title}: adverse selection by time after the fill",
            description=(
                "Mean move of the mid against us in cents a share, positive is a loss, looking "
                f"back {WINDOW}."
            ),
            unit="suffix: cents",
        )
        return panels.timeseries(look, prom(_markout(env), "{{horizon}}"))

    return evenly(8, side("DEMO", frame.LEFT), side(frame.RIGHT_NAME, frame.RIGHT))


def _markout(env: str) -> str:
    by = ("horizon",)
    loss = promql.increase(money.MARKOUT_CENTS, WINDOW, by, env=env, sign="loss")
    gain = promql.increase(money.MARKOUT_CENTS, WINDOW, by, env=env, sign="gain")
    return promql.ratio(f"{loss} - {gain}", promql.increase(money.MARKOUTS, WINDOW, by, env=env))


def _chain() -> Line:
    mismatch = Look(
        title="Chain minus ledger",
        description=(
            f"{balance.MISMATCH.help} More than {balance.MISMATCH_USD_MAX:g} dollars either way "
            "for ten minutes is an alert."
        ),
        unit="currencyUSD",
        empty=NO_WALLET,
    )
    sides = Look(
        title="Chain and ledger",
        description="What the wallet holds and what the ledger says it should, tokens at the mid.",
        unit="currencyUSD",
        empty=NO_WALLET,
    )
    checked = Look(
        title="Since chain and ledger were compared",
        description=f"{balance.LAST_CHECK.help} What the other panels show is as old as this.",
        unit="s",
        empty=NO_WALLET,
    )
    last = promql.gauge(balance.LAST_CHECK, how="max")
    by = ("asset",)
    return evenly(
        7,
        panels.timeseries(mismatch, prom(promql.gauge(balance.MISMATCH, by), "{{asset}}")),
        panels.timeseries(
            sides,
            prom(promql.gauge(balance.CHAIN, by), "{{asset}}, chain"),
            prom(promql.gauge(balance.LEDGER, by), "{{asset}}, ledger"),
        ),
        panels.stat_of(checked, prom(promql.age(last)), steps=AGE_STEPS).decimals(0),
    )


def _wallet() -> Line:
    cash = Look(
        title="Cash of the wallet",
        description="pUSD, which trades, and USDC.e, which has to be wrapped first.",
        unit="currencyUSD",
        empty=NO_WALLET,
    )
    gas = Look(
        title="POL for gas",
        description=f"{balance.GAS.help} Below: {balance.GAS_MISMATCH.help}",
        unit="suffix: POL",
        empty=NO_WALLET,
    )
    looks = Look(
        title="Looks at chain and ledger",
        description=f"{balance.CHECKS.help} Looking back {WINDOW}. Matches on their way are "
        f"allowed for: {balance.IN_FLIGHT.help}",
        unit="none",
        empty=NO_WALLET,
    )
    return evenly(
        7,
        panels.timeseries(
            cash,
            prom(promql.gauge(balance.PUSD), "pUSD"),
            prom(promql.gauge(balance.USDC_E), "USDC.e"),
        ),
        panels.timeseries(
            gas,
            prom(promql.gauge(balance.GAS), "POL"),
            prom(promql.gauge(balance.GAS_MISMATCH), "unexplained"),
        ),
        panels.timeseries(
            looks,
            prom(promql.increase(balance.CHECKS, WINDOW, ("result",)), "{{result}}"),
            prom(promql.increase(balance.NODE_FAILURES, WINDOW), "nodes without an answer"),
            prom(promql.gauge(balance.IN_FLIGHT), "matches on their way"),
        ),
    )


def _of_env(title: str, metric: Metric) -> panels.Panel:
    look = Look(title=title, description=metric.help, unit="currencyUSD")
    return panels.timeseries(look, prom(_sum(metric), "{{env}}"))


def _sum(metric: Metric) -> str:
    return promql.gauge(metric, ("env",), env=BOTH)
