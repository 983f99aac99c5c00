"""A Safe's transactions, signed by its only owner (Safe 1.3, EIP-712), who also pays their gas."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from eth_account.signers.local import LocalAccount

from bot.wallet import contracts
from bot.wallet.chain import checksummed
from bot.wallet.operations import Call, encoded
from bot.wallet.rpc import Nodes
from bot.wallet.sender import Sender, Tell

_NOBODY = "0x" + "00" * 20
_FIELDS = (
    ("to", "address"),
    ("value", "uint256"),
    ("data", "bytes"),
    ("operation", "uint8"),
    ("safeTxGas", "uint256"),
    ("baseGas", "uint256"),
    ("gasPrice", "uint256"),
    ("gasToken", "address"),
    ("refundReceiver", "address"),
    ("nonce", "uint256"),
)


def through_safe(call: Call, safe: str, nonce: int, owner: LocalAccount) -> Call:
    """Return the call to the Safe that makes the Safe do `call`; good for this nonce only.

    No gas is refunded, and an inner failure reverts the whole.
    """
    values = (call.to, 0, call.data, 0, 0, 0, 0, _NOBODY, _NOBODY)
    message = dict(zip((name for name, _ in _FIELDS), (*values, nonce), strict=True))
    signed = owner.sign_typed_data(
        {"chainId": contracts.CHAIN_ID, "verifyingContract": safe},
        {"SafeTx": [{"name": name, "type": kind} for name, kind in _FIELDS]},
        message,
    )
    data = encoded(contracts.EXEC, *values, bytes(signed.signature))
    return Call(safe, data, call.what)


class SafeSender:
    """Sends for one Safe from its owner's key."""

    def __init__(self, sender: Sender, nodes: Nodes, safe: str, owner: LocalAccount) -> None:
        """Take the owner's sender."""
        self._sender = sender
        self._nodes = nodes
        self._safe = checksummed(safe)
        self._owner = owner

    async def send(self, calls: Sequence[Call], tell: Tell) -> bool:
        """Send in order, each with the Safe's next nonce; like `Sender.send`."""
        for call in calls:
            nonce = await asyncio.to_thread(self._nonce)
            wrapped = through_safe(call, self._safe, nonce, self._owner)
            if not await self._sender.send([wrapped], tell):
                return False
        return True

    def _nonce(self) -> int:
        return self._nodes.agreed(
            lambda web3, block: int(
                web3.eth.contract(self._safe, abi=contracts.SAFE)
                .functions.nonce()
                .call(block_identifier=block)
            )
        )
