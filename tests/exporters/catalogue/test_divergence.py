"""The divergence metrics speak of the two sides and of every compared quantity."""

from exporters.catalogue import divergence
from exporters.catalogue.types import by_name


def test_names_come_once_and_share_their_subject() -> None:
    """A panel finds them all under one prefix."""
    names = by_name(divergence.METRICS)
    assert all(name.startswith("pmm_divergence_") for name in names)


def test_none_has_an_open_label() -> None:
    """They speak of both bots and all markets together."""
    labels = {label for metric in divergence.METRICS for label in metric.labels}
    assert all(label.values for label in labels)
    assert 7 == len(divergence.COMPARED.values or ())
