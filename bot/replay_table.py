"""The summary of a replay, as a table for people and as plain data."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from bot.domain.units import format_usd
from bot.replay import Replayed


def as_data(result: Replayed) -> dict[str, Any]:
    """Return the summary as plain data for `--json`."""
    tally = result.tally
    return {
        "frames": result.frames,
        "damaged_lines": result.damaged_lines,
        "tape_s": result.tape_s,
        "wall_s": result.wall_s,
        "level_changes_per_s": result.level_changes_per_s,
        "feed": dict(tally.feed),
        "clock_offset_ms": tally.clock_offset_ms,
        "orders": {
            "submitted": tally.submitted,
            "accepted": tally.accepted,
            "rejected": dict(tally.rejected),
            "canceled": tally.canceled,
        },
        "fills": dict(tally.fills),
        "filled_orders": tally.filled_orders,
        "filled_shares": tally.filled_shares,
        "fill_rate": tally.fill_rate,
        "pauses": dict(tally.pauses),
        "equity_usd": tally.equity_usd,
        "kill_reason": tally.kill_reason,
    }


def as_table(result: Replayed) -> Table:
    """Return the summary as a table: what came in, what the bot did, what came of it."""
    tally, feed = result.tally, result.tally.feed
    table = Table("", "replay", title="Summary", title_justify="left")
    rows = [
        ("tape time", f"{result.tape_s:,.1f} s"),
        ("frames", f"{result.frames:,}"),
        ("level changes", f"{feed['level_changes']:,}"),
        ("prints", f"{feed['prints']:,}"),
        ("damaged frames / lines", f"{feed['damaged']:,} / {result.damaged_lines:,}"),
        ("unknown tokens, duplicates", f"{feed['unknown_tokens']:,}, {feed['duplicates']:,}"),
        ("touch mismatches, pruned", f"{feed['touch_mismatches']:,}, {feed['pruned_levels']:,}"),
        ("book hashes wrong", f"{feed['hash_mismatches']:,} of {feed['hash_checks']:,}"),
        ("venue time went back", f"{feed['backward_steps']:,}"),
        ("clock offset", _ms(tally.clock_offset_ms)),
        ("orders submitted / accepted", f"{tally.submitted:,} / {tally.accepted:,}"),
        ("rejected", _counts(tally.rejected)),
        ("fills by evidence", _counts(tally.fills)),
        ("filled", f"{tally.filled_shares:,.2f} shares of {tally.filled_orders:,} orders"),
        ("fill rate", "-" if tally.fill_rate is None else f"{tally.fill_rate:.1%}"),
        ("not quoting because", _counts(tally.pauses)),
        ("profit and loss", format_usd(tally.equity_usd)),
        ("kill switch", tally.kill_reason or "armed"),
        ("speed", f"{result.level_changes_per_s:,.0f} level changes/s in {result.wall_s:.2f} s"),
    ]
    for name, value in rows:
        table.add_row(name, value)
    return table


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items())) or "none"


def _ms(value: float | None) -> str:
    return "unknown" if value is None else f"{value:,.1f} ms"
