"""Delivery and its faults."""

from __future__ import annotations

from bot.domain.calibration import Latency
from bot.domain.market import ConditionId
from bot.sandbox.exchange.agenda import Agenda
from bot.sandbox.exchange.faults import Dice, Faults, Operation
from bot.sandbox.exchange.outbox import REORDER_NS, MarketOut, Outbox, UserOut
from tests.bot.sandbox.exchange.world import NO, YES

MS = 1_000_000
NOTHING = Faults()


def event(text: str) -> UserOut:
    """A user event."""
    return UserOut("key", ConditionId("0x"), text)


def texts(outbox: Outbox) -> list[str]:
    """The texts that are due."""
    return [message.text for message in outbox.drain()]


def test_latency_delays_and_keeps_the_order() -> None:
    """A message with a shorter latency does not overtake the one before."""
    agenda = Agenda()
    outbox = Outbox(agenda, Dice(1))
    slow = Faults(latency={Operation.USER: Latency(median_ms=50, sigma=0.0)})
    quick = Faults(latency={Operation.USER: Latency(median_ms=1, sigma=0.0)})
    outbox.user(event("a"), slow, 0)
    outbox.user(event("b"), quick, 0)
    agenda.run(49 * MS)
    assert [] == texts(outbox)
    agenda.run(50 * MS)
    assert ["a", "b"] == texts(outbox)
    assert [] == texts(outbox)


def test_duplicates_and_late_events() -> None:
    """A duplicate follows at once; a reordered one comes behind later ones."""
    agenda = Agenda()
    outbox = Outbox(agenda, Dice(1))
    outbox.user(event("a"), Faults(reorder=1.0), 0)
    outbox.user(event("b"), Faults(duplicate=1.0), 0)
    assert ["b", "b"] == texts(outbox)
    agenda.run(REORDER_NS)
    assert ["a"] == texts(outbox)


def test_frozen_and_silent() -> None:
    """Nothing at all, or nothing of one token."""
    outbox = Outbox(Agenda(), Dice(1))
    outbox.user(event("a"), Faults(is_frozen=True), 0)
    outbox.market(MarketOut((YES,), "b"), Faults(is_frozen=True), 0)
    outbox.market(MarketOut((YES,), "c"), Faults(silent_tokens=(YES,)), 0)
    outbox.market(MarketOut((NO,), "d"), Faults(silent_tokens=(YES,)), 0)
    assert ["d"] == texts(outbox)
