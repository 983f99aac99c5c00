"""The catalogue client asks again when that may help, and never takes silence for an answer."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qsl, urlsplit

import pytest

from bot.domain.errors import InputError, RateLimited, VenueUnavailable
from bot.venues.polymarket.gamma import GammaClient, GammaSettings
from tests.bot.venues.polymarket.test_listing import CONDITION, ENTRY

Answer = tuple[int, bytes] | None
"""Status and body; `None` closes the connection without a word."""

FOUND = (200, json.dumps([ENTRY]).encode())
NOTHING = (200, b"[]")


class Catalogue:
    """An HTTP server on the loopback that gives its answers in order, the last one for ever."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.queries: list[dict[str, str]] = []

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        target = request.split(b" ")[1].decode()
        self.queries.append(dict(parse_qsl(urlsplit(target).query)))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer is not None:
            status, body = answer
            head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\nRetry-After: 0\r\n"
            writer.write(head.encode() + b"Connection: close\r\n\r\n" + body)
            await writer.drain()
        writer.close()

    @asynccontextmanager
    async def client(self) -> AsyncIterator[GammaClient]:
        """Serve, and give a client of it that does not wait long."""
        async with await asyncio.start_server(self._serve, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            settings = GammaSettings(
                url=f"http://127.0.0.1:{port}",
                timeout_s=5.0,
                attempts_max=3,
                backoff_s=0.001,
                backoff_max_s=0.002,
            )
            async with GammaClient(settings, random.Random(1)) as client:
                yield client


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("will-it", "slug"),
        (CONDITION, "condition_ids"),
        ("11", "clob_token_ids"),
        ("22", "clob_token_ids"),
    ],
)
async def test_market_is_found_by_any_of_its_names(name: str, key: str) -> None:
    """Slug, condition id, or either token."""
    catalogue = Catalogue(FOUND)
    async with catalogue.client() as client:
        assert "will-it" == (await client.market(name)).slug
    assert [{key: name, "closed": "false"}] == catalogue.queries


async def test_closed_market_is_found_too() -> None:
    """The catalogue hides it unless asked."""
    catalogue = Catalogue(NOTHING, FOUND)
    async with catalogue.client() as client:
        await client.market("will-it")
    assert ["false", "true"] == [query["closed"] for query in catalogue.queries]


async def test_unknown_market_is_an_error_that_says_what_to_do() -> None:
    """Only after both questions were answered."""
    async with Catalogue(NOTHING).client() as client:
        with pytest.raises(InputError, match="no market nope: give its slug"):
            await client.market("nope")


async def test_answer_about_another_market_is_not_believed() -> None:
    """A parameter that the exchange stopped to understand would give just any market."""
    async with Catalogue(FOUND).client() as client:
        with pytest.raises(VenueUnavailable, match="another market"):
            await client.market("will-that")


@pytest.mark.parametrize("failure", [None, (500, b""), (503, b"busy"), (429, b"")])
async def test_passing_failure_is_asked_again(failure: Answer) -> None:
    """A read may be repeated."""
    catalogue = Catalogue(failure, failure, FOUND)
    async with catalogue.client() as client:
        await client.market("will-it")
    assert 3 == len(catalogue.queries)


@pytest.mark.parametrize("failure", [None, (500, b""), (502, b"<html>")])
async def test_lasting_failure_is_unavailable(failure: Answer) -> None:
    """After the last attempt, never an empty answer."""
    catalogue = Catalogue(failure)
    async with catalogue.client() as client:
        with pytest.raises(VenueUnavailable, match="the catalogue"):
            await client.market("will-it")
    assert 3 == len(catalogue.queries)


async def test_lasting_rate_limit_says_so() -> None:
    """With the time the exchange asks for."""
    async with Catalogue((429, b"")).client() as client:
        with pytest.raises(RateLimited, match="slow down") as raised:
            await client.market("will-it")
    assert 0.0 == raised.value.retry_after_s


@pytest.mark.parametrize("status", [400, 404])
async def test_refusal_is_not_asked_again(status: int) -> None:
    """It would be refused again."""
    catalogue = Catalogue((status, b'{"error":"bad"}'))
    async with catalogue.client() as client:
        with pytest.raises(InputError, match=f"refused .*{status} .*bad"):
            await client.market("will-it")
    assert 1 == len(catalogue.queries)


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b'[{"slug":', b"\xff"])
async def test_answer_that_is_no_list_is_unavailable(body: bytes) -> None:
    """A maintenance page is no empty catalogue."""
    async with Catalogue((200, body)).client() as client:
        with pytest.raises(VenueUnavailable, match="no list of markets"):
            await client.market("will-it")


async def test_page_gives_what_can_be_read_and_why_not_the_rest() -> None:
    """One odd market does not hide the others."""
    odd = ENTRY | {"slug": "odd", "orderMinSize": None}
    catalogue = Catalogue((200, json.dumps([ENTRY, odd]).encode()))
    async with catalogue.client() as client:
        page = await client.page(offset=50, limit=2)
    assert ["will-it"] == [listing.market.slug for listing in page.listings]
    assert 1 == len(page.refused)
    assert page.refused[0].startswith("market odd is listed")
    assert not page.is_last
    expected = {
        "closed": "false",
        "active": "true",
        "order": "volume24hr",
        "ascending": "false",
        "limit": "2",
        "offset": "50",
    }
    assert [expected] == catalogue.queries


@pytest.mark.parametrize("answer", [NOTHING, (422, b"offset too large")])
async def test_last_page_is_known(answer: Answer) -> None:
    """Behind the end the catalogue may answer 422."""
    async with Catalogue(answer).client() as client:
        page = await client.page(offset=10_000)
    assert ((), (), True) == (page.listings, page.refused, page.is_last)
