"""What is written is what a YAML reader reads."""

import yaml
from hypothesis import given
from hypothesis import strategies as st

from alerting.yaml import Value, dump

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=20)
SCALARS = st.one_of(TEXT, st.integers(-1_000, 1_000), st.booleans())
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(TEXT, VALUES, min_size=1, max_size=4))
def test_any_value_comes_back(value: dict[str, Value]) -> None:
    """By another implementation."""
    assert value == yaml.safe_load(dump(value))


def test_texts_of_many_lines_stay_readable() -> None:
    """An expression is read as it was written."""
    text = dump({"expr": "a > 1\nand b < 2", "end": "x\n"})
    assert "expr: |-\n  a > 1\n  and b < 2\n" in text
    assert {"expr": "a > 1\nand b < 2", "end": "x\n"} == yaml.safe_load(text)


def test_words_that_yaml_takes_for_something_else_are_quoted() -> None:
    """`no` is not false, `1m` is not a number."""
    values: dict[str, Value] = {"a": "no", "b": "1m", "c": "null", "d": "12:30", "on": "x"}
    assert values == yaml.safe_load(dump(values))
