"""Whatever stands against real orders is said in one line, with exit code 2, and nothing is sent.

Each start is a process of its own, over real sockets. Beside these: tests/bot/test_production.py
has the place, the locks, the kill switch and the bad key.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from polymarket._internal.environment import PRODUCTION_CONFIG, WalletDerivationConfig
from polymarket._internal.wallet import derive_proxy_wallet_address, derive_safe_wallet_address

from bot.latch import LatchFile
from bot.risk.kill_switch import Latch
from bot.wallet.keys import address_of
from tests.bot.sandbox.exchange.world import MovableClock
from tests.scenarios.production.chain_node import ChainNode, serving
from tests.scenarios.production.stage import CONFIG, KEY, Stage, open_stage


async def refusal(stage: Stage, **more: str) -> str:
    """What a start is refused with: exit code 2, one line, no order and no beat."""
    code, text = await stage.said(await stage.start(**more))
    assert 2 == code, text
    assert 1 == text.count("\n"), text
    assert [] == stage.open_orders()
    assert {} == stage.exchange.hall.orders
    return text


async def test_an_account_that_may_only_reduce_is_refused(tmp_path: Path) -> None:
    """Quoting both sides is not reducing."""
    async with open_stage(tmp_path) as stage:
        stage.faults(is_closed_only=True)
        assert "may not trade: closed-only: the account may only reduce" in await refusal(stage)


@pytest.mark.parametrize("skew_s", [5.0, -5.0, 120.0], ids=["behind", "ahead", "far off"])
async def test_a_wrong_clock_is_named_even_when_it_breaks_the_login(
    skew_s: float, tmp_path: Path
) -> None:
    """Two minutes off no login works: the line must not send anybody to look for keys."""
    clock = MovableClock()
    clock.skip(skew_s)
    async with open_stage(tmp_path, clock=clock) as stage:
        text = await refusal(stage)
    sign = "-" if skew_s > 0 else "+"
    assert f"may not trade: clock: {sign}" in text
    assert "run NTP" in text


async def test_missing_approvals_are_refused_and_named(tmp_path: Path) -> None:
    """With them, the same start trades."""
    node = ChainNode(is_approved=False)
    async with open_stage(tmp_path) as stage:
        with serving(node) as urls:
            text = await refusal(stage, PMM_RPC_URLS=urls)
            assert "may not trade: approvals: missing: pUSD to CTF Exchange V2" in text
            node.is_approved = True
            process = await stage.start(PMM_RPC_URLS=urls)
            await stage.until(lambda: bool(stage.open_orders()), process)
            await stage.kill(process)


async def test_nodes_of_another_chain_are_refused(tmp_path: Path) -> None:
    """What they say of a wallet means nothing here."""
    async with open_stage(tmp_path) as stage:
        with serving(ChainNode(chain_id=80002)) as urls:
            text = await refusal(stage, PMM_RPC_URLS=urls)
    assert "may not trade: contracts: could not be checked" in text
    assert "is of chain 80002, not 137" in text


async def test_an_empty_account_is_refused(tmp_path: Path) -> None:
    """No cash and no tokens: nothing could be quoted."""
    config = msgspec.structs.replace(CONFIG, cash=1_000_000)
    async with open_stage(tmp_path, config) as stage:
        text = await refusal(stage)
    assert "may not trade: balance: the exchange sees $1.00 and no tokens of stage-market" in text


async def test_a_latched_kill_switch_is_refused(tmp_path: Path) -> None:
    """Across restarts, until a person resets it."""
    LatchFile(tmp_path).save(Latch(reason="loss", loss=5_000_000, tripped_ns=1))
    async with open_stage(tmp_path) as stage:
        assert "may not trade: kill switch: tripped (loss)" in await refusal(stage)


@pytest.mark.parametrize(
    ("wallet", "said"),
    [
        (derive_proxy_wallet_address, "kind: proxy wallets (of a login by e-mail) are not"),
        (derive_safe_wallet_address, "kind: PMM_WALLET is a wallet of kind safe, not deposit"),
        (lambda *_: "0x" + "b" * 40, "kind: PMM_WALLET is no wallet of this key"),
    ],
    ids=["proxy", "another kind", "a stranger's"],
)
async def test_a_wallet_that_cannot_be_traded_from_is_refused(
    wallet: Callable[[str, WalletDerivationConfig], str], said: str, tmp_path: Path
) -> None:
    """Without a node of the chain, too."""
    address = wallet(address_of(KEY), PRODUCTION_CONFIG.wallet_derivation)
    async with open_stage(tmp_path) as stage:
        text = await refusal(stage, PMM_WALLET=address, PMM_WALLET_KIND="deposit")
    assert f"may not trade: {said}" in text
