"""What a shipper tells of itself."""

from exporters.shipper.answer import Outcome
from exporters.shipper.progress import Progress


def test_failed_writes_are_those_that_are_tried_again() -> None:
    """Written and refused are final."""
    progress = Progress()
    for outcome in Outcome:
        progress.requests[outcome] += 1
    assert len(Outcome) - 2 == progress.failed_writes
