"""A deposit wallet's batch is signed as the exchange's own client signs it, and sent once."""

import json
from collections.abc import Callable

import httpx
import pytest
from polymarket._internal.actions.relayer.calls import TransactionCall
from polymarket._internal.actions.relayer.signing.deposit_wallet import sign_deposit_wallet_batch
from polymarket.types import EvmAddress, HexString

from bot.domain.errors import InputError, OutcomeUnknown, VenueUnavailable
from bot.wallet import operations
from bot.wallet.relayer import DEADLINE_S, Relayer, sign_batch
from bot.wallet.sender import Mined
from tests.bot.wallet.test_operations import BARE
from tests.bot.wallet.world import OWNER, SAFE, no_pause

CALLS = operations.approve(BARE)
WALLET = SAFE
NOW_S = 1_800_000_000
Answer = Callable[[httpx.Request], httpx.Response]


class FixedClock:
    """Always now."""

    def now_ns(self) -> int:
        """Give the time."""
        return NOW_S * 1_000_000_000


class World:
    """A relayer that answers as told."""

    def __init__(self, *states: str) -> None:
        self.states = list(states)
        self.submitted: list[httpx.Request] = []
        self.submit: Answer = lambda _: httpx.Response(200, json={"transactionID": "t1"})
        self.told: list[Mined] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        if request.method == "POST":
            self.submitted.append(request)
            return self.submit(request)
        if request.url.path.endswith("/params"):
            return httpx.Response(200, json={"address": OWNER.address, "nonce": "4"})
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        if not state:
            return httpx.Response(502)
        return httpx.Response(200, json={"state": state, "transactionHash": "0xfe"})

    async def send(self) -> bool:
        """Send the calls."""
        transport = httpx.MockTransport(self.answer)
        async with httpx.AsyncClient(base_url="http://relayer", transport=transport) as http:
            relayer = Relayer(http, OWNER, WALLET, "secret", FixedClock(), no_pause)
            return await relayer.send(CALLS, self.told.append)


def test_signature_is_that_of_the_exchanges_own_client() -> None:
    """For the same batch, nonce and deadline."""
    theirs = sign_deposit_wallet_batch(
        OWNER,
        wallet=EvmAddress(WALLET),
        calls=[
            TransactionCall(EvmAddress(call.to), HexString(f"0x{call.data.hex()}"))
            for call in CALLS
        ],
        nonce="4",
        deadline="99",
        chain_id=137,
    )
    assert theirs == sign_batch(OWNER, WALLET, CALLS, 4, 99)


async def test_confirmed_batch_is_told_and_costs_us_nothing() -> None:
    """After some waiting, and through a hiccup."""
    world = World("STATE_NEW", "", "STATE_MINED", "STATE_CONFIRMED")
    assert await world.send()
    (mined,) = world.told
    assert ("0xfe", True, 0) == (mined.transaction_hash, mined.succeeded, mined.gas_used)
    (request,) = world.submitted
    assert "secret" == request.headers["RELAYER_API_KEY"]
    body = json.loads(request.content)
    assert ("WALLET", OWNER.address, "4") == (body["type"], body["from"], body["nonce"])
    inner = body["depositWalletParams"]
    assert (WALLET, str(NOW_S + DEADLINE_S)) == (inner["depositWallet"], inner["deadline"])
    assert len(CALLS) == len(inner["calls"])


async def test_failed_batch_is_told_as_failed() -> None:
    """All or nothing."""
    world = World("STATE_FAILED")
    assert not await world.send()
    assert [False] == [mined.succeeded for mined in world.told]


async def test_batch_that_never_settles_is_unknown() -> None:
    """With its id, so that a person can look it up."""
    with pytest.raises(OutcomeUnknown, match="batch t1 is not settled"):
        await World("STATE_NEW").send()


def fails(error: type[httpx.TransportError]) -> Answer:
    """An answer that does not come."""

    def answer(request: httpx.Request) -> httpx.Response:
        raise error("no", request=request)

    return answer


@pytest.mark.parametrize(
    ("submit", "kind"),
    [
        (lambda _: httpx.Response(400, text="wallet busy"), InputError),
        (lambda _: httpx.Response(502, text="?"), OutcomeUnknown),
        (fails(httpx.ReadTimeout), OutcomeUnknown),
        (fails(httpx.ConnectError), VenueUnavailable),
    ],
)
async def test_submission_that_fails_says_what_is_proved(
    submit: Answer, kind: type[Exception]
) -> None:
    """And is never repeated by itself."""
    world = World("STATE_NEW")
    world.submit = submit
    with pytest.raises(kind):
        await world.send()
    assert 1 == len(world.submitted)
