"""The real EVM of the wallet's tests, here too."""

from tests.bot.wallet.conftest import anvil_url, world

__all__ = ["anvil_url", "world"]
