"""Faults to order: changing them, modes, and the draws behind them."""

from __future__ import annotations

import pytest

from bot.domain.calibration import Latency
from bot.sandbox.exchange.faults import Dice, Faults, Mode, change
from bot.sandbox.exchange.refusals import Reason, Refused


def test_only_the_given_keys_change() -> None:
    """The others stay as they were."""
    faults = change(Faults(failed=0.5), b'{"mode": "restart", "latency": {"order": {}}}')
    assert (0.5, Mode.RESTART, {"order": Latency()}) == (
        faults.failed, faults.mode, faults.latency,
    )  # fmt: skip


@pytest.mark.parametrize(
    "patch",
    [b'{"failed": 2}', b'{"fail": 1}', b'{"mode": "off"}', b"[]", b"{", b'{"reject": {"x": 1}}'],
)
def test_what_is_unknown_or_out_of_bounds_is_refused(patch: bytes) -> None:
    """With 400 and the name of it."""
    with pytest.raises(Refused, match="faults: "):
        change(Faults(), patch)


@pytest.mark.parametrize(
    ("mode", "post_only", "taker", "cancel"),
    [
        (Mode.NORMAL, None, None, None),
        (Mode.DISABLED, 503, 503, 503),
        (Mode.CANCEL_ONLY, 503, 503, None),
        (Mode.POST_ONLY, None, 503, None),
        (Mode.RESTART, 425, 425, 425),
    ],
)
def test_modes_allow_what_they_should(
    mode: Mode, post_only: int | None, taker: int | None, cancel: int | None
) -> None:
    """Orders of both kinds and cancels, by mode (polymarket.md 2.5)."""
    faults = Faults(mode=mode)
    assert post_only == order_status(faults, is_post_only=True)
    assert taker == order_status(faults, is_post_only=False)
    assert cancel == cancel_status(faults)


def order_status(faults: Faults, *, is_post_only: bool) -> int | None:
    """The status of the refusal of an order, None when it is allowed."""
    try:
        faults.check_order(is_post_only=is_post_only)
    except Refused as refused:
        return refused.status
    return None


def cancel_status(faults: Faults) -> int | None:
    """The status of the refusal of a cancel, None when it is allowed."""
    try:
        faults.check_cancel()
    except Refused as refused:
        return refused.status
    return None


def test_draws_repeat_with_the_seed_and_do_not_disturb_each_other() -> None:
    """The draws of one purpose are the same whatever is drawn for another."""
    first = [Dice(1).of("a").random()]
    dice = Dice(1)
    dice.hits("b", 0.5)
    assert first == [dice.of("a").random()]
    assert 0 == dice.delay_ns("c", None)
    assert 250_000_000 == dice.delay_ns("c", Latency(sigma=0.0))


def test_reasons_are_drawn_by_their_shares() -> None:
    """Half of the orders, both reasons alike, over many draws."""
    dice = Dice(1)
    drawn = [dice.reason({Reason.INTERNAL: 0.25, Reason.BALANCE: 0.25}) for _ in range(4_000)]
    for reason, expected in ((None, 0.5), (Reason.INTERNAL, 0.25), (Reason.BALANCE, 0.25)):
        assert expected == pytest.approx(drawn.count(reason) / len(drawn), abs=0.03)
