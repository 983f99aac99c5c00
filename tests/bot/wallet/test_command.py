"""`python -m bot wallet` as a person runs it, against a real EVM."""

from pathlib import Path

import pytest

from bot.__main__ import main
from bot.domain.events import TransactionMined
from bot.journal import read_journal
from tests.bot.markets.catalogue import catalogue
from tests.bot.venues.polymarket.test_screening import GOOD
from tests.bot.wallet.world import MARKET, OWNER, SAFE, USD, World

KEY = "0x" + "42" * 32
ENTRY = GOOD | {
    "conditionId": MARKET.condition_id,
    "slug": MARKET.slug,
    "clobTokenIds": '["7", "9"]',
    "negRisk": False,
}


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PMM_PRIVATE_KEY", KEY)
    monkeypatch.setenv("PMM_STATE_DIR", str(tmp_path))


@pytest.fixture
def chain(world: World, anvil_url: str, monkeypatch: pytest.MonkeyPatch) -> World:
    """The settings lead to this chain."""
    other = anvil_url.replace("127.0.0.1", "localhost")
    monkeypatch.setenv("PMM_RPC_URLS", f"{anvil_url} {other}")
    return world


def mined(state_dir: Path) -> list[TransactionMined]:
    """What the journal says of it."""
    events = read_journal(state_dir / "wallet-journal")
    return [event for event in events if isinstance(event, TransactionMined)]


def test_status_says_what_is_there(chain: World, capsys: pytest.CaptureFixture[str]) -> None:
    """And which approvals are missing."""
    chain.give(OWNER.address, pusd=25 * USD)
    assert 0 == main(["wallet", "status"])
    told = capsys.readouterr().out
    assert f"{OWNER.address} (no contract)" in told
    assert "25.000000" in told
    assert "missing: pUSD to CTF Exchange V2" in told


def test_dry_run_sends_nothing(chain: World, capsys: pytest.CaptureFixture[str]) -> None:
    """It is what happens unless one says --yes."""
    assert 0 == main(["wallet", "approve"])
    assert "nothing was sent: run this again with --yes" in capsys.readouterr().out
    assert 6 == len(chain.chain.wallet(OWNER.address, OWNER.address).missing)


def test_approvals_are_sent_once_and_their_gas_is_written_down(
    chain: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In POL, and in dollars with the price that was given."""
    assert 0 == main(["wallet", "approve", "--yes", "--pol-usd", "0.5"])
    events = mined(tmp_path)
    assert 6 == len(events)
    assert {"approve"} == {event.operation for event in events}
    assert all(event.gas_cost_pol > 0 for event in events)
    assert all(event.gas_cost_usd == event.gas_cost_pol * 0.5 for event in events)
    assert 0 == main(["wallet", "approve", "--yes"])
    told = capsys.readouterr()
    assert "nothing to do" in told.out
    assert KEY[2:] not in told.out + told.err


def test_safe_wraps_through_its_owner(
    chain: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Part of what it holds."""
    monkeypatch.setenv("PMM_WALLET", SAFE)
    monkeypatch.setenv("PMM_WALLET_KIND", "safe")
    chain.give(SAFE, usdc_e=5 * USD)
    assert 0 == main(["wallet", "wrap", "--amount", "2", "--yes"])
    assert 2 * USD == chain.chain.wallet(SAFE, OWNER.address).pusd
    assert 0 == main(["wallet", "unwrap", "--yes"])
    assert 0 == chain.chain.wallet(SAFE, OWNER.address).pusd
    assert "done" in capsys.readouterr().out


def test_pairs_are_merged_and_then_redeemed(chain: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the market's name."""
    chain.give(OWNER.address, yes=7 * USD, no=3 * USD)
    with catalogue(ENTRY) as url:
        monkeypatch.setenv("PMM_GAMMA_URL", url)
        assert 0 == main(["wallet", "approve", "--yes"])
        assert 0 == main(["wallet", "merge", "--market", MARKET.slug, "--yes"])
        assert 2 == main(["wallet", "redeem", "--market", MARKET.slug, "--yes"])
        chain.resolve()
        assert 0 == main(["wallet", "redeem", "--market", MARKET.slug, "--yes"])
    assert 7 * USD == chain.chain.wallet(OWNER.address, OWNER.address).pusd


@pytest.mark.parametrize(
    ("env", "arguments", "expected"),
    [
        ({"PMM_PRIVATE_KEY": ""}, ["status"], "set PMM_PRIVATE_KEY"),
        ({}, ["merge"], "merge needs --market"),
        ({}, ["wrap", "--amount", "much"], "is not a number"),
        ({"PMM_WALLET": SAFE}, ["approve", "--yes"], "set PMM_RELAYER_KEY"),
        ({"PMM_WALLET": SAFE, "PMM_WALLET_KIND": "eoa"}, ["approve", "--yes"], "PMM_WALLET_KIND"),
    ],
)
def test_wrong_use_is_one_line_that_says_what_to_do(
    chain: World,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    env: dict[str, str],
    arguments: list[str],
    expected: str,
) -> None:
    """Exit code 2, and nothing was sent."""
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert 2 == main(["wallet", *arguments])
    assert expected in capsys.readouterr().err.splitlines()[-1]


def test_nodes_that_are_away_fail_without_a_trace_of_the_key(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1."""
    monkeypatch.setenv("PMM_RPC_URLS", "http://127.0.0.1:9/hidden http://localhost:9/hidden")
    assert 1 == main(["wallet", "status"])
    told = capsys.readouterr().err
    assert "only 0 of 2 nodes" in told
    assert "hidden" not in told
