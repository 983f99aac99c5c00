"""The real engine and the shim, for the tests of this folder and of the extractor's source."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack.influx.engine import (
    PROGRAM_VARIABLE,
    Influx2,
    InfluxEngine,
    find_program,
)
from tests.stack.influx.shim import Shim


@pytest.fixture(params=[1, 2], ids=["influxdb-1.6", "influxdb-2"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[InfluxEngine]:
    """An empty store with the bucket `ticks`: the engine of 1.6, and InfluxDB 2 where it is."""
    yield from running(request.param, tmp_path / "influx")


@pytest.fixture
def influx2(tmp_path: Path) -> Iterator[Influx2]:
    """An empty InfluxDB 2 with the bucket `ticks`."""
    for store in running(2, tmp_path / "influx"):
        assert isinstance(store, Influx2)
        yield store


def running(major: int, directory: Path) -> Iterator[InfluxEngine]:
    """A store of that version, killed afterwards."""
    directory.mkdir()
    store = (InfluxEngine, Influx2)[major - 1](program(major), directory)
    try:
        store.start()
        store.make("ticks")
        yield store
    finally:
        store.kill()


def program(major: int) -> str:
    """The program. Without it the test is skipped; without 1.6 it fails in CI, which has that."""
    found = find_program(major)
    if found is None and major == 1:
        reason = 'influxd 1.6 is not on the PATH: export PATH="$(.ci/servers):$PATH"'
        if os.environ.get("CI"):  # noqa: TID251 - a gate that skips what it promises is no gate
            pytest.fail(reason)
        pytest.skip(reason)
    if found is None:
        pytest.skip(f"no influxd 2 on the PATH, nor named by ${PROGRAM_VARIABLE}")
    return found


@pytest.fixture
def shim(engine: InfluxEngine) -> Iterator[Shim]:
    """A v2 write end in front of the engine."""
    shim = Shim(engine)
    yield shim
    shim.stop()
