"""Screens the whole catalogue, page by page."""

from __future__ import annotations

from typing import Protocol

import msgspec

from bot.domain.errors import InputError
from bot.venues.polymarket.gamma import PAGE_MAX, Page
from bot.venues.polymarket.screening import Criteria, Verdict, rank, screen

PAGES_MAX = 20
"""Pages read at most: 2,000 markets, far more than ever trade $100k a day."""


class Catalogue(Protocol):
    """Where pages of the catalogue come from; `GammaClient` is one."""

    async def page(self, offset: int = 0, limit: int = PAGE_MAX) -> Page:
        """Return open markets from `offset` on, largest 24 h volume first."""
        ...


class Scan(msgspec.Struct, frozen=True):
    """The verdicts, best first; `refused` says which markets could not be read, and why."""

    verdicts: tuple[Verdict, ...]
    refused: tuple[str, ...]

    @property
    def passing(self) -> tuple[Verdict, ...]:
        """The markets that passed, best first."""
        return tuple(verdict for verdict in self.verdicts if verdict.passes)


async def scan(catalogue: Catalogue, criteria: Criteria, now_ns: int) -> Scan:
    """Return the verdict on every open market that can pass.

    The catalogue is sorted by volume, so reading stops where that falls to the minimum. Raises
    VenueUnavailable or RateLimited when a page cannot be had: half a catalogue is no answer.
    """
    verdicts: list[Verdict] = []
    refused: list[str] = []
    for number in range(PAGES_MAX):
        page = await catalogue.page(number * PAGE_MAX, PAGE_MAX)
        verdicts += (screen(listing, criteria, now_ns) for listing in page.listings)
        refused += page.refused
        if page.is_last or _is_below(page, criteria):
            break
    return Scan(tuple(rank(verdicts)), tuple(refused))


async def choose_market(catalogue: Catalogue, criteria: Criteria, now_ns: int) -> Verdict:
    """Return the best market that passes.

    Raises InputError when none does, saying what kept out the one that came nearest; else raises
    like `scan`.
    """
    found = await scan(catalogue, criteria, now_ns)
    if not found.passing:
        raise InputError(none_passes(found))
    return found.passing[0]


def none_passes(found: Scan) -> str:
    """Return the one line for a screen that nothing passed."""
    looked = f"none of {len(found.verdicts)} markets passes the screen"
    if not found.verdicts:
        return f"{looked}: the catalogue lists no open market that can be read"
    nearest = found.verdicts[0]
    failures = ", ".join(f"{c.name} {c.value} (wanted {c.wanted})" for c in nearest.failures)
    return f"{looked}; nearest is {nearest.listing.market.slug}, which fails {failures}"


def _is_below(page: Page, criteria: Criteria) -> bool:
    if not page.listings:
        return False  # a page of which nothing could be read says nothing about its volumes
    return page.listings[-1].volume_24h_usd <= criteria.volume_usd_min
