"""The committed files are what the rules say, and only those."""

from pathlib import Path

from alerting.__main__ import main
from alerting.files import FOLDER, differing, render, write


def test_committed_files_are_current() -> None:
    """Run `python -m alerting` after a change."""
    assert [] == differing(FOLDER)
    assert 0 == main(["--check"])


def test_every_difference_is_named(tmp_path: Path) -> None:
    """Missing, changed and left over."""
    write(tmp_path)
    assert [] == differing(tmp_path)
    (tmp_path / "alertmanager.yml").write_text("route: {}")
    (tmp_path / "prometheus.yml").unlink()
    (tmp_path / "rules" / "old.yml").write_text("")
    assert ["alertmanager.yml", "prometheus.yml", "rules/old.yml"] == list(
        map(str, differing(tmp_path))
    )
    write(tmp_path)
    assert [] == differing(tmp_path)


def test_every_file_says_not_to_edit_it() -> None:
    """And how it is made."""
    assert all("Made by `python -m alerting`" in text[:60] for text in render().values())
