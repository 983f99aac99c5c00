"""The alerts of trading; what they do is played by promtool in tests/stack/alerting."""

from alerting.rules.trading import GROUP
from tests.alerting.names import lost_labels, unknown_names


def test_every_metric_is_in_the_catalogue() -> None:
    """Or is one of Prometheus and Alertmanager themselves, or recorded by us."""
    assert set() == unknown_names(GROUP)


def test_every_label_in_a_text_survives_the_expression() -> None:
    """A label that was summed away reads as nothing on a phone."""
    assert {} == lost_labels(GROUP)
