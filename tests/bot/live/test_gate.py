"""No order leaves before its intent is on the disk."""

import asyncio

from bot.live.gate import DurableGate


class SlowJournal:
    """A journal whose disk may refuse; counts its syncs."""

    def __init__(self, *, works: bool = True) -> None:
        self.durable_seq = 0
        self.written = 0
        self.syncs = 0
        self._works = works

    @property
    def is_healthy(self) -> bool:
        """Whether the disk takes anything."""
        return self._works

    def sync(self) -> int:
        """Make durable what was written."""
        self.syncs += 1
        if self._works:
            self.durable_seq = self.written
        return self.durable_seq


async def test_what_was_published_is_durable_when_the_gate_opens() -> None:
    """And not synced again when it is already."""
    journal = SlowJournal()
    gate = DurableGate(journal, lambda: journal.written)
    journal.written = 7
    assert await gate()
    assert (7, 1) == (journal.durable_seq, journal.syncs)
    assert await gate()
    assert 1 == journal.syncs


async def test_requests_that_wait_together_share_a_sync() -> None:
    """Two sides of a quote cost one fsync."""
    journal = SlowJournal()
    gate = DurableGate(journal, lambda: journal.written)
    journal.written = 2
    assert [True, True] == list(await asyncio.gather(gate(), gate()))
    assert 1 == journal.syncs


async def test_a_disk_that_refuses_keeps_the_gate_shut() -> None:
    """An order nobody wrote down could not be recognised after a crash."""
    journal = SlowJournal(works=False)
    journal.written = 1
    assert not await DurableGate(journal, lambda: journal.written)()
