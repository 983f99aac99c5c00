"""The dead man's switch of one API key: a chain of ids, each accepted once (polymarket.md 8.1)."""

from __future__ import annotations

import uuid
from random import Random

from bot.domain.units import NS_PER_S
from bot.sandbox.exchange.refusals import Refused

SILENCE_NS = 10 * NS_PER_S
"""Without a heartbeat for this long the key's orders are cancelled."""
LOOK_EVERY_NS = 5 * NS_PER_S
"""How often the exchange looks, so that death takes 10 to 15 s."""


class HeartbeatChain:
    """The id that must come next, and when the last one came. There is no way to disarm it."""

    def __init__(self, rng: Random) -> None:
        """Start unarmed: the first heartbeat carries an empty id."""
        self._rng = rng
        self._expected = ""
        self._beat_ns: int | None = None

    def beat(self, heartbeat_id: str, now_ns: int) -> str:
        """Take a heartbeat and return the id of the next.

        Raises Refused with 400 and the expected id when it is another; the silence goes on then.
        """
        if heartbeat_id != self._expected:
            raise Refused(
                400,
                "Invalid Heartbeat ID",
                extra={"error_msg": "Invalid Heartbeat ID", "heartbeat_id": self._expected},
            )
        self._expected = str(uuid.UUID(int=self._rng.getrandbits(128), version=4))
        self._beat_ns = now_ns
        return self._expected

    def is_silent(self, now_ns: int) -> bool:
        """Return whether the chain is armed and its owner fell silent."""
        return self._beat_ns is not None and now_ns - self._beat_ns > SILENCE_NS
