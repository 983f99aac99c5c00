"""The watch over secrets can fail: it finds what a test prints, logs, writes or fails with."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.secret_watch import CHUNK_BYTES, Scanner, secrets_of_tests

ROOT = Path(__file__).parent.parent
SAFE = Scanner({"marker": "Hidden-42"})
LEAKS = {
    "print": "def test(): print(KEY)",
    "log": "import logging\ndef test(): logging.getLogger('x').error('%s', KEY.upper())",
    "file": "def test(tmp_path): (tmp_path / 'journal.jsonl').write_text(KEY)",
    "header": "def test(): print({'POLY_SIGNATURE': 'c2lnbmF0dXJlLW9mLW91cnM='})",
    "error": "def test(): assert KEY == ''",
}


def outcome(body: str) -> tuple[int, str]:
    """Exit code and output of a run of one test, watched; nothing of it stays on the disk."""
    with tempfile.TemporaryDirectory() as folder:
        test = Path(folder) / "test_inner.py"
        test.write_text(f"KEY = '4c' * 32\n{body}\n")
        done = subprocess.run(
            [
                sys.executable, "-m", "pytest", "-q", "-p", "tests.secret_watch", "-p",
                "no:cacheprovider", f"--basetemp={folder}/base", f"--rootdir={folder}", str(test),
            ],
            cwd=ROOT, capture_output=True, text=True, check=False,
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
    return done.returncode, done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("leak", LEAKS)
def test_a_secret_in_any_output_fails_the_run(leak: str) -> None:
    """A test that passes and leaks is no good run; the place is named."""
    code, text = outcome(LEAKS[leak])
    assert 1 == code
    places = [line for line in text.splitlines() if line.startswith("SECRET ")]
    assert 1 == len(places)
    assert ("journal.jsonl" if leak == "file" else "::test") in places[0]


@pytest.mark.slow
def test_a_clean_run_passes() -> None:
    """Names of headers and the lengths of keys are no secrets."""
    code, text = outcome("def test(tmp_path): print('POLY_SIGNATURE, POLY_API_KEY', len(KEY))")
    assert (0, False) == (code, "SECRET" in text)


def test_letter_case_hides_nothing() -> None:
    """Addresses and hex are written both ways."""
    assert {"marker"} == SAFE.in_bytes(b"..hidden-42..") == SAFE.in_bytes(b"HIDDEN-42")
    assert set() == SAFE.in_bytes(b"hidden-4")


def test_a_secret_across_two_chunks_is_found(tmp_path: Path) -> None:
    """Files are read piece by piece."""
    file = tmp_path / "long"
    file.write_bytes(b"." * (CHUNK_BYTES - 4) + b"hidden-42")
    assert {"marker"} == SAFE.in_file(file)


def test_every_kind_of_secret_is_looked_for() -> None:
    """Private key, API key, secret and passphrase."""
    kinds = {name.rsplit(" of ", 1)[0] for name in secrets_of_tests()}
    assert {"private key", "API key", "API secret", "passphrase"} == kinds
    assert all(len(value) >= 8 for value in secrets_of_tests().values())
