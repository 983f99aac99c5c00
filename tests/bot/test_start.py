"""What stands against a start, and what an earlier run left."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.domain.errors import InputError, SettingsError, VenueUnavailable
from bot.domain.reports import TradeState
from bot.live.past import Recollection
from bot.preflight.checks import Line
from bot.settings import Settings, load_secrets
from bot.start import check_start, failed_legs, first_red, make_past
from bot.venues.polymarket.exchange import Balances
from bot.venues.polymarket.recovery import Recovered
from bot.venues.polymarket.user_wire import Leg, Trade
from bot.wallet.chain import WalletState
from tests.scenarios.production.stage import KEY, MARKET, NO, SHARE, YES, Stage, open_stage

MEMORY = Recollection([], {}, 0)


def settings(stage: Stage) -> Settings:
    """The settings of a bot at the local exchange."""
    url = stage.server.url
    return Settings(
        clob_url=url, relayer_url=url, geoblock_url=f"{url}/api/geoblock", rpc_urls="",
        state_dir=str(stage.state_dir),
    )  # fmt: skip


class ChainWithoutApprovals:
    """A chain on which nothing was approved."""

    def wallet(self, address: str, signer: str) -> WalletState:
        """Say that everything is missing."""
        raise InputError(f"{address} of {signer}: no approvals")

    def signatures(self, safe: str) -> int:
        """There is no Safe."""
        raise InputError(safe)

    def without_code(self) -> tuple[str, ...]:
        """All contracts are there."""
        return ()

    def decimals(self) -> int:
        """As pUSD."""
        return 6


def test_only_lines_that_matter_stop_a_start() -> None:
    """No cash is no reason: it may be in tokens; without a chain its lines are left out."""
    lines = [
        Line("balance", is_green=False, text=""),
        Line("approvals", is_green=False, text="missing"),
        Line("clock", is_green=False, text="off"),
    ]
    reds = [first_red(lines, has_chain=known) for known in (True, False)]
    assert ["approvals", "clock"] == [red.name for red in reds if red]
    assert first_red([Line("clock", is_green=True, text="")], has_chain=True) is None


def test_the_legs_of_failed_trades_are_named() -> None:
    """By trade and order, in lower case."""
    legs = (Leg("0xA", YES, 4_800, SHARE),)
    trades = [Trade("T-1", TradeState.FAILED, legs), Trade("T-2", TradeState.MINED, legs)]
    assert [("T-1", "0xa")] == failed_legs(Recovered(trades, Balances(0, {})))


@pytest.mark.parametrize(
    ("faults", "named"),
    [
        ({}, None),
        ({"is_geoblocked": True}, "may not trade: place: XX is blocked"),
        ({"is_closed_only": True}, "may not trade: closed-only"),
    ],
)
async def test_each_refusal_is_one_clear_line(
    faults: dict[str, object], named: str | None, tmp_path: Path
) -> None:
    """Green lets start; red names the check and what to do."""
    secrets = load_secrets(environ={"PMM_LIVE": "yes", "PMM_PRIVATE_KEY": KEY})
    async with open_stage(tmp_path) as stage:
        stage.faults(**faults)
        if named is None:
            await check_start(settings(stage), secrets, SystemClock())
            with pytest.raises(SettingsError, match="may not trade: wallet"):
                await check_start(settings(stage), secrets, SystemClock(), ChainWithoutApprovals())
        else:
            with pytest.raises(SettingsError, match=named):
                await check_start(settings(stage), secrets, SystemClock())


async def test_holdings_are_taken_at_the_midpoint(tmp_path: Path) -> None:
    """Ten YES and five NO at a mid of 0.50; without a price there is no start."""
    held = Recovered([], Balances(SHARE, {YES: 10 * SHARE, NO: 5 * SHARE}))
    nothing = Recovered([], Balances(5 * SHARE, {YES: 0, NO: 0}))
    bankrupt = Recovered([], Balances(5 * SHARE - 1, {YES: 0, NO: 0}))
    async with open_stage(tmp_path) as stage:
        past, cost = await make_past(settings(stage), MARKET, MEMORY, held, [])
        assert (5_000, 7_500_000) == (past.mid, cost)
    away = Settings(clob_url="http://127.0.0.1:1")
    with pytest.raises(VenueUnavailable, match="have no midpoint"):
        await make_past(away, MARKET, MEMORY, held, [])
    assert 0 == (await make_past(away, MARKET, MEMORY, nothing, []))[1]
    with pytest.raises(SettingsError, match="no tokens of stage-market"):
        await make_past(away, MARKET, MEMORY, bankrupt, [])
