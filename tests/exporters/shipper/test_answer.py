"""What a status says of a write."""

import pytest

from exporters.shipper.answer import Outcome, outcome_of


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (204, Outcome.WRITTEN),
        (200, Outcome.MISCONFIGURED),  # something in front of the store answered
        (302, Outcome.MISCONFIGURED),
        (400, Outcome.REFUSED),
        (401, Outcome.MISCONFIGURED),
        (403, Outcome.MISCONFIGURED),
        (404, Outcome.MISCONFIGURED),
        (408, Outcome.FAILED),
        (413, Outcome.REFUSED),
        (422, Outcome.REFUSED),
        (429, Outcome.BUSY),
        (500, Outcome.FAILED),
        (503, Outcome.BUSY),
    ],
)
def test_status_decides_what_follows(status: int, outcome: Outcome) -> None:
    """Only 204 confirms, only 400, 413 and 422 refuse for good."""
    assert outcome is outcome_of(status)
