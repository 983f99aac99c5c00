"""One claim about one alert, and how promtool plays it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from alerting.rules import ALERTS
from alerting.yaml import Value


class Case(NamedTuple):
    """One alert, what is claimed, the series, when to look, and the labels that then fire."""

    alert: str
    claim: str
    series: Mapping[str, str]
    at_min: int
    fires: Sequence[Mapping[str, str]] = ()


DEMO, PROD = {"env": "demo"}, {"env": "prod"}


def as_test(case: Case, severity: str) -> dict[str, Value]:
    """The case as promtool reads it."""
    fixed = {"alertname": case.alert, "alertstate": "firing", "severity": severity}
    fired: list[Value] = [
        {"labels": f"ALERTS{{{_labels({**fixed, **labels})}}}", "value": 1} for labels in case.fires
    ]
    return {
        "interval": "1m",
        "name": f"{case.alert} {case.claim}",
        "input_series": [{"series": name, "values": v} for name, v in case.series.items()],
        "promql_expr_test": [
            {
                "expr": f'ALERTS{{alertname="{case.alert}", alertstate="firing"}}',
                "eval_time": f"{case.at_min}m",
                "exp_samples": fired,
            }
        ],
    }


def _labels(labels: Mapping[str, str]) -> str:
    return ", ".join(f'{name}="{value}"' for name, value in labels.items())


SEVERITY = {name: str(alert.severity) for name, alert in ALERTS.items()}
"""Of each alert."""
