"""The coverage gate names the package that is below its floor and where to look."""

import json
from pathlib import Path
from typing import Any

import pytest

from tools import coverage_gate


def report_of(
    covered: int, missing: int, branches: int = 0, missing_branches: int = 0
) -> dict[str, Any]:
    """One file's part of a coverage report with the given counts."""
    return {
        "summary": {
            "num_statements": covered + missing,
            "covered_lines": covered,
            "num_branches": branches,
            "covered_branches": branches - missing_branches,
        },
        "missing_lines": list(range(1, missing + 1)),
        "missing_branches": [[line, -1] for line in range(1, missing_branches + 1)],
    }


def test_a_missed_branch_fails_a_package_that_must_be_complete() -> None:
    """Full statement coverage with one branch missed is below 100 %, and the file is named."""
    files = {"bot/risk/limits.py": report_of(98, 0, branches=2, missing_branches=1)}
    assert [
        "bot/risk: 99.00 % is below 100 %\n  bot/risk/limits.py: lines [], branches [[1, -1]]"
    ] == coverage_gate.failures(files, {"bot/risk": 100.0})


def test_a_floor_binds_only_its_own_package() -> None:
    """Poor coverage beside a package, or in one whose name it begins with, does not fail it."""
    files = {
        "bot/risk/limits.py": report_of(10, 0),
        "bot/risk_notes.py": report_of(0, 10),
    }
    assert [] == coverage_gate.failures(files, {"bot/risk": 100.0})


def test_the_empty_name_means_everything_together() -> None:
    """The overall floor is over the sum of all files, not the mean of their percentages."""
    files = {"a.py": report_of(18, 0), "b.py": report_of(0, 2)}
    assert [] == coverage_gate.failures(files, {"": 90.0})
    assert ["all: 90.00 % is below 91 %\n  b.py: lines [1, 2], branches []"] == (
        coverage_gate.failures(files, {"": 91.0})
    )


def test_a_package_without_files_passes() -> None:
    """What does not exist yet has no gap."""
    assert [] == coverage_gate.failures({}, {"bot/risk": 100.0, "": 90.0})


def test_a_package_of_empty_files_is_covered() -> None:
    """Nothing to cover is fully covered, not a division by zero."""
    assert [] == coverage_gate.failures({"bot/risk/__init__.py": report_of(0, 0)}, {"": 90.0})


@pytest.mark.parametrize(("missing", "status"), [(0, 0), (1, 1)])
def test_the_exit_status_is_that_of_the_gate(tmp_path: Path, missing: int, status: int) -> None:
    """0 when every floor holds, 1 when one does not."""
    report = tmp_path / "coverage.json"
    report.write_text(json.dumps({"files": {"bot/domain/book.py": report_of(50, missing)}}))
    assert status == coverage_gate.main([str(report)])


def test_wrong_use_is_told_from_failure(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a report the gate explains itself and exits with 2."""
    assert 2 == coverage_gate.main([])
    assert "usage" in capsys.readouterr().err
