"""`python -m bot cancel-all`: a person takes every order of the account off, now.

Needs no lock and no live switch: it can only make things safer, and must work while a bot runs
that no longer listens.
"""

from __future__ import annotations

import asyncio
import sys

from bot.clock import SystemClock
from bot.domain.errors import SettingsError
from bot.settings import Secrets, Settings
from bot.venues.polymarket.client import connect, environment
from bot.venues.polymarket.rate_limit import SignerLimits
from bot.venues.polymarket.recovery import Sweep, sweep


def run_cancel_all(settings: Settings, secrets: Secrets) -> int:
    """Cancel everything, verify that nothing rests, and say so. Returns 1 when something may.

    Raises SettingsError without a key, VenueUnavailable when the exchange does not answer.
    """
    swept = asyncio.run(_sweep(settings, secrets))
    if not swept.is_clean:
        sys.stderr.write(
            f"orders may still rest: {swept.error}; run this again, and stop the bot: "
            "without its heartbeat the exchange takes them off within 15 s\n"
        )
        return 1
    canceled = sum(len(answer.canceled) for answer in swept.answers)
    sys.stdout.write(f"{canceled} orders taken off; the exchange lists none\n")
    return 0


async def _sweep(settings: Settings, secrets: Secrets) -> Sweep:
    keys = secrets.account
    if keys is None:
        raise SettingsError("no key: set PMM_PRIVATE_KEY or PMM_PRIVATE_KEY_FILE")
    where = environment(settings.clob_url, settings.relayer_url)
    async with connect(keys, SignerLimits(), SystemClock(), where) as account:
        return await sweep(account, asyncio.sleep)
