"""What an answer to a request proves: that it was taken, that it was refused, or nothing.

A request that may have arrived is never called refused, because it may rest (polymarket.md 2.6):
400, 401, 403, 404 and a 429 of the exchange's own limiter are refusals; 425, 5xx, a bare 429, a
time-out and a lost connection prove nothing. Some words prove nothing whatever comes with them:
"Duplicated" says that the order is there already, "delayed" that it is still to be decided, and
those of a 5xx are no better with another status. In a batch an order has only words, so only words
known from a refusal prove one; anything never seen leaves the order unknown.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from bot.domain.errors import OutcomeUnknown, RateLimited, VenueError, VenueUnavailable
from bot.domain.orders import OrderId
from bot.domain.reports import RejectionReason
from bot.venues.polymarket.rejections import classify, proves_refusal

REFUSING_STATUSES = frozenset({400, 401, 403, 404})
TOO_MANY_REQUESTS = 429
PAUSING_STATUSES = frozenset({425, TOO_MANY_REQUESTS})
TEXT_MAX = 200
"""Characters kept of what the exchange says."""

_UNDECIDED = (
    "order match delayed",
    "timed out",
    "timeout",
    "no matching orders",
    "rounding issues",
    "price discrepancy",
    "internal server error",
    "context canceled",  # comes as 400 (polymarket.md 2.6): somebody gave up waiting
    "context deadline exceeded",
    "engine restarting",
    "unknown order failure",  # the client's own word for an answer it cannot place
)


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


class Failure(msgspec.Struct, frozen=True):
    """A request that did not come back with an answer to what was asked.

    `status` is that of HTTP, `None` when none came; `was_sent` is False when it is certain that
    nothing left; `is_signer_limit`: a 429 that names the signer's bucket. `retry_after_s` is a
    second when the exchange did not say.
    """

    text: str
    status: int | None = None
    was_sent: bool = True
    is_signer_limit: bool = False
    retry_after_s: float = 1.0


def is_refusal(failure: Failure) -> bool:
    """Return True when the failure proves that the exchange did not do what was asked."""
    if failure.status == TOO_MANY_REQUESTS:
        return failure.is_signer_limit
    return failure.status in REFUSING_STATUSES and is_decided(failure.text)


def post_failure(order_id: OrderId, failure: Failure) -> Refused | Unproven:
    """Return what a failure proves about one order that was posted."""
    if not failure.was_sent:
        return Refused(order_id, RejectionReason.PAUSED, f"not sent: {failure.text}")
    if not is_refusal(failure):
        return Unproven(order_id, failure.text)
    if failure.status == TOO_MANY_REQUESTS:
        return Refused(order_id, RejectionReason.RATE_LIMIT, failure.text)
    return Refused(order_id, classify(failure.text), failure.text[:TEXT_MAX])


def cancel_error(failure: Failure) -> VenueError:
    """Return the error for a cancel that failed: only OutcomeUnknown leaves it open."""
    if not failure.was_sent:
        return VenueUnavailable(failure.text)
    if not is_refusal(failure):
        return OutcomeUnknown(failure.text)
    if failure.status == TOO_MANY_REQUESTS:
        return RateLimited(failure.text, failure.retry_after_s)
    return VenueUnavailable(failure.text)


def asks_for_pause(failure: Failure) -> bool:
    """Return True when sending more orders now would be wrong: too fast, or nobody takes any."""
    if failure.status in PAUSING_STATUSES:
        return True
    return failure.status is not None and classify(failure.text) is RejectionReason.PAUSED


def is_decided(text: str) -> bool:
    """Return False when the words of a refusal leave open whether the order rests."""
    lowered = text.lower()
    if classify(text) is RejectionReason.DUPLICATE:
        return False
    return not any(phrase in lowered for phrase in _UNDECIDED)


def leg_refusal(order_id: OrderId, text: str) -> Refused | Unproven:
    """Return what the words for one order of a request that was answered prove about it."""
    brief = text[:TEXT_MAX]
    if proves_refusal(text) and is_decided(text):
        return Refused(order_id, classify(text), brief)
    return Unproven(order_id, brief)
