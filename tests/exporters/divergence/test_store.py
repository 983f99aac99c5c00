"""The state survives a restart, whole or not at all."""

from pathlib import Path

import msgspec
import pytest

from bot.domain.errors import InputError
from exporters.divergence.detector import Detector, Look
from exporters.divergence.store import load, save


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    """Folders are made, nothing is left beside."""
    path = tmp_path / "state" / "divergence.json"
    detector = Detector(last=Look(5, None, None))
    save(path, detector)
    save(path, detector)
    assert detector == load(path)
    assert [path] == list(path.parent.iterdir())


def test_no_file_is_a_new_detector(tmp_path: Path) -> None:
    """The first start."""
    assert Detector() == load(tmp_path / "none.json")


@pytest.mark.parametrize("content", [b"", b"{", b'{"version": 1, "last": 3}'])
def test_a_damaged_file_is_an_error_that_names_it(tmp_path: Path, content: bytes) -> None:
    """Evidence is not thrown away without a word."""
    path = tmp_path / "divergence.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"divergence\.json"):
        load(path)


def test_another_version_is_refused(tmp_path: Path) -> None:
    """Its numbers may mean something else."""
    path = tmp_path / "divergence.json"
    path.write_bytes(msgspec.json.encode(Detector(version=2)))
    with pytest.raises(InputError, match="version 2"):
        load(path)
