"""What a rule is. A wrong one cannot be made: it raises when the rules are imported."""

from __future__ import annotations

import re
from enum import StrEnum

import msgspec

from alerting.yaml import Value

GRAFANA_LABEL = "grafana"
GRAFANA = f"{{{{ $externalLabels.{GRAFANA_LABEL} }}}}"
"""The base of every link in an alert. Prometheus knows the address from its environment
(alerting/scrape.py), so that no rule has to be made again where Grafana is opened elsewhere."""
RUNBOOK_PATH = "/public/pmm/runbook.html"
DASHBOARDS = f"{GRAFANA}/d/"

_ALERT = re.compile(r"Pmm([A-Z][a-z]+)+")
_DURATION = re.compile(r"[1-9][0-9]*[smhd]")


class Severity(StrEnum):
    """What a person does: act now, look today, or nothing."""

    CRITICAL = "critical"
    WARNING = "warning"
    NONE = "none"


class Recording(msgspec.Struct, frozen=True):
    """A recording rule; `name` is `level:metric:operations`."""

    name: str
    expr: str

    def __post_init__(self) -> None:
        """Raise ValueError for a name that does not say level, metric and operations."""
        if self.name.count(":") != 2:
            raise ValueError(f"recording rule {self.name!r} is not named level:metric:operations")

    def as_yaml(self) -> dict[str, Value]:
        """Return the rule as Prometheus reads it."""
        return {"record": self.name, "expr": self.expr}


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """An alerting rule. Raises ValueError, naming it, when it breaks a rule of the house.

    * `summary` is the symptom in words, `description` has the figures and what it means.
    * `hold` is how long it must be true; `keep` how long it goes on firing afterwards, so that a
      missed scrape is no all-clear.
    * `dashboard` is the uid of the dashboard to open.
    """

    name: str
    severity: Severity
    summary: str
    description: str
    expr: str
    hold: str = "0s"
    keep: str = "5m"
    dashboard: str = "pmm-health"

    def __post_init__(self) -> None:
        """Raise ValueError for a rule that breaks one of ours."""
        for is_broken, rule in (
            (not _ALERT.fullmatch(self.name), "is not CamelCase that begins with Pmm"),
            (not self.summary or self.summary.endswith("."), "has no summary, or one with a stop"),
            (not self.description.endswith("."), "has a description that is no sentence"),
            (self.hold != "0s" and not _DURATION.fullmatch(self.hold), "has no duration to hold"),
            (not _DURATION.fullmatch(self.keep), "has no duration to keep"),
        ):
            if is_broken:
                raise ValueError(f"alert {self.name!r} {rule}")

    @property
    def runbook(self) -> str:
        """The place in the runbook: a heading with the alert's name."""
        return f"{GRAFANA}{RUNBOOK_PATH}#{self.name}"

    def as_yaml(self) -> dict[str, Value]:
        """Return the rule as Prometheus reads it."""
        rule: dict[str, Value] = {"alert": self.name, "expr": self.expr}
        if self.hold != "0s":
            rule["for"] = self.hold
        return rule | {
            "keep_firing_for": self.keep,
            "labels": {"severity": str(self.severity)},
            "annotations": {
                "summary": self.summary,
                "description": self.description,
                "runbook_url": self.runbook,
                "dashboard_url": f"{DASHBOARDS}{self.dashboard}",
            },
        }


class Group(msgspec.Struct, frozen=True):
    """Rules that are evaluated together, in order, every `interval`."""

    name: str
    rules: tuple[Recording | Alert, ...]
    interval: str = "30s"

    def as_yaml(self) -> dict[str, Value]:
        """Return the group as a rule file has it."""
        return {
            "name": self.name,
            "interval": self.interval,
            "rules": [rule.as_yaml() for rule in self.rules],
        }
