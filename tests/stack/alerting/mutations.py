"""Rules broken on purpose, one change at a time: a threshold, a side, a guard, a wait."""

import re
from collections.abc import Iterator

import msgspec

from alerting.rule import Alert

ALWAYS = "vector(1)"
_COMPARISON = re.compile(r" (>=|<=|==|>|<) (-?[0-9.]+)")
_CLAUSE = re.compile(r"^(and|or|unless)\b.*$", re.MULTILINE)
_SIDES = re.compile(r'env=~?"(demo|prod|prod\|rehearsal)"')
_FLIPPED = {">": "<", "<": ">", ">=": "<", "<=": ">", "==": "!="}


def mutants(alert: Alert) -> Iterator[tuple[str, Alert]]:
    """Yield (what was broken, the broken alert)."""
    for what, expr in expressions(alert.expr):
        yield what, msgspec.structs.replace(alert, expr=expr)
    if alert.expr == ALWAYS:
        return  # it neither begins nor ends
    for hold in {"0s", "9h"} - {alert.hold}:
        yield f"hold for {hold}", msgspec.structs.replace(alert, hold=hold)
    for keep in ("1s", "9h"):
        yield f"keep for {keep}", msgspec.structs.replace(alert, keep=keep)


def expressions(expr: str) -> Iterator[tuple[str, str]]:
    """Yield (what was broken, the broken expression)."""
    for found in _COMPARISON.finditer(expr):
        operator, number = found.groups()
        yield f"flip {found[0]}", _cut(expr, found, f" {_FLIPPED[operator]} {number}")
        if operator != "==":
            bigger = f" {operator} {float(number) * 1_000 + 1_000:g}"
            yield f"enlarge {found[0]}", _cut(expr, found, bigger)
    for found in _CLAUSE.finditer(expr):
        yield f"drop {found[0]!r}", _cut(expr, found, "").strip()
    for found in _SIDES.finditer(expr):
        other = "demo" if found[1] != "demo" else "prod"
        yield f"other side than {found[0]}", _cut(expr, found, f'env="{other}"')


def _cut(text: str, found: re.Match[str], instead: str) -> str:
    return text[: found.start()] + instead + text[found.end() :]
