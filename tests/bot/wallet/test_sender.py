"""What is planned comes into a block, in order, once; what would fail is not sent."""

from collections.abc import Callable

import pytest

from bot.domain.errors import InputError, OutcomeUnknown, VenueUnavailable
from bot.wallet import contracts, operations
from bot.wallet.chain import WalletState
from bot.wallet.operations import Call
from bot.wallet.rpc import Node, Nodes
from bot.wallet.sender import GWEI, Sender
from tests.bot.wallet.world import MARKET, OWNER, USD, World, no_pause


def state_of(world: World) -> WalletState:
    """The owner's wallet now."""
    return world.chain.wallet(OWNER.address, OWNER.address)


async def test_money_goes_in_and_out_again(world: World) -> None:
    """USDC.e to pUSD and back, in whole and in part, and leaves no allowance behind."""
    world.give(OWNER.address, usdc_e=10 * USD)
    assert await world.send(operations.wrap(state_of(world), 4 * USD))
    assert (4 * USD, 6 * USD) == (state_of(world).pusd, state_of(world).usdc_e)
    assert await world.send(operations.unwrap(state_of(world), None))
    assert (0, 10 * USD) == (state_of(world).pusd, state_of(world).usdc_e)
    assert 4 == len(world.told)


async def test_pairs_are_merged_and_winners_redeemed(world: World) -> None:
    """Through the adapter of the market's kind, once it is approved."""
    world.give(OWNER.address, yes=7 * USD, no=3 * USD)
    assert await world.send(operations.approve(state_of(world)))
    holdings = world.chain.holdings(OWNER.address, MARKET)
    assert await world.send(operations.merge(state_of(world), holdings, MARKET, None))
    assert 3 * USD == state_of(world).pusd
    world.resolve()
    holdings = world.chain.holdings(OWNER.address, MARKET)
    assert await world.send(operations.redeem(state_of(world), holdings, MARKET))
    assert 7 * USD == state_of(world).pusd


async def test_gas_is_told_as_it_was_paid(world: World) -> None:
    """Used times price is what the balance lost."""
    before = state_of(world).gas_wei
    assert await world.send(operations.approve(state_of(world))[:1])
    (mined,) = world.told
    assert before - state_of(world).gas_wei == mined.gas_used * mined.gas_price_wei > 0


async def test_call_that_would_fail_is_not_sent(world: World) -> None:
    """The estimate says so, with the chain's reason."""
    world.give(OWNER.address, usdc_e=USD)
    only_wrap = operations.wrap(state_of(world), None)[1:]
    with pytest.raises(InputError, match=r"the chain refuses this: .*allowance"):
        await world.send(only_wrap)
    assert [] == world.told


async def test_reverted_call_stops_the_rest(world: World) -> None:
    """It was fine when estimated and not any more in its block."""
    world.give(OWNER.address, usdc_e=USD)
    calls = operations.wrap(state_of(world), None)
    await world.send(calls[:1])
    sender = FlakySender(world.nodes, OWNER, no_pause)
    sender.before = lambda: world.set_code(contracts.ONRAMP, "0xfe")
    assert not await sender.send([calls[1], calls[0]], world.told.append)
    assert [True, False] == [mined.succeeded for mined in world.told]


async def test_lost_answer_to_sending_is_looked_up_and_not_sent_again(world: World) -> None:
    """The node took it and hung up."""
    sender = FlakySender(world.nodes, OWNER, no_pause)
    sender.loses_answer = True
    assert await sender.send(operations.approve(state_of(world))[:1], world.told.append)
    assert 1 == len(world.told)


async def test_transaction_that_never_comes_is_unknown(world: World) -> None:
    """With its hash, so that a person can look it up."""
    world.mines(at_once=False)
    with pytest.raises(OutcomeUnknown, match=r"0x[0-9a-f]{64} was sent and is in no block"):
        await world.send(operations.approve(state_of(world))[:1])


async def test_dear_gas_waits_for_another_day(world: World) -> None:
    """Nothing is signed."""
    calls = operations.approve(state_of(world))[:1]
    world.do("anvil_setNextBlockBaseFeePerGas", hex(600 * GWEI))
    world.do("evm_mine")
    with pytest.raises(InputError, match=r"gas costs .* gwei now: nothing was sent"):
        await world.send(calls)


async def test_one_node_is_not_enough_to_move_money(world: World, anvil_url: str) -> None:
    """Nobody can vouch for it."""
    calls: list[Call] = operations.approve(state_of(world))
    alone = Nodes([Node(anvil_url)], contracts.CHAIN_ID)
    with pytest.raises(VenueUnavailable, match="only 1 of 2"):
        await Sender(alone, OWNER, no_pause).send(calls, world.told.append)


class FlakySender(Sender):
    """A sender with something that happens as a transaction is handed over."""

    before: Callable[[], None] | None = None
    loses_answer = False

    def _hand_over(self, raw: bytes) -> None:
        if self.before is not None:
            self.before()
        super()._hand_over(raw)
        if self.loses_answer:
            raise VenueUnavailable("hung up")
