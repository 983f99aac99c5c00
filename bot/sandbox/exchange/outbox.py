"""What goes out on the two channels, with the faults of delivery applied."""

from __future__ import annotations

import msgspec

from bot.domain.market import ConditionId, TokenId
from bot.domain.units import NS_PER_MS
from bot.sandbox.exchange.agenda import Agenda
from bot.sandbox.exchange.faults import Dice, Faults, Operation

REORDER_NS = 500 * NS_PER_MS
"""How late an event comes that is delivered out of order."""


class MarketOut(msgspec.Struct, frozen=True):
    """A message for whoever follows one of `tokens`; `is_custom` only for custom features.

    `only` is the connection it is for, `None` for all.
    """

    tokens: tuple[TokenId, ...]
    text: str
    is_custom: bool = False
    only: object = None


class UserOut(msgspec.Struct, frozen=True):
    """A message for the owner of an API key who follows the market."""

    key: str
    market: ConditionId
    text: str


class Outbox:
    """Messages that are due, in order. Each channel delivers in order whatever the latency."""

    def __init__(self, agenda: Agenda, dice: Dice) -> None:
        """Start empty."""
        self._agenda = agenda
        self._dice = dice
        self._ready: list[MarketOut | UserOut] = []
        self._delivered_ns: dict[str, int] = {}

    def drain(self) -> list[MarketOut | UserOut]:
        """Return what is to be sent now, and forget it."""
        ready, self._ready = self._ready, []
        return ready

    def market(self, message: MarketOut, faults: Faults, now_ns: int) -> None:
        """Send a message on the market channel."""
        if faults.is_frozen or set(message.tokens) & set(faults.silent_tokens):
            return
        delay_ns = self._dice.delay_ns("market", faults.latency.get(Operation.MARKET))
        due_ns = self._in_order("market", now_ns + delay_ns)
        self._send(message, due_ns, now_ns)

    def user(self, message: UserOut, faults: Faults, now_ns: int) -> None:
        """Send an event to its owner: perhaps twice, perhaps late."""
        if faults.is_frozen:
            return
        delay_ns = self._dice.delay_ns("user", faults.latency.get(Operation.USER))
        due_ns = self._in_order(message.key, now_ns + delay_ns)
        if self._dice.hits("reorder", faults.reorder):
            due_ns += REORDER_NS
        self._send(message, due_ns, now_ns)
        if self._dice.hits("duplicate", faults.duplicate):
            self._send(message, due_ns, now_ns)

    def _in_order(self, channel: str, due_ns: int) -> int:
        due_ns = max(due_ns, self._delivered_ns.get(channel, 0))
        self._delivered_ns[channel] = due_ns
        return due_ns

    def _send(self, message: MarketOut | UserOut, due_ns: int, now_ns: int) -> None:
        if due_ns <= now_ns:
            self._ready.append(message)
        else:
            self._agenda.at(due_ns, lambda _: self._ready.append(message))
