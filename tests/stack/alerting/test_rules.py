"""Every alert fires when it must and is silent when it must, said by promtool itself."""

import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from alerting.files import FOLDER
from alerting.rule import Alert, Group
from alerting.rules import ALERTS, GROUPS
from alerting.yaml import dump
from tests.stack.alerting.case import SEVERITY, Case, as_test
from tests.stack.alerting.cases import CASES, FIRES_WITHOUT_DATA
from tests.stack.alerting.mutations import mutants

Tool = Callable[[str], str]


def play(promtool: str, folder: Path, groups: Iterable[Group], cases: Iterable[Case]) -> str:
    """Let promtool play the cases against the rules; return what failed, empty when nothing."""
    rules = folder / "rules.yml"
    rules.write_text(dump({"groups": [group.as_yaml() for group in groups]}))
    tests = folder / "tests.yml"
    played = [as_test(case, SEVERITY[case.alert]) for case in cases]
    tests.write_text(
        dump({"rule_files": [str(rules)], "evaluation_interval": "1m", "tests": played})
    )
    ran = subprocess.run(
        [promtool, "test", "rules", str(tests)], check=False, capture_output=True, text=True
    )
    return "" if ran.returncode == 0 else ran.stdout + ran.stderr


def test_rules_pass_the_linter(tool: Tool) -> None:
    """Promtool checks the committed files, with all its lints."""
    files = [str(path) for path in (FOLDER / "rules").glob("*.yml")]
    command = [tool("promtool"), "check", "rules", "--lint=all", "--lint-fatal", *files]
    ran = subprocess.run(command, check=False, capture_output=True, text=True)
    assert 0 == ran.returncode, ran.stdout + ran.stderr


def test_scrape_configuration_is_valid(tool: Tool) -> None:
    """Promtool checks the committed prometheus.yml."""
    command = [tool("promtool"), "check", "config", "--syntax-only", str(FOLDER / "prometheus.yml")]
    ran = subprocess.run(command, check=False, capture_output=True, text=True)
    assert 0 == ran.returncode, ran.stdout + ran.stderr


@pytest.mark.parametrize("alert", ALERTS)
def test_alert_does_what_it_claims(alert: str, tool: Tool, tmp_path: Path) -> None:
    """Each case of the alert: fires, does not, one side dead, restart."""
    cases = [case for case in CASES if case.alert == alert]
    assert any(case.fires for case in cases)
    assert "" == play(tool("promtool"), tmp_path, groups_of(ALERTS[alert]), cases)


def test_no_data_is_told_by_absence_alone(tool: Tool, tmp_path: Path) -> None:
    """Without any series only the alerts on absence and the watchdog fire."""
    quiet = [
        Case(alert, "is silent without data", {}, 30)
        for alert in ALERTS
        if alert not in FIRES_WITHOUT_DATA
    ]
    assert "" == play(tool("promtool"), tmp_path, GROUPS, quiet)


@pytest.mark.parametrize("alert", ALERTS)
def test_a_broken_rule_is_noticed(alert: str, tool: Tool, tmp_path: Path) -> None:
    """Every mutation of a threshold, a side, a guard or a wait fails one of the alert's cases."""
    cases = [case for case in CASES if case.alert == alert]
    survivors = [
        what
        for what, mutant in mutants(ALERTS[alert])
        if not play(tool("promtool"), tmp_path, groups_of(mutant), cases)
    ]
    assert [] == survivors


def groups_of(alert: Alert) -> list[Group]:
    """The alert alone, and the groups that record what it reads."""
    recorded = [group for group in GROUPS if any(rule.name in alert.expr for rule in group.rules)]
    return [*recorded, Group("alone", (alert,))]
