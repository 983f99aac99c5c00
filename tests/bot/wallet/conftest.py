"""A real EVM (anvil) with stand-in contracts at the real addresses, seen through two nodes."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from requests.exceptions import RequestException
from web3 import HTTPProvider, Web3
from web3.providers.rpc.utils import ExceptionRetryConfiguration
from web3.types import RPCEndpoint

from bot.wallet import contracts
from bot.wallet.chain import checksummed
from bot.wallet.rpc import Node, Nodes
from tests.bot.wallet.world import OWNER, World
from tests.ports import free_port

MOCKS = json.loads((Path(__file__).parent / "mocks.json").read_text())
AT = {
    contracts.PUSD: "Token",
    contracts.USDC_E: "Token",
    contracts.CONDITIONAL_TOKENS: "Ctf",
    contracts.CTF_ADAPTER: "Adapter",
    contracts.NEG_RISK_ADAPTER: "Adapter",
    contracts.ONRAMP: "Ramp",
    contracts.OFFRAMP: "Ramp",
    contracts.CTF_EXCHANGE: "Ramp",
    contracts.NEG_RISK_EXCHANGE: "Ramp",
}


@pytest.fixture
def anvil_url() -> Iterator[str]:
    """A fresh anvil on a free port of the loopback; skips without the program."""
    program = shutil.which("anvil")
    if program is None:
        pytest.skip("no anvil on PATH: npm install @foundry-rs/anvil, and add its bin folder")
    port = free_port()
    command = [program, "--port", str(port), "--chain-id", "137", "--accounts", "1", "--silent"]
    with subprocess.Popen(command) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(url)
            yield url
        finally:
            process.terminate()


def _wait_for(url: str) -> None:
    # Each refused connection is waited for in the retries of the provider, not by sleeping here.
    retries = ExceptionRetryConfiguration(errors=[RequestException], retries=9, backoff_factor=0.05)
    web3 = Web3(HTTPProvider(url, exception_retry_configuration=retries))
    assert web3.eth.chain_id == contracts.CHAIN_ID


@pytest.fixture
def world(anvil_url: str) -> World:
    """A fresh state: contracts, an owner with POL, and two nodes that are the same chain."""
    web3 = Web3(HTTPProvider(anvil_url))
    for address, name in AT.items():
        _do(web3, "anvil_setCode", checksummed(address), MOCKS[name])
    _do(web3, "anvil_setBalance", OWNER.address, hex(10**19))
    other = anvil_url.replace("127.0.0.1", "localhost")
    return World(web3, Nodes([Node(anvil_url), Node(other)], contracts.CHAIN_ID), MOCKS["Safe"])


def _do(web3: Web3, method: str, *parameters: object) -> object:
    return web3.provider.make_request(RPCEndpoint(method), list(parameters)).get("result")
