"""The command serves, looks once when asked, and says in one line what is wrong."""

import json
from pathlib import Path

import httpx
import pytest

from bot.clock import SystemClock
from bot.domain.units import NS_PER_S
from bot.settings import Settings
from exporters.catalogue import balance
from exporters.wallet.command import NODES_VARIABLE, PUBLIC_NODES, run
from tests.bot.wallet.world import OWNER, World
from tests.exporters.wallet.story import USD, Story

AWAY = {NODES_VARIABLE: "http://127.0.0.1:9/hidden http://localhost:9/hidden"}
WALLET = ["--wallet", OWNER.address]


def nodes(anvil_url: str) -> dict[str, str]:
    """The settings lead to this chain."""
    return {NODES_VARIABLE: f"{anvil_url} {anvil_url.replace('127.0.0.1', 'localhost')}"}


def test_one_look_is_json_and_an_exit_code(
    world: World, anvil_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """0 when they agree, 1 when not."""
    story = Story(tmp_path, start_s=SystemClock().now_ns() // NS_PER_S - 60)
    story.minute()
    world.give(OWNER.address, pusd=25 * USD)
    arguments = [*WALLET, "--journal", str(story.directory), "--once"]
    assert 0 == run(arguments, nodes(anvil_url))
    look = json.loads(capsys.readouterr().out)
    assert ("compared", True, 10.0) == (look["result"], look["agrees"], look["gas_pol"])
    assert {"cash": 25.0, "yes": 0.0, "no": 0.0} == look["chain_usd"]
    world.give(OWNER.address, pusd=USD)
    assert 1 == run(arguments, nodes(anvil_url))
    look = json.loads(capsys.readouterr().out)
    assert (False, 1.0) == (look["agrees"], look["mismatch_usd"]["cash"])


def test_a_look_at_dead_nodes_knows_nothing_and_hides_addresses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1, nulls and no zeros, and not the key in a node's address."""
    assert 1 == run([*WALLET, "--journal", str(tmp_path), "--once"], AWAY)
    told = capsys.readouterr()
    look = json.loads(told.out)
    assert ("no_chain", None, None) == (look["result"], look["agrees"], look["chain_usd"])
    assert "only 0 of 2 nodes" in look["trouble"]
    assert "hidden" not in told.out + told.err


def test_it_serves_its_metrics_until_told_to_stop(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With neither chain nor journal it still serves, and says that nothing is known."""
    texts: list[str] = []

    def wait(_seconds: float) -> bool:
        url = next(line for line in capsys.readouterr().err.split() if "/metrics" in line)
        texts.append(httpx.get(url).text)
        return True

    arguments = [*WALLET, "--journal", str(tmp_path), "--port", "0"]
    assert 0 == run(arguments, AWAY, wait)
    assert f'{balance.CHECKS.name}{{result="no_chain"}} 1.0' in texts[0]
    assert f'{balance.MISMATCH.name}{{asset="cash"}} NaN' in texts[0]


@pytest.mark.parametrize(
    ("arguments", "environ", "expected"),
    [
        ([], {}, "no wallet: give --wallet"),
        (["--wallet", "0x12"], {}, "'0x12' is no address"),
        (WALLET, {NODES_VARIABLE: "polygon"}, "no http"),
        ([*WALLET, "--gas-payer", "me"], {}, "'me' is no address"),
    ],
)
def test_wrong_use_is_one_line(
    arguments: list[str],
    environ: dict[str, str],
    expected: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Exit code 2."""
    assert 2 == run(arguments, environ)
    told = capsys.readouterr().err
    assert expected in told
    assert 1 == told.count("\n")


def test_a_taken_port_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1, naming the place."""
    assert 1 == run([*WALLET, "--host", "203.0.113.1"], AWAY)
    assert "cannot listen on 203.0.113.1:9112" in capsys.readouterr().err


def test_the_public_nodes_are_those_of_the_bot() -> None:
    """Which this process may not import: its settings know the engine."""
    assert PUBLIC_NODES == Settings().rpc_urls
