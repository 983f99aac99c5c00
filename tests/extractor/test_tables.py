"""Tables say how close two bots are, in words."""

import pytest

from bot.domain.agreement import Agreement
from bot.domain.calibration import Estimate
from extractor.log import fold
from extractor.summary import Comparison, summarize
from extractor.tables import (
    agreement_table,
    before_after_table,
    estimates_table,
    number,
    ratio_cell,
)
from tests.extractor.conftest import Day


def comparison(ratio: float | None, *, is_signed: bool = False) -> Comparison:
    """A figure with this ratio."""
    return Comparison("k", "Title", "ms", 1.0, 1.0, ratio, is_signed)


@pytest.mark.parametrize(
    ("ratio", "text", "style"),
    [
        (1.0, "1.00×, close", "close"),
        (0.8, "0.80×, close", "close"),
        (1.254, "1.25×, close", "close"),
        (1.6, "1.60×, apart", "apart"),
        (0.25, "0.25×, far", "far"),
        (None, "–", ""),
        (0.0, "–", ""),
    ],
)
def test_ratios_are_judged_by_how_many_times_apart(
    ratio: float | None, text: str, style: str
) -> None:
    """What is shown is what is judged."""
    cell = ratio_cell(comparison(ratio))
    assert (text, style) == (cell.text, cell.verdict)


def test_agreement_with_the_twin_is_a_table_when_orders_were_compared() -> None:
    """Every kind has its row, at 0 too; without a twin there is no table."""
    table = agreement_table({Agreement.BOTH: 3, Agreement.NEITHER: 1})
    assert agreement_table({}) is None
    assert table is not None
    assert [
        ("on both sides", "3", "75.0 %"),
        ("only on paper", "0", "0"),
        ("only in production", "0", "0"),
        ("nowhere", "1", "25.0 %"),
    ] == [tuple(cell.text for cell in row) for row in table.rows]


@pytest.mark.parametrize(
    ("ratio", "text"), [(0.2, "20 % off, close"), (0.5, "50 % off, apart"), (2.0, "200 % off, far")]
)
def test_signed_figures_are_judged_by_their_difference(ratio: float, text: str) -> None:
    """A sign that changed is far."""
    assert text == ratio_cell(comparison(ratio, is_signed=True)).text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "ms", "–"),
        (0.0, "share", "0"),
        (0.1234, "share", "12.3 %"),
        (1234.5, "ms", "1,234"),
        (12.34, "ms", "12.3"),
        (1.234, "ms", "1.23"),
        (-0.0123, "cents", "-0.012"),
    ],
)
def test_numbers_have_three_digits(value: float | None, unit: str, text: str) -> None:
    """And shares are percent."""
    assert text == number(value, unit)


def test_before_and_after_stand_beside_production(day: Day) -> None:
    """Five columns of figures a row, with the names in the headings."""
    summary = summarize(fold(day.events))
    table = before_after_table(("OLD", summary), ("PROD", summary), ("NEW", summary))
    assert ("", "OLD", "PROD", "NEW", "OLD ÷ PROD", "NEW ÷ PROD") == table.headings
    assert {6} == {len(row) for row in table.rows}
    assert {"1.00×, close", "0 % off, close"} == {row[4].text for row in table.rows}


def test_estimates_say_whether_they_are_enough() -> None:
    """Value and interval with their unit, and the note in full."""
    estimates = {
        "fill_rate": Estimate(0.2, "1", (0.1, 0.3), 100, "wilson", sufficient=True, note="why"),
        "gas_usd": Estimate(None, "USD", None, 0, "mean", sufficient=False),
    }
    table = estimates_table(estimates)
    assert [
        ["fill rate", "20.0 %", "10.0 % to 30.0 %", "100", "yes", "why"],
        ["gas usd", "–", "–", "0", "no", ""],
    ] == [[cell.text for cell in row] for row in table.rows]
