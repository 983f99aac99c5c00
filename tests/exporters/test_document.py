"""docs/metrics.md is what the catalogue says."""

from pathlib import Path

import pytest

from exporters import document
from exporters.__main__ import main
from exporters.catalogue import METRICS
from exporters.points import MEASUREMENTS


def test_the_document_is_current() -> None:
    """After a change of the catalogue: python -m exporters --write."""
    assert document.is_current(document.PATH)


def test_every_metric_and_measurement_is_in_the_document() -> None:
    """Each has a row of its own."""
    rows = {line.split("`")[1] for line in document.render().splitlines() if line[:3] == "| `"}
    assert {*METRICS, *MEASUREMENTS} <= rows


def test_a_file_is_current_once_written(tmp_path: Path) -> None:
    """Neither a missing file nor one edited by hand is."""
    path = tmp_path / "metrics.md"
    assert not document.is_current(path)
    document.write(path)
    assert document.is_current(path)
    path.write_text("edited by hand")
    assert not document.is_current(path)


def test_check_of_the_committed_document_passes() -> None:
    """What the gate calls."""
    assert 0 == main(["--check"])


def test_wrong_use_is_2(capsys: pytest.CaptureFixture[str]) -> None:
    """No choice is wrong use."""
    with pytest.raises(SystemExit) as error:
        main([])
    assert 2 == error.value.code
    assert 1 == capsys.readouterr().err.count("\n")
