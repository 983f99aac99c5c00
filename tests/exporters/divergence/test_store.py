"""The state survives a restart, whole or not at all."""

from pathlib import Path

import msgspec
import pytest

from bot.domain.errors import InputError
from exporters.divergence.counts import Tally
from exporters.divergence.cusum import Cusum
from exporters.divergence.detector import VERSION, Detector, Look
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


def test_a_newer_version_is_refused(tmp_path: Path) -> None:
    """Its numbers may mean something else."""
    path = tmp_path / "divergence.json"
    path.write_bytes(msgspec.json.encode(Detector(version=VERSION + 1)))
    with pytest.raises(InputError, match=f"version {VERSION + 1}"):
        load(path)


def test_a_file_of_version_one_is_taken_over(tmp_path: Path) -> None:
    """What was raised stays raised; evidence of counts by the old measure begins anew."""
    path = tmp_path / "divergence.json"
    path.write_bytes(_of_version_one())
    detector = load(path)
    assert VERSION == detector.version
    assert 7 == detector.fills_per_hour.prod_higher.cusum.raised_since_ns
    assert 0.0 == detector.fills_per_hour.prod_higher.cusum.evidence
    assert 2.0 == detector.latency.prod_higher.cusum.evidence
    assert 18.0 == detector.fills_per_hour.lately.demo


def _of_version_one() -> bytes:
    # As version 1 wrote it: no count had a memory of what is usual.
    old = Detector(version=1)
    old.fills_per_hour.lately = Tally(18.0, 18.0, 1.0, 1.0)
    old.fills_per_hour.prod_higher.cusum = Cusum(evidence=6.4, start_ns=6, raised_since_ns=7)
    old.latency.prod_higher.cusum = Cusum(evidence=2.0, start_ns=6)
    tree = msgspec.to_builtins(old)
    for name in ("fill_rate", "fills_per_hour", "rejection_rate"):
        del tree[name]["usual"]
    return msgspec.json.encode(tree)
