"""Money shows profit, holdings, costs and drawdown."""

from __future__ import annotations

from grafana_foundation_sdk.models.dashboard import Dashboard, RowPanel

from alerting.rules.money import CHECK_AGE_S_MAX
from grafana.boards import money


def titles(board: Dashboard) -> list[str]:
    """The titles of the panels."""
    return [p.title or "" for p in board.panels or [] if not isinstance(p, RowPanel)]


def test_every_part_of_the_account_is_shown() -> None:
    """What was earned, what is held, what was paid, and how far below the best it is."""
    assert {
        "Equity",
        "Realised",
        "Unrealised",
        "Drawdown",
        "Inventory by outcome and settlement",
        "Fees",
        "Gas",
        "Chain minus ledger",
        "Chain and ledger",
        "Since chain and ledger were compared",
        "Cash of the wallet",
        "POL for gas",
        "Looks at chain and ledger",
    } <= set(titles(money.build()))


def test_the_drawdown_turns_red_where_the_kill_switch_stands() -> None:
    """Five dollars by default; the age of a comparison where its alert does."""
    assert (5.0, "red") == money.LOSS_STEPS[-1]
    assert (float(CHECK_AGE_S_MAX), "red") == money.AGE_STEPS[-1]
