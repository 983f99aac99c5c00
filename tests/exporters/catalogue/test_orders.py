"""The closed sets of the order metrics are those of the bot."""

import pytest

from bot.execution.reconcile import CancelCause
from bot.risk.controls import CONTROLS
from exporters.catalogue import orders
from exporters.catalogue.types import OTHER


def test_controls_are_those_of_the_risk_room() -> None:
    """A new control has to be added to the label."""
    assert (*CONTROLS, OTHER) == orders.CONTROL.values


def test_cancel_causes_are_those_of_reconciling_and_of_the_engine() -> None:
    """Reconciling has three causes; the engine cancels everything at a stop or a trip."""
    assert (*CancelCause, "stop", "kill_switch", OTHER) == orders.CANCEL_CAUSE.values


@pytest.mark.parametrize(
    ("level", "value"), [(-2, "-1"), (-1, "-1"), (0, "0"), (2, "2"), (3, "3+"), (40, "3+")]
)
def test_every_level_has_a_value_of_the_label(level: int, value: str) -> None:
    """Levels far behind share one value."""
    assert value == orders.level_value(level)
    assert value in (orders.LEVEL.values or ())


def test_tick_to_order_buckets_go_past_the_time_outs() -> None:
    """A request is given up after 20 s, a connection after 5 s."""
    assert 20.0 < orders.TICK_TO_ORDER_SECONDS.buckets[-1]
    assert 20.0 < orders.TICK_TO_ORDER_STAGE_SECONDS.buckets[-1]


def test_answer_buckets_go_past_the_time_out() -> None:
    """A quantile of answers can exceed the 10 s at which an answer counts as lost."""
    assert 10.0 < orders.ANSWER_SECONDS.buckets[-2]
    assert 10.0 < orders.CANCEL_SECONDS.buckets[-2]
