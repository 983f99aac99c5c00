"""The real engine and the shim, for the tests of this folder and of the extractor's source."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack.influx.engine import InfluxEngine, find_program
from tests.stack.influx.shim import Shim


@pytest.fixture(scope="session")
def influxd() -> str:
    """The program. Without it the tests are skipped here, and fail in CI."""
    program = find_program()
    if program is None:
        reason = 'influxd 1.6 is not on the PATH: export PATH="$(.ci/servers):$PATH"'
        if os.environ.get("CI"):  # noqa: TID251 - a gate that skips what it promises is no gate
            pytest.fail(reason)
        pytest.skip(reason)
    return program


@pytest.fixture
def engine(influxd: str, tmp_path: Path) -> Iterator[InfluxEngine]:
    """An empty engine with the database `ticks`."""
    directory = tmp_path / "influx"
    directory.mkdir()
    running = InfluxEngine(influxd, directory)
    try:
        running.start()
        running.make("ticks")
        yield running
    finally:
        running.kill()


@pytest.fixture
def shim(engine: InfluxEngine) -> Iterator[Shim]:
    """A v2 write end in front of the engine."""
    shim = Shim(engine)
    yield shim
    shim.stop()
