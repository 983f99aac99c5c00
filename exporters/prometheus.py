"""Events as Prometheus metrics, for one bot and the markets it was started with.

The sink never blocks and never raises into the engine: it only adds to numbers in memory, and an
event about a market it was not given is counted and left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from prometheus_client import CollectorRegistry

from bot.domain import events
from bot.domain.market import Market
from exporters.catalogue.quoting import KILL_SWITCH
from exporters.families import Families
from exporters.readings.feed import FeedReadings
from exporters.readings.money import MoneyReadings
from exporters.readings.orders import FillReadings, OrderReadings
from exporters.readings.places import Places
from exporters.readings.quoting import QuoteReadings
from exporters.readings.run import RunReadings
from exporters.readings.twin import TwinReadings


class PrometheusSink:
    """An `EventSink` that keeps every event metric of the catalogue up to date in a registry.

    `run` tells the facts of the run that health checks need.
    """

    def __init__(self, registry: CollectorRegistry, markets: Iterable[Market]) -> None:
        """Make every series of every market. A registry takes one sink."""
        places = Places(markets)
        families = Families(registry, [market.slug for market in places.markets])
        self.run = RunReadings(families)
        self._orders = OrderReadings(families, places)
        self._fills = FillReadings(families, places)
        self._quotes = QuoteReadings(families, places)
        self._feed = FeedReadings(families, places)
        self._money = MoneyReadings(families)
        self._twin = TwinReadings(families)

    def publish(self, event: events.Event) -> None:
        """Take one event."""
        self.run.saw(event)
        try:
            self._read(event)
        except KeyError:  # a market, token or horizon without a series
            self.run.skip()

    def _read(self, event: events.Event) -> None:
        # Frequent ones first: a match asks in order.
        match event:
            case (
                events.OrderSubmitted()
                | events.OrderSent()
                | events.OrderAccepted()
                | events.CancelRequested()
                | events.OrderCanceled()
                | events.QueueTraced()
                | events.OrderLost()
                | events.CancelRefused()
                | events.OrderDenied()
            ):
                self._orders.read(event)
            case events.QuoteSampled() | events.QuotingResumed() | events.PriceJumped():
                self._quotes.read(event)
            case events.QuotingPaused():
                self._quotes.read(event)
                if event.reason == KILL_SWITCH:
                    self.run.latch()  # an earlier run's trip has no event in this one
            case events.OrderFilled():
                self._fills.on_fill(event)
                self._orders.on_fill(event)
                self._money.on_costs(event)
            case events.OrderRejected():
                self._orders.read(event)
                self._money.on_costs(event)
            case _:
                self._read_rare(event)

    def _read_rare(
        self,
        event: (
            events.FeedCounted
            | events.FeedLost
            | events.BookStateChanged
            | events.TickSizeChanged
            | events.TradeStateChanged
            | events.MarkoutMeasured
            | events.StaleQuoteMeasured
            | events.EquityMarked
            | events.RunStarted
            | events.RunStopped
            | events.CalibrationLoaded
            | events.KillSwitchTripped
            | events.TransactionMined
            | events.IncomeReported
            | events.OrderCompared
            | events.ReportIgnored
        ),
    ) -> None:
        match event:
            case events.MarkoutMeasured() | events.StaleQuoteMeasured() | events.EquityMarked():
                self._money.read(event)
            case events.TradeStateChanged():
                self._fills.on_trade_state(event)
            case (
                events.FeedCounted()
                | events.FeedLost()
                | events.BookStateChanged()
                | events.TickSizeChanged()
            ):
                self._feed.read(event)
            case (
                events.RunStarted()
                | events.RunStopped()
                | events.CalibrationLoaded()
                | events.KillSwitchTripped()
                | events.ReportIgnored()
            ):
                self.run.read(event)
            case events.TransactionMined():
                self._money.on_transaction(event)
            case events.IncomeReported():
                self._money.on_income(event)
            case events.OrderCompared():
                self._twin.read(event)
            case _:
                assert_never(event)
