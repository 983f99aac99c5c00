"""Tables of the report: what each bot did, and how far they are apart before and after."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from bot.domain.agreement import Agreement
from bot.domain.calibration import Estimate
from extractor.summary import Comparison, Summary, compare

CLOSE, APART = 1.25, 2.0
"""Up to 1.25 times is close; beyond 2 times is far: the alert's limit (calibration.md 0.9)."""
CLOSE_SIGNED, APART_SIGNED = 0.25, 1.0


WHO_FILLED = {
    Agreement.BOTH: "on both sides",
    Agreement.ONLY_PAPER: "only on paper",
    Agreement.ONLY_PRODUCTION: "only in production",
    Agreement.NEITHER: "nowhere",
}


class Cell(msgspec.Struct, frozen=True):
    """One cell: its text, and a style, one of `close`, `apart`, `far`, `note` or none."""

    text: str
    verdict: str = ""


class Table(msgspec.Struct, frozen=True):
    """A table with a sentence on how to read it; the first column names the figure."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def estimates_table(estimates: Mapping[str, Estimate]) -> Table:
    """Return every estimate with its interval, sample and note; what is not sufficient says so."""
    rows = tuple(
        (
            Cell(name.replace("_", " ")),
            Cell("–" if each.value is None else _with_unit(each.value, each)),
            Cell("–" if each.interval is None else _interval(each.interval, each)),
            Cell(f"{each.n:,}"),
            Cell("yes", "close") if each.sufficient else Cell("no", "apart"),
            Cell(each.note, "note"),
        )
        for name, each in estimates.items()
    )
    return Table(
        caption="The truth lies in the interval with 95 % confidence. What is not enough data "
        "changes nothing: the paper bot keeps its default there.",
        headings=("", "measured", "95 % interval", "sample", "enough", "note"),
        rows=rows,
    )


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
    return Table(
        caption=(
            f"The last two columns set paper against {production[0]}: 1.00× is a perfect match. "
            f"Close is within {CLOSE}×, far is beyond {APART:.0f}×; figures that may be negative "
            "show their difference in percent of the larger."
        ),
        headings=(
            "",
            before[0],
            production[0],
            after[0],
            f"{before[0]} ÷ {production[0]}",
            f"{after[0]} ÷ {production[0]}",
        ),
        rows=rows,
    )


def agreement_table(agreed: Mapping[Agreement, int]) -> Table | None:
    """Return on how many orders paper and production agree; `None` when none was compared."""
    orders = sum(agreed.values())
    if not orders:
        return None
    rows = tuple(
        (
            Cell(WHO_FILLED[each]),
            Cell(f"{agreed.get(each, 0):,}"),
            Cell(number(agreed.get(each, 0) / orders, "share")),
        )
        for each in Agreement
    )
    return Table(
        caption="The same decisions on paper and in production, order by order. Good: few orders "
        "that only one side filled, and about as many on either side.",
        headings=("filled", "orders", "share"),
        rows=rows,
    )


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
    verdict = _verdict(round(fold, 2), CLOSE, APART)  # what is shown is what is judged
    return Cell(f"{ratio:.2f}×, {verdict}", verdict)


def number(value: float | None, unit: str) -> str:
    """Return a figure as people read it: shares as percent, three digits, a dash for none."""
    if value is None:
        return "–"
    if value == 0:
        return "0"
    if unit == "share":
        return f"{100 * value:.1f} %"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 0.1 else 3
    return f"{value:,.{digits}f}"


def _with_unit(value: float, estimate: Estimate) -> str:
    if estimate.unit == "1":
        return number(value, "share")
    return f"{number(value, estimate.unit)} {estimate.unit}"


def _interval(interval: tuple[float, float], estimate: Estimate) -> str:
    unit = "share" if estimate.unit == "1" else estimate.unit
    return f"{number(interval[0], unit)} to {number(interval[1], unit)}"


def _title(comparison: Comparison) -> str:
    if comparison.unit == "share":
        return comparison.title
    return f"{comparison.title} ({comparison.unit})"


def _verdict(distance: float, close: float, apart: float) -> str:
    if distance <= close:
        return "close"
    return "apart" if distance <= apart else "far"
