"""Whatever the exchange does, positions, cash and orders equal its truth afterwards."""

from pathlib import Path

import pytest

from tests.scenarios.production.faults import suffer_all
from tests.scenarios.production.stage import open_stage


@pytest.mark.slow
async def test_after_every_fault_both_books_are_equal(tmp_path: Path) -> None:
    """No order is sent twice, none is called refused that rests, no fill is lost or doubled."""
    async with open_stage(tmp_path) as stage:
        outcomes = await suffer_all(stage, seconds=1.0)
        assert any(each.lost for each in outcomes)
        assert any(each.rejected for each in outcomes)
