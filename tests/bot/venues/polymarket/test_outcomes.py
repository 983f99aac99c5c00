"""An answer proves that an order was taken, that it was refused, or nothing."""

import pytest

from bot.domain.orders import OrderId
from bot.domain.reports import RejectionReason
from bot.venues.polymarket.outcomes import (
    TEXT_MAX,
    AnswerClass,
    Refused,
    Unproven,
    classify_status,
    refusal,
)

ORDER = OrderId("0xab")


@pytest.mark.parametrize(
    ("status", "text", "is_signer_limit", "expected"),
    [
        (400, "Invalid order payload", False, AnswerClass.REFUSED),
        (401, "Unauthorized", False, AnswerClass.REFUSED),
        (403, "Trading restricted in your region", False, AnswerClass.REFUSED),
        (404, "not found", False, AnswerClass.REFUSED),
        (429, "Too Many Requests", True, AnswerClass.REFUSED),
        (429, "Too Many Requests", False, AnswerClass.UNKNOWN),
        (425, "engine restarting", False, AnswerClass.UNKNOWN),
        (500, "order timed out", False, AnswerClass.UNKNOWN),
        (500, "there are no matching orders", False, AnswerClass.UNKNOWN),
        (502, "", False, AnswerClass.UNKNOWN),
        (503, "Trading is currently disabled", False, AnswerClass.UNKNOWN),
        (400, "order 0xab is invalid. Duplicated.", False, AnswerClass.UNKNOWN),
        (400, "order match delayed due to market conditions", False, AnswerClass.UNKNOWN),
        (302, "", False, AnswerClass.UNKNOWN),
    ],
)
def test_only_proof_is_a_refusal(
    status: int, text: str, *, is_signer_limit: bool, expected: AnswerClass
) -> None:
    """400, 401, 403, 404 and the signer's own 429 are refusals; all else proves nothing."""
    assert expected is classify_status(status, text, is_signer_limit=is_signer_limit)


def test_a_refusal_carries_reason_and_a_short_text() -> None:
    """The reason is for the label, the text for the log, and it has a limit."""
    text = "invalid post-only order: order crosses book" + "!" * 1000
    answer = refusal(ORDER, text)
    assert Refused(ORDER, RejectionReason.POST_ONLY_CROSS, text[:TEXT_MAX]) == answer


@pytest.mark.parametrize(
    "text", ["order 0xab is invalid. Duplicated.", "Unknown order failure", "order match delayed"]
)
def test_words_that_leave_it_open_are_no_refusal(text: str) -> None:
    """An order that is there already, or still to be decided, is not refused."""
    assert Unproven(ORDER, text) == refusal(ORDER, text)
