"""Plain values as YAML that a person reads well and every YAML reader reads the same."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Value: TypeAlias = "str | int | float | bool | Sequence[Value] | Mapping[str, Value]"

# Words that no YAML version takes for anything but text: no number, no yes or no, no date.
_PLAIN = re.compile(r"[A-Za-z_/][A-Za-z0-9_/.-]*")
_NOT_TEXT = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})


def dump(value: Mapping[str, Value]) -> str:
    """Return `value` as a YAML document in block style; texts of many lines stay so."""
    return "\n".join(_mapping(value)) + "\n"


def _mapping(value: Mapping[str, Value]) -> list[str]:
    lines = []
    for key, inner in value.items():
        lines += _entry(f"{_text(key)}:", inner)
    return lines


def _sequence(value: Sequence[Value]) -> list[str]:
    lines = []
    for item in value:
        if isinstance(item, Mapping) and item:
            first, *rest = _mapping(item)
            lines += [f"- {first}", *(f"  {line}" for line in rest)]
        else:
            lines += _entry("-", item)
    return lines


def _entry(head: str, value: Value) -> list[str]:
    if isinstance(value, str) and "\n" in value:
        mark = "|" if value.endswith("\n") else "|-"
        return [f"{head} {mark}", *_indented(value.removesuffix("\n").split("\n"))]
    if isinstance(value, Mapping) and value:
        return [head, *_indented(_mapping(value))]
    if isinstance(value, Sequence) and not isinstance(value, str) and value:
        return [head, *_indented(_sequence(value))]
    return [f"{head} {_scalar(value)}"]


def _scalar(value: Value) -> str:
    return _text(value) if isinstance(value, str) else json.dumps(value)


def _text(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.lower() not in _NOT_TEXT:
        return text
    return json.dumps(text, ensure_ascii=False)  # a JSON string is a YAML string


def _indented(lines: list[str]) -> list[str]:
    return [f"  {line}" if line else line for line in lines]
