"""Posts to a Discord webhook. Its address is a secret: no message or error ever holds it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import msgspec

from alerting.monitor.memory import Message
from alerting.rule import RUNBOOK_PATH

TIMEOUT_S = 10.0
ATTEMPTS_MAX = 3
RETRY_AFTER_S_MAX = 60.0
"""Longer waits are left to the next run: what was not told is told then."""
RED, GREEN = 10038562, 3066993
OK, TOO_MANY, SERVER_FAULT = 300, 429, 500

Wait = Callable[[float], object]


class NotDelivered(Exception):
    """Discord did not take a message; the text says why, without the address."""


class Embed(msgspec.Struct, frozen=True):
    """The coloured box of a message."""

    title: str
    description: str
    color: int


class Payload(msgspec.Struct, frozen=True):
    """The body of a webhook call."""

    username: str
    embeds: list[Embed]


def payload(message: Message, grafana: str) -> Payload:
    """Return a message as Discord takes it, with a link into Grafana at that address."""
    since = datetime.fromtimestamp(message.since_s, UTC).strftime("%Y-%m-%d %H:%M UTC")
    sign = "🟢 over: " if message.is_over else "🔴 "
    text = f"Since {since}.\nWhat to do: {grafana}{RUNBOOK_PATH}#{message.alert}"
    color = GREEN if message.is_over else RED
    return Payload("PMM watchdog", [Embed(f"{sign}{message.text}"[:256], text, color)])


def post(url: str, message: Payload, wait: Wait = time.sleep) -> None:  # noqa: TID251 - the edge
    """Deliver one message, waiting as Discord asks. Raises NotDelivered."""
    body = msgspec.json.encode(message)
    reason = "no attempt was made"
    for _ in range(ATTEMPTS_MAX):
        reason, wait_s = _attempt(url, body)
        if wait_s is None:
            break
        wait(wait_s)
    if reason:
        raise NotDelivered(reason)


def _attempt(url: str, body: bytes) -> tuple[str, float | None]:
    """Return why it failed (empty when delivered) and how long to wait for another attempt."""
    try:
        answer = httpx.post(
            url, content=body, headers={"Content-Type": "application/json"}, timeout=TIMEOUT_S
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        # The text of the library's error can hold the address: only its kind is told.
        return f"Discord cannot be reached ({type(error).__name__})", 1.0
    if answer.status_code < OK:
        return "", None
    reason = f"Discord answered {answer.status_code}"
    if answer.status_code == TOO_MANY:
        asked_s = _retry_after_s(answer)
        return reason, asked_s if asked_s <= RETRY_AFTER_S_MAX else None
    return reason, 1.0 if answer.status_code >= SERVER_FAULT else None


class _Limited(msgspec.Struct):
    retry_after: float


def _retry_after_s(answer: httpx.Response) -> float:
    try:
        return max(0.0, msgspec.json.decode(answer.content, type=_Limited).retry_after)
    except msgspec.MsgspecError:
        return 5.0
