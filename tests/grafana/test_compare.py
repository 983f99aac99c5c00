"""Folds: 1 for equal, 2 for twice as much on either side, silent on few events.

The arithmetic is checked by evaluating the expressions with numbers in place of queries; that
Prometheus agrees is checked in tests/stack.
"""

from __future__ import annotations

import promql_parser
import pytest

from grafana import compare

Value = float | None


def evaluate(node: object) -> Value:
    """The value of an expression over numbers as Prometheus has it for single samples."""
    match node:
        case promql_parser.NumberLiteral():
            return float(node.val)
        case promql_parser.ParenExpr() | promql_parser.UnaryExpr():
            inner = evaluate(node.expr)
            minus = isinstance(node, promql_parser.UnaryExpr) and inner is not None
            return -inner if minus and inner is not None else inner
        case promql_parser.Call() if node.func.name == "vector":
            return evaluate(node.args[0])
        case promql_parser.Call() if node.func.name == "abs":
            inner = evaluate(node.args[0])
            return None if inner is None else abs(inner)
        case promql_parser.Call() if node.func.name == "clamp_min":
            inner, least = (evaluate(arg) for arg in node.args)
            return None if inner is None or least is None else max(inner, least)
        case promql_parser.BinaryExpr():
            return apply(str(node.op), evaluate(node.lhs), evaluate(node.rhs))
        case _:
            raise AssertionError(node)


def apply(operator: str, left: Value, right: Value) -> Value:  # noqa: PLR0911 - one a kind
    """A binary operator between two single samples, comparisons filter."""
    if operator == "or":
        return right if left is None else left
    if left is None or right is None:
        return None
    match operator:
        case "and":
            return left
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return left / right if right else None
        case ">":
            return left if left > right else None
        case ">=":
            return left if left >= right else None
        case _:
            raise AssertionError(operator)


def value(expr: str) -> Value:
    """The value of an expression."""
    return evaluate(promql_parser.parse(expr))


def v(number: float) -> str:
    """A query that gives a number."""
    return f"vector({number})"


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [(1, 1, 1), (3, 1, 3), (1, 3, 3), (2, 4, 2), (0, 1, None), (0, 0, None)],
)
def test_fold_is_the_larger_over_the_smaller(left: float, right: float, expected: Value) -> None:
    """It does not matter which side is larger; nothing is no multiple of anything."""
    assert expected == value(compare.fold(v(left), v(right)))


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ((60, 120), (60, 120), 1.0),
        ((0, 1200), (3, 1200), 7.0),
        ((0, 100), (0, 100), 1.0),
        ((40, 100), (10, 100), 40.5 / 10.5),
    ],
)
def test_fold_of_shares_is_finite_even_with_no_event(
    left: tuple[float, float], right: tuple[float, float], expected: float
) -> None:
    """Half an event is added to each side, so 0 against 3 is a number."""
    a, b = (v(left[0]), v(left[1])), (v(right[0]), v(right[1]))
    assert expected == pytest.approx(value(compare.fold_of_shares(a, b)))


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (1.0, 1.0, 1.0),
        (1.0, 2.0, 2.0),
        (-1.0, -2.0, 2.0),
        (-3.0, -1.0, 3.0),
        (1.0, -1.0, 100.0),
        (0.0, 5.0, 100.0),
        (0.01, -0.01, 1 / 0.8),
        (0.0, 0.0, 1.0),
    ],
)
def test_fold_of_signed_takes_any_sign(left: float, right: float, expected: float) -> None:
    """Equal signs give the plain ratio, opposite ones the maximum, and tiny values count as 1."""
    assert expected == pytest.approx(value(compare.fold_of_signed(v(left), v(right), 0.1)))


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [(29, 500, None), (500, 29, None), (30, 30, 7.0), (0, 0, None)],
)
def test_few_events_on_either_side_compare_nothing(
    left: float, right: float, expected: Value
) -> None:
    """The fold is there only when both sides have thirty events."""
    assert expected == value(compare.where_enough(v(7), v(left), v(right)))
