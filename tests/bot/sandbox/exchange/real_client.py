"""The exchange's own client, pointed at a local exchange: the one place that moves its URLs.

The client offers no public way to name another host, so its environment is rebuilt here.
"""

from __future__ import annotations

import dataclasses

from polymarket import AsyncSecureClient
from polymarket.environments import PRODUCTION, Environment, _create_environment

from tests.bot.sandbox.exchange.world import OWNER_KEY


def local_environment(url: str, ws_url: str) -> Environment:
    """Return production with every URL that is used here pointing at the local exchange."""
    config = dataclasses.replace(
        PRODUCTION._config,
        clob_url=url,
        gamma_url=url,
        relayer_url=url,
        clob_market_ws_url=f"{ws_url}/ws/market",
        clob_user_ws_url=f"{ws_url}/ws/user",
    )
    return _create_environment(name="local", config=config)


async def connect(
    url: str, ws_url: str, *, key: str = OWNER_KEY, wallet: str | None = None
) -> AsyncSecureClient:
    """Return a client for a key; its deposit wallet (type 3) unless a wallet is given."""
    environment = local_environment(url, ws_url)
    return await AsyncSecureClient.create(private_key=key, wallet=wallet, environment=environment)
