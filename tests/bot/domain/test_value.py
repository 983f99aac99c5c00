"""Values: equal when their fields are, never changed, and nothing for the collector."""

import gc

import pytest

from bot.domain.value import Value


class _Point(Value, frozen=True):
    x: int
    y: int = 0


class _Bare(Value):  # type: ignore[misc]  # as the compiled form of a class statement has it
    x: int


def test_equal_fields_make_equal_values() -> None:
    """And equal hashes: a value may be a key."""
    assert {_Point(1)} == {_Point(1, 0)}
    assert _Point(1) != _Point(2)


@pytest.mark.parametrize("value", [_Point(1), _Bare(1)])
def test_a_value_never_changes(value: _Point | _Bare) -> None:
    """Not even when the class statement has lost its options."""
    with pytest.raises(AttributeError, match="immutable"):
        value.x = 2  # type: ignore[misc]
    assert not gc.is_tracked(value)
