"""What a person reads, and what a program reads."""

import json

from rich.console import Console

from bot.battery.criteria import Criteria, Finding
from bot.battery.table import as_data, as_table
from bot.battery.verdict import Verdict, conclude
from tests.bot.battery.makers import reading

FRESH = Finding("calibration", passed=True, text="fresh")
FEW = Finding("base, monday", passed=False, text="29 fills; 30 at least")
GO, NO_GO = conclude([FRESH]), conclude([FRESH, FEW])


def shown(verdict: Verdict, **changes: object) -> str:
    """The table as text."""
    console = Console(width=120, no_color=True)
    with console.capture() as capture:
        console.print(as_table(verdict, [reading(**changes)], 5.0))
    return capture.get()


def test_it_ends_in_go() -> None:
    """With what was looked at before it."""
    lines = shown(GO).splitlines()
    assert "pass  calibration: fresh" in lines
    assert "GO: every criterion is met" == lines[-1]


def test_it_ends_in_no_go_with_its_reasons() -> None:
    """Each names the run, the number and its bound."""
    lines = shown(NO_GO).splitlines()
    assert "FAIL  base, monday: 29 fills; 30 at least" in lines
    assert ["NO-GO: 1 of 2 fail", "  base, monday: 29 fills; 30 at least"] == lines[-2:]


def test_each_run_is_a_line() -> None:
    """Profit, drawdown, what is left of the switch, costs, holdings, blindness."""
    text = shown(GO, markout_cents={5: None, 30: 0.2})
    for cell in ("monday", "$1.60", "$0.20", "98% left", "0.20 c", "0.1%"):
        assert cell in text
    assert "loss" in shown(GO, kill_reason="loss")


def test_without_runs_there_is_no_table() -> None:
    """A calibration that cannot be read is not played."""
    console = Console(width=120, no_color=True)
    with console.capture() as capture:
        console.print(as_table(NO_GO, [], 5.0))
    assert "Runs" not in capture.get()


def test_the_data_is_whole_and_is_json() -> None:
    """Verdict, reasons, thresholds, cases and every run."""
    data = json.loads(json.dumps(as_data(NO_GO, [reading()], Criteria(), "abc")))
    assert False is data["go"]
    assert ["base, monday: 29 fills; 30 at least"] == data["reasons"]
    assert 7.0 == data["criteria"]["calibration_age_days_max"]
    assert "base" in data["cases"]
    assert 0.2 == data["runs"][0]["markout_cents"]["30"]
    assert "abc" == data["calibration_hash"]
