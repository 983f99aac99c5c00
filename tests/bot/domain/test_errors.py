"""The error tree: drawn as it is, and split by whose fault it is."""

import inspect
import re

import pytest

from bot.domain import errors

CLASSES = dict(inspect.getmembers(errors, inspect.isclass))


def test_the_drawing_is_the_tree() -> None:
    """The module's drawing shows every class, each below its parent."""
    drawn = {}
    path: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"([│├└─ ]*)([A-Z]\w+)(?:  |$)", line)
        if found:
            depth = len(found.group(1)) // 4
            path = [*path[:depth], found.group(2)]
            drawn[found.group(2)] = path[depth - 1] if depth else "Exception"
    assert {name: item.__mro__[1].__name__ for name, item in CLASSES.items()} == drawn


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_every_error_of_ours_can_be_caught_as_one(name: str) -> None:
    """One class stands for all that this program raises on purpose."""
    assert issubclass(CLASSES[name], errors.PmmError)


def test_a_rate_limit_says_how_long_to_wait() -> None:
    """Who is slowed down is told for how long."""
    error = errors.RateLimited("slow down", retry_after_s=2.5)
    assert ("slow down", 2.5) == (str(error), error.retry_after_s)
