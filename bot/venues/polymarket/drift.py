"""Whether the exchange's balances are what our fills make of the balances at the start.

A token's balance must lie between the settled fills alone and those with the pending ones that
could have arrived already. Anything else is a person, another process, or a fill we do not know
(polymarket.md 6.4). Cash is not judged: rewards and rebates come in without a fill.
"""

from __future__ import annotations

from bot.domain.market import TokenId
from bot.venues.polymarket.exchange import Balances
from bot.venues.polymarket.settlement import Settlement


def drift(start: Balances, now: Balances, settlement: Settlement) -> dict[TokenId, int]:
    """Return by how much each token's balance is off, in size units; empty when all is explained.

    Positive is more than we can explain. Both balances name the same tokens.
    """
    unexplained: dict[TokenId, int] = {}
    for token, held in now.tokens.items():
        settled, bought, sold = settlement.net_of(token)
        least = start.tokens[token] + settled - sold
        most = start.tokens[token] + settled + bought
        if held < least:
            unexplained[token] = held - least
        elif held > most:
            unexplained[token] = held - most
    return unexplained
