"""What a person reads of an alert on a phone, put together by Prometheus's own templates."""

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from alerting.rules import ALERTS
from alerting.yaml import Value, dump
from exporters.catalogue import balance, exchange, money
from exporters.catalogue import divergence as div

LATENCY_PARTED = {
    f'{div.ACTIVE.name}{{metric="latency", direction="prod_higher"}}': "1x9",
    f'{div.VALUE.name}{{metric="latency", side="prod"}}': "0.4041x9",
    f'{div.VALUE.name}{{metric="latency", side="demo"}}': "0.2x9",
    f'{div.SINCE.name}{{metric="latency", direction="prod_higher"}}': "1800000000x9",
}


def told(promtool: str, folder: Path, alert: str, series: Mapping[str, str]) -> str:
    """What the alert says at the ninth minute, firing at once and without its links.

    Promtool is told to expect no alert, so it prints the one that it got.
    """
    wanted = ALERTS[alert]
    texts: dict[str, Value] = {"summary": wanted.summary, "description": wanted.description}
    rule: Value = {"alert": alert, "expr": wanted.expr, "annotations": texts}
    rules, tests = folder / "rules.yml", folder / "tests.yml"
    rules.write_text(dump({"groups": [{"name": "alone", "rules": [rule]}]}))
    test: Value = {
        "interval": "1m",
        "input_series": [{"series": name, "values": v} for name, v in series.items()],
        "alert_rule_test": [{"eval_time": "9m", "alertname": alert, "exp_alerts": []}],
    }
    tests.write_text(dump({"rule_files": [str(rules)], "tests": [test]}))
    command = [promtool, "test", "rules", str(tests)]
    return subprocess.run(command, check=False, capture_output=True, text=True).stderr


@pytest.mark.parametrize(
    ("alert", "series", "says"),
    [
        (
            "PmmBalanceMismatch",
            {f'{balance.MISMATCH.name}{{env="prod", asset="cash"}}': "-0.52x9"},
            "Chain minus ledger is -0.52 dollars in cash, and no match",
        ),
        (
            "PmmDrawdown",
            {f'{money.DRAWDOWN.name}{{env="prod", market="m"}}': "2.6x9"},
            "prod is 2.60 dollars below its best of the run",
        ),
        (
            "PmmGasUnexplained",
            {f'{balance.GAS_MISMATCH.name}{{env="prod"}}': "-0.031x9"},
            "-0.0310 POL since the exporter began",
        ),
        (
            "PmmTruthUnknown",
            {f'{exchange.TRUTH_FAILURES.name}{{env="prod"}}': "0+1x20"},
            "9 comparisons with the orders, trades and balances",
        ),
        (
            "PmmDiverged",
            LATENCY_PARTED,
            "PROD 0.4041 s, DEMO 0.2 s over the last 6 h. The evidence begins 2027-01-15 08:00:00",
        ),
    ],
)
def test_a_number_is_written_out_with_its_unit(
    alert: str,
    series: Mapping[str, str],
    says: str,
    tool: Callable[[str], str],
    tmp_path: Path,
) -> None:
    """Half a dollar is 0.52 dollars, not the 520m dollars of `humanize`."""
    assert says in told(tool("promtool"), tmp_path, alert, series)
