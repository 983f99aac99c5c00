"""A bot's metrics as the real sink writes them, with what the tests want it to have done."""

from prometheus_client import CollectorRegistry, generate_latest

from exporters.catalogue import health, money, orders, quoting
from exporters.families import Families

SLUG = "will-it-rain"


class Bot:
    """The series that the detector reads, set by hand; `text()` is its `/metrics`."""

    def __init__(self, start_s: float = 1_000.0) -> None:
        self.registry = CollectorRegistry()
        families = Families(self.registry, [SLUG])
        self.start = families.gauges(health.RUN_START)
        self.last_event = families.gauges(health.LAST_EVENT)
        self.equity = families.gauges(money.EQUITY)
        self.fills = families.counters(orders.FILLS)
        self.filled = families.counters(orders.FILLED)
        self.accepted = families.counters(orders.ACCEPTED)
        self.submitted = families.counters(orders.SUBMITTED)
        self.rejected = families.counters(orders.REJECTED)
        self.answers = families.histograms(orders.ANSWER_SECONDS)
        self.spread = families.histograms(quoting.SPREAD)
        self.markouts = families.counters(money.MARKOUTS)
        self.cents = families.counters(money.MARKOUT_CENTS)
        self.start.set(to=start_s)
        self.last_event.set(to=start_s)

    def trade(self, now_s: float, fills: int) -> None:
        """One order accepted after 0.22 s, some fills, and a heartbeat."""
        place = (SLUG, "bid", "0")
        self.submitted.add(*place)
        self.accepted.add(*place)
        self.answers.observe("accepted", value=0.22)
        for _ in range(fills):
            self.fills.add(*place, "queue")
        self.last_event.set(to=now_s)

    def text(self) -> str:
        """The exposition."""
        return generate_latest(self.registry).decode()
