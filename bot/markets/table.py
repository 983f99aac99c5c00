"""A screen's result as a table for people and as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from bot.markets.scan import Scan
from bot.venues.polymarket.screening import (
    BALANCE_WEIGHT,
    FLOW_WEIGHT,
    REWARDS_WEIGHT,
    SPREAD_WEIGHT,
    Score,
    Verdict,
)


def as_data(found: Scan, limit: int) -> dict[str, Any]:
    """Return the first `limit` verdicts as plain data for `--json`."""
    return {
        "looked_at": len(found.verdicts),
        "passing": len(found.passing),
        "refused": list(found.refused),
        "markets": [_as_data(verdict) for verdict in found.verdicts[:limit]],
    }


def as_table(found: Scan, limit: int) -> Table:
    """Return the first `limit` verdicts as a table: score and its parts, or what failed."""
    table = Table(
        "market",
        "score",
        "why",
        title=f"{len(found.passing)} of {len(found.verdicts)} markets pass",
        title_justify="left",
        show_lines=True,
    )
    for verdict in found.verdicts[:limit]:
        score = verdict.score
        table.add_row(
            Text(verdict.listing.market.slug),
            "-" if score is None else f"{score.total:.1f}",
            Text("\n".join(why(verdict))),
        )
    return table


def why(verdict: Verdict) -> Sequence[str]:
    """Return, line by line, why a market passed or failed: every criterion and the score."""
    passed = ", ".join(f"{check.name} {check.value}" for check in verdict.checks if check.passed)
    failed = [
        f"FAILS {check.name}: {check.value} (wanted {check.wanted})" for check in verdict.failures
    ]
    scored = [] if verdict.score is None else [f"score: {parts(verdict.score)}"]
    return [*failed, *scored, f"ok: {passed or 'nothing'}"]


def parts(score: Score) -> str:
    """Return how a score adds up."""
    points = (
        ("flow", score.flow, FLOW_WEIGHT),
        ("spread", score.spread, SPREAD_WEIGHT),
        ("balance", score.balance, BALANCE_WEIGHT),
        ("rewards", score.rewards, REWARDS_WEIGHT),
    )
    return " + ".join(f"{name} {part * weight:.1f}/{weight}" for name, part, weight in points)


def _as_data(verdict: Verdict) -> dict[str, Any]:
    market, score = verdict.listing.market, verdict.score
    return {
        "slug": market.slug,
        "question": market.question,
        "condition_id": market.condition_id,
        "passes": verdict.passes,
        "score": None if score is None else score.total,
        "score_parts": None
        if score is None
        else {name: getattr(score, name) for name in score.__struct_fields__},
        "checks": {
            check.name: {"passed": check.passed, "value": check.value, "wanted": check.wanted}
            for check in verdict.checks
        },
    }
