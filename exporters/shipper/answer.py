"""What a store may say to a write, and what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

import msgspec

RETRY_AFTER_S_MAX = 300.0
"""A store that asks for a longer pause is asked again after this one."""
REASON_LENGTH_MAX = 500


class Outcome(StrEnum):
    """What came of a write request."""

    WRITTEN = "written"
    """Confirmed with 204, and nothing else confirms."""
    REFUSED = "refused"
    """These lines will never be taken as they are: find which, and park them."""
    MISCONFIGURED = "misconfigured"
    """Token, organisation, bucket or address is wrong: wait for a person."""
    BUSY = "busy"
    """Too fast for the store, which may say how long to wait."""
    FAILED = "failed"
    """The store has a fault: wait."""
    UNREACHABLE = "unreachable"
    """No answer. The points may or may not be stored."""


class Answer(msgspec.Struct, frozen=True):
    """The outcome of one request. `retry_after_s` is 0 where the store asked for no pause.

    `dropped` is how many points the store says it left out, `None` when it does not say.
    """

    outcome: Outcome
    reason: str = ""
    retry_after_s: float = 0.0
    dropped: int | None = None


class PointStore(Protocol):
    """Where lines go."""

    def write(self, lines: Sequence[str]) -> Answer:
        """Write all lines in one request and return what came of it. Never raises for that."""
        ...


def outcome_of(status: int) -> Outcome:
    """Return what an HTTP status says of a write.

    400 is a line that cannot be parsed, 422 a type conflict or a time beyond the retention, 413 a
    body too large, which halving helps too. A success other than 204 did not come from the store
    but from something in front of it.
    """
    if status == 204:
        return Outcome.WRITTEN
    if status in {400, 413, 422}:
        return Outcome.REFUSED
    if status in {429, 503}:
        return Outcome.BUSY
    if status in {408, 425} or status >= 500:
        return Outcome.FAILED
    return Outcome.MISCONFIGURED
