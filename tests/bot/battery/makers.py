"""Calibrations and readings for the tests of the battery: good ones, to be spoilt."""

import msgspec

from bot.battery.cases import BASE
from bot.battery.criteria import ESTIMATES, HOLDOUT
from bot.battery.gauge import Reading
from bot.domain.calibration import (
    SCHEMA_VERSION,
    Calibration,
    Estimate,
    PaperConfig,
    QueueParameters,
    Window,
)
from bot.domain.units import NS_PER_S

UNTIL_NS = 1_782_864_000 * NS_PER_S
"""2026-07-01: the end of the window of `calibration`."""
A_DAY_LATER_NS = UNTIL_NS + 86_400 * NS_PER_S


def estimate(value: float = 1.0, *, sufficient: bool = True, note: str = "") -> Estimate:
    """A measured quantity."""
    return Estimate(value, "1", None, 100, "counted", sufficient, note)


def calibration(**estimates: Estimate) -> Calibration:
    """A calibration that measures what the battery needs; `estimates` replaces some of it."""
    good = {name: estimate() for name in (*ESTIMATES, HOLDOUT)}
    return Calibration(
        real_fill_rate=0.2,
        real_adverse_selection_bps=None,
        real_fee_bps=None,
        real_latency_ms=None,
        real_rejection_rate=None,
        real_spread_bps=None,
        real_gas_cost_per_tx=None,
        real_max_jump_pct=None,
        suggested_paper_config=PaperConfig(queue=QueueParameters(phi=0.5)),
        schema_version=SCHEMA_VERSION,
        window=Window(UNTIL_NS - 86_400 * NS_PER_S, UNTIL_NS),
        counts={},
        estimates=good | estimates,
        by_level={},
        by_horizon={},
        rejections_by_reason={},
        markets=("generated-market",),
        source="a test",
    )


def reading(**changes: object) -> Reading:
    """A base run that nothing speaks against, with these fields changed."""
    good = Reading(
        tape="monday",
        case=BASE.name,
        hours=4.0,
        orders=200,
        fills=60,
        pnl_usd=1.6,
        worst_usd=-0.1,
        drawdown_usd=0.2,
        block_pnl_usd=(0.1,) * 16,
        markout_cents={5: 0.1, 30: 0.2},
        end_shares=5.0,
        untrusted_ratio=0.001,
        damaged_ratio=0.0,
        kill_reason=None,
    )
    return msgspec.structs.replace(good, **changes)
