"""Agreement on one order is about any fill, not about how much."""

from bot.domain.agreement import Agreement, agreement


def test_who_got_any_fill_decides() -> None:
    """A part counts like the whole."""
    assert [Agreement.BOTH, Agreement.ONLY_PAPER, Agreement.ONLY_PRODUCTION, Agreement.NEITHER] == [
        agreement(5, 1),
        agreement(1, 0),
        agreement(0, 5),
        agreement(0, 0),
    ]
