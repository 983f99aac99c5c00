"""The journal: every event, appended to files that are only ever added to. It is the outbox.

`Journal` writes, `read_journal` reads, `read_after` lets a shipper follow.
"""

from bot.journal.reader import (
    JournalDamage,
    JournalPosition,
    last_event_ns,
    read_after,
    read_journal,
)
from bot.journal.retention import POSITION_NAME, Retention
from bot.journal.segment import TornTail
from bot.journal.writer import Journal

__all__ = [
    "POSITION_NAME",
    "Journal",
    "JournalDamage",
    "JournalPosition",
    "Retention",
    "TornTail",
    "last_event_ns",
    "read_after",
    "read_journal",
]
