"""Which metric names a group of rules uses that nobody exports."""

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
