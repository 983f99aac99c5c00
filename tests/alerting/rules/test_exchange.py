"""The alerts on the account at the exchange; promtool plays them in tests/stack/alerting."""

import re

from alerting.rules.exchange import GROUP
from tests.alerting.names import unknown_names


def test_every_metric_is_in_the_catalogue() -> None:
    """Or is one of Prometheus and Alertmanager themselves, or recorded by us."""
    assert set() == unknown_names(GROUP)


def test_every_label_in_a_text_survives_the_expression() -> None:
    """A label that was summed away reads as nothing on a phone."""
    for rule in GROUP.rules:
        aggregated = re.match(r"^\(?(?:sum|max|min) by \(([a-z_, ]+)\)", rule.expr)
        used = set(re.findall(r"\$labels\.([a-z_]+)", str(rule.as_yaml())))
        if aggregated and " or " not in f" {rule.expr} ".replace("\n", " "):
            assert used <= {*aggregated[1].replace(" ", "").split(","), "severity"}, rule.name
