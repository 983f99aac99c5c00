"""Reports: closed sets that are safe as labels, and records that name one order."""

import typing
from enum import StrEnum

import msgspec
import pytest

from bot.domain import reports

REPORTS = typing.get_args(reports.VenueReport)
CLOSED_SETS = (
    reports.RejectionReason,
    reports.CancelReason,
    reports.Evidence,
    reports.TradeState,
)


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.__name__)
def test_every_report_names_an_order_of_ours(report: type[msgspec.Struct]) -> None:
    """The engine finds the order first of all, and nobody changes a report."""
    assert "order_id" == report.__struct_fields__[0]
    assert report.__struct_config__.frozen


@pytest.mark.parametrize("closed_set", CLOSED_SETS, ids=lambda enum: enum.__name__)
def test_label_values_are_plain_words(closed_set: type[StrEnum]) -> None:
    """Values are lower-case names, so they can be metric labels as they are."""
    assert [member.name.lower() for member in closed_set] == [str(member) for member in closed_set]


def test_what_emerges_is_told_from_what_is_drawn() -> None:
    """Crosses, balance, grid, size and rate limit emerge; the exchange's own state is drawn."""
    drawn = {reason.value for reason in set(reports.RejectionReason) - reports.ENDOGENOUS}
    assert {"paused", "auth", "geoblock", "duplicate", "other"} == drawn
