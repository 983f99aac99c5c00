"""A wrong rule cannot be made."""

from typing import Any

import msgspec
import pytest

from alerting.rule import GRAFANA, RUNBOOK_PATH, Alert, Group, Recording, Severity

GOOD = Alert(
    name="PmmThing", severity=Severity.WARNING, summary="A thing", description="So.", expr="x > 1"
)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"name": "Thing"}, "Pmm"),
        ({"summary": "A thing."}, "summary"),
        ({"summary": ""}, "summary"),
        ({"description": "no stop"}, "sentence"),
        ({"hold": "soon"}, "hold"),
        ({"keep": "0s"}, "keep"),
    ],
)
def test_an_alert_that_breaks_a_rule_is_refused(changes: dict[str, Any], rule: str) -> None:
    """The error names the alert and the rule."""
    with pytest.raises(ValueError, match=rule):
        msgspec.structs.replace(GOOD, **changes)


def test_a_recording_says_level_metric_and_operations() -> None:
    """In three parts."""
    with pytest.raises(ValueError, match="level:metric:operations"):
        Recording("env_fills", "x")


def test_an_alert_leads_to_its_runbook_and_dashboard() -> None:
    """And holds only where asked to."""
    rule = GOOD.as_yaml()
    assert "for" not in rule
    assert f"{GRAFANA}{RUNBOOK_PATH}#PmmThing" == GOOD.runbook
    group = Group("g", (Recording("a:b:c", "x"),)).as_yaml()
    assert [{"record": "a:b:c", "expr": "x"}] == group["rules"]
