"""The verdict as a table for people and as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from bot.battery.cases import BASE, STRESS, TOXIC
from bot.battery.criteria import Criteria
from bot.battery.gauge import Reading
from bot.battery.verdict import Verdict, kill_margin
from bot.domain.units import format_usd

COLUMNS = (
    "tape",
    "case",
    "hours",
    "fills",
    "profit",
    "drawdown",
    "switch",
    "cost 5 s",
    "30 s",
    "held",
    "blind",
)


def as_data(
    verdict: Verdict, readings: Sequence[Reading], criteria: Criteria, calibration_hash: str | None
) -> dict[str, Any]:
    """Return everything as plain data for `--json`."""
    return {
        "go": verdict.go,
        "reasons": [f"{each.subject}: {each.text}" for each in verdict.reasons],
        "calibration_hash": calibration_hash,
        "cases": {case.name: case.what for case in (BASE, *STRESS, TOXIC)},
        "criteria": msgspec.to_builtins(criteria),
        "findings": msgspec.to_builtins(verdict.findings),
        "runs": msgspec.to_builtins(readings, str_keys=True),
    }


def as_table(verdict: Verdict, readings: Sequence[Reading], loss_max_usd: float) -> RenderableType:
    """Return the runs line by line, what passed and what did not, and the verdict."""
    parts: list[RenderableType] = [_runs(readings, loss_max_usd)] if readings else []
    lines = Text()
    for finding in verdict.findings:
        word, style = ("pass", "green") if finding.passed else ("FAIL", "bold red")
        lines.append(word, style=style)
        lines.append(f"  {finding.subject}: {finding.text}\n")
    count = len(verdict.reasons)
    word, style = ("GO", "bold green") if verdict.go else ("NO-GO", "bold red")
    why = "every criterion is met" if verdict.go else f"{count} of {len(verdict.findings)} fail"
    lines.append(word, style=style)
    lines.append(f": {why}")
    for reason in verdict.reasons:
        lines.append(f"\n  {reason.subject}: {reason.text}")
    return Group(*parts, lines)


def _runs(readings: Sequence[Reading], loss_max_usd: float) -> Table:
    table = Table(*COLUMNS, title="Runs", title_justify="left")
    for column in table.columns[2:]:
        column.justify = "right"
    for reading in readings:
        table.add_row(
            escape(reading.tape),
            reading.case,
            f"{reading.hours:.1f}",
            f"{reading.fills:,}",
            format_usd(reading.pnl_usd),
            f"${reading.drawdown_usd:.2f}",
            reading.kill_reason or f"{kill_margin(reading, loss_max_usd):.0%} left",
            *(_cents(cost) for cost in reading.markout_cents.values()),
            f"{reading.end_shares:.1f}",
            f"{reading.untrusted_ratio:.1%}",
        )
    return table


def _cents(cost: float | None) -> str:
    return "-" if cost is None else f"{cost:.2f} c"
