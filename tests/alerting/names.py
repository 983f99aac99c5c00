"""What a group of rules uses that is not there: metric names, and labels in its texts."""

import re

from alerting.rule import Group, Recording
from alerting.rules import GROUPS
from exporters.catalogue import METRICS, balance, divergence

KNOWN = {
    series
    for metric in (*METRICS.values(), *divergence.METRICS, *balance.METRICS)
    for series in metric.series
}
RECORDED = {rule.name for group in GROUPS for rule in group.rules if isinstance(rule, Recording)}
# A selector's braces and strings are cut out; what is left with an underscore or colon is a name.
_NAME = re.compile(r"\b(?:pmm|env|pair|prometheus|alertmanager)[:_][a-zA-Z0-9_:]+")
_OTHERS = ("prometheus_", "alertmanager_")


def unknown_names(group: Group) -> set[str]:
    """Names in expressions of the group that are neither exported nor recorded."""
    used = {name for rule in group.rules for name in _NAME.findall(rule.expr)}
    return {name for name in used - KNOWN - RECORDED if not name.startswith(_OTHERS)}


def lost_labels(group: Group) -> dict[str, set[str]]:
    """Labels that a text uses and its expression sums away, by rule."""
    lost = {}
    for rule in group.rules:
        aggregated = re.match(r"^\(?(?:sum|max|min) by \(([a-z_, ]+)\)", rule.expr)
        used = set(re.findall(r"\$labels\.([a-z_]+)", str(rule.as_yaml())))
        if aggregated and " or " not in f" {rule.expr} ".replace("\n", " "):
            lost[rule.name] = used - {*aggregated[1].replace(" ", "").split(","), "severity"}
    return {name: labels for name, labels in lost.items() if labels}
