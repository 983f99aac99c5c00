"""What an answer to a request proves: that it was taken, that it was refused, or nothing.

A request that may have arrived is never called refused, because it may rest (polymarket.md 2.6):
400, 401, 403, 404 and a 429 of the exchange's own limiter are refusals; 425, 5xx, a bare 429, a
time-out and a lost connection prove nothing. Two refusals prove nothing either: "Duplicated" says
that the order is there already, and "delayed" that it is still to be decided.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

import msgspec

from bot.domain.orders import OrderId
from bot.domain.reports import RejectionReason
from bot.venues.polymarket.rejections import classify

REFUSING_STATUSES = frozenset({400, 401, 403, 404})
TOO_MANY_REQUESTS = 429
TEXT_MAX = 200
"""Characters kept of what the exchange says."""

_UNDECIDED = ("order match delayed",)
_EMPTY_ORDER_ID = "unknown order failure"  # the client's own word for an answer it cannot place


class AnswerClass(StrEnum):
    """What an answer proves."""

    REFUSED = "refused"
    UNKNOWN = "unknown"


class Taken(msgspec.Struct, frozen=True):
    """The exchange has the order."""

    order_id: OrderId


class Refused(msgspec.Struct, frozen=True):
    """The exchange does not have the order, and said so."""

    order_id: OrderId
    reason: RejectionReason
    text: str = ""


class Unproven(msgspec.Struct, frozen=True):
    """Nobody can say whether the exchange has the order; asking for it by its id will tell."""

    order_id: OrderId
    text: str = ""


PostAnswer: TypeAlias = Taken | Refused | Unproven


class CancelAnswer(msgspec.Struct, frozen=True):
    """Which orders a cancel took off the book, and which it did not and why."""

    canceled: tuple[OrderId, ...] = ()
    refused: dict[OrderId, str] = {}


def classify_status(status: int, text: str, *, is_signer_limit: bool) -> AnswerClass:
    """Return what an HTTP error proves; `is_signer_limit`: a 429 that names the signer's bucket."""
    if status == TOO_MANY_REQUESTS:
        return AnswerClass.REFUSED if is_signer_limit else AnswerClass.UNKNOWN
    if status not in REFUSING_STATUSES or not is_decided(text):
        return AnswerClass.UNKNOWN
    return AnswerClass.REFUSED


def is_decided(text: str) -> bool:
    """Return False when the words of a refusal leave open whether the order rests."""
    lowered = text.lower()
    if classify(text) is RejectionReason.DUPLICATE or _EMPTY_ORDER_ID in lowered:
        return False
    return not any(phrase in lowered for phrase in _UNDECIDED)


def refusal(order_id: OrderId, text: str) -> Refused | Unproven:
    """Return what the words of a refusal prove about one order."""
    brief = text[:TEXT_MAX]
    if not is_decided(text):
        return Unproven(order_id, brief)
    return Refused(order_id, classify(text), brief)
