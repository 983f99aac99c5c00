"""The chain says what a wallet holds and may spend."""

import pytest

from bot.domain.errors import InputError, VenueUnavailable
from bot.wallet import contracts, operations
from bot.wallet.chain import Holdings, checksummed
from tests.bot.wallet.world import MARKET, OWNER, SAFE, USD, World


def test_wallet_is_read_whole(world: World) -> None:
    """A plain key without approvals."""
    world.give(OWNER.address, pusd=25 * USD, usdc_e=3 * USD)
    state = world.chain.wallet(OWNER.address, OWNER.address)
    assert (25 * USD, 3 * USD, 10**19, False) == (
        state.pusd,
        state.usdc_e,
        state.gas_wei,
        state.has_code,
    )
    assert 6 == len(state.missing)
    assert "pUSD to CTF Exchange V2" in state.missing
    assert world.chain.wallet(SAFE, OWNER.address).has_code


async def test_given_approvals_are_seen(world: World) -> None:
    """And an allowance below the balance is none."""
    state = world.chain.wallet(OWNER.address, OWNER.address)
    assert await world.send(operations.approve(state))
    assert () == world.chain.wallet(OWNER.address, OWNER.address).missing
    world.give(OWNER.address, pusd=25 * USD)
    small = operations.encoded(contracts.APPROVE, contracts.CTF_EXCHANGE, USD)
    assert await world.send([operations.Call(contracts.PUSD, small, "approve a little")])
    found = world.chain.wallet(OWNER.address, OWNER.address)
    assert ("pUSD to CTF Exchange V2",) == found.missing


def test_holdings_and_resolution(world: World) -> None:
    """In size units."""
    world.give(OWNER.address, yes=7 * USD, no=2 * USD)
    assert Holdings(7 * USD, 2 * USD, is_resolved=False) == world.chain.holdings(
        OWNER.address, MARKET
    )
    world.resolve()
    assert world.chain.holdings(OWNER.address, MARKET).is_resolved


def test_contracts_are_where_they_should_be(world: World) -> None:
    """And pUSD has six decimals."""
    assert ((), 6) == (world.chain.without_code(), world.chain.decimals())
    world.set_code(contracts.ONRAMP, "0x")
    assert ("onramp",) == world.chain.without_code()


def test_missing_contract_is_no_empty_wallet(world: World) -> None:
    """No code answers no balance, and that is no zero."""
    world.set_code(contracts.PUSD, "0x")
    with pytest.raises(VenueUnavailable, match="only 0 of 2 nodes"):
        world.chain.wallet(OWNER.address, OWNER.address)


def test_what_is_no_address_is_named() -> None:
    """Before anything is asked."""
    with pytest.raises(InputError, match="'0x12' is no address"):
        checksummed("0x12")
    assert OWNER.address == checksummed(OWNER.address.lower())


def test_balances_are_those_of_one_block(world: World) -> None:
    """Cash, gas and any tokens, with the block's own time."""
    world.give(OWNER.address, pusd=25 * USD, usdc_e=3 * USD, yes=7 * USD)
    found = world.chain.balances(OWNER.address, SAFE, ["7", "9"])
    assert (25 * USD, 3 * USD, 0) == (found.pusd, found.usdc_e, found.gas_wei)
    assert {"7": 7 * USD, "9": 0} == found.tokens
    block = world.web3.eth.get_block("latest")
    assert (block["number"], block["timestamp"]) == (found.block, found.time_s)


def test_a_safe_says_how_many_must_sign(world: World) -> None:
    """More than one, and nothing that this key signs is done."""
    world.set_code(SAFE, "0x600260005260206000f3")  # returns 2, whatever it is asked
    assert 2 == world.chain.signatures(SAFE)
