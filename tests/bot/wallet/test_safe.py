"""A Safe does what its owner signed, and nothing a second time."""

import pytest

from bot.domain.errors import InputError
from bot.wallet import operations
from bot.wallet.safe import SafeSender, through_safe
from bot.wallet.sender import Sender
from tests.bot.wallet.world import OWNER, SAFE, USD, World, no_pause


async def test_safe_moves_its_own_money(world: World) -> None:
    """Call after call, each with its nonce; the owner pays the gas."""
    world.give(SAFE, usdc_e=5 * USD)
    state = world.chain.wallet(SAFE, OWNER.address)
    sender = SafeSender(Sender(world.nodes, OWNER, no_pause), world.nodes, SAFE, OWNER)
    assert await sender.send(operations.wrap(state, None), world.told.append)
    assert await sender.send(operations.approve(state), world.told.append)
    found = world.chain.wallet(SAFE, OWNER.address)
    assert (5 * USD, 0, ()) == (found.pusd, found.usdc_e, found.missing)
    assert 8 == len(world.told)


async def test_signature_for_another_nonce_is_refused(world: World) -> None:
    """By the Safe itself."""
    call = operations.approve(world.chain.wallet(SAFE, OWNER.address))[0]
    stale = through_safe(call, SAFE, 1, OWNER)
    with pytest.raises(InputError, match="GS026"):
        await world.send([stale])
