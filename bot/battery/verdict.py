"""Judges what was played: GO or NO-GO, with a reason for each thing that was looked at."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean, stdev

import msgspec

from bot.battery.cases import BASE, NO_PRINTS
from bot.battery.criteria import BLOCK_S, Criteria, Finding
from bot.battery.gauge import Reading
from bot.domain.units import format_usd

BLOCKS_AN_HOUR = 3_600 / BLOCK_S
Z_95 = 1.645
"""One-sided 95 % of the normal distribution."""


class Verdict(msgspec.Struct, frozen=True):
    """GO when every finding passed."""

    go: bool
    findings: tuple[Finding, ...]

    @property
    def reasons(self) -> tuple[Finding, ...]:
        """What speaks against it; empty for GO."""
        return tuple(finding for finding in self.findings if not finding.passed)


def conclude(findings: Sequence[Finding]) -> Verdict:
    """Return the verdict; without any finding it is NO-GO."""
    return Verdict(bool(findings) and all(each.passed for each in findings), tuple(findings))


def judge_runs(
    readings: Sequence[Reading], loss_max_usd: float, criteria: Criteria
) -> list[Finding]:
    """Return the findings of all runs; `loss_max_usd` is the loss at which the switch trips."""
    base = [reading for reading in readings if reading.case == BASE.name]
    stress = [reading for reading in readings if reading.case != BASE.name]
    findings = _enough(base, criteria)
    findings.append(_profit(base, loss_max_usd, criteria))
    for reading in base:
        findings += _undisturbed(reading, loss_max_usd, criteria)
    for case in dict.fromkeys(reading.case for reading in stress):
        runs = [reading for reading in stress if reading.case == case]
        findings.append(_stressed(runs, loss_max_usd, criteria))
        if case == NO_PRINTS.name:
            findings.append(_unproven(runs))
    return findings


def lower_bound(blocks_usd: Sequence[float]) -> float | None:
    """Return the one-sided 95 % lower bound of the mean, in dollars a block; `None` below two.

    Student's t from the normal quantile to first order (Abramowitz and Stegun 26.7.5).
    """
    if len(blocks_usd) < 2:
        return None
    freedom = len(blocks_usd) - 1
    t = Z_95 + (Z_95**3 + Z_95) / (4.0 * freedom)
    return fmean(blocks_usd) - t * stdev(blocks_usd) / math.sqrt(len(blocks_usd))


def _enough(base: Sequence[Reading], criteria: Criteria) -> list[Finding]:
    hours = sum(reading.hours for reading in base)
    fills = sum(reading.fills for reading in base)
    return [
        Finding(
            "all base runs",
            passed=hours >= criteria.hours_min,
            text=f"{hours:.1f} hours of tape; {criteria.hours_min:g} at least",
        ),
        Finding(
            "all base runs",
            passed=fills >= criteria.fills_min,
            text=f"{fills} fills; {criteria.fills_min} at least",
        ),
    ]


def _profit(base: Sequence[Reading], loss_max_usd: float, criteria: Criteria) -> Finding:
    blocks = [usd for reading in base for usd in reading.block_pnl_usd]
    bound = lower_bound(blocks)
    if bound is None or len(blocks) < criteria.blocks_min:
        return Finding(
            "all base runs",
            passed=False,
            text=f"{len(blocks)} quarters of an hour say nothing of the profit; "
            f"{criteria.blocks_min} at least",
        )
    least = bound * BLOCKS_AN_HOUR
    limit = -loss_max_usd / criteria.survival_h_min
    return Finding(
        "all base runs",
        passed=least >= limit,
        text=f"profit {format_usd(fmean(blocks) * BLOCKS_AN_HOUR)} an hour, likely above "
        f"{format_usd(least)}; {format_usd(limit)} at least",
    )


def _undisturbed(reading: Reading, loss_max_usd: float, criteria: Criteria) -> list[Finding]:
    margin = kill_margin(reading, loss_max_usd)
    subject = f"{reading.case}, {reading.tape}"
    return [
        Finding(
            subject,
            passed=reading.kill_reason is None and margin >= criteria.kill_margin_min,
            text=f"the kill switch {_switch(reading)}, {margin:.0%} of its ${loss_max_usd:.2f} "
            f"unused; {criteria.kill_margin_min:.0%} at least",
        ),
        Finding(
            subject,
            passed=reading.untrusted_ratio <= criteria.untrusted_ratio_max,
            text=f"a book could not be trusted for {reading.untrusted_ratio:.1%} of the time; "
            f"{criteria.untrusted_ratio_max:.0%} at most",
        ),
        Finding(
            subject,
            passed=reading.damaged_ratio <= criteria.damaged_ratio_max,
            text=f"{reading.damaged_ratio:.2%} of the tape is damaged; "
            f"{criteria.damaged_ratio_max:.0%} at most",
        ),
    ]


def _stressed(runs: Sequence[Reading], loss_max_usd: float, criteria: Criteria) -> Finding:
    # One finding a case, about the tape on which it went worst.
    reading = min(runs, key=lambda each: each.worst_usd)
    worst, allowed = abs(reading.worst_usd), loss_max_usd * criteria.stress_loss_max_ratio
    return Finding(
        reading.case,
        passed=worst <= allowed,
        text=f"lost ${worst:.2f} at worst ({reading.tape}), the kill switch {_switch(reading)}; "
        f"${allowed:.2f} at most",
    )


def _unproven(runs: Sequence[Reading]) -> Finding:
    fills = sum(reading.fills for reading in runs)
    return Finding(
        runs[0].case, passed=fills == 0, text=f"{fills} fills without a print; 0 at most"
    )


def kill_margin(reading: Reading, loss_max_usd: float) -> float:
    """Return the share of the loss limit that was never used, 0 when all of it was."""
    return max(0.0, 1.0 + reading.worst_usd / loss_max_usd)


def _switch(reading: Reading) -> str:
    return "held" if reading.kill_reason is None else f"tripped ({reading.kill_reason})"
