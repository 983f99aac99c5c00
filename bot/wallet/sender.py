"""Sends calls from the signing key, one after the other, and waits for each to be in a block.

A signed transaction has one hash and one nonce, so handing it to several nodes sends it once.
Nothing is signed anew while the fate of the last one is open.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence

import msgspec
from eth_account.signers.local import LocalAccount
from eth_typing import HexStr
from web3 import Web3
from web3.exceptions import TransactionNotFound
from web3.types import TxParams, Wei

from bot.domain.errors import InputError, OutcomeUnknown, VenueUnavailable
from bot.wallet import contracts
from bot.wallet.chain import checksummed
from bot.wallet.operations import Call
from bot.wallet.rpc import Nodes

GWEI = 10**9
TIP_GWEI_MIN = 30
"""Polygon's nodes take no less than about 25."""
PRICE_GWEI_MAX = 1_000
"""Dearer than this and we wait for another day."""
GAS_SPARE = 1.25
"""Times the estimate: state may change a little until the block."""
POLL_S = 2.0
POLLS_MAX = 60

Sleep = Callable[[float], Awaitable[None]]


class Mined(msgspec.Struct, frozen=True):
    """A call that is in a block. `succeeded` is False for one that the chain reverted."""

    what: str
    transaction_hash: str
    succeeded: bool
    gas_used: int
    gas_price_wei: int


Tell = Callable[[Mined], None]


class Sender:
    """Sends from one key that pays its own gas."""

    def __init__(self, nodes: Nodes, signer: LocalAccount, sleep: Sleep = asyncio.sleep) -> None:
        """Be ready."""
        self._nodes = nodes
        self._signer = signer
        self._sleep = sleep

    async def send(self, calls: Sequence[Call], tell: Tell) -> bool:
        """Send the calls in order; return whether all succeeded. Stops at the first that does not.

        `tell` gets each one as it is mined. Raises InputError when the chain would refuse one (it
        was not sent), VenueUnavailable when nodes disagree or are away before sending, and
        OutcomeUnknown when one was sent and never seen in a block.
        """
        for call in calls:
            mined = await self._send_one(call)
            tell(mined)
            if not mined.succeeded:
                return False
        return True

    async def _send_one(self, call: Call) -> Mined:
        raw, transaction_hash = await asyncio.to_thread(self._sign, call)
        with contextlib.suppress(VenueUnavailable, InputError):
            # Whatever the nodes answer, one may have it: only the chain can say.
            await asyncio.to_thread(self._hand_over, raw)
        return await self._wait(call, transaction_hash)

    def _hand_over(self, raw: bytes) -> None:
        self._nodes.first(lambda web3: web3.eth.send_raw_transaction(raw))

    def _sign(self, call: Call) -> tuple[bytes, str]:
        sender = checksummed(self._signer.address)
        nonce = self._nodes.agreed(
            lambda web3, block: int(web3.eth.get_transaction_count(sender, block))
        )
        wanted: TxParams = {"from": sender, "to": checksummed(call.to), "data": call.data}
        gas = self._nodes.first(lambda web3: int(web3.eth.estimate_gas(wanted)))
        price = self._nodes.first(_prices)
        if price > PRICE_GWEI_MAX * GWEI:
            raise InputError(f"gas costs {price / GWEI:,.0f} gwei now: nothing was sent")
        signed = self._signer.sign_transaction(
            {
                "type": 2,
                "chainId": contracts.CHAIN_ID,
                "nonce": nonce,
                "to": checksummed(call.to),
                "value": 0,
                "data": call.data,
                "gas": int(gas * GAS_SPARE),
                "maxFeePerGas": price,
                "maxPriorityFeePerGas": TIP_GWEI_MIN * GWEI,
            }
        )
        return bytes(signed.raw_transaction), "0x" + bytes(signed.hash).hex()

    async def _wait(self, call: Call, transaction_hash: str) -> Mined:
        for _ in range(POLLS_MAX):
            try:
                mined = await asyncio.to_thread(self._receipt, call, transaction_hash)
            except VenueUnavailable:
                mined = None  # a node that is behind has not seen it yet
            if mined is not None:
                return mined
            await self._sleep(POLL_S)
        raise OutcomeUnknown(
            f"{call.what}: {transaction_hash} was sent and is in no block yet; look it up before "
            "anything else is sent"
        )

    def _receipt(self, call: Call, transaction_hash: str) -> Mined | None:
        def read(web3: Web3, _block: int) -> Mined | None:
            try:
                receipt = web3.eth.get_transaction_receipt(HexStr(transaction_hash))
            except TransactionNotFound:
                return None
            return Mined(
                what=call.what,
                transaction_hash=transaction_hash,
                succeeded=receipt["status"] == 1,
                gas_used=int(receipt["gasUsed"]),
                gas_price_wei=int(receipt["effectiveGasPrice"]),
            )

        return self._nodes.agreed(read)


def _prices(web3: Web3) -> Wei:
    # Room for the base fee to double while we wait.
    base = web3.eth.get_block("latest").get("baseFeePerGas", Wei(0))
    return Wei(2 * base + TIP_GWEI_MIN * GWEI)
