"""Frames come out of the pipe as they went in, and what is no frame is refused."""

from pathlib import Path

import pytest

from bot.domain import messages
from bot.domain.errors import InputError
from bot.domain.market import Side
from bot.twin.frames import (
    BODY_BYTES_MAX,
    HEAD,
    Item,
    Tick,
    TwinSetup,
    read_body,
    read_head,
    to_frame,
)
from tests.bot.engine.world import MARKET, NO, YES
from tests.exporters.samples import SAMPLES

SETUP = TwinSetup(
    run_id="r", market=MARKET, config_hash="c", seed=7, directory=str(Path("state/twin")),
    journal_age_s_max=172_800, journal_bytes_max=1 << 30, shipper="shipper",
    holdings={YES: 5, NO: 0}, mid=4_900,
)  # fmt: skip
CHANGE = messages.LevelChange(YES, True, 4_800, 5, 4_800, None, "h")  # noqa: FBT003
ITEMS: tuple[Item, ...] = (
    SETUP,
    Tick(),
    messages.LevelChanges(1, (CHANGE, CHANGE)),
    messages.BookSnapshot(2, YES, ((4_800, 5),), (), 100, "h", None),
    messages.TradePrint(3, NO, Side.SELL, 5_200, 5, "0x1"),
    messages.TickSizeChange(4, YES, 10),
    messages.MarketResolved(5, (YES, NO), YES),
    messages.FeedGap("gone", (YES,)),
    messages.DamagedFrame("json", "{"),
    *SAMPLES,
)


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: type(item).__name__)
def test_an_item_survives_the_pipe(item: Item) -> None:
    """Every message, every event, with its time."""
    frame = to_frame(item, 1_795_000_000_123_456_789)
    kind, length, now_ns = read_head(frame[: HEAD.size])
    body = frame[HEAD.size :]
    assert (len(body), 1_795_000_000_123_456_789) == (length, now_ns)
    assert (type(item), item) == (type(read_body(kind, body)), read_body(kind, body))


@pytest.mark.parametrize("head", [(99, 0, 0), (0, BODY_BYTES_MAX + 1, 0)])
def test_what_is_no_head_is_refused(head: tuple[int, int, int]) -> None:
    """Whoever lost its place in the stream must not guess."""
    with pytest.raises(InputError, match="no frame begins"):
        read_head(HEAD.pack(*head))


def test_what_is_no_body_is_refused() -> None:
    """The text names the kind."""
    with pytest.raises(InputError, match="no frame of kind 0"):
        read_body(0, b"\xc0")
