"""Whether records get through, the calibration is fresh, and alerting itself works."""

from __future__ import annotations

from alerting.rule import Alert, Group, Severity
from exporters.catalogue import health, twin

SHIPPER_LAG_S_MAX = 600
CALIBRATION_AGE_S_MAX = 7 * 24 * 3600

SHIPPER = Alert(
    name="PmmShipperLag",
    severity=Severity.WARNING,
    summary="Events of {{ $labels.env }} do not reach InfluxDB",
    description=(
        "The oldest event not confirmed is {{ $value | humanizeDuration }} old. Nothing is lost "
        "while the disk has room: the journal keeps it."
    ),
    expr=f"{health.SHIPPER_LAG.name} > {SHIPPER_LAG_S_MAX}",
    hold="5m",
)
JOURNAL = Alert(
    name="PmmJournalBroken",
    severity=Severity.CRITICAL,
    summary="{{ $labels.env }} cannot write its journal",
    description=(
        "The last write of the journal failed: the disk is full or broken. What happens now is "
        "recorded nowhere."
    ),
    expr=f"{health.JOURNAL_HEALTHY.name} == 0",
    hold="1m",
)
CALIBRATION = Alert(
    name="PmmCalibrationOld",
    severity=Severity.WARNING,
    summary="The calibration of {{ $labels.env }} is old",
    description=(
        "It was measured {{ $value | humanizeDuration }} ago. Run the extractor, or say in the "
        "silence why not."
    ),
    expr=f"time() - {health.CALIBRATION_END.name} > {CALIBRATION_AGE_S_MAX}",
    hold="1h",
    keep="15m",
    dashboard="pmm-calibration",
)
TWIN = Alert(
    name="PmmTwinSilent",
    severity=Severity.WARNING,
    summary="The twin of {{ $labels.env }} fell silent",
    description=(
        "{{ $labels.env }} trades on without it, but nothing compares paper and production order "
        "by order until it starts again."
    ),
    expr=f"{twin.UP.name} == 0",
    hold="5m",
    dashboard="pmm-calibration",
)
TARGET_DOWN = Alert(
    name="PmmTargetDown",
    severity=Severity.WARNING,
    summary="{{ $labels.job }} does not answer Prometheus",
    description="The target {{ $labels.instance }} of {{ $labels.job }} cannot be scraped.",
    expr='up{job!="bot", job!="divergence"} == 0',
    hold="5m",
)
RULES = Alert(
    name="PmmRuleFailures",
    severity=Severity.CRITICAL,
    summary="Prometheus cannot evaluate its rules",
    description="Rules of {{ $labels.rule_group }} failed: alerts of this group do not fire.",
    expr="increase(prometheus_rule_evaluation_failures_total[15m]) > 0",
)
NOTIFICATIONS = Alert(
    name="PmmNotificationsFailed",
    severity=Severity.CRITICAL,
    summary="Alerts do not get out",
    description=(
        "Alertmanager failed to deliver by {{ $labels.integration }}, or Prometheus dropped alerts "
        "on the way to it. Look at the webhook file and its log."
    ),
    expr=(
        "sum by (integration) (increase(alertmanager_notifications_failed_total[15m])) > 0\n"
        "or sum by (job) (increase(prometheus_notifications_dropped_total[15m])) > 0"
    ),
)
WATCHDOG = Alert(
    name="PmmWatchdog",
    severity=Severity.NONE,
    summary="Alerting works",
    description="This always fires. Whoever receives it tells when it stops.",
    expr="vector(1)",
)

GROUP = Group(
    "pmm_pipeline",
    (SHIPPER, JOURNAL, CALIBRATION, TWIN, TARGET_DOWN, RULES, NOTIFICATIONS, WATCHDOG),
)
