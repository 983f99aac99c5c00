"""Sends a deposit wallet's calls through the exchange's relayer, which pays the gas.

The wire is that of polymarket-client 0.14.0, whose signature of the same batch is the same
(tested); it was never tried against the live relayer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import httpx
import msgspec
from eth_account.signers.local import LocalAccount

from bot.domain.errors import InputError, OutcomeUnknown, VenueUnavailable
from bot.domain.ports import Clock
from bot.domain.units import NS_PER_S
from bot.wallet import contracts
from bot.wallet.operations import Call
from bot.wallet.sender import Mined, Tell

DEADLINE_S = 240
"""A batch that is not in a block by then never will be; the exchange allows 300 s."""
TIMEOUT_S = 10.0
POLL_S = 2.0
POLLS_MAX = 100
DONE = "STATE_CONFIRMED"
FAILED = frozenset({"STATE_FAILED", "STATE_INVALID"})

Sleep = Callable[[float], Awaitable[None]]
_T = TypeVar("_T")


class _Nonce(msgspec.Struct):
    nonce: str


class _Submitted(msgspec.Struct, rename={"transaction_id": "transactionID"}):
    transaction_id: str


class _State(msgspec.Struct, rename="camel"):
    state: str
    transaction_hash: str | None = None


class Relayer:
    """Sends for one deposit wallet. Needs the relayer's API key of its owner."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        owner: LocalAccount,
        wallet: str,
        api_key: str,
        clock: Clock,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """Take a client whose base URL is the relayer's."""
        self._http = http
        self._owner = owner
        self._wallet = wallet
        self._clock = clock
        self._sleep = sleep
        self._headers = {"RELAYER_API_KEY": api_key, "RELAYER_API_KEY_ADDRESS": owner.address}

    async def send(self, calls: Sequence[Call], tell: Tell) -> bool:
        """Send all calls as one batch, all or nothing; return whether it was confirmed.

        Raises InputError for a refusal, VenueUnavailable when nothing was sent, OutcomeUnknown when
        the batch was sent and nobody knows what became of it.
        """
        query = {"address": self._owner.address, "type": "WALLET"}
        nonce = await self._read("/v1/account/transactions/params", _Nonce, query)
        deadline_s = self._clock.now_ns() // NS_PER_S + DEADLINE_S
        transaction_id = await self._submit(self._envelope(calls, nonce.nonce, deadline_s))
        what = "; ".join(call.what for call in calls)
        for _ in range(POLLS_MAX):
            try:
                state = await self._read(f"/v1/account/transactions/{transaction_id}", _State)
            except VenueUnavailable:
                state = _State("")  # asked again below
            if state.state == DONE or state.state in FAILED:
                is_done = state.state == DONE
                tell(Mined(what, state.transaction_hash or "", is_done, 0, 0))
                return is_done
            await self._sleep(POLL_S)
        raise OutcomeUnknown(f"{what}: batch {transaction_id} is not settled; look it up first")

    def _envelope(self, calls: Sequence[Call], nonce: str, deadline_s: int) -> dict[str, object]:
        return {
            "type": "WALLET",
            "from": self._owner.address,
            "to": contracts.DEPOSIT_WALLET_FACTORY,
            "nonce": nonce,
            "signature": sign_batch(self._owner, self._wallet, calls, int(nonce), deadline_s),
            "metadata": "",
            "depositWalletParams": {
                "depositWallet": self._wallet,
                "deadline": str(deadline_s),
                "calls": [
                    {"target": call.to, "value": "0", "data": f"0x{call.data.hex()}"}
                    for call in calls
                ],
            },
        }

    async def _submit(self, envelope: dict[str, object]) -> str:
        try:
            response = await self._http.post("/submit", json=envelope, headers=self._headers)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise VenueUnavailable(f"the relayer is away: {type(error).__name__}") from error
        except httpx.HTTPError as error:
            raise OutcomeUnknown(f"the relayer did not answer: {type(error).__name__}") from error
        if 400 <= response.status_code < 500:
            raise InputError(f"the relayer refused: {response.status_code} {response.text[:200]}")
        try:
            return msgspec.json.decode(response.content, type=_Submitted).transaction_id
        except msgspec.MsgspecError as error:
            raise OutcomeUnknown(f"the relayer answered {response.status_code}") from error

    async def _read(self, path: str, kind: type[_T], query: dict[str, str] | None = None) -> _T:
        try:
            response = await self._http.get(path, params=query, headers=self._headers)
            return msgspec.json.decode(response.raise_for_status().content, type=kind)
        except (httpx.HTTPError, msgspec.MsgspecError) as error:
            raise VenueUnavailable(f"the relayer does not say: {type(error).__name__}") from error


def sign_batch(
    owner: LocalAccount, wallet: str, calls: Sequence[Call], nonce: int, deadline_s: int
) -> str:
    """Return the owner's signature (EIP-712) of a batch of a deposit wallet, as 0x hex."""
    types = {
        "Batch": _fields("wallet address nonce uint256 deadline uint256 calls Call[]"),
        "Call": _fields("target address value uint256 data bytes"),
    }
    signed = owner.sign_typed_data(
        {
            "name": "DepositWallet",
            "version": "1",
            "chainId": contracts.CHAIN_ID,
            "verifyingContract": wallet,
        },
        types,
        {
            "wallet": wallet,
            "nonce": nonce,
            "deadline": deadline_s,
            "calls": [{"target": call.to, "value": 0, "data": call.data} for call in calls],
        },
    )
    return "0x" + bytes(signed.signature).hex()


def _fields(text: str) -> list[dict[str, str]]:
    words = iter(text.split())
    return [{"name": name, "type": kind} for name, kind in zip(words, words, strict=True)]
