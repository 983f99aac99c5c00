"""The paper bot beside the production bot on one feed, before any real money."""

from pathlib import Path

import pytest

from bot.domain import events
from tests.scenarios.production.stage import Followed, open_stage


@pytest.mark.slow
async def test_paper_and_production_quote_the_same_market(tmp_path: Path) -> None:
    """One wire, two venues: both trade, and both end in order."""
    async with open_stage(tmp_path / "prod") as stage:
        real = await stage.start()
        paper_dir = tmp_path / "paper"
        quoted = Followed(paper_dir / "journal")
        paper = await stage.start(
            "run", "--venue", "paper", PMM_STATE_DIR=str(paper_dir), PMM_LIVE="no"
        )
        await stage.until(lambda: len(stage.open_orders()) >= 2, real)
        await stage.trade(3.0)
        await stage.until(stage.hit, real)
        await stage.until(lambda: has(stage.journal(), events.OrderFilled), real)
        await stage.until(lambda: has(quoted.told(), events.OrderSubmitted), paper)
        await stage.end(paper)
        code, _ = await stage.end(real)
        assert 0 == code
        assert (0, []) == (paper.returncode, stage.open_orders())
        assert isinstance(quoted.told()[-1], events.RunStopped)
        assert isinstance(stage.journal()[-1], events.RunStopped)


def has(told: list[events.Event], kind: type[events.Event]) -> bool:
    """True when there is an event of a kind."""
    return any(isinstance(each, kind) for each in told)
