"""Lets orders leave once their intent is on the disk, without ever blocking the engine's loop.

The sync runs in a thread; requests that wait meanwhile share the next one. With a journal that
cannot be written nothing leaves: an order nobody wrote down could not be recognised after a crash.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol


class DurableJournal(Protocol):
    """What the gate needs of a journal; see `bot.journal.Journal`."""

    durable_seq: int

    @property
    def is_healthy(self) -> bool:
        """True while every event is in the journal or on its way."""
        ...

    def sync(self) -> int:
        """Make everything published durable and return the last number."""
        ...


class DurableGate:
    """Call it to wait until everything published by now is durable; False when it cannot be."""

    def __init__(self, journal: DurableJournal, last_seq: Callable[[], int]) -> None:
        """`last_seq` is the number of the last event published."""
        self._journal = journal
        self._last_seq = last_seq
        self._turn = asyncio.Lock()

    async def __call__(self) -> bool:
        """Return whether what was published before the call is on the disk for certain."""
        wanted = self._last_seq()
        async with self._turn:  # one sync at a time: whoever waits may find it done
            if self._journal.durable_seq < wanted:
                await asyncio.to_thread(self._journal.sync)
        return self._journal.durable_seq >= wanted and self._journal.is_healthy
