"""Deposit wallets follow from the key that owns them."""

from __future__ import annotations

from eth_account import Account
from polymarket._internal.wallet import (
    derive_beacon_deposit_wallet_address,
    derive_uups_deposit_wallet_address,
)
from polymarket.environments import PRODUCTION

from bot.sandbox.exchange.wallets import checksummed, deposit_wallets


def test_addresses_equal_the_clients() -> None:
    """Both kinds of deposit wallet, for several owners, are those that the client derives."""
    config = PRODUCTION._config.wallet_derivation
    for number in range(1, 6):
        owner = Account.from_key(number.to_bytes(32, "big")).address
        assert (
            derive_uups_deposit_wallet_address(owner, config),
            derive_beacon_deposit_wallet_address(owner, config),
        ) == deposit_wallets(owner)


def test_only_addresses_have_a_checksum_form() -> None:
    """Lower case is an address; anything else is None."""
    owner = Account.from_key(b"\1" * 32).address
    assert owner == checksummed(owner.lower())
    assert checksummed("0x12") is None
    assert checksummed("") is None
