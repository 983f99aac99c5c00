"""Whatever the exchange does, positions, cash and orders equal its truth afterwards."""

from pathlib import Path

import pytest

from tests.scenarios.production.faults import ALL, suffer_all
from tests.scenarios.production.stage import open_stage

SHARES = 4
"""Bots that share the faults: most of the time of each is waiting, so they can do it at once."""


@pytest.mark.slow
@pytest.mark.parametrize("share", range(SHARES))
async def test_after_every_fault_both_books_are_equal(tmp_path: Path, share: int) -> None:
    """No order is sent twice, none is called refused that rests, no fill is lost or doubled."""
    async with open_stage(tmp_path) as stage:
        outcomes = await suffer_all(stage, seconds=1.0, faults=ALL[share::SHARES])
        assert any(each.lost for each in outcomes)
        assert any(each.rejected for each in outcomes)
