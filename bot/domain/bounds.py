"""Settings within their bounds: one table a struct, one way to refuse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

Bounds: TypeAlias = Mapping[str, tuple[float, float]]
"""Lowest and highest value of each field, both allowed."""


def check_bounds(settings: object, bounds: Bounds) -> None:
    """Raise ValueError naming the first field of `settings` out of `bounds`; NaN is in none."""
    for name, (low, high) in bounds.items():
        value = getattr(settings, name)
        if not low <= value <= high:
            raise ValueError(f"{name} {value!r} is outside [{low}, {high}]")
