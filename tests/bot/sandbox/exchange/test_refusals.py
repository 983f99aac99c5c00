"""Answers that say no (polymarket.md 2.6)."""

from __future__ import annotations

import pytest

from bot.sandbox.exchange import refusals
from bot.sandbox.exchange.refusals import Reason, refusal


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_text_without_open_places(reason: Reason) -> None:
    """Also when no details are given, as for one drawn at random."""
    refused = refusal(reason)
    assert 400 <= refused.status < 600
    assert "{" not in refused.error
    assert {"error": refused.error} == refused.body


def test_details_fill_the_places() -> None:
    """Price and tick are in the text of a wrong price."""
    refused = refusal(Reason.TICK_SIZE, order_id="0x1", price="0.555", tick="0.01")
    expected = "order 0x1 is invalid. Price (0.555) breaks minimum tick size rule: 0.01"
    assert expected == refused.error


def test_modes_are_told_as_the_exchange_tells_them() -> None:
    """425, and three kinds of 503; post-only mode carries a code and when to come back."""
    post_only = refusals.post_only_mode(2.5)
    assert (425, 503, 503, 503) == (
        refusals.restarting().status,
        refusals.disabled().status,
        refusals.cancel_only().status,
        post_only.status,
    )
    assert ("post_only_mode", 2.5, {"Retry-After": "2.5"}) == (
        post_only.body["code"],
        post_only.body["retry_after_seconds"],
        post_only.headers,
    )


def test_a_rate_limit_has_headers_or_none_at_all() -> None:
    """The signer's own limit says so; somebody in between says nothing."""
    limited = refusals.too_many_requests(3, {"Poly-RateLimit-Remaining": "0"})
    assert {"Poly-RateLimit-Remaining": "0", "Retry-After": "3"} == limited.headers
    assert (429, {}) == (
        refusals.bare_too_many_requests().status,
        refusals.bare_too_many_requests().headers,
    )


def test_not_found_is_a_404() -> None:
    """And a wrong request a 400."""
    assert (404, "market not found") == (
        refusals.not_found("market").status,
        refusals.not_found("market").error,
    )
    assert 400 == refusals.bad_request("x").status
