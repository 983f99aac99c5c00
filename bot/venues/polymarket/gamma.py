"""Reads the exchange's catalogue of markets (Gamma, polymarket.md 6.1).

Only reads, so what fails for a moment is asked again, a few times and with jitter. An answer that
does not answer the question is an error, never "no such market".
"""

from __future__ import annotations

import asyncio
import random
import re
from types import TracebackType
from typing import Self

import httpx
import msgspec

from bot.domain.errors import InputError, RateLimited, VenueUnavailable
from bot.domain.market import Market
from bot.venues.polymarket.listing import Listing, read_listing

GAMMA_URL = "https://gamma-api.polymarket.com"
PAGE_MAX = 100
"""Markets on one page, at most."""

_CONDITION_ID = re.compile(r"0x[0-9a-fA-F]{64}")


class GammaSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How to ask. Times in seconds.

    Between two attempts a random time is waited, up to `backoff_s` doubled with each attempt, at
    most `backoff_max_s` (full jitter).
    """

    url: str = GAMMA_URL
    timeout_s: float = 10.0
    attempts_max: int = 4
    backoff_s: float = 0.5
    backoff_max_s: float = 8.0


class Page(msgspec.Struct, frozen=True):
    """One page of the catalogue: what could be read, and why the others could not.

    `is_last` says that there is nothing behind it.
    """

    listings: tuple[Listing, ...]
    refused: tuple[str, ...]
    is_last: bool


class _PastTheEndError(InputError):
    """422: how the catalogue says that there is no such page."""


class GammaClient:
    """A client of the catalogue; an async context manager that owns its connections."""

    def __init__(self, settings: GammaSettings, rng: random.Random) -> None:
        """Connect to nothing yet."""
        self._settings = settings
        self._rng = rng
        self._http = httpx.AsyncClient(
            base_url=settings.url, timeout=settings.timeout_s, trust_env=False
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._http.aclose()

    async def market(self, name: str) -> Market:
        """Return the market that a slug, condition id or token id names.

        Raises InputError when there is none or it cannot be quoted, VenueUnavailable (or
        RateLimited) when the catalogue does not answer.
        """
        return (await self.listing(name)).market

    async def listing(self, name: str) -> Listing:
        """Return the market's whole listing; raises like `market`."""
        key = _key(name)
        for closed in ("false", "true"):  # a question covers either open or closed markets
            entries = await self._entries({key: name, "closed": closed})
            if entries:
                listing = read_listing(entries[0])
                if name.lower() not in _names(listing.market):
                    raise VenueUnavailable(f"the catalogue answered {name} with another market")
                return listing
        raise InputError(f"no market {name}: give its slug, condition id or token id")

    async def page(self, offset: int = 0, limit: int = PAGE_MAX) -> Page:
        """Return `limit` (at most 100) open markets from `offset` on, largest 24 h volume first.

        Raises VenueUnavailable or RateLimited.
        """
        query = {
            "closed": "false",
            "active": "true",
            "order": "volume24hr",
            "ascending": "false",
            "limit": str(min(limit, PAGE_MAX)),
            "offset": str(offset),
        }
        try:
            entries = await self._entries(query)
        except _PastTheEndError:
            entries = []
        listings: list[Listing] = []
        refused: list[str] = []
        for entry in entries:
            try:
                listings.append(read_listing(entry))
            except InputError as error:
                refused.append(str(error))
        return Page(tuple(listings), tuple(refused), len(entries) < min(limit, PAGE_MAX))

    async def _entries(self, query: dict[str, str]) -> list[object]:
        response = await self._get("/markets", query)
        try:
            return msgspec.json.decode(response.content, type=list[object])
        except (msgspec.DecodeError, UnicodeError) as error:
            raise VenueUnavailable(f"the catalogue answered no list of markets: {error}") from error

    async def _get(self, path: str, query: dict[str, str]) -> httpx.Response:
        attempt = 1
        while True:
            try:
                return await self._ask(path, query)
            except VenueUnavailable:
                if attempt == self._settings.attempts_max:
                    raise
            except RateLimited as error:
                if attempt == self._settings.attempts_max:
                    raise
                await asyncio.sleep(min(error.retry_after_s, self._settings.backoff_max_s))
            limit_s = min(
                self._settings.backoff_max_s, self._settings.backoff_s * 2.0 ** (attempt - 1)
            )
            await asyncio.sleep(self._rng.uniform(0.0, limit_s))
            attempt += 1

    async def _ask(self, path: str, query: dict[str, str]) -> httpx.Response:
        try:
            response = await self._http.get(path, params=query)
        except httpx.HTTPError as error:
            raise VenueUnavailable(
                f"the catalogue at {self._settings.url} is away: {type(error).__name__} {error}"
            ) from error
        if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
            raise RateLimited("the catalogue asks us to slow down", _retry_after_s(response))
        if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise VenueUnavailable(f"the catalogue answered {response.status_code}")
        if response.status_code != httpx.codes.OK:
            past_the_end = response.status_code == httpx.codes.UNPROCESSABLE_ENTITY
            raise (_PastTheEndError if past_the_end else InputError)(
                f"the catalogue refused {query}: {response.status_code} {response.text[:200]}"
            )
        return response


def _key(name: str) -> str:
    if _CONDITION_ID.fullmatch(name):
        return "condition_ids"
    return "clob_token_ids" if name.isdigit() else "slug"


def _names(market: Market) -> tuple[str, ...]:
    return market.slug.lower(), market.condition_id.lower(), *market.tokens


def _retry_after_s(response: httpx.Response) -> float:
    # The header may also be a date or absent: then our own patience counts alone.
    text = response.headers.get("Retry-After", "")
    return float(text) if text.isdigit() else 0.0
