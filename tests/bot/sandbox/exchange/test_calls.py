"""Requests without HTTP: parameters and pages."""

from __future__ import annotations

import base64

import pytest

from bot.sandbox.exchange.calls import END_CURSOR, Call, number_in, page, tokens_in
from bot.sandbox.exchange.refusals import Refused


def call(body: bytes = b"", **query: str) -> Call:
    """A request with nothing but these."""
    return Call("GET", "/", "", query, {}, body, 0)


def test_pages_follow_each_other_to_the_end() -> None:
    """From MA== to LTE=, every row once."""
    rows, seen, cursor = list(range(7)), [], "MA=="
    while cursor != END_CURSOR:
        part = page(rows, cursor, 3)
        seen.append(part["data"])
        cursor = str(part["next_cursor"])
    assert [[0, 1, 2], [3, 4, 5], [6]] == seen
    assert END_CURSOR == base64.b64encode(b"-1").decode()
    assert [] == page(rows, END_CURSOR, 3)["data"]


@pytest.mark.parametrize("cursor", ["x", "eHg="])
def test_a_cursor_that_is_none_is_refused(cursor: str) -> None:
    """No base64, or no number in it."""
    with pytest.raises(Refused, match="Invalid next_cursor"):
        page([], cursor, 3)


def test_parameters_are_required_or_numbers() -> None:
    """A missing one is named."""
    assert "x" == call(token_id="x").required("token_id")
    with pytest.raises(Refused, match="token_id is required"):
        call().required("token_id")
    assert (7, 3) == (number_in(call(limit="7"), "limit", 3), number_in(call(), "limit", 3))
    with pytest.raises(Refused, match="Invalid limit"):
        number_in(call(limit="-1"), "limit", 3)


def test_token_lists_have_a_limit() -> None:
    """500; anything else than a list of tokens is refused."""
    assert ["1"] == [entry.token_id for entry in tokens_in(call(b'[{"token_id":"1"}]'))]
    with pytest.raises(Refused, match="Invalid payload"):
        tokens_in(call(b"{}"))
    with pytest.raises(Refused, match="Too many tokens in payload: 501"):
        tokens_in(call(b"[" + b",".join([b'{"token_id":"1"}'] * 501) + b"]"))
