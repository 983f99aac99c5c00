"""The whole catalogue is read as far as it can matter, and half of it is no answer."""

import pytest

from bot.domain.errors import InputError, VenueUnavailable
from bot.markets.scan import PAGES_MAX, choose_market, none_passes, scan
from bot.venues.polymarket.gamma import Page
from bot.venues.polymarket.screening import Criteria
from tests.bot.venues.polymarket.test_screening import NOW_NS, listed

CRITERIA = Criteria()


class Pages:
    """A catalogue that gives its pages in order, the last one for ever; `None` fails."""

    def __init__(self, *pages: Page | None) -> None:
        self.pages = list(pages)
        self.offsets: list[int] = []

    async def page(self, offset: int = 0, limit: int = 100) -> Page:
        """Give the next one."""
        self.offsets.append(offset)
        page = self.pages.pop(0) if len(self.pages) > 1 else self.pages[0]
        if page is None:
            raise VenueUnavailable("the catalogue is away")
        return page


def page(*volumes: float, is_last: bool = False, refused: tuple[str, ...] = ()) -> Page:
    """A page of good markets that trade so much."""
    listings = (listed(slug=f"v{volume:.0f}", volume24hr=volume) for volume in volumes)
    return Page(tuple(listings), refused, is_last)


async def test_best_market_of_all_pages_is_chosen() -> None:
    """Whatever page it is on."""
    odd = Page((listed(slug="odd", volume24hr=9e6, active=False),), ("market x",), is_last=False)
    pages = Pages(odd, page(3e5, is_last=True))
    chosen = await choose_market(pages, CRITERIA, NOW_NS)
    assert "v300000" == chosen.listing.market.slug
    assert [0, 100] == pages.offsets


async def test_reading_stops_where_volume_falls_to_the_minimum() -> None:
    """Nothing behind it can pass; what could not be read is kept."""
    pages = Pages(page(5e5, 2e5, refused=("market x",)), page(1.5e5, 1e5), page(5e4))
    found = await scan(pages, CRITERIA, NOW_NS)
    assert [0, 100] == pages.offsets
    assert ["v500000", "v200000", "v150000", "v100000"] == [
        each.listing.market.slug for each in found.verdicts
    ]
    assert (3, ("market x",)) == (len(found.passing), found.refused)


async def test_reading_stops_somewhere() -> None:
    """A catalogue without end, of which nothing can be read, is not read for ever."""
    pages = Pages(page(refused=("market x",)))
    found = await scan(pages, CRITERIA, NOW_NS)
    assert PAGES_MAX == len(pages.offsets) == len(found.refused)


async def test_page_that_cannot_be_had_is_an_error() -> None:
    """The best market may be on it."""
    with pytest.raises(VenueUnavailable, match="away"):
        await scan(Pages(page(5e5), None), CRITERIA, NOW_NS)


async def test_no_passing_market_is_an_error_that_says_what_came_nearest() -> None:
    """With the criterion, its value and what was wanted."""
    listing = listed(slug="near", active=False)
    pages = Pages(Page((listing,), (), is_last=True))
    with pytest.raises(
        InputError,
        match=r"none of 1 markets .* nearest is near, which fails open closed \(wanted open\)",
    ):
        await choose_market(pages, CRITERIA, NOW_NS)


async def test_empty_catalogue_says_so() -> None:
    """It is answered, but there is nothing."""
    found = await scan(Pages(page(is_last=True)), CRITERIA, NOW_NS)
    assert "none of 0 markets" in none_passes(found)
