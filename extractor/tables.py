"""Tables of the report: what each bot did, and how far they are apart before and after."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from extractor.summary import Comparison, Summary, compare

CLOSE, APART = 1.25, 2.0
"""Up to 1.25 times is close; beyond 2 times is far: the alert's limit (calibration.md 0.9)."""
CLOSE_SIGNED, APART_SIGNED = 0.25, 1.0


class Cell(msgspec.Struct, frozen=True):
    """One cell: its text, and a verdict that colours it (`close`, `apart`, `far` or none)."""

    text: str
    verdict: str = ""


class Table(msgspec.Struct, frozen=True):
    """A table: headings of all columns, rows of cells; the first column names the figure."""

    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def plain_table(names: Sequence[str], summaries: Sequence[Summary]) -> Table:
    """Return the figures of each bot in a column of its own."""
    columns = [compare(summary, summary) for summary in summaries]
    rows = tuple(
        (Cell(_title(row[0])), *(Cell(number(each.first, each.unit)) for each in row))
        for row in zip(*columns, strict=True)
    )
    return Table(headings=("", *names), rows=rows)


def before_after_table(
    before: tuple[str, Summary], production: tuple[str, Summary], after: tuple[str, Summary]
) -> Table:
    """Return paper before, production, and paper after, with both ratios to production."""
    first = compare(before[1], production[1])
    second = compare(after[1], production[1])
    rows = tuple(
        (
            Cell(_title(old)),
            Cell(number(old.first, old.unit)),
            Cell(number(old.second, old.unit)),
            Cell(number(new.first, new.unit)),
            ratio_cell(old),
            ratio_cell(new),
        )
        for old, new in zip(first, second, strict=True)
    )
    headings = ("", before[0], production[0], after[0], "before", "after")
    return Table(headings=headings, rows=rows)


def ratio_cell(comparison: Comparison) -> Cell:
    """Return `1.73x close`, or for a signed figure `40 % off`, with its verdict in words."""
    ratio, fold = comparison.ratio, comparison.fold
    if ratio is None:
        return Cell("–")
    if comparison.is_signed:
        verdict = _verdict(ratio, CLOSE_SIGNED, APART_SIGNED)
        return Cell(f"{100 * ratio:.0f} % off, {verdict}", verdict)
    if fold is None:
        return Cell("–")
    verdict = _verdict(fold, CLOSE, APART)
    return Cell(f"{ratio:.2f}×, {verdict}", verdict)


def number(value: float | None, unit: str) -> str:
    """Return a figure as people read it: shares as percent, three digits, a dash for none."""
    if value is None:
        return "–"
    if unit == "share":
        return f"{100 * value:.1f} %"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 0.1 else 3
    return f"{value:,.{digits}f}"


def _title(comparison: Comparison) -> str:
    if comparison.unit == "share":
        return comparison.title
    return f"{comparison.title} ({comparison.unit})"


def _verdict(distance: float, close: float, apart: float) -> str:
    if distance <= close:
        return "close"
    return "apart" if distance <= apart else "far"
