"""The signing key, without ever saying it."""

from __future__ import annotations

from eth_account import Account
from eth_account.signers.local import LocalAccount

from bot.domain.errors import SettingsError


def signer_of(private_key: str) -> LocalAccount:
    """Return what signs. Raises SettingsError that does not quote the key."""
    try:
        signer: LocalAccount = Account.from_key(private_key)
    except (ValueError, TypeError):
        raise SettingsError("the private key is not 32 bytes in hex") from None
    return signer


def address_of(private_key: str) -> str:
    """Return the key's own address; raises like `signer_of`."""
    return str(signer_of(private_key).address)
