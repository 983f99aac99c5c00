"""Every query of every dashboard, asked of a real Prometheus that scraped two bots."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from grafana.quantities import Quantity, all_quantities
from tests.stack.promql.server import Prometheus

FOLDER = Path(__file__).parent.parent.parent.parent / "grafana" / "dashboards"
VARIABLES = {"$__rate_interval": "5m", "$window": "6h", "$horizon": "30s", "$right": "prod"}


def filled(expr: str) -> str:
    """A query with its variables as Grafana fills them in."""
    for name, value in VARIABLES.items():
        expr = expr.replace(name, value)
    return expr.replace("$market", ".*")


def expressions(board: dict[str, Any]) -> list[str]:
    """Every PromQL query of a dashboard."""
    panels = [panel for panel in board["panels"] if panel["type"] != "row"]
    targets = [target for panel in panels for target in panel["targets"]]
    targets += [mark["target"] for mark in board["annotations"]["list"]]
    return [filled(target["expr"]) for target in targets if "expr" in target]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_prometheus_takes_every_query(path: Path, prometheus: Prometheus) -> None:
    """None is refused, and none matches many to many."""
    for expr in expressions(json.loads(path.read_text())):
        prometheus.ask(expr)


@pytest.mark.parametrize("quantity", all_quantities(), ids=lambda quantity: quantity.name)
def test_both_sides_of_the_front_page_have_a_value(
    quantity: Quantity, prometheus: Prometheus
) -> None:
    """Two bots that traded the same market can be seen side by side, with a fold of 1 or more."""
    for side in (quantity.left, quantity.right):
        [sample] = prometheus.ask(filled(side))
        assert {} == sample["metric"]
    folds = [float(sample["value"][1]) for sample in prometheus.ask(filled(quantity.fold))]
    assert all(fold >= 1 for fold in folds)
