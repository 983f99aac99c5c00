"""The chain of heartbeats (polymarket.md 8.1)."""

from __future__ import annotations

from random import Random

import pytest

from bot.domain.units import NS_PER_S
from bot.sandbox.exchange.heartbeat import HeartbeatChain
from bot.sandbox.exchange.refusals import Refused


def test_each_id_is_accepted_once_and_in_order() -> None:
    """The first is empty, each next one is the answer to the last; another one names the right."""
    chain = HeartbeatChain(Random(1))
    first = chain.beat("", 0)
    second = chain.beat(first, 0)
    assert first != second
    with pytest.raises(Refused) as refused:
        chain.beat(first, 0)
    assert (400, "Invalid Heartbeat ID", second) == (
        refused.value.status,
        refused.value.body["error_msg"],
        refused.value.body["heartbeat_id"],
    )


def test_it_is_silent_only_after_it_was_armed_and_stopped() -> None:
    """Unarmed is never silent; ten seconds without a beat are; a wrong id does not count."""
    chain = HeartbeatChain(Random(1))
    assert not chain.is_silent(10**18)
    chain.beat("", 0)
    with pytest.raises(Refused):
        chain.beat("wrong", 9 * NS_PER_S)
    assert not chain.is_silent(10 * NS_PER_S)
    assert chain.is_silent(10 * NS_PER_S + 1)
