"""Judges the calibration itself: whether it measures enough, lately, and predicts."""

from __future__ import annotations

from bot.battery.criteria import ESTIMATES, HOLDOUT, Criteria, Finding
from bot.domain.calibration import Calibration
from bot.domain.units import NS_PER_S

SUBJECT = "calibration"
_DAY_NS = 86_400 * NS_PER_S


def judge_calibration(calibration: Calibration, now_ns: int, criteria: Criteria) -> list[Finding]:
    """Return one finding for each thing the calibration has to show; its hash was proven before."""
    return [
        _age(calibration, now_ns, criteria.calibration_age_days_max),
        *(_sufficient(calibration, name) for name in ESTIMATES),
        _holdout(calibration, criteria.holdout_fold_max),
    ]


def _age(calibration: Calibration, now_ns: int, days_max: float) -> Finding:
    days = (now_ns - calibration.window.until_ns) / _DAY_NS
    if days < 0:
        return Finding(SUBJECT, passed=False, text=f"its window ends {-days:.1f} days from now")
    return Finding(
        SUBJECT,
        passed=days <= days_max,
        text=f"measured until {days:.1f} days ago; at most {days_max:g}",
    )


def _sufficient(calibration: Calibration, name: str) -> Finding:
    estimate = calibration.estimates.get(name)
    if estimate is None:
        return Finding(SUBJECT, passed=False, text=f"{name} is not in it")
    note = f" ({estimate.note})" if estimate.note and not estimate.sufficient else ""
    said = "is measured" if estimate.sufficient else "is not measured well enough"
    return Finding(
        SUBJECT, passed=estimate.sufficient, text=f"{name} {said}, from {estimate.n:,}{note}"
    )


def _holdout(calibration: Calibration, fold_max: float) -> Finding:
    estimate = calibration.estimates.get(HOLDOUT)
    if estimate is None or not estimate.sufficient or not estimate.value:
        why = estimate.note if estimate is not None else f"{HOLDOUT} is not in it"
        return Finding(SUBJECT, passed=False, text=f"nothing says that it predicts: {why}")
    fold = max(estimate.value, 1.0 / estimate.value)
    return Finding(
        SUBJECT,
        passed=fold <= fold_max,
        text=f"predicts {estimate.value:.2f}x the fills of unseen hours; within {fold_max:g}x",
    )
