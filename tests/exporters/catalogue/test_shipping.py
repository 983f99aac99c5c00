"""The shipper's entries and its outcomes speak of the same things."""

from exporters.catalogue import METRICS, shipping
from exporters.shipper.answer import Outcome


def test_every_outcome_is_a_label_value() -> None:
    """No request is counted under a name that the catalogue does not have."""
    assert tuple(Outcome) == shipping.RESULT.values


def test_entries_are_in_the_catalogue() -> None:
    """Dashboards and documents find them."""
    assert all(METRICS[metric.name] is metric for metric in shipping.METRICS)
