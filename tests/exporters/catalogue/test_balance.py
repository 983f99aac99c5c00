"""The balance metrics are what the alerts on them need."""

from exporters.catalogue import balance
from exporters.catalogue.types import by_name


def test_names_come_once() -> None:
    """And are about balances."""
    assert all(name.startswith("pmm_balance_") for name in by_name(balance.METRICS))
