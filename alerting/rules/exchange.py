"""Whether the account at the exchange is in hand: its heartbeat, its lists, its settlements."""

from __future__ import annotations

from alerting.rule import Alert, Group, Severity
from exporters.catalogue import exchange

HEARTBEAT_S_MAX = 8
"""One beat is sent every 5 s; after 10 s the exchange may cancel everything (polymarket.md 8.1)."""
WINDOW = "10m"
TRUTH_FAILURES_MIN = 5
"""Of about twenty comparisons in the window."""

HEARTBEAT = Alert(
    name="PmmHeartbeatOld",
    severity=Severity.CRITICAL,
    summary="{{ $labels.env }} does not reach the exchange with its heartbeat",
    description=(
        "The last heartbeat that the exchange took is {{ $value | humanizeDuration }} old. It "
        "takes every order of {{ $labels.env }} off now, and a cancel of ours may not reach it."
    ),
    expr=f"max by (env) ({exchange.HEARTBEAT_AGE.name}) > {HEARTBEAT_S_MAX}",
    hold="30s",
    dashboard="pmm-execution",
)
PENDING = Alert(
    name="PmmTradesHang",
    severity=Severity.WARNING,
    summary="Trades of {{ $labels.env }} are not settled",
    description=(
        "{{ $value }} fills of {{ $labels.env }} matched more than two minutes ago and are neither "
        "confirmed nor failed: risk counts them, they cannot be sold, and they may still fail."
    ),
    expr=f"max by (env) ({exchange.LEGS_PENDING_LONG.name}) > 0",
    hold="3m",
    dashboard="pmm-execution",
)
TRUTH = Alert(
    name="PmmTruthUnknown",
    severity=Severity.WARNING,
    summary="{{ $labels.env }} cannot compare itself with the exchange",
    description=(
        '{{ printf "%.0f" $value }} comparisons with the orders, trades and balances of the '
        f"exchange failed within {WINDOW}: a fill that its channel lost would not be found."
    ),
    expr=(
        f"max by (env) (increase({exchange.TRUTH_FAILURES.name}[{WINDOW}])) >= {TRUTH_FAILURES_MIN}"
    ),
    hold="2m",
    dashboard="pmm-execution",
)

GROUP = Group("pmm_exchange", (HEARTBEAT, PENDING, TRUTH))
