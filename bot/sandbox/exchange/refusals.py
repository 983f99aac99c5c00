"""Every answer with which the exchange says no: HTTP status and text (polymarket.md 2.6)."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Refused(Exception):
    """A request that is answered with an error.

    `body` is the JSON object sent; `retry_after_s` becomes the header Retry-After.
    """

    def __init__(
        self,
        status: int,
        error: str,
        *,
        extra: dict[str, object] | None = None,
        retry_after_s: float | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.body: dict[str, object] = {"error": error, **(extra or {})}
        self.headers = dict(headers or {})
        if retry_after_s is not None:
            self.headers["Retry-After"] = f"{retry_after_s:g}"


class Reason(StrEnum):
    """Refusals of an order that can be drawn at random (`Faults.reject`)."""

    UNAUTHORIZED = "unauthorized"
    INVALID_PAYLOAD = "invalid_payload"
    OWNER = "owner"
    SIGNER = "signer"
    MAKER_NOT_ALLOWED = "maker_not_allowed"
    BANNED = "banned"
    CLOSED_ONLY = "closed_only"
    GEOBLOCK = "geoblock"
    POST_ONLY_CROSS = "post_only_cross"
    CROSSES = "crosses"
    TICK_SIZE = "tick_size"
    MIN_SIZE = "min_size"
    DUPLICATED = "duplicated"
    BALANCE = "balance"
    EXPIRATION = "expiration"
    NOT_READY = "not_ready"
    DELAYED = "delayed"
    ON_CHAIN_CANCELED = "on_chain_canceled"
    INVALID_SIGNATURE = "invalid_signature"
    TIMED_OUT = "timed_out"
    NO_MATCHING_ORDERS = "no_matching_orders"
    INTERNAL = "internal"


class _Answer(msgspec.Struct, frozen=True):
    status: int
    text: str


_ANSWERS = {
    Reason.UNAUTHORIZED: _Answer(401, "Unauthorized/Invalid api key"),
    Reason.INVALID_PAYLOAD: _Answer(400, "Invalid order payload"),
    Reason.OWNER: _Answer(400, "the order owner has to be the owner of the API KEY"),
    Reason.SIGNER: _Answer(400, "the order signer address has to be the address of the API KEY"),
    Reason.MAKER_NOT_ALLOWED: _Answer(
        400, "maker address not allowed, please use the deposit wallet flow"
    ),
    Reason.BANNED: _Answer(400, "'{maker}' address banned"),
    Reason.CLOSED_ONLY: _Answer(400, "'{maker}' address in closed only mode"),
    Reason.GEOBLOCK: _Answer(403, "Trading restricted in your region"),
    Reason.POST_ONLY_CROSS: _Answer(400, "invalid post-only order: order crosses book"),
    Reason.CROSSES: _Answer(400, "order {order_id} crosses the book"),
    Reason.TICK_SIZE: _Answer(
        400, "order {order_id} is invalid. Price ({price}) breaks minimum tick size rule: {tick}"
    ),
    Reason.MIN_SIZE: _Answer(
        400, "order {order_id} is invalid. Size ({size}) lower than the minimum: {size_min}"
    ),
    Reason.DUPLICATED: _Answer(400, "order {order_id} is invalid. Duplicated."),
    Reason.BALANCE: _Answer(400, "not enough balance / allowance{detail}"),
    Reason.EXPIRATION: _Answer(400, "invalid expiration"),
    Reason.NOT_READY: _Answer(400, "the market is not yet ready to process new orders"),
    Reason.DELAYED: _Answer(400, "order match delayed due to market conditions"),
    Reason.ON_CHAIN_CANCELED: _Answer(400, "order canceled in the CTF exchange contract"),
    Reason.INVALID_SIGNATURE: _Answer(400, "invalid signature"),
    Reason.TIMED_OUT: _Answer(500, "order timed out"),
    Reason.NO_MATCHING_ORDERS: _Answer(500, "there are no matching orders"),
    Reason.INTERNAL: _Answer(500, "Internal server error"),
}

_BLANKS = {
    "order_id": "", "maker": "", "price": "", "tick": "", "size": "", "size_min": "", "detail": "",
}  # fmt: skip


def refusal(reason: Reason, **details: str) -> Refused:
    """Return the answer for `reason`; `details` fill the places in its text."""
    answer = _ANSWERS[reason]
    return Refused(answer.status, answer.text.format_map({**_BLANKS, **details}))


def bad_request(text: str) -> Refused:
    """Return a 400 for a request that is no order: a missing parameter, a wrong body."""
    return Refused(400, text)


def not_found(what: str) -> Refused:
    """Return a 404: texts with "not found" come as 404."""
    return Refused(404, f"{what} not found")


def too_many_requests(wait_s: int, headers: dict[str, str]) -> Refused:
    """Return the 429 of a signer's rate limit, with the headers that say so."""
    return Refused(429, "Too Many Requests", retry_after_s=wait_s, headers=headers)


def bare_too_many_requests() -> Refused:
    """Return the 429 of somebody in between: it says nothing about the order."""
    return Refused(429, "Too Many Requests")


def restarting() -> Refused:
    """Return the 425 of a matching engine that restarts."""
    return Refused(425, "engine restarting")


def disabled() -> Refused:
    """Return the 503 while nothing is allowed, not even cancels."""
    return Refused(503, "Trading is currently disabled")


def cancel_only() -> Refused:
    """Return the 503 of an order while only cancels are allowed."""
    return Refused(503, "Trading is currently cancel-only")


def post_only_mode(retry_after_s: float) -> Refused:
    """Return the 503 of a taker order in post-only mode."""
    return Refused(
        503,
        "post-only mode: only post-only orders and cancels are allowed",
        extra={"code": "post_only_mode", "retry_after_seconds": retry_after_s},
        retry_after_s=retry_after_s,
    )
