"""The wallet as metrics."""

from __future__ import annotations

from prometheus_client import CollectorRegistry

from bot.domain.units import dollars
from bot.wallet.chain import Balances
from exporters.catalogue import balance as metrics
from exporters.families import Families, Gauges
from exporters.wallet.amounts import Amounts, Comparison
from exporters.wallet.gas import WEI_PER_POL

_ASSETS = metrics.ASSET.values or ()


class WalletMetrics:
    """Every `pmm_balance_*` series of one registry, from the start; unknown until a look worked."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Make every series."""
        families = Families(registry, [])
        self._mismatch = families.gauges(metrics.MISMATCH)
        self._chain = families.gauges(metrics.CHAIN)
        self._ledger = families.gauges(metrics.LEDGER)
        self._in_flight = families.gauges(metrics.IN_FLIGHT)
        self._pusd = families.gauges(metrics.PUSD)
        self._usdc_e = families.gauges(metrics.USDC_E)
        self._gas = families.gauges(metrics.GAS)
        self._gas_mismatch = families.gauges(metrics.GAS_MISMATCH)
        self._last_check = families.gauges(metrics.LAST_CHECK)
        self._checks = families.counters(metrics.CHECKS)
        self._node_failures = families.counters(metrics.NODE_FAILURES)

    def show_chain(self, balances: Balances, gas_mismatch_pol: float | None) -> None:
        """Take what the chain says; `None` when the wallet's own journal cannot be read."""
        self._pusd.set(to=dollars(balances.pusd))
        self._usdc_e.set(to=dollars(balances.usdc_e))
        self._gas.set(to=balances.gas_wei / WEI_PER_POL)
        if gas_mismatch_pol is not None:
            self._gas_mismatch.set(to=gas_mismatch_pol)

    def show(self, found: Comparison, now_s: float) -> None:
        """Take a comparison."""
        self._last_check.set(to=now_s)
        self._in_flight.set(to=found.in_flight)
        for gauges, amounts in (
            (self._chain, found.chain),
            (self._ledger, found.ledger),
            (self._mismatch, found.chain.minus(found.ledger)),
        ):
            _set(gauges, amounts, found.mid)

    def count(self, result: str, node_failures: int) -> None:
        """Count a look, and the questions that nodes left without an answer in it."""
        self._checks.add(result)
        self._node_failures.add(amount=node_failures)


def _set(gauges: Gauges, amounts: Amounts, mid: float) -> None:
    for asset, usd in zip(_ASSETS, amounts.in_usd(mid), strict=True):
        gauges.set(asset, to=usd)
