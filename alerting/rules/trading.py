"""Orders that are refused, lost or answered late."""

from __future__ import annotations

from alerting.rule import Alert, Group, Severity
from alerting.rules.recording import env
from exporters.catalogue import orders

WINDOW = "15m"
REJECTION_RATE_MAX = 0.2
REJECTED_MIN = 5
P95_S_MAX = 2.0
ANSWERS_MIN = 20
SHARE_BEYOND_MAX = 0.02
_ANSWERS = orders.ANSWER_SECONDS.name
_LAST_BOUND = f"{orders.ANSWER_SECONDS.buckets[-1]:.1f}"
_WITHIN = f'{{le="{_LAST_BOUND}"}}'
_BOARD = "pmm-execution"


def _increase(name: str, labels: str = "") -> str:
    return f"sum by (env) (increase({name}{labels}[{WINDOW}]))"


REJECTIONS = Alert(
    name="PmmRejectionSpike",
    severity=Severity.WARNING,
    summary="{{ $labels.env }} has {{ $value | humanizePercentage }} of its orders refused",
    description=(
        "Over 15 minutes {{ $value | humanizePercentage }} of the orders of {{ $labels.env }} were "
        "refused. The panel of reasons says whether it is the exchange, the balance or our prices."
    ),
    expr=(
        f"({_increase(orders.REJECTED.name)} + 0.5) / ({_increase(orders.SUBMITTED.name)} + 1)"
        f" > {REJECTION_RATE_MAX}\n"
        f"and on (env) ({_increase(orders.REJECTED.name)} >= {REJECTED_MIN})"
    ),
    hold="1m",
    keep="10m",
    dashboard=_BOARD,
)
LATENCY = Alert(
    name="PmmLatencyHigh",
    severity=Severity.WARNING,
    summary="The exchange answers {{ $labels.env }} slowly",
    description=(
        "One answer in twenty takes longer than {{ $value | humanizeDuration }} (15 minutes). "
        "Quotes are stale for at least as long."
    ),
    expr=(
        f"{env(orders.ANSWER_SECONDS, f'p95_{WINDOW}')} > {P95_S_MAX}\n"
        f"and on (env) ({_increase(f'{_ANSWERS}_count')} >= {ANSWERS_MIN})"
    ),
    hold="2m",
    keep="10m",
    dashboard=_BOARD,
)
BEYOND = Alert(
    name="PmmAnswersBeyondScale",
    severity=Severity.WARNING,
    summary="Answers to {{ $labels.env }} take longer than the scale goes",
    description=(
        f"{{{{ $value | humanizePercentage }}}} of the answers took more than {_LAST_BOUND} s, "
        "where quantiles stop telling anything."
    ),
    expr=(
        f"1 - {_increase(f'{_ANSWERS}_bucket', _WITHIN)}"
        f" / {_increase(f'{_ANSWERS}_count')} > {SHARE_BEYOND_MAX}\n"
        f"and on (env) ({_increase(f'{_ANSWERS}_count')} >= {ANSWERS_MIN})"
    ),
    hold="2m",
    keep="10m",
    dashboard=_BOARD,
)

GROUP = Group("pmm_trading", (REJECTIONS, LATENCY, BEYOND))
