"""Losses, the kill switch, and whether the chain agrees with the ledger."""

from __future__ import annotations

from alerting.rule import Alert, Group, Severity
from exporters.catalogue import balance, health, money

DRAWDOWN_USD_MAX = 2.5
"""Half of the loss at which the kill switch trips by default."""
MISMATCH_USD_MAX = 0.5
CHECK_AGE_S_MAX = 1800

KILL_SWITCH = Alert(
    name="PmmKillSwitchTripped",
    severity=Severity.CRITICAL,
    summary="The kill switch of {{ $labels.env }} has tripped",
    description=(
        "{{ $labels.env }} took its orders off and trades no more until a person resets it. "
        "Check that no order is left, then why."
    ),
    expr=f"max by (env) (max_over_time({health.KILL_SWITCH.name}[5m])) == 1",
    dashboard="pmm-money",
)
DRAWDOWN = Alert(
    name="PmmDrawdown",
    severity=Severity.WARNING,
    summary="{{ $labels.env }} is {{ $value | humanize }} dollars below its best",
    description=(
        "Drawdown of {{ $labels.env }} is {{ $value | humanize }} dollars over all markets; the "
        "kill switch trips at a loss of 5 by default."
    ),
    expr=f"sum by (env) ({money.DRAWDOWN.name}) > {DRAWDOWN_USD_MAX}",
    hold="1m",
    keep="10m",
    dashboard="pmm-money",
)
MISMATCH = Alert(
    name="PmmBalanceMismatch",
    severity=Severity.CRITICAL,
    summary="Chain and ledger of {{ $labels.env }} disagree",
    description=(
        "The chain has {{ $value | humanize }} dollars more than the ledger in "
        "{{ $labels.asset }}. A fill was missed or counted twice, or money moved by hand."
    ),
    expr=(
        f"({balance.MISMATCH.name} > {MISMATCH_USD_MAX})\n"
        f"or ({balance.MISMATCH.name} < -{MISMATCH_USD_MAX})"
    ),
    hold="10m",
    dashboard="pmm-money",
)
UNCHECKED = Alert(
    name="PmmBalanceUnchecked",
    severity=Severity.WARNING,
    summary="The balances of {{ $labels.env }} are not checked",
    description=(
        "The last look at the chain that worked is {{ $value | humanizeDuration }} old: a mismatch "
        "would not be told."
    ),
    expr=f"time() - {balance.LAST_CHECK.name} > {CHECK_AGE_S_MAX}",
    hold="5m",
    dashboard="pmm-money",
)

GROUP = Group("pmm_money", (KILL_SWITCH, DRAWDOWN, MISMATCH, UNCHECKED))
