"""The thresholds say no more than the document that gives their reasons."""

from pathlib import Path

from bot.battery.criteria import ESTIMATES, HOLDOUT, Criteria

DOCUMENT = Path(__file__).parents[3] / "docs" / "battery.md"


def test_every_threshold_has_its_reason_in_the_document() -> None:
    """By name and with its value."""
    text = DOCUMENT.read_text()
    rows = {
        name: f"| `{name}` | {getattr(Criteria(), name):g} |" for name in Criteria.__struct_fields__
    }
    assert [] == [name for name, row in rows.items() if row not in text]


def test_every_estimate_that_is_needed_is_named_in_the_document() -> None:
    """So that a person knows which measurement is missing."""
    text = DOCUMENT.read_text()
    assert [] == [name for name in (*ESTIMATES, HOLDOUT) if f"`{name}`" not in text]
