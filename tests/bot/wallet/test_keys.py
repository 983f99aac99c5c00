"""A key gives its address and never itself."""

import pytest

from bot.domain.errors import SettingsError
from bot.wallet.keys import address_of
from tests.bot.wallet.world import OWNER


def test_address_follows_from_the_key() -> None:
    """With and without 0x."""
    assert OWNER.address == address_of("0x" + "42" * 32) == address_of("42" * 32)


@pytest.mark.parametrize("key", ["", "hidden", "0xhidden", "42" * 31, "42" * 33])
def test_bad_key_is_refused_without_being_quoted(key: str) -> None:
    """Not even in the chain of errors."""
    with pytest.raises(SettingsError, match="not 32 bytes in hex") as raised:
        address_of(key)
    assert raised.value.__cause__ is None
    assert "hidden" not in str(raised.value)
