"""Texts of the exchange become reasons of a closed set."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.reports import RejectionReason as R
from bot.venues.polymarket.rejections import TEXTS, classify, proves_refusal

SEEN = [
    ("Unauthorized/Invalid api key", R.AUTH),
    ("Invalid L1 Request headers", R.AUTH),
    ("Too Many Requests", R.RATE_LIMIT),
    ("engine restarting", R.PAUSED),
    ("Trading is currently disabled. Check polymarket.com for updates", R.PAUSED),
    ("Trading is currently cancel-only. New orders are not accepted", R.PAUSED),
    ("post-only mode: only post-only orders and cancels are allowed", R.PAUSED),
    ("Invalid order payload", R.OTHER),
    ("the order owner has to be the owner of the API KEY", R.AUTH),
    ("the order signer address has to be the address of the API KEY", R.AUTH),
    ("maker address not allowed, please use the deposit wallet flow", R.AUTH),
    ("'0xAb12' address banned", R.AUTH),
    ("'0xAb12' address in closed only mode", R.GEOBLOCK),
    ("Trading restricted in your region", R.GEOBLOCK),
    ("Too many orders in payload: 16, max allowed: 15", R.OTHER),
    ("invalid post-only order: order crosses book", R.POST_ONLY_CROSS),
    ("order 0xab crosses the book", R.POST_ONLY_CROSS),
    ("order 0xab is invalid. Price (0.523) breaks minimum tick size rule: 0.01", R.TICK_SIZE),
    ("order 0xab is invalid. Size (1.58) lower than the minimum: 5", R.MIN_SIZE),
    ("Size (1.58) lower than the minimum: 5", R.MIN_SIZE),
    ("invalid amount for a marketable BUY order ($0.5), min size: $1", R.MIN_SIZE),
    ("order 0xab is invalid. Duplicated.", R.DUPLICATE),
    ("not enough balance / allowance", R.BALANCE),
    (
        "not enough balance / allowance: the balance is not enough -> balance: 2, amount: 3",
        R.BALANCE,
    ),
    ("invalid expiration", R.OTHER),
    ("order couldn't be fully filled. FOK orders are fully filled or killed.", R.OTHER),
    ("the market is not yet ready to process new orders", R.PAUSED),
    ("invalid signature", R.AUTH),
    ("invalid order version, please use the latest clob-client", R.OTHER),
    ("Invalid orderID", R.OTHER),
]


@pytest.mark.parametrize(("text", "reason"), SEEN, ids=[text[:40] for text, _ in SEEN])
def test_every_text_seen_has_its_reason(text: str, reason: R) -> None:
    """Texts of the error page and of public logs are told apart."""
    assert reason is classify(text)


def test_every_phrase_can_be_reached() -> None:
    """No phrase of the table is hidden by an earlier one."""
    assert [reason for _, reason in TEXTS] == [classify(phrase) for phrase, _ in TEXTS]


OPEN = (
    "Too Many Requests",
    "engine restarting",
    "Trading is currently disabled. Check polymarket.com for updates",
    "Trading is currently cancel-only. New orders are not accepted",
    "post-only mode: only post-only orders and cancels are allowed",
    "order 0xab is invalid. Duplicated.",
    "Invalid orderID",
)


@pytest.mark.parametrize(("text", "_"), SEEN, ids=[text[:40] for text, _ in SEEN])
def test_words_of_a_definite_status_prove_a_refusal(text: str, _: R) -> None:
    """Those of 425, 429, 5xx and of a duplicate do not, and a cancel's are not an order's."""
    assert (text not in OPEN) is proves_refusal(text)


@given(st.text())
def test_any_text_has_a_reason(text: str) -> None:
    """Whatever the exchange says, the label stays within the closed set."""
    assert classify(text) in R
