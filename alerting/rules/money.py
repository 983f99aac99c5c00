"""Losses, the kill switch, and whether the chain agrees with the ledger."""

from __future__ import annotations

from alerting.rule import Alert, Group, Severity
from exporters.catalogue import balance, health, money

DRAWDOWN_USD_MAX = 2.5
"""Half of the loss at which the kill switch trips by default."""
CHECK_AGE_S_MAX = 900
USD = '{{ printf "%.2f" $value }} dollars'
"""Never `humanize`: to it half a dollar is 500m, and a phone shows five hundred million."""
PROD_UP = 'up{job="bot", env="prod"}'

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
    summary=f"{{{{ $labels.env }}}} is {USD} below its best",
    description=(
        f"{{{{ $labels.env }}}} is {USD} below its best of the run, over all markets; the kill "
        "switch trips at a loss of 5 by default."
    ),
    # The twin's money is nobody's.
    expr=f'sum by (env) ({money.DRAWDOWN.name}{{env!="twin"}}) > {DRAWDOWN_USD_MAX}',
    hold="1m",
    keep="10m",
    dashboard="pmm-money",
)
MISMATCH = Alert(
    name="PmmBalanceMismatch",
    severity=Severity.CRITICAL,
    summary="Chain and ledger of {{ $labels.env }} disagree",
    description=(
        f"Chain minus ledger is {USD} in {{{{ $labels.asset }}}}, and no match on its way explains "
        "it. A fill was missed or counted twice, or money moved by hand."
    ),
    expr=(
        f"({balance.MISMATCH.name} > {balance.MISMATCH_USD_MAX})\n"
        f"or ({balance.MISMATCH.name} < -{balance.MISMATCH_USD_MAX})"
    ),
    hold="10m",
    # Longer than PmmBalanceUnchecked takes to begin: who cannot look gives no all-clear.
    keep="15m",
    dashboard="pmm-money",
)
UNCHECKED = Alert(
    name="PmmBalanceUnchecked",
    severity=Severity.WARNING,
    summary="The balances of {{ $labels.env }} are not checked",
    description=(
        "Chain and ledger have not been compared for a quarter of an hour: a mismatch would not be "
        "told. Either side may be unreadable, or the wallet exporter is not there."
    ),
    expr=(
        f"(max by (env) (time() - {balance.LAST_CHECK.name}) > {CHECK_AGE_S_MAX})\n"
        f"or (max by (env) ({PROD_UP}) == 1 unless on (env) {balance.LAST_CHECK.name})"
    ),
    hold="5m",
    dashboard="pmm-money",
)
GAS = Alert(
    name="PmmGasUnexplained",
    severity=Severity.CRITICAL,
    summary="POL of {{ $labels.env }} is gone without a transaction of ours",
    description=(
        '{{ printf "%.4f" $value }} POL since the exporter began, beyond the gas of what the '
        "wallet command sent. Somebody else may hold the key."
    ),
    expr=f"{balance.GAS_MISMATCH.name} < -{balance.GAS_POL_MAX}",
    hold="5m",
    keep="15m",
    dashboard="pmm-money",
)

GROUP = Group("pmm_money", (KILL_SWITCH, DRAWDOWN, MISMATCH, UNCHECKED, GAS))
