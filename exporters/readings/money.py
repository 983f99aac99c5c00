"""Markouts, stale quotes, fees, gas and the account."""

from __future__ import annotations

from typing import TypeAlias, assert_never

from bot.domain import events
from bot.domain.units import SIZE_SCALE, dollars
from exporters.catalogue import money as metrics
from exporters.families import Counters, Families
from exporters.readings.places import slug_of

MS_PER_S = 1_000

Event: TypeAlias = events.MarkoutMeasured | events.StaleQuoteMeasured | events.EquityMarked


class MoneyReadings:
    """The metrics of what trading earned and cost."""

    def __init__(self, families: Families) -> None:
        """Make every series."""
        self._markouts = families.counters(metrics.MARKOUTS)
        self._cents = families.counters(metrics.MARKOUT_CENTS)
        self._bps = families.counters(metrics.MARKOUT_BPS)
        self._stale_exposure = families.counters(metrics.STALE_EXPOSURE)
        self._stale_seconds = families.histograms(metrics.STALE_SECONDS)
        self._fees = families.counters(metrics.FEES)
        self._gas = families.counters(metrics.GAS)
        self._transactions = families.counters(metrics.TRANSACTIONS)
        self._rewards = families.counters(metrics.REWARDS)
        self._rebates = families.counters(metrics.REBATES)
        self._account = {
            "cash": families.gauges(metrics.CASH),
            "realised": families.gauges(metrics.REALISED),
            "unrealised": families.gauges(metrics.UNREALISED),
            "equity": families.gauges(metrics.EQUITY),
            "drawdown": families.gauges(metrics.DRAWDOWN),
        }
        self._inventory = families.gauges(metrics.INVENTORY)

    def read(self, event: Event) -> None:
        """Take one event. Raises KeyError for a market or horizon not given at start."""
        slug = slug_of(event.market)
        match event:
            case events.MarkoutMeasured():
                horizon = f"{event.horizon_s}s"
                self._markouts.add(slug, horizon)
                _add_signed(self._cents, slug, horizon, event.cost_cents)
                _add_signed(self._bps, slug, horizon, event.cost_bps)
            case events.StaleQuoteMeasured():
                self._stale_exposure.add(slug, amount=event.exposure_share_s)
                self._stale_seconds.observe(slug, value=event.duration_ms / MS_PER_S)
            case events.EquityMarked():
                self._on_equity(event, slug)
            case _:
                assert_never(event)

    def on_costs(self, event: events.OrderFilled | events.OrderRejected) -> None:
        """Take the fee and the gas of a fill, or the gas of a refusal."""
        slug = slug_of(event.market)
        self._gas.add(slug, amount=event.gas_cost_usd)
        if isinstance(event, events.OrderFilled):
            self._fees.add(slug, amount=dollars(event.fee))

    def on_transaction(self, event: events.TransactionMined) -> None:
        """Take what became of a transaction."""
        self._transactions.add("succeeded" if event.succeeded else "reverted")

    def on_income(self, event: events.IncomeReported) -> None:
        """Take what was credited beside the trades."""
        self._rewards.add(amount=event.rewards_added_usd)
        self._rebates.add(amount=event.rebates_added_usd)

    def _on_equity(self, event: events.EquityMarked, slug: str) -> None:
        for name, gauges in self._account.items():
            gauges.set(slug, to=dollars(getattr(event, name)))
        for outcome, stage, size in (
            ("YES", "settled", event.yes_settled),
            ("YES", "pending", event.yes_pending),
            ("NO", "settled", event.no_settled),
            ("NO", "pending", event.no_pending),
        ):
            self._inventory.set(slug, outcome, stage, to=size / SIZE_SCALE)


def _add_signed(counters: Counters, slug: str, horizon: str, cost: float) -> None:
    counters.add(slug, horizon, "loss", amount=cost)
    counters.add(slug, horizon, "gain", amount=-cost)
