"""Whether paper and production agree on one order: both got the same decision."""

from __future__ import annotations

from enum import StrEnum


class Agreement(StrEnum):
    """Who got any fill of the order."""

    BOTH = "both"
    ONLY_PAPER = "only_paper"
    ONLY_PRODUCTION = "only_production"
    NEITHER = "neither"


def agreement(filled_paper: int, filled_production: int) -> Agreement:
    """Return who got any fill, from the sizes filled on both sides."""
    if filled_paper and filled_production:
        return Agreement.BOTH
    if filled_paper:
        return Agreement.ONLY_PAPER
    return Agreement.ONLY_PRODUCTION if filled_production else Agreement.NEITHER
