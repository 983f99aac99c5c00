"""A request and its answer without any HTTP library: what every REST handler takes and returns."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence

import msgspec

from bot.sandbox.exchange.keys import ApiKey
from bot.sandbox.exchange.refusals import bad_request
from bot.sandbox.exchange.state import Exchange

END_CURSOR = "LTE="
"""What stands for "no more pages": base64 of -1; "MA==" is the first page, base64 of 0."""
TOKENS_MAX = 500
"""Tokens in one POST /books and the like (polymarket.md 2.7)."""


class Call(msgspec.Struct, frozen=True):
    """One request at `now_ns`. `path` has no query; `name` is the variable end of the path.

    A parameter given several times is one, its values joined by commas.
    """

    method: str
    path: str
    name: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    now_ns: int

    def required(self, parameter: str) -> str:
        """Return a query parameter. Raises Refused with 400 when it is missing."""
        value = self.query.get(parameter, "")
        if not value:
            raise bad_request(f"{parameter} is required")
        return value


class Answer(msgspec.Struct, frozen=True):
    """A JSON answer with 200; `is_lost` when it must never arrive."""

    body: object
    headers: dict[str, str] = {}
    is_lost: bool = False


Handler = Callable[[Exchange, Call], Answer]


class TokenRequest(msgspec.Struct):
    """One entry of a request for many tokens."""

    token_id: str
    side: str = ""


_decode_tokens = msgspec.json.Decoder(list[TokenRequest]).decode


def number_in(call: Call, name: str, default: int) -> int:
    """Return a query parameter that is a whole number from 0. Raises Refused with 400."""
    text = call.query.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdecimal()):
        raise bad_request(f"Invalid {name}")
    return int(text)


def signed_by(exchange: Exchange, call: Call) -> ApiKey:
    """Return the API key that signed the request. Raises Refused with 401."""
    return exchange.keyring.authenticate(
        call.headers, call.method, call.path, call.body, call.now_ns
    )


def tokens_in(call: Call) -> list[TokenRequest]:
    """Return the entries of a body that lists tokens. Raises Refused with 400."""
    try:
        entries = _decode_tokens(call.body)
    except msgspec.MsgspecError as error:
        raise bad_request(f"Invalid payload: {error}") from error
    if len(entries) > TOKENS_MAX:
        raise bad_request(f"Too many tokens in payload: {len(entries)}, max: {TOKENS_MAX}")
    return entries


def page(rows: Sequence[object], cursor: str, size: int) -> dict[str, object]:
    """Return one page of rows and the cursor of the next. Raises Refused for a wrong cursor."""
    try:
        offset = int(base64.b64decode(cursor or "MA==", validate=True))
    except ValueError as error:
        raise bad_request("Invalid next_cursor") from error
    part = rows[offset : offset + size] if offset >= 0 else []
    after = offset + size
    is_last = offset < 0 or after >= len(rows)
    return {
        "data": list(part),
        "next_cursor": END_CURSOR if is_last else base64.b64encode(str(after).encode()).decode(),
        "limit": size,
        "count": len(part),
    }
