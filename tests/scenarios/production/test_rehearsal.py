"""The paper bot beside the production bot on one feed, before any real money."""

from pathlib import Path

import pytest

from bot.domain import events
from bot.journal import read_journal
from tests.scenarios.production.stage import open_stage


@pytest.mark.slow
async def test_paper_and_production_quote_the_same_market(tmp_path: Path) -> None:
    """One wire, two venues: both trade, and both end in order."""
    async with open_stage(tmp_path / "prod") as stage:
        real = await stage.start()
        paper_dir = tmp_path / "paper"
        paper = await stage.start(
            "run", "--venue", "paper", PMM_STATE_DIR=str(paper_dir), PMM_LIVE="no"
        )
        await stage.until(lambda: len(stage.open_orders()) >= 2, real)
        await stage.until(lambda: bool(list(paper_dir.glob("journal/*"))), paper)
        await stage.trade(3.0)
        await stage.end(paper)
        code, _ = await stage.end(real)
        assert 0 == code
        assert (0, []) == (paper.returncode, stage.open_orders())
        told = list(read_journal(paper_dir / "journal"))
        assert [] != [each for each in told if isinstance(each, events.OrderSubmitted)]
        assert [] != [each for each in stage.journal() if isinstance(each, events.OrderFilled)]
