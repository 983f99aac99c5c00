"""What a comparison tells is said in the words of the catalogue."""

from exporters.catalogue.divergence import DIRECTION
from exporters.divergence.outcome import Direction, Seen


def test_directions_are_those_of_the_catalogue() -> None:
    """One label value a direction."""
    assert tuple(Direction) == DIRECTION.values


def test_nothing_seen_is_none_and_not_zero() -> None:
    """An unknown rate is not a rate of 0."""
    assert (None, None, None) == (Seen().demo, Seen().prod, Seen().ratio)
