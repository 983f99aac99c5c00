"""Nodes of a chain that answer what the start of a bot asks, over real sockets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from eth_utils.crypto import keccak

from bot.wallet.contracts import CONTRACTS
from tests.loopback import answering

WORD = 64
_SELECTORS = {
    keccak(text=signature)[:4].hex(): signature
    for signature in (
        "balanceOf(address)",
        "allowance(address,address)",
        "decimals()",
        "isApprovedForAll(address,address)",
    )
}
_CONTRACTS = {address.lower() for address in CONTRACTS.values()}


class ChainNode:
    """The chain as one node has it: every contract is there, the wallet is a plain key."""

    def __init__(self, *, chain_id: int = 137, is_approved: bool = True) -> None:
        self.chain_id = chain_id
        self.is_approved = is_approved

    def answer(self, method: str, parameters: list[object]) -> str:
        """Answer one question, in hex."""
        match method:
            case "eth_chainId":
                return hex(self.chain_id)
            case "eth_blockNumber":
                return "0x64"
            case "eth_getBalance":
                return "0x0"
            case "eth_getCode":
                return "0x60" if str(parameters[0]).lower() in _CONTRACTS else "0x"
            case "eth_call":
                call = parameters[0]
                assert isinstance(call, dict)
                return self._call(str(call.get("data") or call["input"]))
        raise AssertionError(method)

    def _call(self, data: str) -> str:
        value = {
            "balanceOf(address)": 100_000_000,
            "decimals()": 6,
            "allowance(address,address)": 2**255 if self.is_approved else 0,
            "isApprovedForAll(address,address)": int(self.is_approved),
        }[_SELECTORS[data[2:10]]]
        return f"0x{value:0{WORD}x}"


@contextmanager
def serving(node: ChainNode, count: int = 2) -> Iterator[str]:
    """Serve a chain on so many nodes; gives what PMM_RPC_URLS should say."""
    with ExitStack() as stack:
        yield " ".join(stack.enter_context(_one(node)) for _ in range(count))


@contextmanager
def _one(node: ChainNode) -> Iterator[str]:
    def answer(body: bytes) -> bytes:
        asked = json.loads(body)
        result = node.answer(asked["method"], asked["params"])
        return json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": result}).encode()

    with answering(answer) as url:
        yield url
