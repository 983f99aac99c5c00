"""An answer proves that an order was taken, that it was refused, or nothing."""

import pytest

from bot.domain.errors import OutcomeUnknown, RateLimited, VenueUnavailable
from bot.domain.orders import OrderId
from bot.domain.reports import RejectionReason
from bot.venues.polymarket.outcomes import (
    TEXT_MAX,
    Failure,
    Refused,
    Unproven,
    asks_for_pause,
    cancel_error,
    is_refusal,
    leg_refusal,
    post_failure,
)

ORDER = OrderId("0xab")
SIGNERS_LIMIT = Failure("Too Many Requests", 429, is_signer_limit=True, retry_after_s=3.0)
NOT_SENT = Failure("no route", was_sent=False)


@pytest.mark.parametrize(
    "failure",
    [
        Failure("Invalid order payload", 400),
        Failure("Unauthorized", 401),
        Failure("Trading restricted in your region", 403),
        Failure("not found", 404),
        SIGNERS_LIMIT,
    ],
)
def test_the_exchanges_no_is_a_refusal(failure: Failure) -> None:
    """400, 401, 403, 404 and the signer's own 429 say that nothing was done."""
    assert is_refusal(failure)


@pytest.mark.parametrize(
    "failure",
    [
        Failure("Too Many Requests", 429),
        Failure("engine restarting", 425),
        Failure("order timed out", 500),
        Failure("there are no matching orders", 500),
        Failure("", 502),
        Failure("Trading is currently disabled", 503),
        Failure("order 0xab is invalid. Duplicated.", 400),
        Failure("order match delayed due to market conditions", 400),
        Failure("context canceled", 400),
        Failure("order timed out", 400),
        Failure("Internal server error", 404),
        Failure("", 302),
        Failure("connection lost"),
    ],
)
def test_anything_else_proves_nothing(failure: Failure) -> None:
    """The order may rest, and the cancel may have worked."""
    assert not is_refusal(failure)
    assert Unproven(ORDER, failure.text) == post_failure(ORDER, failure)
    assert isinstance(cancel_error(failure), OutcomeUnknown)


def test_a_refusal_carries_reason_and_a_short_text() -> None:
    """The reason is for the label, the text for the log, and it has a limit."""
    text = "invalid post-only order: order crosses book" + "!" * 1000
    expected = Refused(ORDER, RejectionReason.POST_ONLY_CROSS, text[:TEXT_MAX])
    assert expected == leg_refusal(ORDER, text) == post_failure(ORDER, Failure(text, 400))


@pytest.mark.parametrize(
    "text",
    [
        "order 0xab is invalid. Duplicated.",
        "Unknown order failure",
        "order match delayed",
        "order timed out",
        "there are no matching orders",
        "Internal server error",
        "could not run the execution: rounding issues",
        "Trading is currently disabled",
        "Trading is currently cancel-only",
        "Too Many Requests",
        "engine restarting",
        "not enough balance / allowance, but the request timed out",
        "words that nobody has seen yet",
        "",
    ],
)
def test_words_of_one_order_that_prove_nothing_leave_it_unknown(text: str) -> None:
    """In a batch no status says more; what is not known from a refusal is none."""
    assert Unproven(ORDER, text) == leg_refusal(ORDER, text)


def test_what_never_left_is_refused() -> None:
    """No connection, no order; and a cancel that certainly did nothing."""
    expected = Refused(ORDER, RejectionReason.PAUSED, "not sent: no route")
    assert expected == post_failure(ORDER, NOT_SENT)
    assert isinstance(cancel_error(NOT_SENT), VenueUnavailable)


def test_the_signers_limit_is_a_refusal_of_its_own() -> None:
    """With the time to wait."""
    expected = Refused(ORDER, RejectionReason.RATE_LIMIT, "Too Many Requests")
    assert expected == post_failure(ORDER, SIGNERS_LIMIT)
    error = cancel_error(SIGNERS_LIMIT)
    assert isinstance(error, RateLimited)
    assert 3.0 == error.retry_after_s


def test_a_refused_cancel_of_everything_is_an_unavailable_venue() -> None:
    """There is no order to report it for."""
    assert isinstance(cancel_error(Failure("Unauthorized", 401)), VenueUnavailable)


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (SIGNERS_LIMIT, True),
        (Failure("Too Many Requests", 429), True),
        (Failure("engine restarting", 425), True),
        (Failure("Trading is currently cancel-only", 503), True),
        (Failure("Internal server error", 500), False),
        (Failure("invalid signature", 400), False),
        (Failure("connection lost"), False),
    ],
)
def test_the_exchange_may_ask_for_a_pause(failure: Failure, *, expected: bool) -> None:
    """Too fast, restarting, or taking no orders."""
    assert expected is asks_for_pause(failure)
