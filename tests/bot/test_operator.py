"""A person takes every order off, whatever the bot does meanwhile."""

from pathlib import Path

from tests.scenarios.production.stage import Stage, open_stage


async def rest_two_orders(stage: Stage) -> None:
    """Leave orders behind, as a bot does that was killed.

    The exchange forgets its heart: else the orders are gone by themselves some ten seconds later,
    which is no long time for a command to start in.
    """
    process = await stage.start()
    await stage.until(lambda: len(stage.open_orders()) >= 2, process)
    await stage.kill(process)
    stage.exchange._chains.clear()


async def test_every_order_is_taken_off_and_the_list_looked_at(tmp_path: Path) -> None:
    """Without the live switch: it can only make things safer."""
    async with open_stage(tmp_path) as stage:
        await rest_two_orders(stage)
        code, text = await stage.said(await stage.start("cancel-all", PMM_LIVE="no"))
        assert (0, []) == (code, stage.open_orders())
        assert "2 orders taken off; the exchange lists none" in text


async def test_what_may_still_rest_is_said(tmp_path: Path) -> None:
    """The exchange is disabled: nothing can be cancelled, and the person has to know."""
    async with open_stage(tmp_path) as stage:
        await rest_two_orders(stage)
        stage.faults(mode="disabled")
        code, text = await stage.said(await stage.start("cancel-all"))
        assert 1 == code
        assert "orders may still rest: 2 orders still rest" in text


async def test_without_a_key_it_is_wrong_use(tmp_path: Path) -> None:
    """One line, no traceback."""
    async with open_stage(tmp_path) as stage:
        code, text = await stage.said(await stage.start("cancel-all", PMM_PRIVATE_KEY=""))
        assert (2, "bot: no key: set PMM_PRIVATE_KEY or PMM_PRIVATE_KEY_FILE\n") == (code, text)
