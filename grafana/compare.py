"""How far two bots are apart, as one number: 1 is equal, 2 is twice, whichever is larger.

Expressions without labels on both sides, so that they match. A comparison over few events says
nothing, so every fold is silent below `EVENTS_MIN` on either side.
"""

from __future__ import annotations

EVENTS_MIN = 30
"""Fewest events on each side for a comparison to be shown."""
FOLD_MAX = 100
"""What stands for values of opposite sign, which have no ratio."""


def fold(left: str, right: str) -> str:
    """Return the larger over the smaller of two positive quantities, nothing where one is 0."""
    return f"(({left}) / ({right} > 0) >= 1) or (({right}) / ({left} > 0))"


def fold_of_shares(left: tuple[str, str], right: tuple[str, str]) -> str:
    """Return the fold between two shares, each (events, of how many).

    Half an event is added to each, so that 0 against 3 is a number and not infinity.
    """
    return fold(_share(*left), _share(*right))


def fold_of_signed(left: str, right: str, floor: float) -> str:
    """Return the fold between two quantities of either sign.

    The difference relative to the larger one, turned into a fold: a half is 2, and opposite signs
    are `FOLD_MAX`. `floor` is the least that the larger one counts as: two values that differ by
    less than half of it never reach 2, whatever their signs.
    """
    larger = f"clamp_min((abs({left}) > abs({right})) or abs({right}), {floor:g})"
    return f"1 / clamp_min(1 - abs(({left}) - ({right})) / {larger}, {1 / FOLD_MAX:g})"


def where_enough(value: str, left: str, right: str) -> str:
    """Return `value` where both counts have reached `EVENTS_MIN`, else nothing."""
    return f"({value}) and ({left} >= {EVENTS_MIN}) and ({right} >= {EVENTS_MIN})"


def _share(events: str, of: str) -> str:
    return f"(({events} + 0.5) / ({of} + 1))"
